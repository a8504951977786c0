"""The picture of what is in sight and around it: painted once in the background, moved and scaled at once, sharpened at rest."""

from collections.abc import Iterator
from functools import partial

from PySide6.QtCore import QObject, QPointF, QRectF, QSize, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPixmap

from reviewer.ui.map.camera import Camera
from reviewer.ui.map.paint import Brush
from reviewer.ui.map.scene import Scene
from reviewer.ui.map.slices import Slices, painted

_REST = 90
"""Milliseconds without movement after which the picture is painted anew."""

_MOST_PIXELS = 12_000_000
_MARGINS = (0.5, 0.25, 0.1, 0.0)
"""How much is painted around what is in sight, in widths and heights of it; the first that is not too much memory."""


class Surroundings(QObject):
    """Keeps the picture of one scene near to what the camera sees. `sharpened` when a new one is there."""

    sharpened = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._scene: Scene | None = None
        self._brush: Brush | None = None
        self._camera = Camera()
        self._size = QSize()
        self._ratio = 1.0
        self._picture: QPixmap | None = None
        self._of = Camera()
        self._work: tuple[QPixmap, Camera] | None = None
        self._rest = QTimer(self, singleShot=True, interval=_REST)
        self._rest.timeout.connect(self._begin)
        self._slices = Slices(self)
        self._slices.finished.connect(self._finish)

    def show_scene(self, scene: Scene | None, brush: Brush) -> None:
        """Paint this scene from now on; None for none."""
        self.stop()
        self._scene, self._brush, self._picture = scene, brush, None

    def look(self, camera: Camera, size: QSize, ratio: float) -> None:
        """What is in sight now: `size` in the widget's pixels, `ratio` of the screen's to them."""
        if self._scene is None:
            return
        self._camera, self._size, self._ratio = camera, size, ratio
        if self._work is not None and self._serves(*self._work):
            self._rest.stop()
        elif self._picture is None and self._work is None:
            self._begin()
        elif not self.is_sharp:
            self._rest.start()

    @property
    def is_sharp(self) -> bool:
        """Whether what is in sight is painted as it should be."""
        return self._scene is None or (self._picture is not None and self._serves(self._picture, self._of))

    def _serves(self, picture: QPixmap, camera: Camera) -> bool:
        """Whether a picture that was painted for a camera shows what is in sight as it should be."""
        if camera.scale != self._camera.scale or picture.devicePixelRatio() != self._ratio:
            return False
        return self._place(picture, camera).contains(QRectF(QPointF(), self._size.toSizeF()))

    def _place(self, picture: QPixmap, camera: Camera) -> QRectF:
        """Where a picture that was painted for a camera belongs on the screen of now."""
        grown = self._camera.scale / camera.scale
        return QRectF(self._camera.offset - camera.offset * grown, picture.deviceIndependentSize() * grown)

    def draw(self, painter: QPainter) -> None:
        """Put the picture where it belongs."""
        if self._picture is None:
            return
        place = self._place(self._picture, self._of)
        if self._of.scale == self._camera.scale:
            painter.drawPixmap(place.topLeft(), self._picture)
        else:
            painter.drawPixmap(place, self._picture, QRectF(self._picture.rect()))

    def _begin(self) -> None:
        self.stop()
        if self._scene is None or self._brush is None or self._size.isEmpty():
            return
        pixels = self._size.width() * self._size.height() * self._ratio**2
        margin = next((m for m in _MARGINS if pixels * (1 + 2 * m) ** 2 <= _MOST_PIXELS), 0.0)
        around = QPointF(round(self._size.width() * margin), round(self._size.height() * margin))
        size = self._size + QSize(2 * int(around.x()), 2 * int(around.y()))
        picture = QPixmap(size * self._ratio)
        picture.setDevicePixelRatio(self._ratio)
        picture.fill(QColor(self._brush.theme.base))
        camera = self._camera.moved(around)
        area = camera.to_picture(QRectF(QPointF(), size.toSizeF()))
        self._work = (picture, camera)
        self._slices.run(painted(picture, partial(_paint, self._brush, self._scene, area, camera)))

    def _finish(self) -> None:
        assert self._work is not None
        self._picture, self._of = self._work
        self._work = None
        self.sharpened.emit()

    def stop(self) -> None:
        """Paint no more, until `look` is called again."""
        self._slices.stop()
        self._rest.stop()
        self._work = None


def _paint(brush: Brush, scene: Scene, area: QRectF, camera: Camera, painter: QPainter) -> Iterator[None]:
    painter.translate(camera.offset)
    painter.scale(camera.scale, camera.scale)
    return brush.paint(painter, scene, area, camera.scale)
