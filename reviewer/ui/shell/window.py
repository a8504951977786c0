"""The main window: pages, actions, and loading."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QFileDialog, QMainWindow, QMessageBox, QStackedWidget, QVBoxLayout, QWidget

from reviewer.errors import ReviewerError
from reviewer.model.graph import Evidence
from reviewer.review.review import Review
from reviewer.review.sample import fresh_demo
from reviewer.ui.look.theme import Look
from reviewer.ui.palette.box import Palette, act_targets
from reviewer.ui.palette.targets import Target, places
from reviewer.ui.shell.header import Header
from reviewer.ui.shell.help import KeysPage
from reviewer.ui.shell.loader import Loader
from reviewer.ui.shell.pages import FailedPage, LoadingPage, StartPage
from reviewer.ui.shell.recent import recent_projects, remember
from reviewer.ui.shell.workspace import Workspace
from reviewer.ui.state.actions import Actions
from reviewer.ui.state.session import Session
from reviewer.ui.state.worker import wait_for_workers

_CONFIGURE_TEXT = (
    "To know the exact steps, the project's build scripts have to be executed once. Reviewer does this in a sandbox: "
    "no network, no access to your home folder, packages read-only.\n\n"
    "The answer is remembered for this project."
)


class Window(QMainWindow):
    """One window, one project. `loaded` when a review is shown, `failed` when a load ended with an error."""

    loaded = Signal()
    failed = Signal(object)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._loader: Loader | None = None
        self._path: Path | None = None
        self._evidence: Evidence | None = None
        self._toolchain: Path | None = None
        self._options: tuple[str, ...] = ()
        self._again: tuple[str, str, int] | None = None
        self.workspace: Workspace | None = None
        self.setWindowTitle("Reviewer")
        self.setMinimumSize(820, 520)
        self.resize(1440, 900)
        self.actions_ = Actions(self)
        self.actions_.bind(self._slots())
        self.header = Header(self.actions_.menu(self))
        self.header.goto.connect(self.open_palette)
        self.header.configure.connect(self.ask_to_configure)
        self.pages = QStackedWidget()
        self.start, self.loading, self.failure = StartPage(), LoadingPage(), FailedPage()
        for page in (self.start, self.loading, self.failure):
            self.pages.addWidget(page)
        center = QWidget()
        column = QVBoxLayout(center)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self.pages, 1)
        self.setCentralWidget(center)
        self.palette_ = Palette(center, look)
        self.palette_.chosen.connect(self._go_to)
        self.start.open_folder.connect(self.choose_folder)
        self.start.open_demo.connect(self.open_demo)
        self.start.open_path.connect(self.open_project)
        self.loading.cancel.connect(self._cancel_load)
        self.failure.again.connect(self.reload)
        self.failure.another.connect(self.choose_folder)
        self.failure.read_only.connect(lambda: self._open_again(Evidence.READ))
        self.show_start()

    def _slots(self) -> dict[str, Callable[[], None]]:
        return {
            "goto": self.open_palette,
            "open": self.choose_folder,
            "demo": self.open_demo,
            "reload": self.reload,
            "configure": self.ask_to_configure,
            "quit": self.close_window,
            "help": self.show_keys,
        }

    # Opening

    def show_start(self) -> None:
        """The page of first start."""
        self.start.show_recent(recent_projects())
        self._show(self.start)
        self.start.open.setFocus()

    def choose_folder(self) -> None:
        """Ask for a folder and open it."""
        chosen = QFileDialog.getExistingDirectory(self, "Open a project's folder", str(self._path or Path.home()))
        if chosen:
            self.open_project(Path(chosen))

    def open_demo(self) -> None:
        """Open a fresh copy of the sample; its build scripts are our own, so they may be configured without asking."""
        try:
            path, evidence = fresh_demo()
        except OSError as error:
            self._load_failed(ReviewerError(f"the demo cannot be copied ({error.strerror})", where=str(error.filename)))
            return
        self.open_project(path, evidence)

    def open_project(
        self,
        path: Path,
        evidence: Evidence | None = None,
        toolchain: Path | None = None,
        options: tuple[str, ...] = (),
    ) -> None:
        """Load a project, off this thread, and show it; `toolchain` builds it, None for one that fits, with these build options."""
        if not self._may_leave():
            return
        self._drop_loader()
        self._again = self._place() if path == self._path else None
        self._path, self._evidence, self._toolchain, self._options = path, evidence, toolchain, options
        self.loading.start(path)
        self._show(self.loading)
        loader = Loader(path, evidence, toolchain, options)
        loader.reported.connect(self.loading.report)
        loader.loaded.connect(self._load_done)
        loader.failed.connect(self._load_failed)
        loader.cancelled.connect(self._load_cancelled)
        self._loader = loader
        loader.begin()

    def _place(self) -> tuple[str, str, int] | None:
        """Where the reviewer is reading, to come back to it after a reload."""
        now = self.workspace.session.selection.now if self.workspace is not None else None
        return (now.package, now.file, now.line) if now is not None and now.package and now.file else None

    def reload(self) -> None:
        """Load the same project again."""
        self._open_again(self._evidence)

    def _open_again(self, evidence: Evidence | None) -> None:
        """The same project, with the same toolchain and build options."""
        if self._path is not None:
            self.open_project(self._path, evidence, self._toolchain, self._options)

    def ask_to_configure(self) -> None:
        """Explain what configuring does and, if the reviewer agrees, do it."""
        if self._path is None:
            return
        box = QMessageBox(self)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setWindowTitle("Configure in sandbox")
        box.setText("Configure this project in the sandbox?")
        box.setInformativeText(_CONFIGURE_TEXT)
        yes = box.addButton("Configure in sandbox", QMessageBox.ButtonRole.AcceptRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.exec()
        if box.clickedButton() is yes:
            self._open_again(Evidence.CONFIGURED)

    def _drop_loader(self) -> None:
        """Stop what is loading; its answer no longer matters."""
        loader, self._loader = self._loader, None
        if loader is not None and loader.isRunning():
            loader.cancel()
            for signal in (loader.reported, loader.loaded, loader.failed, loader.cancelled):
                signal.disconnect()

    def _cancel_load(self) -> None:
        if self._loader is not None:
            self._loader.cancel()

    def _load_done(self, review: Review) -> None:
        assert self._path is not None
        remember(self._path)
        session = Session(review)
        session.open_first()
        if self._again is not None:
            session.selection.select_place(*self._again)
        self._close_workspace()
        self.workspace = Workspace(session, self._look, self.actions_)
        self.pages.addWidget(self.workspace)
        self.header.show_session(session)
        self.setWindowTitle(f"{session.name} \u2013 Reviewer")
        self._show(self.workspace)
        self.workspace.footer.refresh()
        session.selection.changed.connect(self._tell_history)
        self.workspace.list.view.setFocus()
        self.loaded.emit()

    def _tell_history(self) -> None:
        if self.workspace is not None and self.pages.currentWidget() is self.workspace:
            selection = self.workspace.session.selection
            self.actions_["back"].setEnabled(selection.can_go_back)
            self.actions_["forward"].setEnabled(selection.can_go_forward)

    def _load_failed(self, error: ReviewerError) -> None:
        self.failure.tell(error, can_read=self._path is not None and self._evidence is not Evidence.READ)
        self._show(self.failure)
        self.failure.try_again.setFocus()
        self.failed.emit(error)

    def _load_cancelled(self) -> None:
        if self.workspace is not None:
            self.header.show_session(self.workspace.session)
            self._show(self.workspace)
        else:
            self.show_start()

    def _close_workspace(self) -> None:
        if self.workspace is not None:
            self.pages.removeWidget(self.workspace)
            self.workspace.deleteLater()
            self.workspace = None

    def _show(self, page: QWidget) -> None:
        reviewing = page is self.workspace
        if not reviewing:
            self.header.show_session(None)
        self.pages.setCurrentWidget(page)
        self.actions_.review_is_open(open_=reviewing)
        self._tell_history()
        self.actions_["reload"].setEnabled(self._path is not None and page is not self.loading)

    # Around

    def open_palette(self) -> None:
        """Offer everything that can be gone to or done."""
        found = places(self.workspace.session) if self.workspace is not None else []
        self.palette_.open_with([*found, *act_targets(self.actions_)])

    def _go_to(self, target: Target) -> None:
        if target.act is not None:
            self.actions_[target.act].trigger()
        elif target.place is not None and self.workspace is not None:
            place, selection = target.place, self.workspace.session.selection
            if place.step is not None:
                selection.select_step(place.step)
            elif place.package is not None and place.file is not None:
                selection.select_place(place.package, place.file)
            else:
                selection.select_package(place.package)

    def show_keys(self) -> None:
        """The page of all keys."""
        KeysPage(self).open()

    def close_window(self) -> None:
        """Close, asking first where a note would be lost."""
        self.close()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc takes the notice away and gives the focus back to the list."""
        if event.key() == Qt.Key.Key_Escape and self.workspace is not None:
            self.workspace.notice.dismiss()
            self.workspace.list.search.clear()
            self.workspace.list.view.setFocus()
        else:
            super().keyPressEvent(event)

    def _may_leave(self) -> bool:
        """Whether the open review can be left: nothing was written that would be lost, or the reviewer does not mind."""
        if self.workspace is None or not self.workspace.panel.unsaved_note():
            return True
        answer = QMessageBox(self)
        answer.setTextFormat(Qt.TextFormat.PlainText)
        answer.setWindowTitle("Unsaved note")
        answer.setText("A note was written that no decision has taken along. Leave it behind?")
        leave = answer.addButton("Leave it", QMessageBox.ButtonRole.DestructiveRole)
        answer.addButton(QMessageBox.StandardButton.Cancel)
        answer.exec()
        return answer.clickedButton() is leave

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask about an unsaved note; stop what is loading."""
        if not self._may_leave():
            event.ignore()
            return
        self._drop_loader()
        wait_for_workers(5_000)
        event.accept()
