"""The right side: what a package runs, what a decision covers, the note, and the buttons that decide."""

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLayout,
    QPlainTextEdit,
    QRadioButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from reviewer.lock.decision import Criteria, Verdict
from reviewer.lock.status import Status
from reviewer.ui.look.text import one_line, visible
from reviewer.ui.look.theme import code_font
from reviewer.ui.look.widgets import Card, ElidedLabel, KeyButton, label, pill, set_pill, take_any_width
from reviewer.ui.state.actions import first_key
from reviewer.ui.state.session import Session

PANEL_WIDTH = 330
_PILLS = {
    Status.TRUSTED: "good",
    Status.UNREVIEWED: "bad",
    Status.CHANGED: "changed",
    Status.REJECTED: "bad",
    Status.DEFERRED: "changed",
    Status.OWN: "plain",
}
_CODE_FACTS = {"command"}
_FACT_LIMIT = 600


class Note(QPlainTextEdit):
    """The note. Ctrl+Enter and Esc leave it; Tab goes on to the buttons instead of writing a tab."""

    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("note")
        self.setAccessibleName("Note for the record")
        self.setPlaceholderText("Note for the record\u2026")
        self.setTabChangesFocus(True)
        self.setFixedHeight(64)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave with Ctrl+Enter or Esc, else write."""
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if event.key() == Qt.Key.Key_Escape or (enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier):
            self.left.emit()
        else:
            super().keyPressEvent(event)


class _Fitting(QScrollArea):
    """As high as what it holds, and scrolling where there is less room, so that what follows is always on screen.

    Sizes its contents itself: Qt's own way asks wrapping labels for their height at their least width.
    """

    def __init__(self, body: QWidget) -> None:
        super().__init__()
        self._body = body
        self._height = 80
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.setWidget(body)
        body.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The contents changed: fit them anew."""
        if watched is self._body and event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width needs another height."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        layout = self._body.layout()
        width = self.viewport().width()
        if layout is None or width < 1:
            return
        height = layout.totalHeightForWidth(width)
        self._body.resize(width, height)
        if height != self._height:
            self._height = height
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        """The height of the contents at the present width."""
        return QSize(PANEL_WIDTH, self._height)

    def minimumSizeHint(self) -> QSize:
        """Little."""
        return QSize(80, 80)


