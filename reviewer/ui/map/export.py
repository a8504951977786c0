"""The map as a file: SVG with its letters as text, or PNG."""

import math
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject, QRectF, QSizeF, Signal
from PySide6.QtGui import QColor, QImage, QImageWriter, QPainter
from PySide6.QtSvg import QSvgGenerator

from reviewer.ui.map.paint import Brush
from reviewer.ui.map.scene import Scene
from reviewer.ui.map.slices import Slices
from reviewer.ui.state.worker import Worker

_MARGIN = 20.0
_SHARP = 2.0
"""Pixels of a PNG for one of the map, where that is not too many."""

_MOST_PIXELS = 40_000_000


class _Writer(Worker):
    """Writes what was painted; `problem` is why not."""

    def __init__(self, title: str, content: QBuffer | QImage, path: Path) -> None:
        super().__init__(title)
        self._content = content
        self.path = path
        self.problem = ""

    def run(self) -> None:
        """Encode and write, in a thread of its own."""
        content = self._content if isinstance(self._content, QBuffer) else QBuffer()
        if isinstance(self._content, QImage):
            content.open(QIODevice.OpenModeFlag.WriteOnly)
            QImageWriter(content, QByteArray(b"png")).write(self._content)
        try:
            self.path.write_bytes(content.data().data())
        except OSError as error:
            self.problem = error.strerror or str(error)


class Export(QObject):
    """Writes one scene after the other, the whole of it. Ends with `saved` (the path) or `failed` (in words)."""

    saved = Signal(object)
    failed = Signal(str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._slices = Slices(self)
        self._slices.finished.connect(self._painted)
        self._writer: _Writer | None = None

    def start(self, scene: Scene, brush: Brush, path: Path) -> None:
        """Paint a scene and write it to a file named `.svg` or `.png`."""
        whole = QRectF(0, 0, scene.width, scene.height).adjusted(-_MARGIN, -_MARGIN, _MARGIN, _MARGIN)
        self._path, self._scale = path, 1.0
        self._generator: QSvgGenerator | None = None
        self._content: QBuffer | QImage
        if path.suffix.lower() == ".svg":
            self._content = QBuffer(self)
            self._content.open(QIODevice.OpenModeFlag.WriteOnly)
            self._generator = QSvgGenerator()
            self._generator.setOutputDevice(self._content)
            self._generator.setViewBox(QRectF(0, 0, whole.width(), whole.height()))
            self._generator.setSize(whole.size().toSize())
            self._generator.setTitle(scene.picture.headline)
            self._painter = QPainter(self._generator)
        else:
            self._scale = min(_SHARP, math.sqrt(_MOST_PIXELS / max(1.0, whole.width() * whole.height())))
            self._content = QImage((QSizeF(whole.size()) * self._scale).toSize(), QImage.Format.Format_RGB32)
            self._painter = QPainter(self._content)
            self._painter.scale(self._scale, self._scale)
        self._painter.fillRect(QRectF(0, 0, whole.width(), whole.height()), QColor(brush.theme.base))
        self._painter.translate(-whole.topLeft())
        # Letters are the point of an SVG, whatever the scale.
        self._slices.run(brush.paint(self._painter, scene, whole, self._scale))

    def _painted(self) -> None:
        self._painter.end()
        self._writer = _Writer(self.tr("Saving the map"), self._content, self._path)
        self._writer.finished.connect(self._written)
        self._writer.begin()

    def _written(self) -> None:
        assert self._writer is not None
        writer, self._writer = self._writer, None
        if writer.problem:
            cure = self.tr("choose a folder that can be written")
            self.failed.emit(f"{writer.path}: {self.tr('the map cannot be written')} ({writer.problem}); {cure}")
        else:
            self.saved.emit(writer.path)
