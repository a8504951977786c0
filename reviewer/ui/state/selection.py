"""What the reviewer is looking at: one value, shared by list, map, code and panel."""

from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from reviewer.lock.status import Status
from reviewer.review.queue import UNANALYZED
from reviewer.review.reading import MarkKind, worth
from reviewer.review.review import Review

_REMEMBERED = 200
"""Places that `back` can return to."""

_WORTH = (MarkKind.HIDDEN_RUN, MarkKind.RUN, MarkKind.FINDING, MarkKind.LINK)
"""Which marked line to show first."""


@dataclass(frozen=True, slots=True)
class Selected:
    """A package, one of its run steps or another step (ids), and a place in its files; `line` counts from 1, 0 for none."""

    package: str | None = None
    step: str | None = None
    file: str | None = None
    line: int = 0


class Selection(QObject):
    """The one selection. Everything that shows it listens to `changed`; everything that can pick sets it.

    `placed`: a line or file is wanted, the same again too.
    """

    changed = Signal()
    placed = Signal()

    def __init__(self, review: Review) -> None:
        super().__init__()
        self._review = review
        self.now = Selected()
        self._behind: list[Selected] = []
        self._ahead: list[Selected] = []

    def _set(self, selected: Selected) -> None:
        """Go to another place, from which `back` returns."""
        if selected != self.now:
            if self.now != Selected():
                self._behind = [*self._behind, self.now][-_REMEMBERED:]
            self._ahead.clear()
            self.now = selected
            self.changed.emit()

    @property
    def can_go_back(self) -> bool:
        """Whether something was looked at before this."""
        return bool(self._behind)

    @property
    def can_go_forward(self) -> bool:
        """Whether `back` can be taken back."""
        return bool(self._ahead)

    def back(self) -> None:
        """Look again at what was looked at before, as a browser does."""
        self._travel(self._behind, self._ahead)

    def forward(self) -> None:
        """Take `back` back."""
        self._travel(self._ahead, self._behind)

    def _travel(self, source: list[Selected], target: list[Selected]) -> None:
        if source:
            target.append(self.now)
            self.now = source.pop()
            self.changed.emit()

    def select_package(self, package: str | None) -> None:
        """Look at a package: its most important run step and the first line that is worth reading. An unknown one is none."""
        if package is None or package not in self._review.graph.package:
            self._set(Selected())
        elif package != self.now.package:
            self._set(self._entry(package))

    def _entry(self, package: str) -> Selected:
        """Where reading a package begins."""
        step = self._worst_step(package)
        files = self._review.reading(package)
        place = self._place_of(package, step) or self._first_finding(package)
        if place is None and files:
            place = (files[0].path, self._first_mark(package, files[0].path))
        file, line = place or (None, 0)
        return Selected(package, step, file, line)

    def select_step(self, step_id: str) -> None:
        """Look at a step: its owner, at the line that created it."""
        step = self._review.graph.step[step_id]
        place = self._place_of(step.package, step_id)
        if place is None and step.package == self.now.package and self.now.file:
            place = (self.now.file, 0)
        if place is None:
            files = self._review.reading(step.package)
            place = (files[0].path, 0) if files else None
        file, line = place or (None, 0)
        self._set(Selected(step.package, step_id, file, line))

    def select_place(self, package: str, file: str | None, line: int = 0) -> None:
        """Look at a file of a package (where there is no such file, at the package), keeping the step while the package stays the same."""
        if package not in self._review.graph.package or file is None or not self._review.has_file(package, file):
            self.select_package(package)
            return
        step = self.now.step if package == self.now.package else self._entry(package).step
        self._set(Selected(package, step, file, line or self._first_mark(package, file)))
        self.placed.emit()

    def select_line(self, line: int) -> None:
        """The cursor moved within the file that is shown: the same place, so nothing to come back from."""
        if line != self.now.line:
            self.now = replace(self.now, line=line)
            self.changed.emit()

    def _worst_step(self, package: str) -> str | None:
        """The run step that a decision about a package is about most: one that the last decision does not list, else a hidden one."""
        review = self._review
        listed = {step.step for step in review.assessments[package].steps if step.status is Status.TRUSTED}
        runs = review.graph.runs_of(package)
        worst = sorted(runs, key=lambda step: (step.id in listed, worth(step)))
        return worst[0].id if worst else None

    def _first_finding(self, package: str) -> tuple[str, int] | None:
        readable = {file.path for file in self._review.reading(package)}
        found = (finding for finding in self._review.graph.findings_of(package) if finding.file in readable)
        known = sorted(found, key=lambda finding: finding.capability == UNANALYZED)
        return (known[0].file, known[0].line) if known else None

    def _place_of(self, package: str, step_id: str | None) -> tuple[str, int] | None:
        if step_id is None:
            return None
        readable = {file.path for file in self._review.reading(package)}
        for place in self._review.graph.step[step_id].created_at:
            if place.package == package and place.file in readable:
                return place.file, place.line
        return None

    def _first_mark(self, package: str, file: str) -> int:
        marks = self._review.marks(package, file)
        best = sorted(marks, key=lambda mark: _WORTH.index(mark.kind))
        return best[0].line if best else 0