class ReviewPanel(QWidget):
    """Follows the selected package. `decide` runs with what the panel says: criteria and note."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setObjectName("panel")
        self._session = session
        self._package: str | None = None
        self._notes: dict[str, str] = {}
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        body = QWidget()
        body.setObjectName("panelBody")
        self._scroll = _Fitting(body)
        self._column = QVBoxLayout(body)
        self._column.setContentsMargins(14, 14, 13, 0)
        self._column.setSpacing(11)
        self._column.addLayout(self._make_title())
        self.reason = label("", "small", wrap=True)
        self._column.addWidget(self.reason)
        self._facts = Card("What it runs")
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(5)
        self._grid.setColumnMinimumWidth(0, 80)
        self._grid.setColumnStretch(1, 1)
        self._facts.body.addLayout(self._grid)
        self._column.addWidget(self._facts)
        self._criteria_card = self._make_criteria()
        self._column.addWidget(self._criteria_card)
        self.earlier = label("", "small", wrap=True)
        self._column.addWidget(self.earlier)
        self.note = Note()
        self.note.left.connect(self._leave_note)
        deciding = QVBoxLayout()
        deciding.setContentsMargins(14, 0, 13, 14)
        deciding.setSpacing(11)
        deciding.addWidget(self.note)
        deciding.addWidget(self._make_buttons())
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(11)
        whole.addWidget(self._scroll)
        whole.addLayout(deciding)
        whole.addStretch(1)
        session.selection.changed.connect(self._follow)
        session.changed.connect(self._refresh)
        session.decided.connect(self._forget_note)
        self._follow()

    def _make_title(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        self._name = ElidedLabel("name", Qt.TextElideMode.ElideMiddle)
        self._version = label("", "muted")
        self._version.setContentsMargins(0, 0, 0, 3)
        self.status = pill()
        row.addWidget(self._name)
        row.addWidget(self._version, 0, Qt.AlignmentFlag.AlignBottom)
        row.addStretch()
        row.addWidget(self.status)
        return row

    def _make_criteria(self) -> Card:
        card = Card("What this trust covers")
        self._group = QButtonGroup(self)
        self.run = QRadioButton("run at build time")
        self.ship = QRadioButton("run, and ship in the product")
        self.run.setChecked(True)
        for button in (self.run, self.ship):
            self._group.addButton(button)
            card.body.addWidget(button)
        return card

    def _make_buttons(self) -> QWidget:
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(11)
        row = QHBoxLayout()
        row.setSpacing(8)
        self.trust = KeyButton("Trust", first_key("trust"), "trust")
        self.reject = KeyButton("Reject", first_key("reject"), "reject")
        self.later = KeyButton("Decide later", first_key("later"))
        self.next = KeyButton("Next", first_key("next"))
        for button in (self.trust, self.reject):
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            row.addWidget(button, 1)
        column.addLayout(row)
        row = QHBoxLayout()
        row.setSpacing(8)
        for button in (self.later, self.next):
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            row.addWidget(button, 1)
        column.addLayout(row)
        self.trust.clicked.connect(lambda: self.decide(Verdict.TRUSTED))
        self.reject.clicked.connect(lambda: self.decide(Verdict.REJECTED))
        self.later.clicked.connect(lambda: self.decide(Verdict.DEFERRED))
        self.next.clicked.connect(self._session.go_next)
        return box

    def decide(self, verdict: Verdict) -> None:
        """Decide about the selected package with the criteria and note that the panel shows."""
        criteria = (Criteria.RUN, Criteria.SHIP) if self.ship.isChecked() else (Criteria.RUN,)
        self._session.decide(verdict, criteria, self.note.toPlainText().strip())

    def write_note(self) -> None:
        """Start to write the note."""
        self.note.setFocus()

    @property
    def notes(self) -> dict[str, str]:
        """What was written about packages (ids) and no decision has taken along yet."""
        shown = {self._package: self.note.toPlainText()} if self._package is not None else {}
        return {package: text for package, text in {**self._notes, **shown}.items() if text.strip()}

    def restore_notes(self, notes: Mapping[str, str]) -> None:
        """Go on with notes that were written earlier; those about packages that are gone wait for their return."""
        self._notes = dict(notes)
        self.note.setPlainText(self._notes.pop(self._package, "") if self._package else "")

    def _leave_note(self) -> None:
        (self.trust if self.trust.isEnabled() else self).setFocus()

    def _forget_note(self) -> None:
        self.note.clear()
        self.run.setChecked(True)

    def _follow(self) -> None:
        package = self._session.selection.now.package
        if package == self._package:
            return
        if self._package is not None:
            self._notes[self._package] = self.note.toPlainText()
        self._package = package
        self.note.setPlainText(self._notes.pop(package, "") if package else "")
        self.run.setChecked(True)
        self._scroll.verticalScrollBar().setValue(0)
        self._refresh()

    def _refresh(self) -> None:
        graph = self._session.review.graph
        package = graph.package.get(self._package or "")
        self._scroll.setVisible(package is not None)
        if package is None:
            return
        assessment = self._session.review.assessments[package.id]
        self._name.setText(one_line(package.name))
        self._name.updateGeometry()
        self.setAccessibleName(f"{self._name.text()} {one_line(package.version, 24)}")
        self._version.setText(one_line(package.version, 24))
        lazy = not package.fetched
        text = "not fetched" if lazy else "this project" if assessment.status is Status.OWN else assessment.status.value
        set_pill(self.status, text, "plain" if lazy else _PILLS[assessment.status])
        told = {Status.CHANGED: assessment.reason, Status.OWN: "Part of this project: no decision is needed."}
        self.reason.setText(one_line(told.get(assessment.status, ""), 300))
        self.reason.setVisible(bool(self.reason.text()))
        self._fill_facts(package.id)
        decidable = self._session.why_not(package.id) is None
        self._criteria_card.setVisible(decidable)
        self.note.setVisible(decidable)
        for button in (self.trust, self.reject, self.later):
            button.setEnabled(decidable)
        self.next.setEnabled(bool(self._session.review.queue))
        self._tell_earlier()

    def _fill_facts(self, package: str) -> None:
        _empty(self._grid)
        for row, fact in enumerate(self._session.review.facts(package)):
            name = label(visible(fact.label), "label")
            value = label(one_line(fact.value, _FACT_LIMIT), "value-alert" if fact.alert else "value", wrap=True)
            if fact.label in _CODE_FACTS:
                font = code_font(12)
                value.setFont(font)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            value.setMinimumWidth(40)
            value.setAccessibleName(f"{fact.label}: {one_line(fact.value, _FACT_LIMIT)}")
            take_any_width(value)
            self._grid.addWidget(name, row, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(value, row, 1, Qt.AlignmentFlag.AlignTop)

    def _tell_earlier(self) -> None:
        decision = self._session.review.assessments[self._package or ""].decision
        if decision is None:
            self.earlier.hide()
            return
        name = decision.by.partition(" <")[0]
        covers = ", ".join(criterion.value for criterion in decision.criteria)
        told = f"{decision.verdict.value.capitalize()} to {covers} by {name}, {decision.at[:10]}"
        if decision.verdict is not Verdict.TRUSTED:
            told = f"{decision.verdict.value.capitalize()} by {name}, {decision.at[:10]}"
        self.earlier.setText(one_line(told, 200) + (f"\n{visible(decision.note[:2000])}" if decision.note else ""))
        self.earlier.show()


def _empty(layout: QLayout) -> None:
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()
