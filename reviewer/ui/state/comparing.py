"""Two versions of a package beside each other, about which nothing is decided."""

from typing import NamedTuple

from reviewer.errors import ReviewerError
from reviewer.model.graph import Graph
from reviewer.progress import CancelledError
from reviewer.review.review import Review
from reviewer.review.versions import Version
from reviewer.ui.look.text import one_line
from reviewer.ui.state.compared import Compared, Comparisons, prepared
from reviewer.ui.state.worker import Worker
from reviewer.upgrade.since import between


class Pair(NamedTuple):
    """What is compared, of which package."""

    package: str
    old: Version
    new: Version


class _Comparer(Worker):
    def __init__(self, title: str, graph: Graph, pair: Pair) -> None:
        super().__init__(title)
        self._graph, self._pair = graph, pair
        self.found: Compared | ReviewerError | None = None

    def run(self) -> None:
        """Compare."""
        try:
            package, old, new = self._pair
            comparison = between(old.word, new.word, self.progress, graph=self._graph, package=package)
            self.found = prepared(comparison._replace(old=old.name, new=new.name))
        except ReviewerError as error:
            self.found = error
        except CancelledError:
            self.found = ReviewerError("not compared: it was cancelled", cure="compare again")


class Comparing(Comparisons):
    """The one comparison that was asked for last. `changed` carries its package."""

    def __init__(self, review: Review) -> None:
        super().__init__(review)
        self._pair: Pair | None = None
        self._worker: _Comparer | None = None
        self._found: Compared | ReviewerError | None = None

    def begin(self, pair: Pair) -> None:
        """Compare these two instead of whatever was compared before."""
        self.abandon()
        self._pair, self._found = pair, None
        name = one_line(self.review.graph.package[pair.package].name, 40)
        worker = self._worker = _Comparer(self.tr("Comparing versions of {}").format(name), self.review.graph, pair)
        worker.finished.connect(lambda: self._arrived(worker))
        worker.begin()
        self.changed.emit(pair.package)

    def _arrived(self, worker: _Comparer) -> None:
        if worker is self._worker and self._pair is not None:
            self._worker, self._found = None, worker.found
            self.changed.emit(self._pair.package)

    def abandon(self) -> None:
        """Nobody waits for it any more."""
        if self._worker is not None:
            self._worker.cancel()
            self._worker = None

    def has(self, package: str) -> bool:
        """Whether versions of this package are compared."""
        return self._pair is not None and self._pair.package == package

    def reads_now(self, package: str) -> bool:
        """Whether the new side is what the project has."""
        return self._pair is not None and self._pair.new.word == self.review.graph.package[package].root

    def title(self, package: str) -> str:
        """What the tab says."""
        if self._pair is None or self._pair.package != package:
            return ""
        return self.tr("Compare: {} \u2192 {}").format(self._pair.old.name, self._pair.new.name)

    def of(self, package: str) -> Compared | ReviewerError | None:
        """What differs; why that cannot be told; None while it is being found out."""
        return self._found if self.has(package) else None
