"""The pages before a review is open: first start, loading, and a load that failed."""

from pathlib import Path

from PySide6.QtCore import QModelIndex, QStringListModel, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QListView, QProgressBar, QPushButton, QVBoxLayout, QWidget

from reviewer.errors import ImportMissingError, ReviewerError
from reviewer.ui.look.text import one_line, visible
from reviewer.ui.look.widgets import label

_WIDTH = 560


def _button(text: str, *, primary: bool = False) -> QPushButton:
    made = QPushButton(text)
    made.setMinimumHeight(34)
    if primary:
        made.setProperty("kind", "primary")
    return made


class _Page(QWidget):
    """A column of a readable width in the middle; add to `column`."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        inner = QWidget()
        inner.setMaximumWidth(_WIDTH)
        self.column = QVBoxLayout(inner)
        self.column.setSpacing(14)
        across = QHBoxLayout()
        across.addStretch(1)
        across.addWidget(inner, 100)
        across.addStretch(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(24, 24, 24, 24)
        whole.addStretch(2)
        whole.addLayout(across)
        whole.addStretch(3)


class StartPage(_Page):
    """Open a folder, a recent project, or the demo."""

    open_folder = Signal()
    open_demo = Signal()
    open_path = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._paths: list[Path] = []
        self.column.addWidget(label(self.tr("Review what a build runs"), "page"))
        text = self.tr(
            "When you build a project, the code of its dependencies runs on your machine. "
            "Open a project to see what runs, read it, and decide. Opening executes nothing."
        )
        self.column.addWidget(label(text, "muted", wrap=True))
        row = QHBoxLayout()
        row.setSpacing(10)
        self.open = _button(self.tr("Open a folder\u2026"), primary=True)
        self.open.clicked.connect(self.open_folder)
        self.demo = _button(self.tr("Open the demo"))
        self.demo.setToolTip(self.tr("A small project with a run step hidden behind a module"))
        self.demo.clicked.connect(self.open_demo)
        row.addWidget(self.open)
        row.addWidget(self.demo)
        row.addStretch()
        self.column.addLayout(row)
        drop = self.tr("Or drop a folder, or a saved graph, on this window.")
        self.column.addWidget(label(drop, "small", wrap=True))
        self._heading = label(self.tr("RECENT PROJECTS"), "heading")
        self.column.addSpacing(10)
        self.column.addWidget(self._heading)
        self._model = QStringListModel()
        self.recent = QListView()
        self.recent.setObjectName("recent")
        self.recent.setAccessibleName(self.tr("Recent projects"))
        self.recent.setModel(self._model)
        self.recent.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.recent.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.recent.activated.connect(self._activated)
        self.recent.clicked.connect(self._activated)
        self.column.addWidget(self.recent)

    def show_recent(self, paths: list[Path]) -> None:
        """Offer these projects."""
        self._paths = paths
        self._model.setStringList([one_line(str(path), 300) for path in paths])
        self._heading.setVisible(bool(paths))
        self.recent.setVisible(bool(paths))
        self.recent.setFixedHeight(min(8, len(paths)) * max(1, self.recent.sizeHintForRow(0)) + 4)

    def _activated(self, index: QModelIndex) -> None:
        self.open_path.emit(self._paths[index.row()])


class LoadingPage(_Page):
    """What is being done, how far it is, and a way to stop it; while it configures, also a way to read meanwhile."""

    cancel = Signal()
    read_first = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.title = label("", "page", wrap=True)
        self.text = label("", "muted", wrap=True)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(6)
        self.bar.setAccessibleName(self.tr("Loading"))
        self.stop = _button(self.tr("Cancel"))
        self.stop.clicked.connect(self._cancel)
        self.read = _button(self.tr("Read the source meanwhile"))
        self.read.setToolTip(self.tr("Show what the source tells; the exact steps follow when they are known"))
        self.read.clicked.connect(self.read_first)
        for part in (self.title, self.bar, self.text):
            self.column.addWidget(part)
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(self.read)
        row.addWidget(self.stop)
        row.addStretch()
        self.column.addLayout(row)

    def start(self, path: Path, *, configures: bool = False) -> None:
        """A load of this project begins; `configures`: its build scripts are executed in the sandbox, which may take a while."""
        self.read.setVisible(configures)
        self.title.setText(self.tr("Opening {project}").format(project=one_line(path.resolve().name or str(path))))
        self.text.setText(self.tr("Reading the project"))
        self.bar.setRange(0, 0)
        self.stop.setEnabled(True)

    def report(self, text: str, done: int, total: int) -> None:
        """The load tells what it does."""
        self.text.setText(one_line(text, 200))
        self.bar.setRange(0, total)
        self.bar.setValue(done)

    def _cancel(self) -> None:
        self.stop.setEnabled(False)
        self.text.setText(self.tr("Stopping"))
        self.cancel.emit()


class FailedPage(_Page):
    """What happened, where, and how to go on."""

    again = Signal()
    another = Signal()
    read_only = Signal()
    bring = Signal()
    back = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.column.addWidget(label(self.tr("This project could not be opened"), "page", wrap=True))
        self.what = label("", "bad", wrap=True)
        self.where = label("", "muted", wrap=True)
        self.cure = label("", wrap=True)
        for part in (self.what, self.where, self.cure):
            part.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self.column.addWidget(part)
        row = QHBoxLayout()
        row.setSpacing(10)
        self.try_again = _button(self.tr("Try again"), primary=True)
        self.open_another = _button(self.tr("Open another\u2026"))
        self.read = _button(self.tr("Read only, without configuring"))
        self.import_ = _button(self.tr("Import decisions\u2026"), primary=True)
        self.go_back = _button(self.tr("Back to the review"))
        for button, signal in (
            (self.go_back, self.back),
            (self.import_, self.bring),
            (self.try_again, self.again),
            (self.open_another, self.another),
            (self.read, self.read_only),
        ):
            button.clicked.connect(signal)
            row.addWidget(button)
        row.addStretch()
        self.column.addSpacing(6)
        self.column.addLayout(row)

    def tell(self, error: ReviewerError, *, can_read: bool, can_go_back: bool = False) -> None:
        """Show an error; `can_read` offers to go on with what reading alone tells, `can_go_back` with what was open before."""
        self.what.setText(_lines(error.what))
        self.where.setText(self.tr("Where: {place}").format(place=_lines(error.where)))
        self.where.setVisible(bool(error.where))
        self.cure.setText(self.tr("What to do: {cure}").format(cure=_lines(error.cure)))
        self.cure.setVisible(bool(error.cure))
        self.read.setVisible(can_read)
        self.import_.setVisible(isinstance(error, ImportMissingError))
        self.go_back.setVisible(can_go_back)


def _lines(text: str) -> str:
    """Up to a page of text, line by line, everything visible."""
    return "\n".join(visible(line) for line in text[:4000].split("\n")[:30])
