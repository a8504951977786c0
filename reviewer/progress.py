"""How long work tells what it is doing and learns that it should stop."""

from collections.abc import Callable


class CancelledError(Exception):
    """The user asked to stop; whatever was under way left nothing behind."""


class Progress:
    """Passed down into long work. Reports go to `listener(text, done, total)`; `total` 0 means unknown."""

    def __init__(self, listener: Callable[[str, int, int], None] | None = None) -> None:
        self._listener = listener
        self._cancelled = False

    def cancel(self) -> None:
        """Ask the work to stop at its next report or check; callable from any thread."""
        self._cancelled = True

    @property
    def cancelled(self) -> bool:
        """Whether `cancel` was called."""
        return self._cancelled

    def check(self) -> None:
        """Raise CancelledError if the work was cancelled."""
        if self._cancelled:
            raise CancelledError

    def report(self, text: str, done: int = 0, total: int = 0) -> None:
        """Say what is being done now; raises CancelledError if the work was cancelled."""
        self.check()
        if self._listener is not None:
            self._listener(text, done, total)
