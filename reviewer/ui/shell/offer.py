"""A bar that offers to bring what is missing, above the review: with progress, a way to stop, and what became of it."""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QPushButton

from reviewer.errors import ReviewerError
from reviewer.progress import CancelledError, Progress
from reviewer.ui.look.text import one_line
from reviewer.ui.look.widgets import label, take_any_width
from reviewer.ui.state.worker import Worker

Bring = Callable[[Progress], object]
"""The work: raises ReviewerError or CancelledError, and then nothing is left behind."""


class _Bringer(Worker):
    """Ends with exactly one of `brought`, `failed` (a ReviewerError) and `cancelled`."""

    brought = Signal(object)
    failed = Signal(object)
    cancelled = Signal()

    def __init__(self, title: str, bring: Bring) -> None:
        super().__init__(title)
        self._bring = bring

    def run(self) -> None:
        """The thread's work."""
        try:
            result = self._bring(self.progress)
        except CancelledError:
            self.cancelled.emit()
        except ReviewerError as error:
            self.failed.emit(error)
        except OSError as error:
            self.failed.emit(ReviewerError(f"cannot be written ({error.strerror})", where=str(error.filename)))
        else:
            self.brought.emit(result)


class OfferBar(QFrame):
    """Hidden until `offer`. `brought` with what the work gave, once it is done; then the bar is hidden again."""

    brought = Signal(object)

    def __init__(self, title: str) -> None:
        """`title` names the work where everything that is under way is listed."""
        super().__init__()
        self.setObjectName("notice")
        self._title = title
        self._bring: Bring | None = None
        self._bringer: _Bringer | None = None
        self.text = label("", wrap=True)
        take_any_width(self.text)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedSize(160, 6)
        self.bar.setRange(0, 0)
        self.bar.setAccessibleName(title)
        self.go = QPushButton()
        self.go.clicked.connect(self.begin)
        self.stop = QPushButton(self.tr("Cancel"))
        self.stop.clicked.connect(self.cancel)
        self.close_button = QPushButton(self.tr("Not now"))
        self.close_button.setProperty("flat", "true")
        self.close_button.clicked.connect(self.hide)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 6, 10, 6)
        row.setSpacing(10)
        row.addWidget(self.text, 1)
        for part in (self.bar, self.go, self.stop, self.close_button):
            row.addWidget(part)
        self.hide()

    def offer(self, text: str, button: str, tip: str, bring: Bring) -> None:
        """Say what is missing, and offer to bring it."""
        if self._bringer is not None:
            return
        self._bring = bring
        self.go.setText(button)
        self.go.setToolTip(tip)
        self._rest(text)
        self.show()

    def begin(self) -> None:
        """Bring it."""
        if self._bring is None or self._bringer is not None:
            return
        bringer = _Bringer(self._title, self._bring)
        bringer.reported.connect(lambda text, _done, _total: self._say(text))
        bringer.brought.connect(self._brought)
        bringer.failed.connect(lambda error: self._rest(str(error)))
        bringer.cancelled.connect(lambda: self._rest(self.tr("It was cancelled; nothing was left behind.")))
        self._bringer = bringer
        self._arrange(working=True)
        self._say(self._title)
        self.show()
        self.stop.setFocus()
        bringer.begin()

    def cancel(self) -> None:
        """Stop what is under way."""
        if self._bringer is not None:
            self.stop.setEnabled(False)
            self._bringer.cancel()

    def abandon(self) -> None:
        """Stop, and hear no more of it: the review is being left."""
        bringer, self._bringer = self._bringer, None
        if bringer is not None and bringer.isRunning():
            bringer.cancel()
            for signal in (bringer.reported, bringer.brought, bringer.failed, bringer.cancelled):
                signal.disconnect()

    def _brought(self, result: object) -> None:
        self._bringer = None
        self.hide()
        self.brought.emit(result)

    def _rest(self, text: str) -> None:
        """Nothing is under way: it can be begun, again."""
        self._bringer = None
        self._arrange(working=False)
        self._say(text)

    def _say(self, text: str) -> None:
        self.text.setText(one_line(text, 600))
        self.setAccessibleName(self.text.text())

    def _arrange(self, *, working: bool) -> None:
        for part in (self.bar, self.stop):
            part.setVisible(working)
        for part in (self.go, self.close_button):
            part.setVisible(not working)
        self.stop.setEnabled(True)
