"""Runs long painting in the window's thread, a few milliseconds at a time."""

import time
from collections.abc import Callable, Iterator

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QPainter, QPixmap

_SLICE = 0.008
"""Seconds of work at a time; between them the window answers."""


def painted(picture: QPixmap, paint: Callable[[QPainter], Iterator[None]]) -> Iterator[None]:
    """The steps of painting a picture. Its painter ends with the last step, and also where nobody takes that one: Qt ends the program
    when a picture goes that is still being painted.
    """
    painter = QPainter(picture)
    try:
        yield from paint(painter)
    finally:
        painter.end()


class Slices(QObject):
    """Takes the steps of one iterator after the other whenever the window has time; `finished` after the last."""

    finished = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._steps: Iterator[None] | None = None
        self._turn = QTimer(self, interval=0)
        self._turn.timeout.connect(self._go_on)

    @property
    def running(self) -> bool:
        """Whether there are steps left."""
        return self._steps is not None

    def run(self, steps: Iterator[None]) -> None:
        """Take these steps, and none of those before."""
        self._steps = steps
        self._turn.start()

    def stop(self) -> None:
        """Take no more steps."""
        self._steps = None
        self._turn.stop()

    def _go_on(self) -> None:
        end = time.perf_counter() + _SLICE
        while self._steps is not None and time.perf_counter() < end:
            if next(self._steps, self) is self:
                self.stop()
                self.finished.emit()
