"""What changed of packages since the last decision about them: compared in a worker, kept while the review is open."""

from functools import partial

from reviewer.errors import ReviewerError
from reviewer.lock.decision import Decision
from reviewer.model.graph import Graph
from reviewer.progress import CancelledError
from reviewer.review.observations import Observations
from reviewer.review.review import Review
from reviewer.review.since import changed_since
from reviewer.review.upgrading import UNVIEWED
from reviewer.ui.look.text import counted, one_line
from reviewer.ui.state.compared import Compared, Comparisons, prepared
from reviewer.ui.state.worker import Worker
from reviewer.upgrade.again import fetch_again
from reviewer.upgrade.since import keep_reviewed

_AT_ONCE = 2
"""Upgrades that are compared at the same time."""

_Key = tuple[str, str, tuple[str, ...], int]
"""What a comparison is of: a package, the digest and the steps of the decision, and how many steps were observed since it was opened."""


class _Comparer(Worker):
    def __init__(self, observations: Observations, package: str, decision: Decision) -> None:
        super().__init__()
        self._wish = (observations, package, decision)
        self.found: Compared | None = None
        self.error: ReviewerError | None = None

    def run(self) -> None:
        """Compare."""
        try:
            self.found = prepared(changed_since(*self._wish, self.progress))
        except ReviewerError as error:
            self.error = error
        except CancelledError:
            pass


class _Fetcher(Worker):
    """Brings back what was decided about."""

    def __init__(self, title: str, graph: Graph, decision: Decision) -> None:
        super().__init__(title)
        self._graph, self._decision = graph, decision
        self.error: ReviewerError | None = None

    def run(self) -> None:
        """Fetch it, executing nothing."""
        try:
            fetch_again(self._graph, self._decision, self.progress)
        except ReviewerError as error:
            self.error = error
        except CancelledError:
            self.error = ReviewerError("it was not fetched", where=self._decision.package, cure="cancelled")


class Keeper(Worker):
    """Keeps what was trusted, so that there is something to compare the next version with."""

    def __init__(self, graph: Graph, packages: tuple[str, ...]) -> None:
        super().__init__()
        self._graph = graph
        self._packages = packages
        self.errors: list[ReviewerError] = []

    def run(self) -> None:
        """Keep one after the other; what cannot be kept does not stop the rest."""
        for package in self._packages:
            try:
                keep_reviewed(self._graph, package, self.progress)
            except ReviewerError as error:
                self.errors.append(error)
            except CancelledError:
                return


