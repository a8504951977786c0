"""The reading side: a tab for each file of the package, and the code below."""

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from reviewer.errors import ReviewerError
from reviewer.review.reading import ReadingFile
from reviewer.ui.code.view import CodeView
from reviewer.ui.look.text import one_line
from reviewer.ui.look.theme import Look
from reviewer.ui.look.widgets import keycap, label, no_mnemonic, plain_tip
from reviewer.ui.state.session import Session

_ROOM_FOR_COUNT = 600


class CodePane(QWidget):
    """Follows the session's selection to package, file and line, and sets them."""

    def __init__(self, session: Session, look: Look) -> None:
        super().__init__()
        self.setObjectName("codePane")
        self._session = session
        self._package: str | None = None
        self._file: str | None = None
        self._files: tuple[ReadingFile, ...] = ()
        self.tabs = QTabBar()
        self.tabs.setAccessibleName("Files to read")
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setElideMode(Qt.TextElideMode.ElideNone)
        self.tabs.setUsesScrollButtons(True)
        self.tabs.currentChanged.connect(self._tab_picked)
        self._count = label()
        self._viewed = QPushButton("mark viewed")
        self._viewed.setProperty("flat", "true")
        self._viewed.setAccessibleName("Mark file viewed")
        self._viewed.setToolTip("Mark file viewed (V)")
        self._viewed.clicked.connect(session.toggle_viewed)
        self._viewed_key = keycap("V")
        row = QWidget()
        row.setObjectName("tabrow")
        row.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row.setFixedHeight(35)
        across = QHBoxLayout(row)
        across.setContentsMargins(8, 0, 10, 0)
        across.setSpacing(4)
        across.addWidget(self.tabs, 1, Qt.AlignmentFlag.AlignBottom)
        across.addWidget(self._count)
        across.addWidget(self._viewed_key)
        across.addWidget(self._viewed)
        self.code = CodeView(look)
        self.code.line_picked.connect(session.selection.select_line)
        self._message = label("", "muted", wrap=True)
        self._message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._message.setMargin(40)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.code)
        self._stack.addWidget(self._message)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(row)
        column.addWidget(self._stack, 1)
        session.selection.changed.connect(self._follow)
        session.viewed_changed.connect(self._label_tabs)
        self._follow()

    def step_file(self, by: int) -> None:
        """Go to the next or previous file."""
        if self._files and self._package is not None:
            path = self._files[(self.tabs.currentIndex() + by) % len(self._files)].path
            self._session.selection.select_place(self._package, path)

    def _follow(self) -> None:
        now = self._session.selection.now
        if now.package != self._package:
            self._package, self._file = now.package, None
            self._fill_tabs()
        if now.file is None:
            self._say_why_empty()
            return
        if now.file != self._file:
            self._show(now.file)
        if now.line and now.line != self.code.current_line:
            self.code.reveal(now.line)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room the tabs get it."""
        super().resizeEvent(event)
        self._label_tabs()

    def _fill_tabs(self) -> None:
        self._files = self._session.review.reading(self._package) if self._package else ()
        with QSignalBlocker(self.tabs):
            while self.tabs.count():
                self.tabs.removeTab(0)
            for file in self._files:
                at = self.tabs.addTab("")
                self.tabs.setTabToolTip(at, plain_tip(one_line(f"{file.path}: {file.role}, {file.lines:,} lines", 300)))
        self._label_tabs()

    def _label_tabs(self) -> None:
        if self._package is None:
            return
        viewed = [self._session.is_viewed(self._package, file.path) for file in self._files]
        name = self._session.review.graph.package[self._package].name
        for at, file in enumerate(self._files):
            shown = f"{name}/{file.path}" if at == 0 else file.path
            self.tabs.setTabText(at, no_mnemonic(one_line(shown, 40)) + (" \u2713" if viewed[at] else ""))
        at = self.tabs.currentIndex()
        for part in (self._count, self._viewed, self._viewed_key):
            part.setVisible(bool(self._files) and (part is not self._count or self.width() >= _ROOM_FOR_COUNT))
        self._count.setText(f"file {at + 1} of {len(self._files)} \u00b7 ")
        self._viewed.setText("viewed \u2713" if 0 <= at < len(viewed) and viewed[at] else "mark viewed")

    def _show(self, path: str) -> None:
        assert self._package is not None
        self._file = path
        at = next((i for i, file in enumerate(self._files) if file.path == path), -1)
        with QSignalBlocker(self.tabs):
            self.tabs.setCurrentIndex(at)
        self._label_tabs()
        try:
            text = self._session.review.text(self._package, path)
            marks = self._session.review.marks(self._package, path)
        except ReviewerError as error:
            self._message.setText(one_line(str(error), 400))
            self._stack.setCurrentWidget(self._message)
            return
        self.code.setAccessibleName(f"Code of {one_line(path)}")
        self.code.show_file(path, text.replace("\r\n", "\n").removesuffix("\n").split("\n"), marks)
        self._stack.setCurrentWidget(self.code)

    def _say_why_empty(self) -> None:
        self._file = None
        package = self._session.review.graph.package.get(self._package or "")
        if package is None:
            text = "Select a package to read its build code."
        elif not package.fetched:
            text = (
                "This package is not here, so there is nothing to read. Fetch it with zig build --fetch, then reload."
            )
        else:
            text = "This package has no build code: nothing of it runs when you build."
        self._message.setText(text)
        self._stack.setCurrentWidget(self._message)
        self._label_tabs()

    def _tab_picked(self, at: int) -> None:
        if self._package is not None and 0 <= at < len(self._files):
            self._session.selection.select_place(self._package, self._files[at].path)
