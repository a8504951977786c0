"""The right side: what a package runs, more on demand, what a decision covers, the note, and the buttons that decide."""

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QRadioButton, QSizePolicy, QVBoxLayout, QWidget

from reviewer.lock.decision import Criteria, Verdict, allows
from reviewer.lock.status import Status
from reviewer.review.behind import Behind, behind
from reviewer.ui.look.copying import copy
from reviewer.ui.look.text import counted, one_line, visible
from reviewer.ui.look.widgets import Card, ElidedLabel, Pill, label, set_pill, take_any_width
from reviewer.ui.panel.deciding import Deciding
from reviewer.ui.panel.files import FilesFold
from reviewer.ui.panel.findings import FindingsFold, ProblemsFold
from reviewer.ui.panel.fitting import Fitting
from reviewer.ui.panel.fold import Fold
from reviewer.ui.panel.grants import grants_in_words
from reviewer.ui.panel.observed import ObservedCard
from reviewer.ui.panel.package import PackageFold
from reviewer.ui.panel.rows import MOST, Rows
from reviewer.ui.panel.since import SinceFold
from reviewer.ui.panel.step import StepFold
from reviewer.ui.state.compared import Compared
from reviewer.ui.state.session import Session

PANEL_WIDTH = 330
_PILLS = {
    Status.TRUSTED: "good",
    Status.UNREVIEWED: "bad",
    Status.CHANGED: "changed",
    Status.REJECTED: "bad",
    Status.DEFERRED: "changed",
    Status.OWN: "plain",
    Status.POLICY: "plain",
}
_CODE_FACTS = {"command"}
_NAMED = 12
"""Packages that are listed by name when several are chosen."""


