"""Proof that the window's thread never works long without letting the window answer."""

import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from PySide6.QtCore import QObject, QTimer

LIMIT = 0.050
"""Seconds of the thread's own work. Its CPU time, not the wall clock: a machine that is busy with other things proves nothing."""


class Watchdog(QObject):
    """A context: measures the CPU time between two turns of the event loop, and names what took long."""

    def __init__(self) -> None:
        super().__init__()
        self._beat = QTimer(self)
        self._beat.setInterval(0)
        self._beat.timeout.connect(lambda: self.turn("the event loop"))
        self._last = 0.0
        self.longest: dict[str, float] = {}

    def __enter__(self) -> Self:
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
        """Milliseconds of everything that took longer than the limit."""
        return {what: round(seconds * 1000) for what, seconds in self.longest.items() if seconds > LIMIT}
