"""Paints a scene, or a part of it, in slices short enough never to hold up the window."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen, QPolygonF

from reviewer.ui.look.theme import Theme, scaled, ui_font
from reviewer.ui.map.picture import Arrow, Box, Kind, Sign, Tone
from reviewer.ui.map.scene import Scene
from reviewer.ui.map.signs import SIDE, paint_sign

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

_LETTERS = 0.42
"""Scale from which letters are drawn."""

_OUTLINES = 0.16
"""Scale from which boxes have outlines and arrows have heads, where they are not too many."""

_CURVES = 400
"""With more arrows than this in sight, and among many boxes, they are straight lines."""

_LINES_A_SLICE, _BOXES_A_SLICE, _LETTERED_A_SLICE, _ARROWS_A_SLICE = 600, 1_500, 50, 50


class Brush:
    """Measures and paints boxes and arrows in the colours and font of now."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        self.font = ui_font(12)
        self.metrics = QFontMetricsF(self.font)
        self.unit = scaled(100) / 100
        self._elided: dict[tuple[str, int], str] = {}

    @property
    def high(self) -> float:
        """Height of a box."""
        return 33 * self.unit

    def size(self, box: Box) -> tuple[float, float]:
        """Width and height that a box needs; a very long label is cut."""
        pad = 14 * self.unit
        wide = self.metrics.horizontalAdvance(box.label) + 2 * pad + 1 + self._before(box) + self._after(box)
        most = (170 if box.dim else 240) * self.unit
        return min(most, wide), self.high - (2 if box.dim else 0)

    def _before(self, box: Box) -> float:
        return (SIDE + 6) * self.unit if box.sign is not Sign.NONE else 0.0

    def _after(self, box: Box) -> float:
        text = _badge(box)
        return self.metrics.horizontalAdvance(text) + 7 * self.unit if text else 0.0

    def paint(self, painter: QPainter, scene: Scene, area: QRectF, scale: float) -> Iterator[None]:
        """Everything of a scene in an area; the painter's transformation is the caller's. Each step takes a few milliseconds."""
        bounds = (area.left(), area.top(), area.right(), area.bottom())
        arrows, boxes = scene.arrows_in(*bounds).tolist(), scene.boxes_in(*bounds).tolist()
        if scene.many and (len(arrows) > _CURVES or scale < _OUTLINES):
            yield from self._straight(painter, scene, arrows)
        else:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            arrows.sort(key=lambda i: (scene.arrows[i].path, scene.arrows[i].also))
            for part in _slices(arrows, _ARROWS_A_SLICE):
                for index in part:
                    self.arrow(painter, scene, index)
                yield
        if scale < _OUTLINES or (scene.many and scale < _LETTERS):
            yield from self._plain(painter, scene, boxes, outlines=scale >= _OUTLINES)
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self.font)
        for part in _slices(boxes, _LETTERED_A_SLICE):
            for index in part:
                self._box(painter, scene, index, letters=scale >= _LETTERS)
            yield

    def _straight(self, painter: QPainter, scene: Scene, arrows: Sequence[int]) -> Iterator[None]:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        for stressed in (False, True):
            pen = QPen(self.theme.color("purple" if stressed else "line"), 2 if stressed else 1)
            pen.setCosmetic(True)
            which = [i for i in arrows if scene.arrows[i].path == stressed]
            for part in _slices(which, _LINES_A_SLICE):
                painter.setPen(pen)
                painter.drawLines([QLineF(*line) for line in scene.lines[part].tolist()])
                yield

    def _plain(self, painter: QPainter, scene: Scene, boxes: Sequence[int], *, outlines: bool) -> Iterator[None]:
        """Boxes without letters, by colour."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        by_look: dict[tuple[Tone, bool], list[int]] = {}
        for index in boxes:
            box = scene.boxes[index]
            by_look.setdefault((box.tone, box.chosen), []).append(index)
        for (tone, chosen), found in by_look.items():
            ground, edge, _ = _LOOKS[tone]
            pen = QPen(self.theme.color("focus" if chosen else edge), 2 if chosen else 1)
            pen.setCosmetic(True)
            for part in _slices(found, _BOXES_A_SLICE):
                painter.setPen(pen if outlines or chosen else Qt.PenStyle.NoPen)
                painter.setBrush(self.theme.color(ground if outlines else edge))
                painter.drawRects([QRectF(x, y, r - x, b - y) for x, y, r, b in scene.rect[part].tolist()])
                yield

    def dots(self, painter: QPainter, scene: Scene, scale: float, offset: QPointF) -> Iterator[None]:
        """Every box as a dot, for an overview."""
        left, top, right, bottom = scene.rect.T * scale
        wide, high = np.maximum(right - left, 1.5), np.maximum(bottom - top, 1.5)
        places = np.column_stack([left + offset.x(), top + offset.y(), wide, high])
        painter.setPen(Qt.PenStyle.NoPen)
        for part in _slices(range(len(scene.boxes)), _BOXES_A_SLICE):
            by_color: dict[str, list[QRectF]] = {}
            for index, place in zip(part, places[part].tolist(), strict=True):
                box = scene.boxes[index]
                by_color.setdefault("focus" if box.chosen else _LOOKS[box.tone][1], []).append(QRectF(*place))
            for color, rects in by_color.items():
                painter.setBrush(self.theme.color(color))
                painter.drawRects(rects)
            yield

    def arrow(self, painter: QPainter, scene: Scene, index: int, role: str | None = None) -> None:
        """One arrow as a curve with a head; `role` is a colour that is not its own."""
        arrow = scene.arrows[index]
        color = self.theme.color(role or _arrow_role(arrow))
        head = (9.0 if arrow.path else 7.0) * self.unit
        x, y, right, bottom = scene.lines[index].tolist()
        forward = scene.rect[scene.source[index], 0] <= scene.rect[scene.target[index], 0]
        end = QPointF(right - head + 1 if forward else right + head - 1, bottom)
        path = QPainterPath(QPointF(x, y))
        bends = scene.placed.bends.get((arrow.source, arrow.target), ())
        for point in (*(QPointF(*bend) for bend in bends), end):
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

    def _box(self, painter: QPainter, scene: Scene, index: int, *, letters: bool) -> None:
        box = scene.boxes[index]
        x, y, right, bottom = scene.rect[index].tolist()
        rect = QRectF(x, y, right - x, bottom - y)
        ground, edge, ink = self._colors(box)
        pen = QPen(edge, 2.0 if box.chosen else 1.2 if box.dim else 1.4)
        if box.dashed:
            pen.setDashPattern([3, 2.5])
        radius = 5 * self.unit
        painter.setPen(pen)
        painter.setBrush(ground)
        if box.kind is Kind.GROUP:
            painter.drawRoundedRect(rect.translated(3, 3), radius, radius)
        painter.drawRoundedRect(rect, radius, radius)
        if box.sign is Sign.HIDDEN:
            painter.setPen(QPen(edge, 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(rect.adjusted(3, 3, -3, -3), radius - 2, radius - 2)
        if letters:
            self._letters(painter, box, rect, ink, edge)

    def _letters(self, painter: QPainter, box: Box, rect: QRectF, ink: QColor, edge: QColor) -> None:
        pad, before = 14 * self.unit, self._before(box)
        if before:
            side = SIDE * self.unit
            place = QRectF(rect.left() + pad, rect.center().y() - side / 2, side, side)
            paint_sign(painter, box.sign, place, edge)
        inner = rect.adjusted(pad + before, 0, -pad + 1, 0)
        painter.setPen(ink)
        if text := _badge(box):
            painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, text)
            inner.adjust(0, 0, -self._after(box), 0)
        painter.drawText(
            inner, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, self._cut(box.label, inner.width() + 1)
        )

    def _cut(self, label: str, width: float) -> str:
        key = (label, int(width))
        if key not in self._elided:
            self._elided[key] = self.metrics.elidedText(label, Qt.TextElideMode.ElideMiddle, width)
        return self._elided[key]

    def _colors(self, box: Box) -> tuple[QColor, QColor, QColor]:
        theme = self.theme
        ground, edge, ink = _LOOKS[box.tone]
        if box.dim:
            return theme.color("panel"), theme.color(_DIM_EDGE.get(box.tone, "line")), theme.color("muted")
        return theme.color(ground), theme.color(edge), theme.color(ink)


def _arrow_role(arrow: Arrow) -> str:
    return "purple" if arrow.path else "purple_edge" if arrow.also else "edge"


def _badge(box: Box) -> str:
    """How many neighbours are not shown; a group and a fold say it in their label."""
    return f"+{box.more:,}" if box.more and box.kind not in (Kind.GROUP, Kind.FOLD) else ""


def _slices(items: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    return (items[start : start + size] for start in range(0, len(items), size))
