"""The small shapes inside boxes, so that colour is never the only sign."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from reviewer.ui.map.picture import Sign

SIDE = 9.0
"""Width and height of a sign at scale 1."""

_FILLED = {Sign.RUN: ((0, 0), (0, 1), (0.95, 0.5)), Sign.HIDDEN: ((0, 0), (0, 1), (0.95, 0.5))}
_LINES = {
    Sign.TRUSTED: ((0.02, 0.55), (0.35, 0.88), (0.98, 0.12)),
    Sign.CHANGED: ((0.5, 0.06), (0.98, 0.92), (0.02, 0.92), (0.5, 0.06)),
    Sign.UNREVIEWED: ((0.2, 0.22), (0.35, 0.04), (0.65, 0.04), (0.8, 0.22), (0.8, 0.36), (0.5, 0.56), (0.5, 0.68)),
}


def paint_sign(painter: QPainter, sign: Sign, place: QRectF, color: QColor) -> None:
    """A triangle runs, a tick is trusted, a question mark unreviewed, an open triangle changed, a cross rejected, dots deferred."""

    def points(shape: tuple[tuple[float, float], ...]) -> QPolygonF:
        return QPolygonF([place.topLeft() + QPointF(x * place.width(), y * place.height()) for x, y in shape])

    if sign in _FILLED:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawPolygon(points(_FILLED[sign]))
        return
    painter.setPen(QPen(color, place.width() / 6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if sign in _LINES:
        painter.drawPolyline(points(_LINES[sign]))
        if sign is Sign.UNREVIEWED:
            painter.drawPoint(place.topLeft() + QPointF(0.5 * place.width(), 0.95 * place.height()))
    elif sign is Sign.REJECTED:
        painter.drawLine(place.topLeft(), place.bottomRight())
        painter.drawLine(place.topRight(), place.bottomLeft())
    elif sign is Sign.DEFERRED:
        for x in (0.1, 0.5, 0.9):
            painter.drawPoint(place.topLeft() + QPointF(x * place.width(), place.height() / 2))
