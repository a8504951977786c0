"""A page that finds something out, shows it line by line, and then offers to do something with it."""

from collections.abc import Callable, Iterable
from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from reviewer.errors import ReviewerError
from reviewer.progress import Progress
from reviewer.ui.look.text import one_line
from reviewer.ui.look.theme import code_font, scaled
from reviewer.ui.look.widgets import label, take_any_width
from reviewer.ui.state.job import Job

_MOST_LINES = 20_000


class TeamPage(QDialog):
    """Override nothing: `work_on` begins, what it found says `show_lines` and, where there is something to do, `offer`.

    `ended` after each piece of work, however it ended. Closing the page cancels what it does.
    """

    ended = Signal()

    def __init__(self, window: QWidget, title: str, what: str) -> None:
        """`what`: the same in the terminal, so that either can be found from the other."""
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self._job: Job[Any] | None = None
        self._then: Callable[[Any], None] = lambda _: None
        self._act: Callable[[], None] = lambda: None
        self.doing = label("", "muted", wrap=True)
        take_any_width(self.doing)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedSize(120, 6)
        self.bar.setAccessibleName(title)
        self.stop = QPushButton(self.tr("Cancel"))
        self.stop.clicked.connect(self._cancel)
        top = QHBoxLayout()
        top.setSpacing(12)
        top.addWidget(self.doing, 1)
        top.addWidget(self.bar)
        top.addWidget(self.stop)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setAccessibleName(title)
        self.text.setFont(code_font(12))
        self.text.setMinimumSize(min(scaled(760), window.width() - 80), min(scaled(380), window.height() - 220))
        self.act = QPushButton()
        self.act.hide()
        self.act.clicked.connect(self._do)
        buttons = QDialogButtonBox()
        self.leave = buttons.addButton(self.tr("Close"), QDialogButtonBox.ButtonRole.RejectRole)
        self.copy = buttons.addButton(self.tr("Copy"), QDialogButtonBox.ButtonRole.ActionRole)
        buttons.addButton(self.act, QDialogButtonBox.ButtonRole.AcceptRole)
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.text.toPlainText()))
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(22, 18, 22, 16)
        column.setSpacing(12)
        head = QHBoxLayout()
        head.addWidget(label(title, "name"))
        head.addStretch()
        head.addWidget(label(what, "muted"))
        column.addLayout(head)
        column.addLayout(top)
        column.addWidget(self.text)
        column.addWidget(buttons)
        self.finished.connect(self._cancel)
        self._rest("")

    def work_on(self, doing: str, work: Callable[[Progress], Any], then: Callable[[Any], None]) -> None:
        """Do the work off the window's thread, and go on with its result in it; an error is told."""
        self._then = then
        self._act, self._job = lambda: None, Job(doing, work)
        self.act.hide()
        self.doing.setText(f"{doing}\u2026")
        self.bar.setRange(0, 0)
        for part in (self.bar, self.stop):
            part.show()
        self.stop.setEnabled(True)
        self._job.reported.connect(self._report)
        self._job.finished.connect(self._arrived)
        self._job.begin()

    def show_lines(self, lines: Iterable[str], told: str) -> None:
        """What was found, and one sentence about it."""
        shown = [one_line(line, 1_000) for _, line in zip(range(_MOST_LINES), lines, strict=False)]
        self.text.setPlainText("\n".join(shown))
        self._rest(told)

    def offer(self, text: str, act: Callable[[], None]) -> None:
        """A button that does something with what was found; Enter presses it."""
        self._act = act
        self.act.setText(text)
        self.act.show()
        self.act.setDefault(True)
        self.act.setFocus()

    @Slot(str, int, int)
    def _report(self, text: str, done: int, total: int) -> None:
        self.doing.setText(one_line(text, 200))
        self.bar.setRange(0, total)
        self.bar.setValue(done)

    @Slot()
    def _arrived(self) -> None:
        job = self._job
        if job is None or not job.isFinished():
            return
        self._job = None
        if job.error is not None:
            self._rest(str(job.error))
        elif job.result is None:
            self._rest(self.tr("Cancelled: nothing was changed."))
        else:
            try:
                self._then(job.result)
            except ReviewerError as error:
                self._rest(str(error))
        self.ended.emit()

    def _rest(self, told: str) -> None:
        """Nothing is under way."""
        self.doing.setText(one_line(told, 600))
        for part in (self.bar, self.stop):
            part.hide()
        if not self.act.isVisible():
            self.leave.setDefault(True)
            self.leave.setFocus()

    def _cancel(self) -> None:
        if self._job is not None:
            self.stop.setEnabled(False)
            self._job.cancel()

    def _do(self) -> None:
        self.act.hide()
        self._act()
