"""Colours what is on screen: at once where that is quick, else in a worker."""

import time

from PySide6.QtCore import QObject, QTimer, Signal

from reviewer.ui.code.highlight import CHUNK, Colors, Highlighter
from reviewer.ui.state.worker import Worker

_AT_ONCE = 0.005
"""Seconds of one picture after which no further chunk is coloured at once."""

_AT_REST = 40
"""Milliseconds without a new wish after which a worker begins: while the reviewer scrolls it would only slow the pictures down."""


class _Colorer(Worker):
    """Colours one chunk."""

    def __init__(self, highlighter: Highlighter, number: int) -> None:
        super().__init__()
        self.highlighter = highlighter
        self.number = number
        self.colors: Colors = []

    def run(self) -> None:
        """Work it out."""
        self.colors = self.highlighter.color(self.number)


class Coloring(QObject):
    """`arrived` when colours are there that were missing when they were asked for."""

    arrived = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._highlighter: Highlighter | None = None
        self._worker: _Colorer | None = None
        self._wanted: int | None = None
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_AT_REST)
        self._rest.timeout.connect(self._start)

    @property
    def is_busy(self) -> bool:
        """Whether colours are on their way."""
        return self._worker is not None or self._rest.isActive()

    def ensure(self, highlighter: Highlighter, first: int, last: int) -> None:
        """Colour these pieces (both included), or begin to."""
        before = self._highlighter, self._wanted
        self._highlighter, self._wanted = highlighter, None
        begin = time.perf_counter()
        for number in range(first // CHUNK, last // CHUNK + 1):
            if highlighter.spans(number * CHUNK) is not None:
                continue
            busy = self._worker is not None and self._worker.highlighter is highlighter
            if not busy and highlighter.is_quick(number) and time.perf_counter() - begin < _AT_ONCE:
                highlighter.keep(number, highlighter.color(number))
            else:
                self._wanted = number
                if before != (highlighter, number) or not self.is_busy:
                    self._rest.start()
                return

    def _start(self) -> None:
        if self._worker is not None:
            self._rest.start()
        elif self._wanted is not None and self._highlighter is not None:
            self._worker = _Colorer(self._highlighter, self._wanted)
            self._worker.finished.connect(self._done)
            self._worker.begin()

    def _done(self) -> None:
        worker, self._worker = self._worker, None
        if worker is not None and worker.colors:
            worker.highlighter.keep(worker.number, worker.colors)
            if worker.highlighter is self._highlighter:
                self.arrived.emit()
