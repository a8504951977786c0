"""Which part of the picture is seen, and how large."""

from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QTransform

SMALLEST, LARGEST = 0.02, 3.0
READABLE = 0.66
"""Below this scale labels cannot be read: a picture that would have to shrink further is shown in part."""


class Camera:
    """A scale, and where the picture's upper left corner is on the screen."""

    def __init__(self, scale: float = 1.0, offset: QPointF | None = None) -> None:
        self.scale = scale
        self.offset = offset or QPointF()

    def transform(self) -> QTransform:
        """From the picture to the screen, for painting."""
        return QTransform(self.scale, 0, 0, self.scale, self.offset.x(), self.offset.y())

    def to_screen(self, rect: QRectF) -> QRectF:
        """Where a part of the picture is seen."""
        return QRectF(rect.topLeft() * self.scale + self.offset, rect.size() * self.scale)

    def to_picture(self, rect: QRectF) -> QRectF:
        """Which part of the picture is seen at a place of the screen."""
        return QRectF((rect.topLeft() - self.offset) / self.scale, rect.size() / self.scale)

    def point(self, on_screen: QPointF) -> QPointF:
        """The point of the picture below a point of the screen."""
        return (on_screen - self.offset) / self.scale

    def zoomed(self, factor: float, around: QPointF) -> "Camera":
        """Nearer or farther, with a point of the screen staying where it is."""
        scale = min(LARGEST, max(SMALLEST, self.scale * factor))
        return Camera(scale, around - (around - self.offset) * (scale / self.scale))

    def moved(self, by: QPointF) -> "Camera":
        """Moved by pixels of the screen."""
        return Camera(self.scale, self.offset + by)

    def centered(self, middle: QPointF, screen: QSizeF) -> "Camera":
        """With a point of the picture in the middle of the screen."""
        return Camera(self.scale, QPointF(screen.width() / 2, screen.height() / 2) - middle * self.scale)

    def showing(self, rect: QRectF, screen: QSizeF, margin: float) -> "Camera":
        """Moved as little as it takes to see a part of the picture."""
        seen = self.to_screen(rect)
        x = max(0.0, margin - seen.left()) or min(0.0, screen.width() - margin - seen.right())
        y = max(0.0, margin - seen.top()) or min(0.0, screen.height() - margin - seen.bottom())
        return self.moved(QPointF(x, y))


def fitted(whole: QSizeF, focus: QRectF, screen: QSizeF, margin: float, *, least: float = READABLE) -> Camera:
    """Everything where that leaves it readable (no smaller than `least`), else the surroundings of `focus`."""
    room = QSizeF(screen.width() - 2 * margin, screen.height() - 2 * margin)
    fits = min(room.width() / max(1.0, whole.width()), room.height() / max(1.0, whole.height()))
    scale = max(least, SMALLEST, min(1.0, fits))
    x = margin
    y = (screen.height() - whole.height() * scale) / 2
    if whole.width() * scale > room.width():
        x = _inside(screen.width() / 2 - focus.center().x() * scale, whole.width() * scale, screen.width(), margin)
    elif least < READABLE:
        x = (screen.width() - whole.width() * scale) / 2
    if whole.height() * scale > room.height():
        y = _inside(screen.height() / 2 - focus.center().y() * scale, whole.height() * scale, screen.height(), margin)
    return Camera(scale, QPointF(round(x), round(y)))


def _inside(offset: float, length: float, room: float, margin: float) -> float:
    return min(margin, max(offset, room - margin - length))