class Upgrades(Comparisons):
    """`of` starts to compare where that was not done yet; `changed` (a package id) tells when there is an answer or a confirmation."""

    asks = True

    def __init__(self, review: Review) -> None:
        super().__init__(review)
        self._found: dict[_Key, Compared | ReviewerError | None] = {}
        self._waiting: list[tuple[_Key, Decision]] = []
        self._working: set[_Comparer] = set()
        self._fetching: _Fetcher | None = None
        self._confirmed: dict[tuple[str, ...], set[str]] = {}

    def has(self, package: str) -> bool:
        """Whether there is a decision, about this or another content, that the present content can be compared with."""
        return package in self.review.graph.package and self.review.compared_with(package) is not None

    def reads_now(self, _package: str) -> bool:
        """The new side is what the project has."""
        return True

    def title(self, package: str) -> str:
        """What the tab says."""
        then = self.review.compared_with(package)
        version = then.package.partition("#")[0].rpartition("@")[2] if then else ""
        now = self.review.graph.package.get(package)
        if not version or (now is not None and version == now.version):
            return self.tr("Diff: since the last decision")
        return self.tr("Diff: since {}").format(version)

    def of(self, package: str) -> Compared | ReviewerError | None:
        """What changed; why that cannot be told; None while it is being found out, or where nothing was ever decided."""
        decision = self.review.compared_with(package)
        if decision is None:
            return None
        key = package, decision.digest, tuple(decision.steps), self.review.observations.taken
        if key not in self._found:
            self._found[key] = None
            self._waiting.append((key, decision))
            self._begin()
        return self._found[key]

    def _begin(self) -> None:
        """Compare what was asked for last, a few at a time."""
        while self._waiting and len(self._working) < _AT_ONCE:
            key, decision = self._waiting.pop()
            worker = _Comparer(self.review.observations, key[0], decision)
            self._working.add(worker)
            worker.finished.connect(partial(self._arrived, key, worker))
            worker.begin()

    def fetch(self, package: str) -> None:
        """Fetch what was decided about a package before, and compare again."""
        decision = self.review.compared_with(package)
        if decision is None or self._fetching is not None:
            return
        name = one_line(decision.package.partition("#")[0], 60)
        worker = self._fetching = _Fetcher(self.tr("Fetching {}").format(name), self.review.graph, decision)
        worker.finished.connect(partial(self._fetched, package, worker))
        worker.begin()

    def _fetched(self, package: str, worker: _Fetcher) -> None:
        self._fetching = None
        if worker.error is not None:
            self.failed.emit(str(worker.error))
            return
        self._found = {key: found for key, found in self._found.items() if key[0] != package}
        self.changed.emit(package)

    def observed(self, package: str) -> None:
        """More is known of what a package's steps do."""
        if self.has(package):
            self.changed.emit(package)

    def _arrived(self, key: _Key, worker: _Comparer) -> None:
        self._working.discard(worker)
        self._found[key] = worker.found or worker.error
        self._begin()
        self.changed.emit(key[0])

    def abandon(self) -> None:
        """Nobody waits for answers any more."""
        self._waiting.clear()
        for worker in self._working:
            worker.cancel()
        if self._fetching is not None:
            self._fetching.cancel()

    # Confirming

    def carry_on(self, earlier: "Upgrades") -> None:
        """Go on with what was confirmed before the project was loaded again; it holds for the same two contents, known alike."""
        self._confirmed = earlier._confirmed

    def _agreed(self, package: str) -> set[str]:
        decision, graph = self.review.compared_with(package), self.review.graph
        then, now = decision.digest if decision else "", graph.package[package].digest or ""
        return self._confirmed.setdefault((package, then, now, graph.evidence.value, graph.options_text), set())

    def is_confirmed(self, package: str, text: str) -> bool:
        """Whether the reviewer agreed to this consequence."""
        return text in self._agreed(package)

    def confirm(self, package: str, text: str) -> None:
        """Agree to a consequence, or take that back."""
        self._agreed(package).symmetric_difference_update({text})
        self.changed.emit(package)

    def questions(self, package: str) -> tuple[str, ...]:
        """What must be confirmed before an upgrade is trusted, as it is told."""
        return tuple(text for text in self.all_questions(package) if not self.is_confirmed(package, text))

    def all_questions(self, package: str) -> tuple[str, ...]:
        """The same, whether it was confirmed or not."""
        found = self.of(package)
        if isinstance(found, ReviewerError):
            return (str(found),)
        return () if found is None else self.standing(found).questions

    def is_ready(self, package: str) -> bool:
        """Whether an upgrade can be approved together with others: nothing follows from it, and every change of it was viewed."""
        found = self.of(package)
        return isinstance(found, Compared) and self.standing(found).ready

    def is_open(self, package: str) -> bool:
        """Whether trusting this package would approve an upgrade of which something is not confirmed, or not known yet."""
        if not self.review.is_upgrade(package):
            return False
        return self.of(package) is None or bool(self.questions(package))

    def why_open(self, package: str) -> str:
        """What the reviewer must do before the upgrade can be trusted."""
        left = self.questions(package)
        if not left:
            return "It is still being compared with what was decided about before. Trust it when you have seen what changed."
        if left == (UNVIEWED,):
            return "Not every change was viewed. M marks one viewed and goes to the next; or agree here with Enter. Then T trusts."
        told = counted(len([text for text in left if text != UNVIEWED]), "consequence")
        return (
            f"First confirm what follows from this upgrade: {told} left. Enter confirms, J goes to the next, T trusts."
        )
