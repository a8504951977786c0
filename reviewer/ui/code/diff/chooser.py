"""The page that asks which two versions of a package to compare."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from reviewer.review.review import Review
from reviewer.review.versions import Version, versions_of
from reviewer.ui.look.text import one_line
from reviewer.ui.look.theme import scaled
from reviewer.ui.look.widgets import label
from reviewer.ui.state.comparing import Pair
from reviewer.ui.state.worker import Worker

_ARCHIVES = "*.tar *.tar.gz *.tgz *.tar.xz *.txz *.tar.bz2 *.tar.zst *.tzst *.zip"


class _Finder(Worker):
    def __init__(self, review: Review, package: str) -> None:
        super().__init__()
        self._wish = review, package
        self.found: tuple[Version, ...] = ()

    def run(self) -> None:
        """Look which versions are here."""
        self.found = versions_of(*self._wish)


class Side(QWidget):
    """One of the two: a list of versions, and what else can be given. `changed` when another is chosen."""

    changed = Signal()

    def __init__(self, title: str) -> None:
        super().__init__()
        self.versions: list[Version] = []
        self.list = QListWidget()
        self.list.setObjectName("results")
        self.list.setAccessibleName(title)
        self.list.setMinimumSize(scaled(330), scaled(200))
        self.list.currentRowChanged.connect(lambda _: self.changed.emit())
        self.folder, self.archive = QPushButton(self.tr("Folder\u2026")), QPushButton(self.tr("Archive\u2026"))
        self.folder.clicked.connect(self._ask_folder)
        self.archive.clicked.connect(self._ask_archive)
        below = QHBoxLayout()
        below.addWidget(self.folder)
        below.addWidget(self.archive)
        below.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(label(title, "card"))
        column.addWidget(self.list, 1)
        column.addLayout(below)

    @property
    def chosen(self) -> Version | None:
        """The version with the cursor."""
        row = self.list.currentRow()
        return self.versions[row] if 0 <= row < len(self.versions) else None

    def offer(self, versions: Sequence[Version]) -> None:
        """Add versions at the end."""
        for version in versions:
            self.versions.append(version)
            item = QListWidgetItem(one_line(f"{version.name}   {version.told}", 60))
            item.setData(Qt.ItemDataRole.ToolTipRole, one_line(version.pin or version.word, 300))
            self.list.addItem(item)

    def give(self, path: str) -> None:
        """Offer a folder or an archive, and choose it."""
        if path:
            self.offer([Version(path, one_line(Path(path).name or path, 60), self.tr("given by hand"))])
            self.list.setCurrentRow(len(self.versions) - 1)

    def _ask_folder(self) -> None:
        self.give(QFileDialog.getExistingDirectory(self, self.tr("A folder with a version of the package")))

    def _ask_archive(self) -> None:
        kinds = self.tr("Archives ({})").format(_ARCHIVES)
        self.give(QFileDialog.getOpenFileName(self, self.tr("An archive of a version of the package"), "", kinds)[0])


class Chooser(QDialog):
    """`wanted` with the pair to compare."""

    wanted = Signal(object)

    def __init__(self, parent: QWidget, review: Review, package: str) -> None:
        super().__init__(parent)
        self._package = package
        name = one_line(review.graph.package[package].name, 60)
        title = self.tr("Compare versions of {}").format(name)
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.old, self.new = Side(self.tr("From")), Side(self.tr("To"))
        text = self.tr("Nothing is decided, executed or unpacked; a given archive shows what a bump would bring.")
        self.told = label(text, "muted", wrap=True)
        buttons = QDialogButtonBox()
        self.compare = buttons.addButton(self.tr("Compare"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.compare.setDefault(True)
        buttons.addButton(self.tr("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        buttons.accepted.connect(self._accept)
        buttons.rejected.connect(self.reject)
        sides = QHBoxLayout()
        sides.setSpacing(16)
        for side in (self.old, self.new):
            sides.addWidget(side, 1)
            side.changed.connect(self._enable)
            side.list.itemActivated.connect(self._accept)
        column = QVBoxLayout(self)
        column.setContentsMargins(22, 18, 22, 16)
        column.setSpacing(12)
        column.addWidget(self.told)
        column.addLayout(sides, 1)
        column.addWidget(buttons)
        self._enable()
        finder = self._finder = _Finder(review, package)
        finder.finished.connect(self._found)
        finder.begin()

    def _found(self) -> None:
        """From what was decided about last to what is there now, unless that is the only one."""
        versions = self._finder.found
        for side in (self.old, self.new):
            side.offer(versions)
        self.old.list.setCurrentRow(1 if len(versions) > 1 else 0)
        self.new.list.setCurrentRow(0 if len(versions) > 1 else -1)
        (self.old.list if len(versions) > 1 else self.new.archive).setFocus()

    def _enable(self) -> None:
        old, new = self.old.chosen, self.new.chosen
        self.compare.setEnabled(old is not None and new is not None and old.word != new.word)

    def _accept(self) -> None:
        old, new = self.old.chosen, self.new.chosen
        if old is not None and new is not None and self.compare.isEnabled():
            self.accept()
            self.wanted.emit(Pair(self._package, old, new))
