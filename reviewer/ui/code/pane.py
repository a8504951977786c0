"""The reading side: a tab for each file of the package, and the code below."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from PySide6.QtCore import QPoint, QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from reviewer.errors import ReviewerError
from reviewer.review.document import Document
from reviewer.review.reading import ReadingFile
from reviewer.ui.code.changes import Changes
from reviewer.ui.code.diff.page import DiffPage
from reviewer.ui.code.factline import FactLine
from reviewer.ui.code.findbar import FindBar
from reviewer.ui.code.message import Message
from reviewer.ui.code.observed_run import ObservedRun
from reviewer.ui.code.opening import Opening
from reviewer.ui.code.view import CodeView
from reviewer.ui.look.text import one_line
from reviewer.ui.look.theme import Look
from reviewer.ui.look.widgets import keycap, label, no_mnemonic, plain_tip
from reviewer.ui.state.actions import ACTS, translated
from reviewer.ui.state.session import Session

_ROOM_FOR_COUNT = 600
_OFFERED = {"definition", "reference", "find", "line", "fold", "wrap", "blanks", "bytes"}
"""Acts of the menu at the cursor."""


class CodePane(QWidget):
    """Follows the session's selection to package, file and line, and sets them. `fetch_wanted`: the package shown is not here."""

    fetch_wanted = Signal()

    def __init__(self, session: Session, look: Look) -> None:
        super().__init__()
        self.setObjectName("codePane")
        self._session = session
        self._package: str | None = None
        self._file: str | None = None
        self._as_bytes: bool | None = None
        self._scroll: int | None = None
        self._files: tuple[ReadingFile, ...] = ()
        self.tabs = QTabBar()
        self.tabs.setAccessibleName(self.tr("Files to read"))
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setElideMode(Qt.TextElideMode.ElideNone)
        self.tabs.setUsesScrollButtons(True)
        self.tabs.currentChanged.connect(self._tab_picked)
        self.tabs.tabBarClicked.connect(
            self._tab_picked
        )  # without files, the only tab is the current one before it is shown
        self._count = label()
        self._viewed = QPushButton(self.tr("mark viewed"))
        self._viewed.setProperty("flat", "true")
        self._viewed.setAccessibleName(self.tr("Mark file viewed"))
        self._viewed.setToolTip(self.tr("Mark file viewed (V)"))
        self._viewed.clicked.connect(self.toggle_viewed)
        self._viewed_key = keycap("V")
        row = QWidget()
        row.setObjectName("tabrow")
        row.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        across = QHBoxLayout(row)
        across.setContentsMargins(8, 0, 10, 0)
        across.setSpacing(4)
        across.addWidget(self.tabs, 1, Qt.AlignmentFlag.AlignBottom)
        across.addWidget(self._count)
        across.addWidget(self._viewed_key)
        across.addWidget(self._viewed)
        self.code = CodeView(look)
        self.code.line_picked.connect(session.selection.select_line)
        self.code.follow.connect(self.follow_name)
        self.code.menu.connect(self._offer)
        self.facts = FactLine(self.code)
        self.facts.other_way.connect(self.toggle_bytes)
        self.findbar = FindBar(self.code)
        self.findbar.chosen.connect(self._go_to_line)
        self._behind = False
        self._reading = QWidget()
        below = QVBoxLayout(self._reading)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(0)
        for part in (self.facts, self.code, self.findbar):
            below.addWidget(part)
        below.setStretchFactor(self.code, 1)
        self._message = Message()
        self._message.fetch.connect(self.fetch_wanted)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._reading)
        self._stack.addWidget(self._message)
        self.observed = ObservedRun(session, look)
        self.observed.go.connect(self._leave_page)
        self._stack.addWidget(self.observed)
        self.changes = Changes(session, look, self._stack)
        self.changes.wanted.connect(self._show_page)
        self.changes.read.connect(self._read_change)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(row)
        column.addWidget(self._stack, 1)
        self._opening = Opening()
        self._opening.opened.connect(self._opened)
        self._opening.failed.connect(self._failed)
        self._opening.waiting.connect(lambda: self._say(self.tr("Reading\u2026")))
        session.selection.changed.connect(self._follow)
        session.viewed_changed.connect(self._label_tabs)
        session.observing.changed.connect(self.observed.refresh)
        session.selection.placed.connect(self._leave_page)
        session.changed.connect(self._fit_page_tabs)
        session.comparing.changed.connect(lambda _: self._fit_page_tabs())
        self._follow()

    def acts(self) -> Mapping[str, Callable[[], None]]:
        """What this pane does of the table of acts."""
        code, find = self.code, self.findbar
        return {
            **self.changes.acts(),
            "viewed": self.toggle_viewed,
            "next_file": lambda: self.step_file(1),
            "previous_file": lambda: self.step_file(-1),
            "definition": self.follow_name,
            "find": find.ask_text,
            "find_next": lambda: find.go(1),
            "find_previous": lambda: find.go(-1),
            "line": find.ask_line,
            "next_mark": lambda: self._go_to_mark(1),
            "previous_mark": lambda: self._go_to_mark(-1),
            "fold": lambda: code.set_folded(on=not code.page.folded),
            "wrap": lambda: code.set_wrap(on=not code.page.wrap),
            "blanks": lambda: code.set_blanks(on=not code.page.blanks),
            "bytes": self.toggle_bytes,
            "reference": self.copy_reference,
        }

    def _offer(self, point: QPoint) -> None:
        """What can be done at the cursor."""
        acts, page = self.acts(), self.code.page
        states = {"fold": page.folded, "wrap": page.wrap, "blanks": page.blanks, "bytes": page.document.is_bytes}
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(f"{self.tr('Copy')}\tCtrl+C", self.code.copy)
        for act in ACTS:
            if act.id in _OFFERED:
                action = menu.addAction(f"{translated(act.text)}\t{act.keys[0]}", acts[act.id])
                action.setCheckable(act.id in states)
                action.setChecked(states.get(act.id, False))
        menu.popup(point)

    def step_file(self, by: int) -> None:
        """Go to the next or previous file."""
        if self._files and self._package is not None:
            path = self._files[(self.tabs.currentIndex() + by) % len(self._files)].path
            self._session.selection.select_place(self._package, path)

    def toggle_viewed(self) -> None:
        """Mark the file that is shown viewed, among changes the one that the cursor is in, or take the mark back."""
        if self.changes.shown is not None:
            self.changes.shown.mark_file()
        else:
            self._session.toggle_viewed()

    def _go_to_mark(self, by: int) -> None:
        if self.changes.shown is not None:
            self.changes.shown.view.go_to_change(by)
        else:
            self.code.go_to_mark(by)

    def _read_change(self, path: str, line: int) -> None:
        if self._package is not None:
            self._session.selection.select_place(self._package, path, line)
            self.code.setFocus()

    def toggle_bytes(self) -> None:
        """Show the file as bytes instead of as text, or the other way round."""
        if self._file is not None:
            self._as_bytes = not self.code.page.document.is_bytes
            self._open(self._file)

    def follow_name(self) -> None:
        """Go to where what is named at the cursor is declared, or to the file, module or package that it stands for."""
        if self._package is None or self._file is None:
            return
        line, column = self.code.current_line, self.code.current_column
        try:
            found = self._session.review.definition(self._package, self._file, line, column)
        except ReviewerError as error:
            self.code.say(one_line(str(error), 400))
            return
        if found is None:
            word = one_line(self.code.caret.word, 60)
            self.code.say(self.tr("Where \u201c{word}\u201d is declared is not known.").format(word=word))
            return
        self._session.selection.select_place(found.package, found.file, found.line)
        if self.code.page.document.path == found.file:
            self.code.reveal(found.line, max(1, found.column))

    def copy_reference(self) -> None:
        """Copy where the cursor is, or the lines that are selected, as `package/file:line`."""
        if self._package is not None and self._file is not None:
            first, last = self.code.caret.lines
            name = self._session.review.graph.package[self._package].name
            lines = f"{first}" if first == last else f"{first}-{last}"
            QGuiApplication.clipboard().setText(one_line(f"{name}/{self._file}:{lines}", 4_000))

    def _go_to_line(self, line: int, column: int) -> None:
        if self._package is not None and self._file is not None:
            self._session.selection.select_place(self._package, self._file, line)
            self.code.reveal(line, column)

    def _follow(self) -> None:
        now = self._session.selection.now
        self.observed.refresh()
        page = None
        if now.package != self._package:
            page = self.changes.page_to_keep(now.package)
            self._package, self._file = now.package, None
            self._fill_tabs()
        if page is not None or now.file != self._file:
            self._behind = page is not None
        self._fit_page_tabs()
        if now.file is None:
            self._say_why_empty()
        elif now.file != self._file:
            self._file, self._as_bytes = now.file, None
            self._open(now.file)
        elif now.line and now.line != self.code.current_line:
            self.code.reveal(now.line)
        if page is not None:
            self._show_page(page)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room the tabs get it."""
        super().resizeEvent(event)
        self._label_tabs()

    def _fill_tabs(self) -> None:
        self._files = self._session.review.reading(self._package) if self._package else ()
        with QSignalBlocker(self.tabs):
            while self.tabs.count():
                self.tabs.removeTab(0)
            for at, file in enumerate(self._files):
                self._add_tab(at, file)
        self._label_tabs()

    def _add_tab(self, at: int, file: ReadingFile) -> None:
        self.tabs.insertTab(at, "")
        lines = f", {file.lines:,} lines" if file.lines else ""
        self.tabs.setTabToolTip(at, plain_tip(one_line(f"{file.path}: {file.role}{lines}", 300)))

    def _label_tabs(self) -> None:
        if self._package is None:
            return
        viewed = [self._session.is_viewed(self._package, file.path) for file in self._files]
        name = self._session.review.graph.package[self._package].name
        for at, file in enumerate(self._files):
            shown = f"{name}/{file.path}" if at == 0 else file.path
            self.tabs.setTabText(at, no_mnemonic(one_line(shown, 40)) + (" \u2713" if viewed[at] else ""))
        at = self.tabs.currentIndex()
        on_file = 0 <= at < len(self._files)
        for part in (self._count, self._viewed, self._viewed_key):
            part.setVisible(on_file and (part is not self._count or self.width() >= _ROOM_FOR_COUNT))
        self._count.setText(self.tr("file {} of {}").format(at + 1, len(self._files)) + " \u00b7 ")
        is_viewed = 0 <= at < len(viewed) and viewed[at]
        self._viewed.setText(self.tr("viewed") + " \u2713" if is_viewed else self.tr("mark viewed"))

    def _pages(self) -> dict[QWidget, tuple[str, str]]:
        """What there is to show beside files, each with the title and the tip of its tab."""
        found = self.changes.pages(self._package)
        if self.observed.title:
            found[self.observed] = self.observed.title, self.tr("What the run step did in the sandbox")
        return found

    def _fit_page_tabs(self) -> None:
        """The tabs behind those of the files, where there is something to show in them."""
        pages, first, current = self._pages(), len(self._files), self._stack.currentWidget()
        titles = [title for title, _ in pages.values()]
        if titles != [self.tabs.tabText(at) for at in range(first, self.tabs.count())]:
            with QSignalBlocker(self.tabs):
                while self.tabs.count() > first:
                    self.tabs.removeTab(first)
                for title, tip in pages.values():
                    self.tabs.setTabToolTip(self.tabs.addTab(title), tip)
                if current in pages:
                    self.tabs.setCurrentIndex(first + list(pages).index(current))
        if current not in (self._reading, self._message, *pages):
            self._leave_page()

    def _show_page(self, page: QWidget) -> None:
        if page not in self._pages() or self._package is None:
            return
        if isinstance(page, DiffPage):
            page.show_package(self._package)
        elif page is self.changes.upgrades and self._stack.currentWidget() is not page:
            QTimer.singleShot(0, self.changes.upgrades.show_all)  # once it can take the keyboard
        with QSignalBlocker(self.tabs):
            self.tabs.setCurrentIndex(len(self._files) + list(self._pages()).index(page))
        self._label_tabs()
        self._behind = True
        self._stack.setCurrentWidget(page)

    def show_observed(self) -> None:
        """Show everything that the selected run step did."""
        self._show_page(self.observed)

    def _leave_page(self) -> None:
        """Back to the file."""
        if self._file is None or self._stack.currentWidget() in (self._reading, self._message):
            return
        with QSignalBlocker(self.tabs):
            self.tabs.setCurrentIndex([file.path for file in self._files].index(self._file))
        self._label_tabs()
        self._behind = False
        self._stack.setCurrentWidget(self._reading)

    def scroll_to(self, pixels: int) -> None:
        """Come back to a place in the file; where it is still being opened, once it is there."""
        if self._opening.busy:
            self._scroll = pixels
        else:
            self.code.verticalScrollBar().setValue(pixels)

    def _open(self, path: str) -> None:
        assert self._package is not None
        self._scroll = None
        if path not in [file.path for file in self._files]:
            self._files = (*self._files, ReadingFile(path, self.tr("opened by hand"), 0))
            with QSignalBlocker(self.tabs):
                self._add_tab(len(self._files) - 1, self._files[-1])
        with QSignalBlocker(self.tabs):
            self.tabs.setCurrentIndex([file.path for file in self._files].index(path))
        self._label_tabs()
        package = self._session.review.graph.package[self._package]
        self._opening.open(Path(package.root), path, as_bytes=self._as_bytes)

    def _opened(self, document: Document) -> None:
        if self._package is None or self._file is None:
            return
        marks = () if document.is_bytes else self._session.review.marks(self._package, self._file)
        self.code.setAccessibleName(self.tr("Code of {file}").format(file=one_line(self._file)))
        self.code.show_document(document, marks)
        self.facts.show_document(document)
        self._show_file(self._reading)
        self.findbar.document_changed()
        if line := self._session.selection.now.line:
            self.code.reveal(line)
        if self._scroll is not None:
            QTimer.singleShot(0, self, partial(self.code.verticalScrollBar().setValue, self._scroll))
            self._scroll = None

    def _failed(self, error: ReviewerError) -> None:
        self._say(one_line(str(error), 400))

    def _say(self, text: str, *, can_fetch: bool = False) -> None:
        self._message.say(text, can_fetch=can_fetch)
        self._show_file(self._message)

    def _show_file(self, widget: QWidget) -> None:
        """Show the file, or what is said instead; behind the page that was chosen meanwhile it only waits."""
        if not self._behind:
            self._stack.setCurrentWidget(widget)

    def _say_why_empty(self) -> None:
        self._file = None
        self._opening.forget()
        package = self._session.review.graph.package.get(self._package or "")
        if package is None:
            text = self.tr("Select a package to read its build code.")
        elif not package.fetched:
            text = self.tr("This package is not here, so there is nothing to read.")
        else:
            text = self.tr("This package has no build code: nothing of it runs when you build.")
        self._say(text, can_fetch=package is not None and not package.fetched)
        self._label_tabs()

    def _tab_picked(self, at: int) -> None:
        if self._package is not None and 0 <= at < len(self._files):
            self._session.selection.select_place(self._package, self._files[at].path)
        elif at >= 0:
            self._show_page(list(self._pages())[at - len(self._files)])
