"""The bar at the bottom: how far the review is, whether it is on disk, and what undo would take back."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QWidget

from reviewer.ui.look.text import counted, one_line
from reviewer.ui.look.widgets import ElidedLabel, keycap, label, no_mnemonic
from reviewer.ui.shell.taskbar import TaskBar
from reviewer.ui.state.actions import Actions, first_key
from reviewer.ui.state.session import Session


class Footer(QWidget):
    """Follows a session."""

    def __init__(self, session: Session, actions: Actions) -> None:
        super().__init__()
        self.setObjectName("footer")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._session, self._actions = session, actions
        self._reviewed, self._lines, self._saved = label(), ElidedLabel(), ElidedLabel()
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedSize(180, 6)
        self.bar.setAccessibleName(self.tr("Packages reviewed"))
        self.undo = QPushButton()
        self.undo.setProperty("flat", "true")
        self.undo.clicked.connect(actions["undo"].trigger)
        self._undo_key = keycap(first_key("undo"))
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 12, 0)
        row.setSpacing(16)
        for part in (self._reviewed, self.bar, self._lines):
            row.addWidget(part)
        row.addStretch()
        row.addWidget(TaskBar(self))
        row.addWidget(self._saved)
        undo = QHBoxLayout()
        undo.setSpacing(2)
        undo.addWidget(self.undo)
        undo.addWidget(self._undo_key)
        row.addLayout(undo)
        session.changed.connect(self.refresh)
        session.viewed_changed.connect(self._tell_left)
        session.history.moved.connect(self._offer_undo)
        self.refresh()

    def refresh(self) -> None:
        """Tell the state as it is now."""
        review = self._session.review
        done, total = review.reviewed_count()
        if total == 0:
            self._reviewed.setText(self.tr("No dependencies: nothing to review"))
        elif done == total and review.exit_code == 0:
            self._reviewed.setText(self.tr("Everything is reviewed. The build passes."))
        else:
            self._reviewed.setText(self.tr("Reviewed {done} of {total}").format(done=done, total=total))
        self.bar.setVisible(total > 0)
        self.bar.setRange(0, max(1, total))
        self.bar.setValue(done)
        self._tell_left()
        if review.lock_path is None:
            self._saved.setText(self.tr("saved graph: nothing can be decided"))
        else:
            self._saved.setText(
                self.tr("review.lock: saved") if review.lock.decisions else self.tr("review.lock: no decisions yet")
            )
        self._offer_undo()

    def _tell_left(self) -> None:
        left = self._session.review.left
        lines = self.tr("{lines} of build code and reach left").format(lines=counted(left.lines, "line"))
        told = lines if left.lines else ""
        if left.declarative:
            told += self.tr(", {count} of them declarative").format(count=f"{left.declarative:,}")
        viewed = self.tr("{viewed} of {files} viewed").format(viewed=left.viewed, files=counted(left.files, "file"))
        files = viewed if left.files else ""
        self._lines.setText(" \u00b7 ".join(part for part in (told, files) if part))

    def _offer_undo(self) -> None:
        history = self._session.history
        for act, verb, text in (
            ("undo", self.tr("Undo"), history.undo_text),
            ("redo", self.tr("Redo"), history.redo_text),
        ):
            self._actions[act].setEnabled(text is not None)
            self._actions[act].setText(no_mnemonic(f"{verb}: {one_line(text, 60)}") if text else verb)
        self.undo.setText(self._actions["undo"].text())
        self.undo.setVisible(history.undo_text is not None)
        self._undo_key.setVisible(history.undo_text is not None)
