"""What a run step may do beyond what it declares: each thing that it did is confirmed beside the line that did it."""

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QDialog, QDialogButtonBox, QScrollArea, QVBoxLayout, QWidget

from reviewer.errors import ReviewerError
from reviewer.gate.enforced.exceptions import HATCH, granted_in_words
from reviewer.lock.decision import Grants
from reviewer.model.graph import Step
from reviewer.model.observation import Act, Observation, grants_for
from reviewer.review.observed import place_in_words
from reviewer.ui.look.names import step_label
from reviewer.ui.look.text import counted, one_line
from reviewer.ui.look.widgets import label, no_mnemonic, take_any_width
from reviewer.ui.panel.rows import Rows
from reviewer.ui.state.session import Session

_MOST = 100


class GrantsDialog(QDialog):
    """Nothing is ticked but what was granted before. `chosen` with the Grants that are. `hatch`: the outer sandbox alone holds the step."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget, session: Session, step: Step, observation: Observation | None) -> None:
        super().__init__(parent)
        self._session = session
        self.setWindowTitle(self.tr("Allow the run step something"))
        self.setMinimumSize(560, 320)
        self.boxes: dict[tuple[str, str], QCheckBox] = {}
        granted = session.grants_of(step)
        did = grants_for(observation) if observation is not None else {}
        before = {cap: what for cap, what in granted.items() if cap != HATCH}
        offered = list(
            dict.fromkeys((cap, one) for all_ in (did, before) for cap, what in all_.items() for one in what or ("",))
        )
        told = self.tr(
            "What \u201c{}\u201d did beyond what it declares. Read the line of each, and tick what it needs: "
            "it is recorded with the decision when you trust the package."
        )
        if not offered:
            told = self.tr(
                "It is not known what \u201c{}\u201d does beyond what it declares: observe it first, to allow it just that."
            )
        body = QWidget()
        body.setObjectName("pageBody")
        rows = QVBoxLayout(body)
        rows.setContentsMargins(0, 0, 6, 0)
        rows.setSpacing(3)
        for capability, what in offered[:_MOST]:
            box = QCheckBox(no_mnemonic(one_line(f"{capability}  {what or self.tr('all of it')}", 200)))
            box.setChecked(what in (granted.get(capability, ()) or (("",) if capability in granted else ())))
            self.boxes[capability, what] = box
            rows.addWidget(box)
            lines = Rows()
            seen = observation.acts if observation is not None else ()
            acts = (act for act in seen if (act.capability, act.what) == (capability, what))
            for act in {act.place: act for act in acts if not act.refused}.values():
                self._add_line(lines, act)
            rows.addWidget(lines)
        for text in self._not_offered(observation, len(offered) - _MOST):
            rows.addWidget(label(text, "small", wrap=True))
        self.hatch = QCheckBox(no_mnemonic(granted_in_words(HATCH, ())))
        self.hatch.setChecked(HATCH in granted)
        rows.addSpacing(10)
        rows.addWidget(self.hatch)
        rows.addWidget(label(self._about_hatch(step), "small", wrap=True))
        rows.addStretch()
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setWidget(body)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.accept_button = self.buttons.addButton(
            self.tr("Allow what is ticked"), QDialogButtonBox.ButtonRole.AcceptRole
        )
        self.buttons.accepted.connect(self._accept)
        self.buttons.rejected.connect(self.reject)
        head = label(told.format(step_label(step)), wrap=True)
        take_any_width(head)
        column = QVBoxLayout(self)
        column.setSpacing(10)
        column.addWidget(head)
        column.addWidget(scroll, 1)
        column.addWidget(self.buttons)

    def _add_line(self, rows: Rows, act: Act) -> None:
        place = act.place
        if place is None:
            rows.say(self.tr("which line did it is not known; by {}").format(" \u2192 ".join(act.by) or "?"))
            return
        try:
            lines = self._session.review.text(place.package, place.file).split("\n")
            source = lines[place.line - 1].strip() if 0 < place.line <= len(lines) else ""
        except (ReviewerError, KeyError):
            source = ""
        go = partial(self._session.selection.select_place, place.package, place.file, place.line)
        rows.link(place_in_words(act, self._session.review.graph), source, go)

    def _about_hatch(self, step: Step) -> str:
        why = self.tr("The escape hatch, for a step that cannot work otherwise.")
        if step.kind == "custom":
            why = self.tr(
                "A custom step runs in zig\u2019s own process, where nothing else can hold it: it is built only with this."
            )
        then = self.tr(
            "In an enforced build it can then read the project and its packages, and write what zig makes. It has no network and no home."
        )
        return f"{why} {then}"

    def _not_offered(self, observation: Observation | None, more: int) -> list[str]:
        if observation is None:
            return []
        refused = len([act for act in observation.remarkable if act.refused])
        keys = len([act for act in observation.remarkable if act.capability == "fs.read.sensitive"])
        told = []
        if more > 0:
            told.append(self.tr("And {} more, too many to be read one by one: not offered.").format(more))
        if refused:
            told.append(self.tr("Not offered: {} that failed; it did without.").format(counted(refused, "act")))
        if keys:
            told.append(self.tr("Never offered: keys and tokens. What it read of those were decoys."))
        return told

    def _accept(self) -> None:
        ticked: dict[str, tuple[str, ...]] = {}
        for (capability, what), box in self.boxes.items():
            if box.isChecked():
                ticked[capability] = (*ticked.get(capability, ()), *([what] if what else []))
        if self.hatch.isChecked():
            ticked[HATCH] = ()
        grants: Grants = ticked
        self.chosen.emit(grants)
        self.accept()


def grants_in_words(grants: Grants) -> list[str]:
    """`fs.write: [home]/later`, a line for each capability."""
    return [granted_in_words(capability, what) for capability, what in sorted(grants.items())]
