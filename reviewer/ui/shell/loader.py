"""Loading off the window's thread."""

from pathlib import Path

from PySide6.QtCore import Signal

from reviewer.errors import ReviewerError
from reviewer.model.graph import Evidence
from reviewer.progress import CancelledError, Progress
from reviewer.review.open import open_review
from reviewer.ui.state.worker import Worker


class Loader(Worker):
    """Opens one review. Ends with exactly one of `loaded` (the Review), `failed` (a ReviewerError) and `cancelled`."""

    reported = Signal(str, int, int)
    loaded = Signal(object)
    failed = Signal(object)
    cancelled = Signal()

    def __init__(self, path: Path, evidence: Evidence | None, toolchain: Path | None, options: tuple[str, ...]) -> None:
        super().__init__()
        self.path, self.evidence, self.toolchain, self.options = path, evidence, toolchain, options
        self._progress = Progress(self.reported.emit)

    def cancel(self) -> None:
        """Ask the load to stop; it answers with `cancelled` soon."""
        self._progress.cancel()

    def run(self) -> None:
        """The thread's work."""
        try:
            review = open_review(
                self.path, self._progress, evidence=self.evidence, toolchain=self.toolchain, options=self.options
            )
            self._progress.report("Counting what there is to read")
            review.lines_left()  # reads every package's build files, once: here, not in the window's thread
        except CancelledError:
            self.cancelled.emit()
        except ReviewerError as error:
            self.failed.emit(error)
        except Exception as error:
            cure = "this is a fault in Reviewer; please report it"
            self.failed.emit(ReviewerError(f"{type(error).__name__}: {error}", where=str(self.path), cure=cure))
        else:
            self.loaded.emit(review)
