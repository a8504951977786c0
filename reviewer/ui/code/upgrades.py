"""The page of all upgrades of a project: what follows from each, how much changed, and how much of it was viewed."""

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QHeaderView, QTreeView, QVBoxLayout, QWidget

from reviewer.errors import ReviewerError
from reviewer.review.upgrading import UNVIEWED
from reviewer.ui.look.text import counted, one_line
from reviewer.ui.look.theme import Look
from reviewer.ui.look.widgets import ElidedLabel, KeyButton
from reviewer.ui.state.actions import first_key
from reviewer.ui.state.compared import Compared
from reviewer.ui.state.session import Session

_Index = QModelIndex | QPersistentModelIndex
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_CONFIRM, _VIEWED, _NEW, _LINES = 1, 2, 3, 4
_SOON = 50
"""Milliseconds."""
_WIDTHS = (150, 130, 100, 80, 120, 150)


class UpgradesModel(QAbstractTableModel):
    """A row for each upgrade, in the order of the queue."""

    def __init__(self, session: Session, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self._look = look
        self._heads = (
            self.tr("Package"),
            self.tr("To confirm"),
            self.tr("Viewed"),
            self.tr("New code"),
            self.tr("Lines"),
            self.tr("Then \u2192 now"),
        )
        self.packages: tuple[str, ...] = ()
        self._cells: dict[str, tuple[str, ...]] = {}

    def refresh(self) -> None:
        """Show what is known now."""
        now = self._session.review.upgrades
        self._cells.clear()
        if now != self.packages:
            self.beginResetModel()
            self.packages = now
            self.endResetModel()
        elif now:
            self.dataChanged.emit(self.index(0, 0), self.index(len(now) - 1, len(self._heads) - 1))

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """How many upgrades there are."""
        return 0 if parent.isValid() else len(self.packages)

    def columnCount(self, _parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """How many columns there are."""
        return len(self._heads)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What the columns are called."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._heads[section]
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The words of a cell, and what of it needs the eye."""
        package, column = self.packages[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._words(package)[column]
        if role == Qt.ItemDataRole.ToolTipRole and column == _CONFIRM:
            return "\n".join(one_line(text, 200) for text in self._session.upgrades.questions(package)[:20])
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{self._heads[column]}: {self._words(package)[column]}"
        if role == Qt.ItemDataRole.TextAlignmentRole and column in (_NEW, _LINES, _VIEWED):
            return _RIGHT
        if role == Qt.ItemDataRole.ForegroundRole and column == _CONFIRM:
            open_ = self._session.upgrades.questions(package) not in ((), (UNVIEWED,))
            ready = self._session.upgrades.is_ready(package)
            return self._look.theme.color("green" if ready else "amber" if open_ else "muted")
        return None

    def _words(self, package: str) -> tuple[str, ...]:
        if package not in self._cells:
            self._cells[package] = self._make_words(package)
        return self._cells[package]

    def _make_words(self, package: str) -> tuple[str, ...]:
        graph, upgrades = self._session.review.graph, self._session.upgrades
        name = graph.package[package].name
        if sum(other.name == name for other in graph.packages) > 1:
            name = f"{name} \u2026{package[-6:]}"  # whose pin ends so
        name = one_line(name, 40)
        found = upgrades.of(package)
        if found is None:
            return (name, self.tr("comparing\u2026"), "", "", "", "")
        if isinstance(found, ReviewerError):
            return (name, self.tr("could not be compared"), "", "", "", "")
        return (name, *self._of(package, found))

    def _of(self, package: str, found: Compared) -> tuple[str, ...]:
        comparison, standing = found.comparison, self._session.upgrades.standing(found)
        asked = {each.question for each in comparison.questions}
        left = sum(text in asked for text in self._session.upgrades.questions(package))
        done = self.tr("all confirmed") if asked else self.tr("nothing")
        version, files = self._session.review.graph.package[package].version, comparison.files
        versions = f"{comparison.old} \u2192 {comparison.new}"
        if comparison.old.startswith(f"{version} "):
            versions = self.tr("{}, other content").format(version)
        added, removed = (sum(getattr(file, side) for file in files or ()) for side in ("added", "removed"))
        counts = (
            f"{standing.viewed:,} of {standing.changes:,}",
            f"{comparison.new_code:,}",
            f"+{added:,} \u2212{removed:,}",
        )
        return (
            counted(left, "consequence") if left else done,
            *(counts if files is not None else ("?", "?", "?")),
            one_line(versions, 60),
        )


class UpgradesPage(QWidget):
    """`picked` with the package whose changes are to be read, `trusting` when those that need nothing more are to be trusted."""

    picked = Signal(str)
    trusting = Signal()

    def __init__(self, session: Session, look: Look) -> None:
        super().__init__()
        self._session = session
        self.state = ElidedLabel("small")
        self.trust = KeyButton(self.tr("Trust what is ready"), first_key("trust_upgrades"), "trust")
        self.trust.clicked.connect(self.trusting.emit)
        bar = QHBoxLayout()
        bar.setContentsMargins(10, 4, 10, 4)
        bar.addWidget(self.state, 1)
        bar.addWidget(self.trust)
        self.model = UpgradesModel(session, look, self)
        self.table = QTreeView()
        self.table.setObjectName("upgrades")
        self.table.setAccessibleName(self.tr("All upgrades"))
        self.table.setModel(self.model)
        self.table.setRootIsDecorated(False)
        self.table.setUniformRowHeights(True)
        self.table.setAllColumnsShowFocus(True)
        self.table.header().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.table.header().setStretchLastSection(True)
        for at, width in enumerate(_WIDTHS):
            self.table.setColumnWidth(at, width)
        self.table.activated.connect(lambda index: self.picked.emit(self.model.packages[index.row()]))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(bar)
        column.addWidget(self.table, 1)
        self.table.selectionModel().currentRowChanged.connect(self._picked_row)
        session.selection.changed.connect(self._changed)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_SOON)
        self._soon.timeout.connect(self._refresh)
        session.upgrades.changed.connect(self._changed)
        session.viewed_changed.connect(self._changed)
        session.changed.connect(self._changed)

    def show_all(self) -> None:
        """Compare what was not compared yet, and show the summary."""
        for package in reversed(self._session.review.upgrades):
            self._session.upgrades.of(package)
        self._refresh()
        if self._session.selection.now.package not in self.model.packages and self.model.packages:
            self._session.selection.select_package(self.model.packages[0])
        self.table.setFocus()

    @property
    def title(self) -> str:
        """What the tab says; empty where there are no two upgrades."""
        count = len(self._session.review.upgrades)
        return self.tr("Upgrades {}").format(count) if count > 1 else ""

    def _changed(self) -> None:
        """Soon: of many upgrades, answers come one after the other."""
        if self.isVisible() and not self._soon.isActive():
            self._soon.start()

    def _refresh(self) -> None:
        self.model.refresh()
        self._follow()
        upgrades, packages = self._session.upgrades, self.model.packages
        ready = sum(upgrades.is_ready(package) for package in packages)
        waiting = sum(upgrades.of(package) is None for package in packages)
        told = [
            counted(len(packages), "upgrade"),
            self.tr("{} ready: no consequences, every change viewed").format(ready),
        ]
        if waiting:
            told.append(self.tr("{} still being compared").format(waiting))
        self.state.setText(" \u00b7 ".join(told))
        self.trust.setEnabled(ready > 0)

    def _follow(self) -> None:
        """The cursor is on the selected package, so that what is decided is about what it shows."""
        now = self._session.selection.now.package
        row = self.model.packages.index(now) if now in self.model.packages else -1
        if row != self.table.currentIndex().row():
            with QSignalBlocker(self.table.selectionModel()):
                self.table.setCurrentIndex(self.model.index(row, 0))
            self.table.viewport().update()

    def _picked_row(self, index: QModelIndex) -> None:
        if index.isValid():
            self._session.selection.select_package(self.model.packages[index.row()])
