"""A piece of work that is only a function, off the window's thread."""

from collections.abc import Callable
from typing import Generic, TypeVar

from reviewer.errors import ReviewerError
from reviewer.progress import CancelledError, Progress
from reviewer.ui.state.worker import Worker

Result = TypeVar("Result")


class Job(Worker, Generic[Result]):
    """When it has `finished` there is the `result`, or the `error`, or neither: it was cancelled."""

    def __init__(self, title: str, work: Callable[[Progress], Result]) -> None:
        super().__init__(title)
        self._work = work
        self.result: Result | None = None
        self.error: ReviewerError | None = None

    def run(self) -> None:
        """The thread's work."""
        try:
            self.result = self._work(self.progress)
        except CancelledError:
            pass
        except ReviewerError as error:
            self.error = error
        except Exception as error:
            cure = "this is a fault in Reviewer; please report it"
            self.error = ReviewerError(f"{type(error).__name__}: {error}", cure=cure)
