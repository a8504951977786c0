"""The main window: pages, actions, and loading."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QMainWindow,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from reviewer.errors import ImportMissingError, ReviewerError
from reviewer.model.graph import Evidence
from reviewer.ui.look.settings import save_settings
from reviewer.ui.look.text import one_line
from reviewer.ui.look.theme import Look
from reviewer.ui.shell.goto import GoTo
from reviewer.ui.shell.header import Header
from reviewer.ui.shell.loader import Loader
from reviewer.ui.shell.making import Making
from reviewer.ui.shell.notice import Notice
from reviewer.ui.shell.outside import Outside
from reviewer.ui.shell.pages import FailedPage, LoadingPage, StartPage
from reviewer.ui.shell.questions import agrees
from reviewer.ui.shell.recent import recent_projects, remember_project
from reviewer.ui.shell.recent_menu import RecentMenu
from reviewer.ui.shell.remembered import Place, keep_place, place_of
from reviewer.ui.state.actions import Actions

# The first page is painted before what it does not need is loaded: that is imported where it is used.
if TYPE_CHECKING:
    from reviewer.ecosystems import Fetched
    from reviewer.review.review import Review
    from reviewer.ui.shell.observe import Wanted
    from reviewer.ui.shell.workspace import Workspace
    from reviewer.ui.state.session import Session

_CONFIGURE_TEXT = (
    "To know the exact steps, the project's build scripts have to be executed once. Reviewer does this in a sandbox: "
    "no network, no access to your home folder, packages read-only.\n\n"
    "The answer is remembered for this project."
)


class Window(QMainWindow):
    """One window, one project. `loaded` when a review is shown, `failed` when a load ended with an error.

    `elsewhere` asks for another window, with a project's path or None for an empty one.
    """

    loaded = Signal()
    failed = Signal(object)
    elsewhere = Signal(object)
    closed = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._loader: Loader | None = None
        self._outside: Outside | None = None
        self._evidence: Evidence | None = None
        self._toolchain: Path | None = None
        self._options: dict[Path, tuple[str, ...]] = {}
        self._wanted: Wanted | None = None
        self._configure_next = False
        self._told_next = ""
        self.path: Path | None = None
        self.workspace: Workspace | None = None
        self.setWindowTitle("Reviewer")
        room = self.screen().availableSize()  # little where everything is shown at three times its size
        self.setMinimumSize(QSize(820, 520).boundedTo(room))
        self.resize(QSize(1440, 900).boundedTo(room))
        self.setAcceptDrops(True)
        center = QWidget()
        self.actions_ = Actions(self)
        self.goto = GoTo(center, look, self.actions_, self._session)
        self._making = Making(self, look, self.actions_, self._show_review, self._make_failed)
        self.actions_.bind(self._slots())
        menu = self.actions_.menu(self)
        self.recent = RecentMenu(menu)
        self.recent.picked.connect(self._open_here_or_elsewhere)
        menu.addMenu(self.recent)
        self.header = Header(menu)
        self.header.goto.connect(self.goto.open)
        self.header.configure.connect(self.ask_to_configure)
        self.header.options.clicked.connect(self.show_options)
        self.header.sandbox.clicked.connect(self.show_doctor)
        self.notice = Notice()
        self.pages = QStackedWidget()
        self.start, self.loading, self.failure = StartPage(), LoadingPage(), FailedPage()
        for page in (self.start, self.loading, self.failure):
            self.pages.addWidget(page)
        column = QVBoxLayout(center)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self.notice)
        column.addWidget(self.pages, 1)
        self.setCentralWidget(center)
        self.start.open_folder.connect(self.choose_folder)
        self.start.open_demo.connect(self.open_demo)
        self.start.open_path.connect(self.open_project)
        self.loading.cancel.connect(self._cancel_load)
        self.loading.read_first.connect(self._read_first)
        self.failure.again.connect(self.reload)
        self.failure.another.connect(self.choose_folder)
        self.failure.read_only.connect(lambda: self._open_again(Evidence.READ))
        self.failure.bring.connect(self._bring_imports)
        self.failure.back.connect(self._load_cancelled)
        self._draft = QTimer(self)  # a note that is being written survives even the end of the machine
        self._draft.setSingleShot(True)
        self._draft.setInterval(2_000)
        self._draft.timeout.connect(self.keep_place)
        self.show_start()

    def _slots(self) -> dict[str, Callable[[], None]]:
        return {
            "goto": self.goto.open,
            "open": self.choose_folder,
            "demo": self.open_demo,
            "reload": self.reload,
            "configure": self.ask_to_configure,
            "observe": self.observe,
            "options": self.show_options,
            "help": self.show_keys,
            "doctor": self.show_doctor,
            "new_window": lambda: self.elsewhere.emit(None),
            "larger": lambda: self._resize_text(1),
            "smaller": lambda: self._resize_text(-1),
            "usual": lambda: self._resize_text(0),
            "settings": self.show_settings,
            "close": self.close_window,
            "quit": QApplication.closeAllWindows,
        }

    # Opening

    def show_start(self) -> None:
        """The page of first start."""
        self.start.show_recent(recent_projects())
        self._show(self.start)
        self.start.open.setFocus()

    def choose_folder(self) -> None:
        """Ask for a folder and open it."""
        chosen = QFileDialog.getExistingDirectory(self, "Open a project's folder", str(self.path or Path.home()))
        if chosen:
            self.open_project(Path(chosen))

    def open_demo(self) -> None:
        """Open a fresh copy of the sample; its build scripts are our own, so they may be configured without asking."""
        from reviewer.review.sample import fresh_demo

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
        options: tuple[str, ...] | None = None,
    ) -> None:
        """Load a project, off this thread, and show it; `toolchain` builds it, None for one that fits.

        `options` are build options, None for those that this window had for the project before.
        The open review stays on screen while it is loaded again.
        """
        again = self.workspace is not None and path == self.path
        if not again and not self._may_leave():
            return
        self._drop_loader()
        self._configure_next = False
        if not again:
            self._close_workspace()
            self.loading.start(path, configures=evidence is Evidence.CONFIGURED)
            self._show(self.loading)
        self.path, self._evidence, self._toolchain = path, evidence, toolchain
        options = self._options.get(path, ()) if options is None else options
        self._options[path] = options
        title = self.tr("Loading {project} again") if again else self.tr("Opening {project}")
        loader = Loader(title.format(project=one_line(path.resolve().name, 40)), path, evidence, toolchain, options)
        loader.reported.connect(self.loading.report)
        loader.loaded.connect(self._load_done)
        loader.failed.connect(self._load_failed)
        loader.cancelled.connect(self._load_cancelled)
        self._loader = loader
        loader.begin()

    def reload(self) -> None:
        """Load the same project again."""
        self._open_again(self._evidence)

    def _bring_imports(self) -> None:
        """Before the project can be opened: a reject that it imports must not be missed."""
        from reviewer.ui.shell.team.imports import ImportPage

        if self.path is not None:
            page = ImportPage(self, self.path.resolve())
            page.written.connect(self._reload_imports)
            page.open()

    def _reload_imports(self, told: str) -> None:
        self._told_next = told
        self.reload()

    def _open_again(self, evidence: Evidence | None) -> None:
        """The same project, with the same toolchain and build options."""
        if self.path is not None:
            self.open_project(self.path, evidence, self._toolchain)

    def _read_first(self) -> None:
        """Show what the source tells, and configure while that is read."""
        self._open_again(Evidence.READ)
        self._configure_next = True

    def ask_to_configure(self) -> None:
        """Explain what configuring does and, if the reviewer agrees, do it."""
        if self.path is None:
            return
        if agrees(self, "Configure in sandbox", "Configure this project in the sandbox?", _CONFIGURE_TEXT):
            self._open_again(Evidence.CONFIGURED)

    def observe(self) -> None:
        """Run the selected run step in the sandbox; where the project was only read, after asking and configuring."""
        from reviewer.ui.shell.observe import Wanted, text_before_observing

        if self.workspace is None:
            return
        session = self.workspace.session
        step, observing = session.run_step, session.observing
        if (reason := observing.why_not(step)) is not None or step is None:
            self.workspace.notice.tell(reason or "")
        elif not observing.needs_configuring:
            observing.begin(step, self._toolchain)
        elif agrees(
            self,
            self.tr("Observe in sandbox"),
            self.tr("Configure this project and run the step?"),
            text_before_observing(),
        ):
            self._open_again(Evidence.CONFIGURED)
            self._wanted = Wanted.of(step)

    def _observe_wanted(self, session: "Session") -> None:
        """What was wanted before the exact graph was there."""
        wanted, self._wanted = self._wanted, None
        if wanted is None or session.observing.needs_configuring:
            return
        step = wanted.find(session)
        if step is None:
            session.told.emit(self.tr("zig's own graph has no such run step, or several: select the one to observe."))
            return
        session.selection.select_step(step.id)
        self.observe()

    def show_options(self) -> None:
        """The build options of the project; applied, it is configured with them in the sandbox."""
        if self.workspace is None or self.path is None or self.workspace.session.review.lock_path is None:
            return
        from reviewer.ui.options.form import OptionsForm

        form = OptionsForm(self, self.workspace.session.review.graph, self._options.get(self.path, ()))
        form.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        form.applied.connect(self._apply_options)
        form.open()

    def _apply_options(self, options: tuple[str, ...]) -> None:
        if self.path is not None:
            self.open_project(self.path, Evidence.CONFIGURED, self._toolchain, options)

    def _drop_loader(self) -> None:
        """Stop what is loading; its answer no longer matters."""
        self._making.drop()
        loader, self._loader = self._loader, None
        if loader is not None and loader.isRunning():
            loader.cancel()
            for signal in (loader.reported, loader.loaded, loader.failed, loader.cancelled):
                signal.disconnect()

    def _cancel_load(self) -> None:
        if self._loader is not None:
            self._loader.cancel()

    def _load_done(self, review: "Review") -> None:
        if self._loader is not None:
            self._making.begin(review, self._loader.toolchain)

    def _make_failed(self, error: Exception) -> None:
        cure = "this is a fault in Reviewer; please report it"
        self._load_failed(ReviewerError(f"{type(error).__name__}: {error}", where=str(self.path), cure=cure))

    def _show_review(self, made: "Workspace") -> None:
        loader = self._loader
        assert self.path is not None and loader is not None
        session, review = made.session, made.session.review
        remember_project(self.path)
        place = self._place_to_show()
        earlier = self.workspace
        if earlier is not None and earlier.session.review.lock_path == review.lock_path:
            session.history.carry_on(earlier.session.history)
            session.upgrades.carry_on(earlier.session.upgrades)
            made.map.carry_on(earlier.map)
        self._close_workspace()
        self.workspace = made
        self.workspace.restore(place)
        self.workspace.panel.note.textChanged.connect(self._draft.start)
        self.workspace.install.brought.connect(lambda _zig: self._open_again(Evidence.CONFIGURED))
        self.workspace.fetch.brought.connect(self._fetched)
        self.workspace.team.imported.connect(self._reload_imports)
        self.pages.addWidget(self.workspace)
        self.header.show_session(session)
        self.setWindowTitle(f"{session.name} \u2013 Reviewer")
        self._show(self.workspace)
        self.workspace.footer.refresh()
        session.selection.changed.connect(self._tell_history)
        self.workspace.list.view.setFocus()
        self._outside = Outside(made, loader.watched if self._look.settings.watch else None)
        self._outside.reload.connect(self.reload)
        self._outside.reread_lock()  # decisions that were made while it was loading
        told, self._told_next = self._told_next, ""
        if not told and earlier is not None:
            from reviewer.review.changes import what_changed

            told = f"Loaded again. {what_changed(earlier.session.review, review)}"
        if told:
            self.workspace.notice.tell(told)
        self._observe_wanted(session)
        self.loaded.emit()
        if self._configure_next:
            self._open_again(Evidence.CONFIGURED)

    def _fetched(self, fetched: "Fetched") -> None:
        """Packages came in, or not all of them: load the project again."""
        assert self.workspace is not None
        told = self.workspace.fetch.tell(fetched)
        if fetched.pins:
            self._told_next = told
            self.reload()
        else:
            self.workspace.notice.tell(told)

    def _tell_history(self) -> None:
        if self.workspace is not None and self.pages.currentWidget() is self.workspace:
            selection = self.workspace.session.selection
            self.actions_["back"].setEnabled(selection.can_go_back)
            self.actions_["forward"].setEnabled(selection.can_go_forward)

    def _place_to_show(self) -> Place:
        """Where the open review is, if it was loaded again; else how the project was left."""
        if self.workspace is not None:
            return self.workspace.place()
        assert self.path is not None
        place = place_of(self.path) if self._look.settings.restore else Place()
        if len(place.size) == len(("width", "height")):
            self.resize(QSize(*place.size).boundedTo(self.screen().availableSize()))
        if place.maximized:
            self.showMaximized()
        return place

    def keep_place(self) -> bool:
        """Remember how the project is left, unsaved notes included; false where that is not possible."""
        if self.workspace is None or self.path is None:
            return True
        place = self.workspace.place()
        if not self._look.settings.restore:
            return keep_place(self.path, Place(notes=place.notes))
        size = self.normalGeometry().size() if self.isMaximized() else self.size()
        place = place._replace(size=(size.width(), size.height()), maximized=int(self.isMaximized()))
        return keep_place(self.path, place)

    def _load_failed(self, error: ReviewerError) -> None:
        self._wanted = None
        self.failure.tell(
            error,
            can_read=self.path is not None and self._evidence is not Evidence.READ,
            can_go_back=self.workspace is not None,
        )
        self._show(self.failure)
        (self.failure.import_ if isinstance(error, ImportMissingError) else self.failure.try_again).setFocus()
        self.failed.emit(error)

    def _load_cancelled(self) -> None:
        self._wanted = None
        if self.workspace is not None:
            self.header.show_session(self.workspace.session)
            self._show(self.workspace)
        else:
            self.show_start()

    def _close_workspace(self) -> None:
        if self.workspace is not None:
            self.workspace.abandon()
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
        self.actions_["reload"].setEnabled(self.path is not None and page is not self.loading)

    # Around

    def _session(self) -> "Session | None":
        return self.workspace.session if self.workspace is not None else None

    def show_keys(self) -> None:
        """The page of all keys."""
        from reviewer.ui.shell.help import KeysPage

        KeysPage(self).open()

    def show_doctor(self) -> None:
        """Which sandbox is active, its holes, and what else works on this machine."""
        from reviewer.ui.shell.doctor_page import DoctorPage

        page = DoctorPage(self)
        page.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        page.open()

    def close_window(self) -> None:
        """Close this window; the program ends with the last one."""
        self.close()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc takes the notice away and gives the focus back to the list."""
        if event.key() == Qt.Key.Key_Escape and self.workspace is not None:
            self.workspace.notice.dismiss()
            self.workspace.list.show_all()
            self.workspace.list.view.setFocus()
        else:
            super().keyPressEvent(event)

    def show_settings(self) -> None:
        """The page of settings."""
        from reviewer.ui.shell.settings_page import SettingsPage

        SettingsPage(self, self._look).open()

    def _resize_text(self, by: int) -> None:
        self._look.use(self._look.settings.with_text(by))
        save_settings(self._look.settings)

    def _open_here_or_elsewhere(self, path: Path) -> None:
        if self.path is None:
            self.open_project(path)
        else:
            self.elsewhere.emit(path)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take folders and saved graphs."""
        if _dropped(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open what was dropped: the first here if nothing is open, every other one in a window of its own."""
        event.acceptProposedAction()
        for path in _dropped(event):
            self._open_here_or_elsewhere(path)

    def _may_leave(self) -> bool:
        """Whether the open review can be left: its place and notes are kept, or the reviewer does not mind their loss."""
        if self.keep_place() or self.workspace is None or not self.workspace.panel.notes:
            return True
        question = self.tr(
            "A note was written that no decision has taken along, and it cannot be kept. Leave it behind?"
        )
        return agrees(self, self.tr("Leave the note"), question, loses=True)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Keep the place; stop what is loading."""
        if not self._may_leave():
            event.ignore()
            return
        self._drop_loader()
        self._draft.stop()
        if self.workspace is not None:
            self.workspace.abandon()
        event.accept()
        self.closed.emit()


def _dropped(event: QDropEvent) -> list[Path]:
    """Folders and JSON files of a drop, at most ten."""
    paths = [Path(url.toLocalFile()) for url in event.mimeData().urls()[:10] if url.isLocalFile()]
    return [path for path in paths if path.is_dir() or path.suffix == ".json"]
