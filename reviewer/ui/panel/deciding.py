"""The note and the buttons below the panel, and the question why something is rejected."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QPlainTextEdit, QSizePolicy, QVBoxLayout, QWidget

from reviewer.lock.decision import Verdict
from reviewer.ui.look.widgets import KeyButton, label, restyle
from reviewer.ui.state.actions import first_key

NOTE_HINT = "Note for the record\u2026"


class Note(QPlainTextEdit):
    """The note. Ctrl+Enter and Esc leave it, Enter too while a reason is asked for; Tab goes on to the buttons."""

    confirmed = Signal()
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.asking = False
        self.setObjectName("note")
        self.setAccessibleName(self.tr("Note for the record"))
        self.setPlaceholderText(self.tr(NOTE_HINT))
        self.setTabChangesFocus(True)
        self.setFixedHeight(64)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Confirm or leave, else write."""
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif enter and (event.modifiers() & Qt.KeyboardModifier.ControlModifier or self._ends_question(event)):
            self.confirmed.emit()
        else:
            super().keyPressEvent(event)

    def _ends_question(self, event: QKeyEvent) -> bool:
        return self.asking and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier


class Deciding(QWidget):
    """`decided` with a verdict that may be recorded: a rejection only once there is a reason."""

    decided = Signal(object)

    def __init__(self, go_next: Callable[[], None]) -> None:
        super().__init__()
        self._before: QWidget | None = None
        self.question = label("", "mistake", wrap=True)
        self.question.hide()
        self.note = Note()
        self.note.confirmed.connect(self._confirm)
        self.note.left.connect(self._leave)
        self.trust = KeyButton(self.tr("Trust"), first_key("trust"), "trust")
        self.reject = KeyButton(self.tr("Reject"), first_key("reject"), "reject")
        self.later = KeyButton(self.tr("Decide later"), first_key("later"))
        self.next = KeyButton(self.tr("Next"), first_key("next"))
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 0, 13, 14)
        column.setSpacing(11)
        column.addWidget(self.question)
        column.addWidget(self.note)
        for pair in ((self.trust, self.reject), (self.later, self.next)):
            row = QHBoxLayout()
            row.setSpacing(8)
            for button in pair:
                button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
                row.addWidget(button, 1)
            column.addLayout(row)
        self.trust.clicked.connect(lambda: self.decide(Verdict.TRUSTED))
        self.reject.clicked.connect(lambda: self.decide(Verdict.REJECTED))
        self.later.clicked.connect(lambda: self.decide(Verdict.DEFERRED))
        self.next.clicked.connect(go_next)

    def decide(self, verdict: Verdict) -> None:
        """Record the verdict, after asking why where it rejects and no note says so yet."""
        if verdict is Verdict.REJECTED and not self.note.toPlainText().strip() and self.reject.isEnabled():
            self._ask()
        else:
            self._end_question()
            self.decided.emit(verdict)

    def write_note(self) -> None:
        """Start to write the note; leaving it goes back to where the keyboard is now."""
        if not self.note.hasFocus():
            self._before = QApplication.focusWidget()
        self.note.setFocus()

    def set_decidable(self, *, decidable: bool) -> None:
        """Whether anything can be decided about what is selected."""
        self._end_question()
        self.note.setVisible(decidable)
        for button in (self.trust, self.reject, self.later):
            button.setEnabled(decidable)

    def _ask(self) -> None:
        self.note.asking = True
        self.note.setPlaceholderText(self.tr("The reason\u2026"))
        restyle(self.note, "asking", "true")
        self.question.setText(self.tr("Why is it rejected? Enter rejects, Esc goes back."))
        self.question.show()
        self.note.setAccessibleDescription(self.question.text())
        self.write_note()

    def _confirm(self) -> None:
        if self.note.asking and not self.note.toPlainText().strip():
            self.question.setText(
                self.tr("A rejection needs a reason, for those who meet it later. Enter rejects, Esc goes back.")
            )
            return
        asked = self.note.asking
        self._go_back()
        if asked:
            self.decided.emit(Verdict.REJECTED)

    def _leave(self) -> None:
        if self.note.asking:
            self.note.clear()
        self._go_back()

    def _go_back(self) -> None:
        self._end_question()
        before, self._before = self._before, None
        (before if before is not None and before.isVisible() else self.trust).setFocus()

    def _end_question(self) -> None:
        self.note.asking = False
        self.note.setPlaceholderText(self.note.tr(NOTE_HINT))
        restyle(self.note, "asking", "false")
        self.question.hide()
        self.note.setAccessibleDescription("")
