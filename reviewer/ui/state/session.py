"""The review that a window shows: decisions as the reviewer makes them, and signals for what changed."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from reviewer.errors import ReviewerError
from reviewer.lock.decision import Criteria, Grants, Verdict
from reviewer.lock.status import Status
from reviewer.model.graph import Step
from reviewer.review.behind import left_to_do
from reviewer.review.granting import granted_already
from reviewer.review.queue import neighbour
from reviewer.review.review import Change, Review
from reviewer.ui.look.text import counted, one_line
from reviewer.ui.state.actions import first_key
from reviewer.ui.state.comparing import Comparing
from reviewer.ui.state.history import History
from reviewer.ui.state.observing import Observing
from reviewer.ui.state.selection import Selection
from reviewer.ui.state.upgrades import Keeper, Upgrades
from reviewer.upgrade.marks import Marks


class Session(QObject):
    """A review, its selection, its undo, and which part of the queue is being worked through.

    `unconfirmed` (a package id) where an upgrade cannot be approved before what follows from it is confirmed. `failed` and `told` carry a
    sentence for the reviewer: about what could not be done, and about what should be known.
    """

    changed = Signal()
    viewed_changed = Signal()
    chosen_changed = Signal()
    failed = Signal(str)
    told = Signal(str)
    unconfirmed = Signal(str)
    decided = Signal()

    def __init__(self, review: Review) -> None:
        super().__init__()
        self.review = review
        self.selection = Selection(review)
        self.history = History(review)
        self.observing = Observing(review)
        self.upgrades = Upgrades(review)
        self.comparing = Comparing(review)
        self.observing.observed.connect(self.upgrades.observed)
        self._chosen: tuple[str, ...] = ()
        self._grants: dict[str, Grants] = {}
        self._shown: frozenset[str] | None = None
        review.subscribe(self.changed.emit)
        self.selection.changed.connect(self._selection_moved)

    @property
    def name(self) -> str:
        """The project's name: that of its folder, by which people know it."""
        return one_line(Path(self.review.graph.root).name or self.review.graph.root_package.name, 60)

    def open_first(self) -> None:
        """Select what should be looked at first: the worst package of the queue, else any package."""
        others = (p.id for p in self.review.graph.packages if not self.review.graph.is_own(p.id))
        first = neighbour(self.review.queue, None, 1) or next(others, self.review.graph.root_package.id)
        self.selection.select_package(first)

    @property
    def run_step(self) -> Step | None:
        """The selected step, where it executes code."""
        step = self.review.graph.step.get(self.selection.now.step or "")
        return step if step is not None and step.run is not None else None

    def grants_of(self, step: Step) -> Grants:
        """What a trust of its package would allow a run step: what was chosen for it, else what the decision about this content allows."""
        if step.run is None:
            return {}
        chosen = self._grants.get(step.run.fingerprint)
        if chosen is None:
            granted = granted_already(self.review.graph, self.review.assessments[step.package])
            chosen = granted.get(step.run.fingerprint)
        return chosen or {}

    def choose_grants(self, step: Step, grants: Grants) -> None:
        """What a run step is to be allowed: recorded when its package is trusted; at once for the project's own, which needs no trust."""
        assert step.run is not None
        if not self.review.graph.is_own(step.package):
            self._grants[step.run.fingerprint] = grants
            self.changed.emit()
            return
        already = granted_already(self.review.graph, self.review.assessments[step.package])
        wanted = {fingerprint: what for fingerprint, what in {**already, step.run.fingerprint: grants}.items() if what}
        if wanted:
            self.apply(lambda: self.review.decide([step.package], Verdict.TRUSTED, grants=wanted))
        elif already:
            self.apply(lambda: self.review.forget([step.package]))

    def why_no_grants(self, package: str) -> str | None:
        """Why the run steps of a package cannot be granted anything; None where they can."""
        own = self.review.status(package) is Status.OWN and self.review.lock_path is not None
        return None if own else self.why_not(package)

    @property
    def chosen(self) -> tuple[str, ...]:
        """The packages that a decision is about: several that were chosen together, else the selected one."""
        now = self.selection.now.package
        return self._chosen if len(self._chosen) > 1 else (now,) if now is not None else ()

    def choose(self, packages: Sequence[str]) -> None:
        """Choose several packages to decide about at once."""
        before, self._chosen = self._chosen, tuple(packages)
        if self._chosen != before and max(len(before), len(self._chosen)) > 1:
            self.chosen_changed.emit()

    def _selection_moved(self) -> None:
        if self.selection.now.package not in self._chosen:
            self.choose(())

    def narrow(self, packages: frozenset[str] | None) -> None:
        """Walk through these packages only, those that a filter shows; None for all."""
        self._shown = packages

    @property
    def walk(self) -> tuple[str, ...]:
        """The packages that next and previous go through: the queue, as far as it is shown."""
        return tuple(package for package in self.review.queue if self._shown is None or package in self._shown)

    def why_not(self, package: str | None) -> str | None:
        """Why nothing can be decided about a package; None where it can."""
        if package is None:
            return "no package is selected; select one in the list"
        if self.review.lock_path is None:
            return "a saved graph cannot be decided about; open the project's folder"
        if self.review.status(package) is Status.OWN:
            return "this is the project itself and needs no decision; select one of its dependencies"
        if self.review.graph.package[package].digest is None:
            return "this package is not fetched, so there is nothing to decide about; fetch it first"
        return None

    @property
    def decidable(self) -> tuple[str, ...]:
        """Those of the chosen packages about which something can be decided."""
        return tuple(package for package in self.chosen if self.why_not(package) is None)

    def decide(self, verdict: Verdict, criteria: tuple[Criteria, ...], note: str) -> None:
        """Record the decision for what is chosen and go on to the next; on failure nothing changes and `failed` tells why.

        An upgrade is trusted only once each of its consequences is confirmed, together with others only where it has none: of several
        packages the others are.
        """
        packages, following = self.decidable, self._following()
        held = [p for p in packages if verdict is Verdict.TRUSTED and self._holds(p, alone=len(packages) == 1)]
        if held and len(held) == len(packages) > 1:
            self.told.emit(_left_out(held))
            return
        if held and len(held) == len(packages):
            self.told.emit(self.upgrades.why_open(held[0]))
            self.unconfirmed.emit(held[0])
            return
        packages = tuple(package for package in packages if package not in held)
        if not packages:
            self.failed.emit(self.why_not(self.selection.now.package) or "")
            return
        left_out = len(self.chosen) - len(packages) - len(held)
        if not self._record(packages, verdict, criteria, note):
            return
        if left_out:
            self.told.emit(
                f"{counted(left_out, 'package')} could not be decided about: not fetched, so there is nothing to see"
            )
        if held:
            self.told.emit(_left_out(held))
        if following is not None:
            self.selection.select_package(following)
        elif self._shown is not None and not self.walk and self.review.queue:
            self.told.emit(
                f"Nothing that is shown needs a decision. {counted(len(self.review.queue), 'package')} elsewhere: Esc shows all"
            )

    def _holds(self, package: str, *, alone: bool) -> bool:
        """Whether a package is an upgrade that cannot be trusted now."""
        if alone or not self.review.is_upgrade(package):
            return self.upgrades.is_open(package)
        return not self.upgrades.is_ready(package)

    def _record(self, packages: tuple[str, ...], verdict: Verdict, criteria: tuple[Criteria, ...], note: str) -> bool:
        """One decision about all of these, and one undo; false where nothing changed, which `failed` tells."""
        try:
            grants = self._grants_with(packages) if verdict is Verdict.TRUSTED else {}
            self.history.add(self.review.decide(packages, verdict, criteria=criteria, note=note, grants=grants))
        except ReviewerError as error:
            self.failed.emit(str(error))
            return False
        if verdict is Verdict.TRUSTED:
            self._keep(packages)
        self.decided.emit()
        if verdict is Verdict.TRUSTED and (left := left_to_do(self.review, packages, to_sign=first_key("sign"))):
            self.told.emit(left)
        return True

    def trust_upgrades(self) -> None:
        """Trust to run, in one decision, every upgrade that nothing follows from and of which every change was viewed."""
        upgrades = self.review.upgrades if self.review.lock_path is not None else ()
        ready = tuple(package for package in upgrades if self.upgrades.is_ready(package))
        if not ready:
            waiting = sum(self.upgrades.of(package) is None for package in upgrades)
            told = f"; {counted(waiting, 'upgrade')} still being compared" if waiting else ""
            self.told.emit(f"No upgrade has no consequences and every change viewed{told}. Q lists all.")
            return
        selected = self.selection.now.package
        if self._record(ready, Verdict.TRUSTED, (Criteria.RUN,), ""):
            left = len(upgrades) - len(ready)
            more = f"; {counted(left, 'upgrade')} left, of which something is to be confirmed or viewed" if left else ""
            self.told.emit(f"Trusted {counted(len(ready), 'upgrade')} together{more}.")
            if selected in ready and (following := neighbour(self.walk, None, 1)) is not None:
                self.selection.select_package(following)

    def _grants_with(self, packages: Sequence[str]) -> dict[str, Grants]:
        """By fingerprint, of the run steps that these packages own."""
        owned = (step for step in self.review.graph.run_steps if step.package in packages)
        return {step.run.fingerprint: grants for step in owned if step.run and (grants := self.grants_of(step))}

    def _keep(self, packages: tuple[str, ...]) -> None:
        """Keep what was trusted, off the window's thread. The decision holds without it."""
        keeper = Keeper(self.review.graph, packages)
        keeper.finished.connect(lambda: self._kept(keeper))
        keeper.begin()

    def _kept(self, keeper: Keeper) -> None:
        if keeper.errors:
            self.told.emit(f"Trusted, but what was reviewed could not be kept to compare with: {keeper.errors[0]}")

    def _following(self) -> str | None:
        """What to look at after a decision about what is chosen."""
        chosen, walk = set(self.chosen), self.walk
        at = max((walk.index(package) for package in chosen if package in walk), default=-1)
        return next((package for package in (*walk[at + 1 :], *walk[: at + 1]) if package not in chosen), None)

    def apply(self, make: Callable[[], Change]) -> bool:
        """Make a change of the lock that can be undone; false where that failed, which is told."""
        try:
            self.history.add(make())
        except ReviewerError as error:
            self.failed.emit(str(error))
            return False
        return True

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
        there = neighbour(self.walk, self.selection.now.package, step)
        if there is not None:
            self.selection.select_package(there)

    def is_viewed(self, package: str, file: str) -> bool:
        """Whether a file's content was marked viewed, in whatever session."""
        return self.review.is_viewed(package, file)

    def toggle_viewed(self) -> None:
        """Mark the selected file viewed, or take the mark back."""
        now = self.selection.now
        if now.package is not None and now.file is not None:
            package, file = now.package, now.file
            self._mark(lambda: self.review.toggle_viewed(package, file))

    def toggle_change(self, marks: Marks, change: int | None) -> bool:
        """Mark a change of a file viewed, with None all of them, or take the mark back; false where that could not be done."""
        return self._mark(lambda: self.review.toggle_change(marks, change))

    def _mark(self, act: Callable[[], None]) -> bool:
        try:
            act()
        except ReviewerError as error:
            self.failed.emit(str(error))
            return False
        self.viewed_changed.emit()
        return True


def _left_out(held: Sequence[str]) -> str:
    return (
        f"{counted(len(held), 'upgrade')} left out: together only those are trusted that have no consequences and were viewed. "
        "Trust the others one by one."
    )
