"""The bar that offers the toolchain which a project needs and the machine lacks, above the review of what reading told."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QPushButton

from reviewer.ecosystems import ecosystem_named
from reviewer.errors import ReviewerError, ToolchainMissingError
from reviewer.progress import CancelledError
from reviewer.ui.look.text import one_line
from reviewer.ui.look.widgets import label, take_any_width
from reviewer.ui.state.worker import Worker


class _Installer(Worker):
    """Ends with exactly one of `installed`, `failed` (a ReviewerError) and `cancelled`."""

    installed = Signal()
    failed = Signal(object)
    cancelled = Signal()

    def __init__(self, ecosystem: str, version: str) -> None:
        super().__init__()
        self._ecosystem, self._version = ecosystem, version

    def run(self) -> None:
        """The thread's work."""
        try:
            ecosystem_named(self._ecosystem).install_toolchain(self._version, self.progress)
        except CancelledError:
            self.cancelled.emit()
        except ReviewerError as error:
            self.failed.emit(error)
        except OSError as error:
            self.failed.emit(ReviewerError(f"cannot be written ({error.strerror})", where=str(error.filename)))
        else:
            self.installed.emit()


class InstallBar(QFrame):
    """Hidden until `offer`. `installed` once the toolchain is there, so that the project can be configured."""

    installed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("notice")
        self._missing: ToolchainMissingError | None = None
        self._ecosystem = ""
        self._installer: _Installer | None = None
        self.text = label("", wrap=True)
        take_any_width(self.text)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedSize(160, 6)
        self.bar.setRange(0, 0)
        self.bar.setAccessibleName(self.tr("Installing"))
        self.install = QPushButton()
        self.install.clicked.connect(self.begin)
        self.stop = QPushButton(self.tr("Cancel"))
        self.stop.clicked.connect(self.cancel)
        self.close_button = QPushButton(self.tr("Not now"))
        self.close_button.setProperty("flat", "true")
        self.close_button.clicked.connect(self.hide)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 6, 10, 6)
        row.setSpacing(10)
        row.addWidget(self.text, 1)
        for part in (self.bar, self.install, self.stop, self.close_button):
            row.addWidget(part)
        self.hide()

    def offer(self, ecosystem: str, missing: ToolchainMissingError) -> None:
        """Say what is missing, and offer to install it."""
        self._ecosystem, self._missing = ecosystem, missing
        self.install.setText(f"{self.tr('Install')} {one_line(ecosystem, 20)} {one_line(missing.version, 20)}")
        self.install.setToolTip(self.tr("About 100 MB from PyPI, into a folder of Reviewer\u2019s own"))
        self._rest(f"{self.tr('What you see was read from the source')}: {missing.what}.")
        self.show()

    def begin(self) -> None:
        """Install it."""
        if self._missing is None or self._installer is not None:
            return
        installer = _Installer(self._ecosystem, self._missing.version)
        installer.reported.connect(lambda text, _done, _total: self._say(text))
        installer.installed.connect(self._installed)
        installer.failed.connect(self._failed)
        installer.cancelled.connect(lambda: self._rest(self.tr("Installing was cancelled; nothing was left behind.")))
        self._installer = installer
        self._arrange(working=True)
        self._say(self.tr("Installing"))
        self.stop.setFocus()
        installer.begin()

    def cancel(self) -> None:
        """Stop what is being installed."""
        if self._installer is not None:
            self.stop.setEnabled(False)
            self._installer.cancel()

    def abandon(self) -> None:
        """Stop, and hear no more of it: the review is being left."""
        installer, self._installer = self._installer, None
        if installer is not None and installer.isRunning():
            installer.cancel()
            for signal in (installer.reported, installer.installed, installer.failed, installer.cancelled):
                signal.disconnect()

    def _installed(self) -> None:
        self._installer = None
        self.hide()
        self.installed.emit()

    def _failed(self, error: ReviewerError) -> None:
        self._rest(str(error))

    def _rest(self, text: str) -> None:
        """Nothing is under way: it can be begun, again."""
        self._installer = None
        self._arrange(working=False)
        self._say(text)

    def _say(self, text: str) -> None:
        self.text.setText(one_line(text, 600))
        self.setAccessibleName(self.text.text())

    def _arrange(self, *, working: bool) -> None:
        for part in (self.bar, self.stop):
            part.setVisible(working)
        for part in (self.install, self.close_button):
            part.setVisible(not working)
        self.stop.setEnabled(True)
