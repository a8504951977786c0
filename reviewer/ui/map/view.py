"""The map: paints boxes and arrows of a picture; drag moves it, the wheel scales it, a click selects."""

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPolygonF,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from reviewer.ui.look.theme import Look, Theme, ui_font
from reviewer.ui.look.widgets import plain_tip
from reviewer.ui.map.layout import Link, Placed, place
from reviewer.ui.map.picture import Arrow, Box, Picture, Sign, Tone

_PAD = 14
_HIGH = 33
_MOST_WIDE, _MOST_WIDE_DIM = 240.0, 150.0
_MARGIN = 14
_SMALLEST, _LARGEST = 0.25, 2.0
_FIT_LEAST = 0.58
_GAP_X, _GAP_Y = 36.0, 16.0
_TIGHT_X, _TIGHT_Y = 20.0, 7.0

_LOOKS: Mapping[Tone, tuple[str, str, str]] = {
    Tone.ENTRY: ("selection", "selection_edge", "text"),
    Tone.RUN: ("purple_fill", "purple", "text"),
    Tone.STEP: ("card", "purple_edge", "text"),
    Tone.BAD: ("red_fill", "red", "text"),
    Tone.CHANGED: ("amber_fill", "amber", "text"),
    Tone.TRUSTED: ("panel", "green", "text"),
    Tone.PLAIN: ("card", "line", "muted"),
}
_DIM_EDGE = {Tone.TRUSTED: "green_edge", Tone.CHANGED: "amber_edge", Tone.BAD: "red_edge", Tone.RUN: "purple_rim"}


