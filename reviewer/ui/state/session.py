"""The review that a window shows: decisions as the reviewer makes them, and signals for what changed."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from reviewer.errors import ReviewerError
from reviewer.lock.decision import Criteria, Verdict
from reviewer.lock.status import Status
from reviewer.review.queue import neighbour
from reviewer.review.review import Change, Review
from reviewer.ui.look.text import one_line
from reviewer.ui.state.history import History
from reviewer.ui.state.selection import Selection


class Session(QObject):
    """A review, its selection, its undo, and which files were marked viewed."""

    changed = Signal()
    viewed_changed = Signal()
    failed = Signal(str)
    decided = Signal()

    def __init__(self, review: Review) -> None:
        super().__init__()
        self.review = review
        self.selection = Selection(review)
        self.history = History(review)
        self._viewed: set[tuple[str, str]] = set()
        review.subscribe(self.changed.emit)

    @property
    def name(self) -> str:
        """The project's name: that of its folder, by which people know it."""
        return one_line(Path(self.review.graph.root).name or self.review.graph.root_package.name, 60)

    def open_first(self) -> None:
        """Select what should be looked at first: the worst package of the queue, else any package."""
        others = (p.id for p in self.review.graph.packages if not self.review.graph.is_own(p.id))
        first = neighbour(self.review.queue, None, 1) or next(others, self.review.graph.root_package.id)
        self.selection.select_package(first)

    def why_not(self) -> str | None:
        """Why nothing can be decided about the selected package; None where it can."""
        package = self.selection.now.package
        if package is None:
            return "no package is selected; select one in the list"
        if self.review.lock_path is None:
            return "a saved graph cannot be decided about; open the project's folder"
        if self.review.status(package) is Status.OWN:
            return "this is the project itself and needs no decision; select one of its dependencies"
        if self.review.graph.package[package].digest is None:
            return "this package is not fetched, so there is nothing to decide about; run zig build --fetch and reload"
        return None

    def decide(self, verdict: Verdict, criteria: tuple[Criteria, ...], note: str) -> None:
        """Record the decision for the selected package and go on to the next; on failure nothing changes and `failed` tells why."""
        package, refusal = self.selection.now.package, self.why_not()
        if package is None or refusal is not None:
            self.failed.emit(refusal or "")
            return
        following = neighbour(self.review.queue, package, 1)
        try:
            self.history.add(self.review.decide([package], verdict, criteria=criteria, note=note))
        except ReviewerError as error:
            self.failed.emit(str(error))
            return
        self.decided.emit()
        if following is not None and following != package:
            self.selection.select_package(following)

    def undo(self) -> None:
        """Take back the newest decision and show the package that it was about."""
        self._step_back_or_forth(self.history.undo)

    def redo(self) -> None:
        """Do again what was undone last and show the package that it was about."""
        self._step_back_or_forth(self.history.redo)

    def _step_back_or_forth(self, step: Callable[[], Change | None]) -> None:
        try:
            change = step()
        except ReviewerError as error:
            self.failed.emit(str(error))
            return
        known = [package for package in change.before if package in self.review.graph.package] if change else []
        if known:
            self.selection.select_package(known[0])

    def go_next(self) -> None:
        """Look at the next package that needs a decision."""
        self._walk(1)

    def go_previous(self) -> None:
        """Look at the previous package that needs a decision."""
        self._walk(-1)

    def _walk(self, step: int) -> None:
        there = neighbour(self.review.queue, self.selection.now.package, step)
        if there is not None:
            self.selection.select_package(there)

    def is_viewed(self, package: str, file: str) -> bool:
        """Whether the file was marked viewed in this session."""
        return (package, file) in self._viewed

    def toggle_viewed(self) -> None:
        """Mark the shown file viewed, or take the mark back."""
        now = self.selection.now
        if now.package is not None and now.file is not None:
            self._viewed ^= {(now.package, now.file)}
            self.viewed_changed.emit()
