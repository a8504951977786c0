"""What the selected run step did when it was run in the sandbox, or that nobody has looked yet."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton

from reviewer.model.graph import Step
from reviewer.model.observation import Act, Observation, new_acts
from reviewer.review.observations import Known
from reviewer.review.observed import HOME_NOTE, happened, observed_rows, place_in_words, seen_by
from reviewer.ui.look.text import counted, one_line
from reviewer.ui.look.widgets import Card, FlowLayout, KeyButton
from reviewer.ui.panel.grants import GrantsDialog
from reviewer.ui.panel.rows import Rows
from reviewer.ui.state.actions import first_key
from reviewer.ui.state.observing import Observer
from reviewer.ui.state.session import Session

_MOST = 4
"""Acts of one row; the rest is counted, and is in the tab."""


class ObservedCard(Card):
    """Follows the selected run step. `asked` to observe it, `whole` to see everything that it did."""

    asked = Signal()
    whole = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(self.tr("What it did in the sandbox"))
        self._session = session
        self.rows = Rows()
        self.observe = KeyButton(self.tr("Observe\u2026"), first_key("observe"))
        self.observe.clicked.connect(self.asked)
        self.stop = QPushButton(self.tr("Stop, and keep what was seen"))
        self.stop.clicked.connect(session.observing.stop)
        self.all = QPushButton(self.tr("All of it"))
        self.all.setToolTip(self.tr("Everything that it did, in the tab \u201cObserved run\u201d"))
        self.all.clicked.connect(self.whole)
        self.allow = KeyButton(self.tr("Allow\u2026"), first_key("allow"))
        self.allow.clicked.connect(self.choose_grants)
        self.body.addWidget(self.rows)
        buttons = FlowLayout(8)
        for part in (self.all, self.allow, self.observe, self.stop):
            buttons.addWidget(part)
        self.body.addLayout(buttons)
        session.observing.changed.connect(self.refresh)

    def refresh(self) -> None:
        """Another step is selected, or more is known of it."""
        step = self._session.run_step
        self.setVisible(step is not None and len(self._session.chosen) < len(("one", "two")))
        self.rows.clear()
        if step is None:
            return
        observing = self._session.observing
        known, observer = observing.of(step), observing.running(step)
        for part, there in (
            (self.observe, observer is None and step.kind != "custom"),
            (self.stop, observer is not None),
            (self.all, (known.now or known.told) and observer is None),
            (self.allow, observer is None and self._why_no_grants(step) is None),
        ):
            part.setVisible(bool(there))
        if observer is not None:
            self.stop.setEnabled(not observer.progress.cancelled)
            self._fill_live(observer)
        elif known.now is not None:
            self._fill(known.now)
            if known.before is not None and (new := new_acts(known.before, known.now)):
                said = self.tr("{} not seen of another version, {}")
                self.rows.say(one_line(said.format(counted(len(new), "act"), seen_by(known.before)), 300), "mistake")
        else:
            self._fill_unknown(step, known)
        if observer is None and (problem := observing.problem(step)):
            self.rows.say(one_line(problem, 600), "mistake")

    def _why_no_grants(self, step: Step | None) -> str | None:
        """Why nothing can be allowed to a step; None where it can."""
        if step is None:
            return self.tr("No run step is selected: select one on the map or in the list.")
        reason = self._session.why_no_grants(step.package)
        return None if reason is None else reason[:1].upper() + reason[1:]

    def choose_grants(self) -> None:
        """Let the reviewer choose what the step may do beyond what it declares, each thing that it did beside its line."""
        step = self._session.run_step
        if (reason := self._why_no_grants(step)) is not None or step is None:
            self._session.told.emit(reason or "")
            return
        dialog = GrantsDialog(self, self._session, step, self._session.observing.of(step).now)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.chosen.connect(partial(self._session.choose_grants, step))
        dialog.open()

    def _fill_unknown(self, step: Step, known: Known) -> None:
        if step.kind == "custom":
            self.rows.say(
                self.tr("A custom step runs inside zig's own build process and cannot be observed on its own.")
            )
            return
        if known.told:
            told = known.told[0]
            self.rows.say(one_line(self.tr("Not observed here; {}:").format(seen_by(told)), 300))
            self._fill_rows(told.acts, linked=False)
            return
        self.rows.say(self.tr("Not observed yet: what it does is not known."))
        if known.before is not None:
            said = self.tr("Another version of it, {}:").format(seen_by(known.before))
            self.rows.say(one_line(said, 300))
            self._fill_rows(known.before.acts, linked=False)

    def _fill_live(self, observer: Observer) -> None:
        said = observer.said[0] or self.tr("Beginning")
        self.rows.say(one_line(f"{said}. {counted(observer.count, 'act')} so far.", 200))
        if observer.acts:
            self._fill_rows(tuple(observer.acts), linked=False)

    def _fill(self, observation: Observation) -> None:
        self._fill_rows(observation.acts)
        self.rows.fact(self.tr("ended"), f"{observation.ended}, {observation.at[:10]}")
        if observation.cut:
            self.rows.say(self.tr("It did more than is kept: this is not all."), "mistake")
        if any("[home]" in act.what for act in observation.remarkable):
            self.rows.say(HOME_NOTE + ".")
        self.rows.say(self.tr("Of one run: another may do more."))

    def _fill_rows(self, acts: tuple[Act, ...], *, linked: bool = True) -> None:
        for row in observed_rows(acts):
            if not row.remarkable:
                usual = (
                    self.tr("only what it declares")
                    if row.label == "read"
                    else self.tr("nothing beyond what it declares")
                )
                self.rows.fact(row.label, usual if row.ordinary else self.tr("nothing"))
            for number, act in enumerate(row.remarkable[:_MOST]):
                self._fill_act(row.label if number == 0 else "", act, linked=linked)
            if len(row.remarkable) > _MOST:
                self.rows.fact("", self.tr("and {} more").format(len(row.remarkable) - _MOST))

    def _fill_act(self, name: str, act: Act, *, linked: bool) -> None:
        how = happened(act)
        detail = f" ({act.detail})" if act.detail else ""
        verb = "" if act.kind in ("read", "write", "start") else f"{act.kind} "
        self.rows.fact(name, f"{verb}{act.what}{detail}" + (f": {how}" if how else ""), bad=True, copied=None)
        place = act.place
        if linked and place is not None:
            go = partial(self._session.selection.select_place, place.package, place.file, place.line)
            self.rows.link(place_in_words(act, self._session.review.graph), "", go, below=True)
