"""The page that says what works on this machine: which sandbox is active, its known holes, and what to do about what is missing."""

from PySide6.QtCore import Signal, qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPlainTextEdit, QVBoxLayout, QWidget

from reviewer.progress import CancelledError
from reviewer.review.doctor import Ability, State, diagnose, diagnosis_lines
from reviewer.ui.look.text import one_line
from reviewer.ui.look.theme import code_font, scaled
from reviewer.ui.look.widgets import label
from reviewer.ui.state.worker import Worker


class _Doctor(Worker):
    """Ends with `diagnosed`, unless cancelled."""

    diagnosed = Signal(object)

    def run(self) -> None:
        """The thread's work."""
        try:
            found = diagnose(self.progress)
        except CancelledError:
            return
        self.diagnosed.emit(found)


class DoctorPage(QDialog):
    """Tries everything when it opens, off the window's thread; the text can be copied into a report."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setWindowTitle(self.tr("What works on this machine"))
        self.setAccessibleName(self.tr("What works on this machine"))
        self.doing = label(self.tr("Trying the sandbox"), "muted")
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setAccessibleName(self.tr("What works"))
        self.text.setFont(code_font(12))
        self.text.setMinimumSize(min(scaled(820), window.width() - 80), min(scaled(400), window.height() - 200))
        buttons = QDialogButtonBox()
        close = buttons.addButton(self.tr("Close"), QDialogButtonBox.ButtonRole.RejectRole)
        close.setDefault(True)
        self.copy = buttons.addButton(self.tr("Copy"), QDialogButtonBox.ButtonRole.ActionRole)
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.text.toPlainText()))
        self.copy.setEnabled(False)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(22, 18, 22, 16)
        column.setSpacing(12)
        column.addWidget(self.doing)
        column.addWidget(self.text)
        column.addWidget(buttons)
        doctor = _Doctor()
        doctor.reported.connect(self._report)
        doctor.diagnosed.connect(self._show)
        self.finished.connect(doctor.cancel)
        doctor.begin()

    def _report(self, text: str, done: int, _total: int) -> None:
        self.doing.setText(one_line(f"{text} {done:,}" if done else text, 200))

    def _show(self, found: tuple[Ability, ...]) -> None:
        window = Ability("window", State.WORKS, f"Qt {qVersion()} on {QGuiApplication.platformName()}")
        lines = diagnosis_lines((*found, window))
        self.text.setPlainText("\n".join(one_line(line, 1000) for line in lines))
        self.doing.setText(self.tr("Tried just now; also: reviewer doctor"))
        self.copy.setEnabled(True)