class MapView(QWidget):
    """Shows a `Picture`. `picked` with a box when the reviewer clicks it or presses Enter on it."""

    picked = Signal(object)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        look.changed.connect(self.update)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleName("Map")
        self._font = ui_font(12)
        self._metrics = QFontMetricsF(self._font)
        self._picture = Picture("")
        self._placed: Placed = place({}, (), gap_x=0, gap_y=0)
        self._rects: dict[str, QRectF] = {}
        self._scale = 1.0
        self._offset = QPointF()
        self._pressed: QPointF | None = None
        self._dragged = False
        self._cursor: str | None = None
        self._moved_by_hand = False
        self.corner = QSize()
        """Room at the lower right that something else stands on."""

    def sizeHint(self) -> QSize:
        """About the height of the design picture."""
        return QSize(600, 270)

    def show_picture(self, picture: Picture, *, keep_place: bool = False) -> None:
        """Show a picture; fitted, unless the reviewer moved the same one."""
        self._picture = picture
        sizes = {box.id: (self._width(box), _HIGH if not box.dim else _HIGH - 2.0) for box in picture.boxes}
        links = [Link(arrow.source, arrow.target, 12.0 if arrow.path else 1.0) for arrow in picture.arrows]
        self._placed = place(sizes, links, gap_x=_GAP_X, gap_y=_GAP_Y)
        narrow = self._placed.width > self.width() - 2 * _MARGIN
        low = self._placed.height > self.height() - 2 * _MARGIN
        if narrow or low:
            self._placed = place(sizes, links, gap_x=_TIGHT_X if narrow else _GAP_X, gap_y=_TIGHT_Y if low else _GAP_Y)
        self._rects = {name: QRectF(*self._placed.corner[name], *sizes[name]) for name in sizes}
        self._cursor = next((box.id for box in picture.boxes if box.chosen), None)
        self.setAccessibleDescription(f"{picture.headline}. " + "; ".join(box.spoken for box in picture.boxes[:20]))
        if not keep_place:
            self._moved_by_hand = False
            self.fit()
        self.update()

    def _width(self, box: Box) -> float:
        return min(
            _MOST_WIDE_DIM if box.dim else _MOST_WIDE, self._metrics.horizontalAdvance(_text(box)) + 2 * _PAD + 1
        )

    def fit(self) -> None:
        """Show everything where that leaves it readable, else the surroundings of what is selected."""
        self._moved_by_hand = False
        if not self._rects or self.width() < 10:
            return
        self._fit_into(self.height())
        corner = QRectF(self.rect()).adjusted(
            self.width() - self.corner.width(), self.height() - self.corner.height(), 0, 0
        )
        if any(self._on_screen(rect).intersects(corner) for rect in self._rects.values()):
            self._fit_into(self.height() - self.corner.height() + _MARGIN)
        self.update()

    def _on_screen(self, rect: QRectF) -> QRectF:
        return QRectF(rect.topLeft() * self._scale + self._offset, rect.size() * self._scale)

    def _fit_into(self, height: int) -> None:
        """Fit into the upper `height` pixels."""
        room = QSize(self.width() - 2 * _MARGIN, height - 2 * _MARGIN)
        whole = min(room.width() / max(1.0, self._placed.width), room.height() / max(1.0, self._placed.height))
        self._scale = max(_FIT_LEAST, min(1.0, whole))
        x = float(_MARGIN)
        y = (height - self._placed.height * self._scale) / 2
        focus = self._rects.get(self._cursor or "") or next(iter(self._rects.values()))
        if self._placed.width * self._scale > room.width():
            x = self._kept_inside(self.width() / 2 - focus.center().x() * self._scale, self._placed.width, self.width())
        if self._placed.height * self._scale > room.height():
            y = self._kept_inside(height / 2 - focus.center().y() * self._scale, self._placed.height, height)
        self._offset = QPointF(round(x), round(y))

    def _kept_inside(self, offset: float, length: float, room: int) -> float:
        return min(float(_MARGIN), max(offset, room - _MARGIN - length * self._scale))

    def box_at(self, point: QPointF) -> Box | None:
        """The box at a place of the widget."""
        there = (point - self._offset) / self._scale
        return next((box for box in self._picture.boxes if self._rects[box.id].contains(there)), None)

    def place_of(self, box_id: str) -> QPointF:
        """Where the middle of a box is in the widget."""
        return self._rects[box_id].center() * self._scale + self._offset

    def boxes(self) -> tuple[Box, ...]:
        """The boxes that are shown."""
        return self._picture.boxes

    def paintEvent(self, _: QPaintEvent) -> None:
        """Paint arrows, then boxes."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._look.theme.color("base"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(self._offset)
        painter.scale(self._scale, self._scale)
        for arrow in sorted(self._picture.arrows, key=lambda arrow: arrow.path):
            self._paint_arrow(painter, arrow)
        painter.setFont(self._font)
        for box in self._picture.boxes:
            self._paint_box(painter, box)

    def _paint_arrow(self, painter: QPainter, arrow: Arrow) -> None:
        source, target = self._rects.get(arrow.source), self._rects.get(arrow.target)
        if source is None or target is None:
            return
        color = self._look.theme.color("purple" if arrow.path else "edge")
        head = 9.0 if arrow.path else 7.0
        forward = source.center().x() <= target.center().x()
        start = QPointF(source.right() if forward else source.left(), source.center().y())
        end = QPointF((target.left() - head + 1) if forward else (target.right() + head - 1), target.center().y())
        path = QPainterPath(start)
        for point in (*(QPointF(*bend) for bend in self._placed.bends.get((arrow.source, arrow.target), ())), end):
            here = path.currentPosition()
            half = (point.x() - here.x()) / 2
            path.cubicTo(here + QPointF(half, 0), point - QPointF(half, 0), point)
        pen = QPen(color, 2.0 if arrow.path else 1.2)
        if arrow.dashed:
            pen.setDashPattern([4, 3])
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(path)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        tip = head if forward else -head
        wing = head * 0.52
        painter.drawPolygon(QPolygonF([end + QPointF(tip, 0), end + QPointF(0, -wing), end + QPointF(0, wing)]))

    def _paint_box(self, painter: QPainter, box: Box) -> None:
        theme, rect = self._look.theme, self._rects[box.id]
        ground, edge, ink = self._colors(theme, box)
        pen = QPen(edge, 2.0 if box.chosen else 1.4 if not box.dim else 1.2)
        if box.dashed:
            pen.setDashPattern([3, 2.5])
        painter.setPen(pen)
        painter.setBrush(ground)
        painter.drawRoundedRect(rect, 5, 5)
        if box.id == self._cursor and self.hasFocus():
            painter.setPen(QPen(theme.color("focus"), 1.2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(rect.adjusted(-3.5, -3.5, 3.5, 3.5), 7, 7)
        painter.setPen(ink)
        inner = rect.adjusted(_PAD, 0, -_PAD + 1, 0)
        text = self._metrics.elidedText(_text(box), Qt.TextElideMode.ElideMiddle, inner.width() + 1)
        painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, text)

    @staticmethod
    def _colors(theme: Theme, box: Box) -> tuple[QColor, QColor, QColor]:
        ground, edge, ink = _LOOKS[box.tone]
        if box.dim:
            return theme.color("panel"), theme.color(_DIM_EDGE.get(box.tone, "line")), theme.color("muted")
        return theme.color(ground), theme.color(edge), theme.color(ink)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit anew, unless the reviewer moved the map."""
        super().resizeEvent(event)
        if not self._moved_by_hand:
            self.fit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A drag or a click begins."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed, self._dragged = event.position(), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the map, or show that a box can be clicked."""
        if self._pressed is None:
            over = self.box_at(event.position()) is not None
            self.setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor)
            return
        moved = event.position() - self._pressed
        if self._dragged or moved.manhattanLength() > 5:
            self._dragged = self._moved_by_hand = True
            self._offset += moved
            self._pressed = event.position()
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click selects the box below it."""
        box = self.box_at(event.position())
        if self._pressed is not None and not self._dragged and box is not None:
            self.picked.emit(box)
        self._pressed = None

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scale around the mouse."""
        self._zoom(1.0015 ** event.angleDelta().y(), event.position())

    def _zoom(self, factor: float, around: QPointF) -> None:
        scale = min(_LARGEST, max(_SMALLEST, self._scale * factor))
        self._offset = around - (around - self._offset) * (scale / self._scale)
        self._scale = scale
        self._moved_by_hand = True
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows go from box to box, Enter selects, plus and minus scale."""
        directions = {
            Qt.Key.Key_Left: QPointF(-1, 0),
            Qt.Key.Key_Right: QPointF(1, 0),
            Qt.Key.Key_Up: QPointF(0, -1),
            Qt.Key.Key_Down: QPointF(0, 1),
        }
        key = Qt.Key(event.key())
        if key in directions:
            self._step(directions[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            box = next((box for box in self._picture.boxes if box.id == self._cursor), None)
            if box is not None:
                self.picked.emit(box)
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus):
            self._zoom(0.8 if key == Qt.Key.Key_Minus else 1.25, QPointF(self.rect().center()))
        else:
            super().keyPressEvent(event)

    def _step(self, direction: QPointF) -> None:
        """Move the keyboard's place to the nearest box in a direction."""
        here = self._rects.get(self._cursor or "")
        if here is None:
            self._cursor = next(iter(self._rects), None)
        else:
            found: list[tuple[float, str]] = []
            for name, rect in self._rects.items():
                away = rect.center() - here.center()
                along = away.x() * direction.x() + away.y() * direction.y()
                across = abs(away.x() * direction.y()) + abs(away.y() * direction.x())
                if along > 1:
                    found.append((along + 2 * across, name))
            self._cursor = min(found, default=(0.0, self._cursor))[1]
        self.update()

    def event(self, event: QEvent) -> bool:
        """Tell what a box is, while the mouse rests on it."""
        if isinstance(event, QHelpEvent):
            box = self.box_at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), plain_tip(box.spoken) if box else "", self)
            return True
        return super().event(event)


def _text(box: Box) -> str:
    return f"\u25b6 {box.label}" if box.sign in {Sign.RUN, Sign.HIDDEN} else box.label
