"""The whole picture in a corner, with a frame around what is in sight."""

from functools import partial

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import QHideEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QShowEvent
from PySide6.QtWidgets import QWidget

from reviewer.ui.map.paint import Brush
from reviewer.ui.map.scene import Scene
from reviewer.ui.map.slices import Slices, painted

_WIDEST, _HIGHEST = 150.0, 90.0
_PAD = 5.0


class Minimap(QWidget):
    """Press or drag on it to look there: `wanted` with a point of the picture."""

    wanted = Signal(QPointF)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Overview of the map"))
        self.setToolTip(self.tr("The whole map; press to look there"))
        self.setCursor(Qt.CursorShape.CrossCursor)
        self._brush: Brush | None = None
        self._scene: Scene | None = None
        self._drawn = False
        self._picture = QPixmap()
        self._slices = Slices(self)
        self._slices.finished.connect(self._finish)
        self._scale = 1.0
        self._sight = QRectF()

    def show_scene(self, scene: Scene, brush: Brush) -> None:
        """Draw the boxes of a scene, as dots where there are many; once this is seen."""
        self._slices.stop()
        self._scene, self._brush, self._drawn = scene, brush, False
        wide, high = max(1.0, scene.width), max(1.0, scene.height)
        self._scale = min(_WIDEST / wide, _HIGHEST / high)
        inner = QSizeF(max(24.0, wide * self._scale), max(12.0, high * self._scale))
        self.resize((inner + QSizeF(2 * _PAD, 2 * _PAD)).toSize())
        if self.isVisible():
            self._begin()

    def _begin(self) -> None:
        if self._scene is None or self._brush is None:
            return
        ratio = self.devicePixelRatioF()
        self._picture = QPixmap(self.size() * ratio)
        self._picture.setDevicePixelRatio(ratio)
        self._picture.fill(self._brush.theme.color("panel"))
        steps = partial(self._brush.dots, scene=self._scene, scale=self._scale, offset=QPointF(_PAD, _PAD))
        self._slices.run(painted(self._picture, steps))

    def _finish(self) -> None:
        self._drawn = True
        self.update()

    def showEvent(self, event: QShowEvent) -> None:
        """Draw what there is to see."""
        super().showEvent(event)
        if not self._drawn and not self._slices.running:
            self._begin()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody sees it: let go."""
        super().hideEvent(event)
        self._slices.stop()

    def show_sight(self, area: QRectF) -> None:
        """Frame the part of the picture that is in sight."""
        if area != self._sight:
            self._sight = area
            self.update()

    def paintEvent(self, _: QPaintEvent) -> None:
        """The picture and the frame."""
        if self._brush is None:
            return
        painter = QPainter(self)
        if self._drawn:
            painter.drawPixmap(0, 0, self._picture)
        painter.setPen(QPen(self._brush.theme.color("line"), 1))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        frame = QRectF(self._sight.topLeft() * self._scale + QPointF(_PAD, _PAD), self._sight.size() * self._scale)
        painter.setPen(QPen(self._brush.theme.color("focus"), 1.5))
        painter.drawRect(frame.intersected(QRectF(self.rect()).adjusted(1, 1, -2, -2)))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Look there."""
        self.wanted.emit((event.position() - QPointF(_PAD, _PAD)) / self._scale)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Look there, too."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.mousePressEvent(event)
