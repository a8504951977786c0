"""The map itself: shows a scene through a camera; drag moves it, the wheel scales it, keys walk on it, a click picks."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QHelpEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QRegion,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from reviewer.ui.look.accessible import serve
from reviewer.ui.look.theme import Look
from reviewer.ui.look.widgets import plain_tip
from reviewer.ui.map import accessible
from reviewer.ui.map.camera import Camera, fitted
from reviewer.ui.map.layout import Link, Placed, place
from reviewer.ui.map.minimap import Minimap
from reviewer.ui.map.paint import Brush
from reviewer.ui.map.picture import Box, Kind, Picture
from reviewer.ui.map.scene import DOWN, LEFT, RIGHT, UP, Scene
from reviewer.ui.map.surroundings import Surroundings

_LEAST_FOR_OVERVIEW = 240
"""Pixels of height below which the overview would lie over what is to be seen."""
_MARGIN = 14
_GAPS, _TIGHT = (36.0, 16.0), (20.0, 7.0)
_CLEAR = 200
"""With at most so many boxes in sight, arrows that are drawn over them leave out their letters; so many arrows are drawn so."""

_DIRECTIONS = {Qt.Key.Key_Left: LEFT, Qt.Key.Key_Right: RIGHT, Qt.Key.Key_Up: UP, Qt.Key.Key_Down: DOWN}


class MapView(QWidget):
    """Shows a `Picture`. With the box concerned: `picked` by a click or Enter, `opened` by a double click or Space, `asked` for its menu,
    `walked` when the keyboard's place moved."""

    picked = Signal(object)
    opened = Signal(object)
    asked = Signal(object, QPoint)
    walked = Signal(object)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.brush = Brush(look.theme)
        look.changed.connect(self._look_changed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName(self.tr("Map"))
        serve(MapView, accessible.AccessibleMap)
        self.accessible: accessible.AccessibleMap | None = None
        self.scene = Scene(Picture(""), Placed({}, {}, 0, 0, {}), {})
        self._camera = Camera()
        self._surroundings = Surroundings(self)
        self._surroundings.sharpened.connect(self.update)
        self.minimap = Minimap(self)
        self.minimap.wanted.connect(self._look_at)
        self.minimap.hide()
        self._pressed: QPointF | None = None
        self._pressed_box: Box | None = None
        self._dragged = False
        self._at: int | None = None
        self._found: frozenset[str] = frozenset()
        self._moved_by_hand = False
        self._wanted = QSizeF()
        self._tight = (False, False)
        self.corner = QSize()
        """Room at the lower right that something else stands on."""
        self.explain: Callable[[Box], str] = lambda box: box.spoken
        """What a box is, in plain words, for whoever rests the mouse on it."""

    def sizeHint(self) -> QSize:
        """About the height of the design picture."""
        return QSize(600, 270)

    # What is shown

    def show_picture(self, picture: Picture, scene: Scene | None = None, *, keep: bool = False) -> None:
        """Show a picture: as this `scene` if it is large. `keep`: it is the one before, somewhat changed, so that little may move."""
        before, here = self.scene, self.here
        self.scene = scene or self._placed_few(picture, before if keep else None)
        anchors = (box.id for box in (here, *before.boxes) if box is not None and box.id in self.scene.index)
        anchor = next(anchors, None) if keep else None
        seen = self._camera.to_screen(before.place(anchor)).center() if anchor is not None else None
        chosen = next((index for index, box in enumerate(picture.boxes) if box.chosen), None)
        self._at = self.scene.index.get(here.id, chosen) if keep and here is not None else chosen
        self.setAccessibleDescription(f"{picture.headline}. " + "; ".join(box.spoken for box in picture.boxes[:20]))
        self._show_scene()
        accessible.tell_picture(self)
        if anchor is not None and seen is not None and (self._moved_by_hand or not self._fits()):
            self._camera = self._camera.moved(seen - self.place_of(anchor))
            self._camera_moved()
        else:
            self.fit()

    def carry_on(self, earlier: "MapView") -> None:
        """Begin with what another map showed, so that little moves when the same project is shown again."""
        self.scene, self._camera, self._at = earlier.scene, earlier._camera, earlier._at
        self._moved_by_hand = earlier._moved_by_hand

    def _placed_few(self, picture: Picture, before: Scene | None) -> Scene:
        sizes = {box.id: self.brush.size(box) for box in picture.boxes}
        links = [Link(arrow.source, arrow.target, 12.0 if arrow.path else 1.0) for arrow in picture.arrows]
        known = before.placed.order if before is not None else {}
        unit = self.brush.unit
        placed = place(sizes, links, gap_x=_GAPS[0] * unit, gap_y=_GAPS[1] * unit, before=known)
        self._wanted = QSizeF(placed.width, placed.height)
        self._tight = narrow, low = self._lacks_room()
        if narrow or low:
            gap_x, gap_y = (_TIGHT if narrow else _GAPS)[0], (_TIGHT if low else _GAPS)[1]
            placed = place(sizes, links, gap_x=gap_x * unit, gap_y=gap_y * unit, before=known)
        return Scene(picture, placed, sizes)

    def _lacks_room(self) -> tuple[bool, bool]:
        """Whether the widget is too narrow or too low for a small picture as it would like to be."""
        wanted = self._wanted + QSizeF(2 * _MARGIN, 2 * _MARGIN)
        return wanted.width() > self.width(), wanted.height() > self.height()

    def _show_scene(self) -> None:
        self._surroundings.show_scene(self.scene if self.scene.many else None, self.brush)
        self.minimap.show_scene(self.scene, self.brush)
        self.update()

    def highlight(self, found: frozenset[str]) -> None:
        """Ring these boxes, and show the first of them."""
        self._found = found
        first = next((box for box in self.scene.boxes if box.id in found), None)
        if first is not None:
            self.go_to(first.id)
        self.update()

    def go_to(self, box_id: str) -> None:
        """Put the keyboard's place on a box, and that into sight."""
        if box_id in self.scene.index:
            self._at = self.scene.index[box_id]
            room = QSizeF(self.width(), self.height())
            moved = self._camera.showing(self.scene.place(self.scene.boxes[self._at].id), room, 3.0 * _MARGIN)
            if moved.offset != self._camera.offset:
                self._camera, self._moved_by_hand = moved, True
            self._camera_moved()
            accessible.tell_here(self)
            self.walked.emit(self.scene.boxes[self._at])

    @property
    def here(self) -> Box | None:
        """The box that the keyboard is on."""
        return self.scene.boxes[self._at] if self._at is not None else None

    def _look_changed(self) -> None:
        self.brush = Brush(self._look.theme)
        if self.scene.boxes and not self.scene.many:
            self.scene = self._placed_few(self.scene.picture, self.scene)
        self._show_scene()
        if not self._moved_by_hand:
            self.fit()
        self._camera_moved()

    # The camera

    def fit(self) -> None:
        """Show everything where that leaves it readable, else the surroundings of what is selected."""
        self._moved_by_hand = False
        if not self.scene.boxes or self.width() < 10:
            return
        self._camera = self._fitted(self.height())
        corner = QRectF(self.rect()).adjusted(
            self.width() - self.corner.width(), self.height() - self.corner.height(), 0, 0
        )
        seen = self._camera.to_picture(corner)
        if len(self.scene.boxes_in(seen.left(), seen.top(), seen.right(), seen.bottom())):
            self._camera = self._fitted(self.height() - self.corner.height() + _MARGIN)
        self._camera_moved()

    def _fitted(self, height: int) -> Camera:
        whole = QSizeF(self.scene.width, self.scene.height)
        focus = self.scene.place(self.scene.boxes[self._at or 0].id)
        least = {"least": 0.0} if self.scene.many else {}
        return fitted(whole, focus, QSizeF(self.width(), height), _MARGIN, **least)

    def _fits(self) -> bool:
        sight = self._camera.to_picture(QRectF(self.rect()))
        return self.scene.width <= sight.width() and self.scene.height <= sight.height()

    def zoom(self, factor: float, around: QPointF | None = None) -> None:
        """Nearer or farther, around a point of the widget (None: its middle)."""
        self._camera = self._camera.zoomed(factor, around or QPointF(self.rect().center()))
        self._moved_by_hand = True
        self._camera_moved()

    def pan(self, by: QPointF) -> None:
        """Move the picture by pixels of the widget."""
        self._camera = self._camera.moved(by)
        self._moved_by_hand = True
        self._camera_moved()

    def _look_at(self, middle: QPointF) -> None:
        self._camera = self._camera.centered(middle, QSizeF(self.size()))
        self._moved_by_hand = True
        self._camera_moved()

    def _camera_moved(self) -> None:
        self._surroundings.look(self._camera, self.size(), self.devicePixelRatioF())
        sight = self._camera.to_picture(QRectF(self.rect()))
        whole = QRectF(0, 0, self.scene.width, self.scene.height)
        partly = bool(self.scene.boxes) and not sight.adjusted(-2, -2, 2, 2).contains(whole)
        small = self.minimap.size()
        beside = self.width() > small.width() + self.corner.width() + 2 * _MARGIN
        self.minimap.move(_MARGIN - 4, self.height() - small.height() - (9 if beside else self.corner.height() + 9))
        roomy = self.width() > 2.5 * small.width() and self.height() > max(2.5 * small.height(), _LEAST_FOR_OVERVIEW)
        self.minimap.setVisible(partly and roomy)
        self.minimap.show_sight(sight)
        self.update()

    @property
    def is_sharp(self) -> bool:
        """Whether the picture is painted as it will be when nothing moves."""
        return self._surroundings.is_sharp

    # Where things are

    def box_at(self, point: QPointF) -> Box | None:
        """The box at a place of the widget."""
        there = self._camera.point(point)
        index = self.scene.at(there.x(), there.y())
        return None if index is None else self.scene.boxes[index]

    def place_of(self, box_id: str) -> QPointF:
        """Where the middle of a box is in the widget."""
        return self.rect_of(box_id).center()

    def rect_of(self, box_id: str) -> QRectF:
        """Where a box is in the widget."""
        return self._camera.to_screen(self.scene.place(box_id))

    def boxes(self) -> tuple[Box, ...]:
        """The boxes that are shown."""
        return self.scene.boxes

    # Painting

    def paintEvent(self, _: QPaintEvent) -> None:
        """The picture, then what changes while one walks on it."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._look.theme.color("base"))
        if not self.scene.boxes:
            painter.setFont(self.brush.font)
            painter.setPen(self._look.theme.color("muted"))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.scene.picture.hint)
        sight = self._camera.to_picture(QRectF(self.rect()))
        if self.scene.many:
            self._surroundings.draw(painter)
            self._paint_arrows_of_here(painter, sight)
        painter.setTransform(self._camera.transform())
        if not self.scene.many:
            for _slice in self.brush.paint(painter, self.scene, sight, self._camera.scale):
                pass
        self._paint_rings(painter)

    def _paint_arrows_of_here(self, painter: QPainter, sight: QRectF) -> None:
        """Among many, the arrows of the box that the keyboard is on stand out; they pass below letters."""
        if self._at is None:
            return
        painter.save()
        around = self.scene.boxes_in(sight.left(), sight.top(), sight.right(), sight.bottom()).tolist()
        if len(around) <= _CLEAR:
            free = QRegion(self.rect())
            for index in around:
                free -= self._camera.to_screen(self.scene.place(self.scene.boxes[index].id)).toRect()
            painter.setClipRegion(free)
        painter.setTransform(self._camera.transform())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for index in self.scene.arrows_of(self._at).tolist()[:_CLEAR]:
            self.brush.arrow(painter, self.scene, index, "focus")
        painter.restore()

    def _paint_rings(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        here = frozenset({self.scene.boxes[self._at].id} if self._at is not None and self.hasFocus() else ())
        for boxes, color, wide, away in ((self._found, "amber", 2.0, 5.0), (here, "focus", 1.4, 3.5)):
            pen = QPen(self._look.theme.color(color), wide)
            pen.setCosmetic(True)
            painter.setPen(pen)
            for box_id in boxes & self.scene.index.keys():
                painter.drawRoundedRect(self.scene.place(box_id).adjusted(-away, -away, away, away), 7, 7)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit anew, unless the reviewer moved the map; a small picture stands closer where there is less room."""
        super().resizeEvent(event)
        if self.scene.boxes and not self.scene.many and self._lacks_room() != self._tight:
            self.scene = self._placed_few(self.scene.picture, self.scene)
            self._show_scene()
        if not self._moved_by_hand:
            self.fit()
        self._camera_moved()

    def showEvent(self, event: QShowEvent) -> None:
        """Paint what there is to see."""
        super().showEvent(event)
        self._camera_moved()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody sees it: paint no more."""
        super().hideEvent(event)
        self._surroundings.stop()

    # Hands

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A drag or a click begins."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed, self._dragged = event.position(), False
            self._pressed_box = self.box_at(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the map, or show that a box can be clicked."""
        if self._pressed is None:
            over = self.box_at(event.position()) is not None
            self.setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor)
            return
        moved = event.position() - self._pressed
        if self._dragged or moved.manhattanLength() > 5:
            self._dragged = True
            self._pressed = event.position()
            self.pan(moved)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click picks the box below it."""
        box = self.box_at(event.position())
        if self._pressed is not None and not self._dragged and box is not None:
            self._at = self.scene.index[box.id]
            self.update()
            self.picked.emit(box)
        self._pressed = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open what was clicked; a group and a fold opened at the first click."""
        box = self._pressed_box
        if event.button() == Qt.MouseButton.LeftButton and box is not None and box.kind not in (Kind.GROUP, Kind.FOLD):
            self.opened.emit(box)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scale around the mouse; with Shift, or sideways, move."""
        turned = event.angleDelta()
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier or turned.x():
            self.pan(QPointF(turned.x() or turned.y(), 0))
        else:
            self.zoom(1.0015 ** turned.y(), event.position())

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what can be done: with the box below the mouse, or from the keyboard with the one it is on."""
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            box = self.here
            place = self.place_of(box.id).toPoint() if box is not None else self.rect().center()
        else:
            box, place = self.box_at(QPointF(event.pos())), event.pos()
        self.asked.emit(box, self.mapToGlobal(place))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows walk, Enter picks, Space opens, plus, minus and 0 scale, Home fits."""
        key, box = Qt.Key(event.key()), self.here
        if event.modifiers() & ~(Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier):
            super().keyPressEvent(event)
        elif key in _DIRECTIONS and self.scene.boxes:
            index = 0 if self._at is None else self.scene.beside(self._at, _DIRECTIONS[key])
            self.go_to(self.scene.boxes[index].id)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and box is not None:
            self.picked.emit(box)
        elif key == Qt.Key.Key_Space and box is not None:
            self.opened.emit(box)
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus):
            self.zoom(0.8 if key == Qt.Key.Key_Minus else 1.25)
        elif key == Qt.Key.Key_0:
            self.zoom(1 / self._camera.scale)
        elif key == Qt.Key.Key_Home:
            self.fit()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Tell what a box is, while the mouse rests on it."""
        if isinstance(event, QHelpEvent):
            box = self.box_at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), plain_tip(self.explain(box)) if box else "", self)
            return True
        return super().event(event)
