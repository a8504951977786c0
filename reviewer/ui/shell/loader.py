"""Loading off the window's thread."""

from pathlib import Path

from PySide6.QtCore import Signal

from reviewer.errors import ReviewerError
from reviewer.model.graph import Evidence
from reviewer.progress import CancelledError
from reviewer.ui.shell.watch import Stamp, watched_files
from reviewer.ui.state.worker import Worker


class Loader(Worker):
    """Opens one review. Ends with exactly one of `loaded` (the Review), `failed` (a ReviewerError) and `cancelled`."""

    loaded = Signal(object)
    failed = Signal(object)
    cancelled = Signal()

    def __init__(
        self, title: str, path: Path, evidence: Evidence | None, toolchain: Path | None, options: tuple[str, ...]
    ) -> None:
        super().__init__(title)
        self.path, self.evidence, self.toolchain, self.options = path, evidence, toolchain, options
        self.watched: dict[str, Stamp] = {}

    def run(self) -> None:
        """The thread's work."""
        try:
            from reviewer.review.open import open_review

            review = open_review(
                self.path, self.progress, evidence=self.evidence, toolchain=self.toolchain, options=self.options
            )
            packages = review.graph.packages
            for number, package in enumerate(packages):  # read once: here, not in the window's thread
                if number % 20 == 0:
                    self.progress.report("Counting what there is to read", number, len(packages))
                for file in review.reading(package.id):
                    review.is_viewed(package.id, file.path)
            for step in review.graph.run_steps:
                review.observations.of(step.id)
            review.left, review.reviewer  # noqa: B018 - what it knows is kept
            self.watched = watched_files(review)
            # Slow to load: here, so that neither the first page nor the first decision waits for it.
            import filelock  # noqa: F401

            import reviewer.ui.shell.workspace  # noqa: F401
        except CancelledError:
            self.cancelled.emit()
        except ReviewerError as error:
            self.failed.emit(error)
        except Exception as error:
            cure = "this is a fault in Reviewer; please report it"
            self.failed.emit(ReviewerError(f"{type(error).__name__}: {error}", where=str(self.path), cure=cure))
        else:
            self.loaded.emit(review)
