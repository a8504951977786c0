"""Runs long painting in the window's thread, a few milliseconds at a time."""

import time
from collections.abc import Iterator

from PySide6.QtCore import QObject, QTimer, Signal

_SLICE = 0.008
"""Seconds of work at a time; between them the window answers."""


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