class ReviewPanel(QWidget):
    """Follows the selected package, or the several that are chosen. `decide` runs with what the panel says: criteria and note."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setObjectName("panel")
        self._session = session
        self._package: str | None = None
        self._notes: dict[str, str] = {}
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        body = QWidget()
        body.setObjectName("panelBody")
        self._scroll = Fitting(body, PANEL_WIDTH)
        column = QVBoxLayout(body)
        column.setContentsMargins(14, 14, 13, 0)
        column.setSpacing(11)
        column.addLayout(self._make_title())
        self.reason = label("", "small", wrap=True)
        column.addWidget(self.reason)
        self.alarms = label("", "mistake", wrap=True)
        column.addWidget(self.alarms)
        self._facts = Card(self.tr("What it runs"))
        self._fact_rows = Rows()
        self._facts.body.addWidget(self._fact_rows)
        column.addWidget(self._facts)
        self.observed = ObservedCard(session)
        column.addWidget(self.observed)
        self.since, self.files = SinceFold(session), FilesFold(session)
        self.findings, self.step = FindingsFold(session), StepFold(session)
        self.about, self.problems = PackageFold(session), ProblemsFold(session)
        self._folds: tuple[Fold, ...] = (
            self.since,
            self.files,
            self.findings,
            self.step,
            self.about,
            self.problems,
        )
        self._criteria_card = self._make_criteria()
        for part in (self.since, self.files, self._criteria_card, self.findings, self.step, self.about, self.problems):
            column.addWidget(part)
        self.earlier = label("", "small", wrap=True)
        column.addWidget(self.earlier)
        self.deciding = Deciding(session.go_next)
        self.note = self.deciding.note
        self.trust, self.reject, self.later = self.deciding.trust, self.deciding.reject, self.deciding.later
        self.next = self.deciding.next
        self.deciding.decided.connect(self._record)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(11)
        whole.addWidget(self._scroll)
        whole.addWidget(self.deciding)
        whole.addStretch(1)
        self.since.toggled.connect(self._tell_earlier)
        session.selection.changed.connect(self._follow)
        session.changed.connect(self._refresh)
        session.chosen_changed.connect(self._refresh)
        session.decided.connect(self._forget_note)
        session.upgrades.changed.connect(self._compared)
        self._follow()

    def _make_title(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        self._name = ElidedLabel("name", Qt.TextElideMode.ElideMiddle)
        self._version = label("", "muted")
        self._version.setContentsMargins(0, 0, 0, 3)
        self.status = Pill()
        self.status.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)  # the name gives way, not this
        row.addWidget(self._name)
        row.addWidget(self._version, 0, Qt.AlignmentFlag.AlignBottom)
        row.addStretch()
        row.addWidget(self.status)
        return row

    def _make_criteria(self) -> Card:
        card = Card(self.tr("What this trust covers"))
        self._group = QButtonGroup(self)
        self.run = QRadioButton("run at build time")
        self.ship = QRadioButton("run, and ship in the product")
        self.run.setChecked(True)
        for button in (self.run, self.ship):
            self._group.addButton(button)
            card.body.addWidget(button)
        self.confirms = label("", "small", wrap=True)
        take_any_width(self.confirms)
        card.body.addWidget(self.confirms)
        self.granted = label("", "value-alert", wrap=True)
        take_any_width(self.granted)
        card.body.addWidget(self.granted)
        return card

    def _tell_confirms(self) -> None:
        """Whose trust the same trust would confirm."""
        others = [
            names for package in self._session.decidable if (names := self._session.review.trusted_by_others(package))
        ]
        told = (
            self.tr("Trusted by {}: the same trust makes you a reviewer too.").format(one_line(others[0], 80))
            if others
            else ""
        )
        self.confirms.setText(told)
        self.confirms.setVisible(bool(told))

    def _choose_criteria(self) -> None:
        """To run, unless another reviewer is waited for who trusts it to ship."""
        found = self._session.review.assessments.get(self._package or "")
        ships = found is not None and found.lacks and found.decision and allows(found.decision, Criteria.SHIP)
        (self.ship if ships else self.run).setChecked(True)

    def _tell_grants(self) -> None:
        """What the trust would allow run steps beyond what they declare."""
        runs = [step for step in self._session.review.graph.run_steps if step.package in self._session.decidable]
        told = [
            f"\u25b6 {one_line(step.name, 60)} may {one_line(words, 400)}"
            for step in runs
            for words in grants_in_words(self._session.grants_of(step))
        ]
        self.granted.setText("\n".join(told[:MOST]))
        self.granted.setVisible(bool(told))

    def decide(self, verdict: Verdict) -> None:
        """Decide about what is selected; a rejection asks why first."""
        self.deciding.decide(verdict)

    def _record(self, verdict: Verdict) -> None:
        criteria = (Criteria.SHIP,) if self.ship.isChecked() else (Criteria.RUN,)
        self._session.decide(verdict, criteria, self.note.toPlainText().strip())

    def write_note(self) -> None:
        """Start to write the note."""
        self.deciding.write_note()

    def copy_id(self) -> None:
        """Put the selected package's id on the clipboard."""
        self._copy(self._package)

    def copy_digest(self) -> None:
        """Put the selected package's digest on the clipboard."""
        package = self._session.review.graph.package.get(self._package or "")
        self._copy(package.digest if package else None)

    def _copy(self, value: str | None) -> None:
        if value:
            copy(value)
            self._session.told.emit(self.tr("Copied: {}").format(value))

    @property
    def notes(self) -> dict[str, str]:
        """What was written about packages (ids) and no decision has taken along yet."""
        shown = {self._package: self.note.toPlainText()} if self._package is not None else {}
        return {package: text for package, text in {**self._notes, **shown}.items() if text.strip()}

    def restore_notes(self, notes: Mapping[str, str]) -> None:
        """Go on with notes that were written earlier; those about packages that are gone wait for their return."""
        self._notes = dict(notes)
        self.note.setPlainText(self._notes.pop(self._package, "") if self._package else "")

    def _forget_note(self) -> None:
        self.note.clear()
        self._choose_criteria()

    def _follow(self) -> None:
        package = self._session.selection.now.package
        if package == self._package:
            self.step.refresh()
            self.observed.refresh()
            return
        if self._package is not None:
            self._notes[self._package] = self.note.toPlainText()
        self._package = package
        self.note.setPlainText(self._notes.pop(package, "") if package else "")
        self._choose_criteria()
        self._scroll.verticalScrollBar().setValue(0)
        self._refresh()

    def _refresh(self) -> None:
        package = self._session.review.graph.package.get(self._package or "")
        self._scroll.setVisible(package is not None)
        if package is None:
            return
        several = len(self._session.chosen) > 1
        for part in (self._version, self.status, self._facts, self.alarms, self.earlier, *self._folds):
            part.setVisible(not several)
        self.observed.refresh()
        if several:
            self._tell_several()
        else:
            self._tell_one(package.id)
        decidable = bool(self._session.decidable)
        self._criteria_card.setVisible(decidable)
        self._tell_grants()
        self._tell_confirms()
        self.deciding.set_decidable(decidable=decidable)
        self.next.setEnabled(bool(self._session.review.queue))

    def _tell_several(self) -> None:
        graph, chosen = self._session.review.graph, self._session.chosen
        self._name.setText(self.tr("{} packages").format(len(chosen)))
        self._name.updateGeometry()
        self.setAccessibleName(self._name.text())
        names = [one_line(graph.package[package].name, 40) for package in chosen[:_NAMED]]
        more = [counted(len(chosen) - _NAMED, "more", "more")] if len(chosen) > _NAMED else []
        told = self.tr("One decision about all of them, and one undo: {}.").format(", ".join([*names, *more]))
        self.reason.setText(told)
        self.reason.show()

    def _tell_one(self, identity: str) -> None:
        review = self._session.review
        package, assessment = review.graph.package[identity], review.assessments[identity]
        self._name.setText(one_line(package.name))
        self._name.updateGeometry()
        self.setAccessibleName(f"{self._name.text()} {one_line(package.version, 24)}")
        self._version.setText(one_line(package.version, 24))
        lazy = not package.fetched
        text = "not fetched" if lazy else "this project" if assessment.status is Status.OWN else assessment.status.value
        set_pill(self.status, text, "plain" if lazy else _PILLS[assessment.status])
        told = review.why_waiting(identity) or ""
        if assessment.status is Status.POLICY or assessment.imported:
            told = told or assessment.reason
        elif assessment.status is Status.OWN:
            told = self.tr("Part of this project: no decision is needed.")
        self.reason.setText(one_line(told[:1].upper() + told[1:], 400))
        self.reason.setVisible(bool(told))
        self._fill_facts(identity)
        for fold in self._folds:
            fold.refresh()
        if assessment.status is Status.CHANGED and not self.since.is_open:
            self.since.set_open(open_=True)
        self._tell_earlier()

    def _fill_facts(self, package: str) -> None:
        self._fact_rows.clear()
        for fact in self._session.review.facts(package):
            code = fact.label in _CODE_FACTS
            self._fact_rows.fact(fact.label, fact.value, alert=fact.alert, code=code)
        found = self._session.upgrades.of(package) if self._session.review.is_upgrade(package) else None
        if isinstance(found, Compared) and found.comparison.files is not None:
            lines, since = counted(found.comparison.new_code, "line"), one_line(found.comparison.old, 60)
            self._fact_rows.fact(self.tr("new code"), self.tr("{} since {}").format(lines, since))

    def _compared(self, package: str) -> None:
        if package == self._package and len(self._session.chosen) < 2:
            self._fill_facts(package)

    def _tell_earlier(self) -> None:
        """Who decided, one below the other; what somebody must look into stands apart, and is told wherever else it is told too."""
        found = behind(self._session.review, self._package or "")
        alarms = [_with_note(one) for one in found if one.alarm]
        self.alarms.setText("\n".join(alarms[:MOST]))
        self.alarms.setVisible(bool(alarms))
        told = [_with_note(one) for one in found if not one.alarm]
        self.earlier.setText("\n".join(told[:MOST]))
        self.earlier.setVisible(bool(told) and not self.since.is_open)  # which tells it too


def _with_note(one: Behind) -> str:
    return one_line(one.text, 300) + (f"\n{visible(one.note[:2000])}" if one.note else "")
