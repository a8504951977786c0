"""Proof that the window's thread never works long without letting the window answer."""

import statistics
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from PySide6.QtCore import QObject, QTimer

LIMIT = 0.050
"""Seconds of the thread's own work. Its CPU time, not the wall clock: a machine that is busy with other things proves nothing."""

_USUAL = 0.012
"""Seconds of CPU time that `_yardstick` takes on the machine that the limit is meant for (a 2023 server's core, not busy otherwise)."""


class Watchdog(QObject):
    """A context: measures the CPU time between two turns of the event loop, and names what took long."""

    def __init__(self) -> None:
        super().__init__()
        self._beat = QTimer(self)
        self._beat.setInterval(0)
        self._beat.timeout.connect(lambda: self.turn("the event loop"))
        self._last = 0.0
        self.longest: dict[str, float] = {}
        self._before = 0.0

    def __enter__(self) -> Self:
        self._before = _yardstick()
        self._last = time.thread_time()
        self._beat.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._beat.stop()

    def turn(self, what: str) -> None:
        """A turn ends here: it is counted to `what`."""
        now = time.thread_time()
        self.longest[what] = max(self.longest.get(what, 0.0), now - self._last)
        self._last = now

    def during(self, what: str, act: Callable[[], object]) -> None:
        """An act of the user, which is one turn."""
        self.turn("the event loop")
        act()
        self.turn(what)

    def too_long(self) -> dict[str, float]:
        """Milliseconds of everything that took longer than the limit; on a slower machine the limit is as much higher."""
        limit = LIMIT * max(1.0, max(self._before, _yardstick()) / _USUAL)  # the machine was busy before or is now
        return {what: round(seconds * 1000) for what, seconds in self.longest.items() if seconds > limit}


def _yardstick() -> float:
    """CPU seconds of a fixed piece of work, now."""
    taken = []
    for _ in range(9):
        start = time.thread_time()
        _ = {number: str(number) for number in range(100_000)}
        taken.append(time.thread_time() - start)
    return statistics.median(taken)
