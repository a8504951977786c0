"""The left side: heading, filter chips, filter field and the list of packages."""

from functools import partial

from PySide6.QtCore import (
    QAbstractListModel,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    Qt,
)
from PySide6.QtGui import QFont
from PySide6.QtWidgets import (
    QAbstractItemView,
    QButtonGroup,
    QFrame,
    QListView,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from reviewer.model.graph import Graph
from reviewer.ui.look.copying import copy
from reviewer.ui.look.theme import Look, ui_font
from reviewer.ui.look.widgets import FlowLayout, label, plain_tip
from reviewer.ui.packages.filter_field import FilterField
from reviewer.ui.packages.paint import RowPainter
from reviewer.ui.packages.rows import Chip, Dependencies, Row
from reviewer.ui.state.session import Session

Index = QModelIndex | QPersistentModelIndex


class RowModel(QAbstractListModel):
    """The rows as Qt wants them. The Row itself is `Qt.UserRole`."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: tuple[Row, ...] = ()

    def set_rows(self, rows: tuple[Row, ...]) -> None:
        """Show other rows."""
        if rows != self.rows:
            self.beginResetModel()
            self.rows = rows
            self.endResetModel()

    def row_of(self, package: str | None) -> int | None:
        """Where a package is shown, if it is."""
        return next((i for i, row in enumerate(self.rows) if package is not None and row.package == package), None)

    def rowCount(self, parent: Index | None = None) -> int:
        """How many rows there are."""
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Name, spoken text, tooltip or the Row."""
        row = self.rows[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return row.name
            case Qt.ItemDataRole.AccessibleTextRole:
                return row.spoken
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tip(f"{row.spoken}\n{row.why}" if row.why else row.spoken) if row.package else None
            case Qt.ItemDataRole.UserRole:
                return row
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Headings cannot be selected."""
        if self.rows[index.row()].package is None:
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable


class PackageList(QListView):
    """The list itself. Letters are shortcuts of the window here, not a search."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(self.tr("Dependencies"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setLayoutMode(QListView.LayoutMode.Batched)  # thousands of rows, a hundred in each turn of the event loop
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)

    def keyboardSearch(self, search: str) -> None:
        """Do nothing: the filter field finds."""


class DependencyList(QWidget):
    """Heading, chips, filter and list, following the session's selection and setting it."""

    def __init__(self, session: Session, look: Look) -> None:
        super().__init__()
        self.setObjectName("sidebar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._session = session
        self._dependencies = Dependencies(session.review.graph)
        self._chip = Chip.ALL
        self.model = RowModel()
        self.view = PackageList()
        self.view.setModel(self.model)
        self._painter = RowPainter(look)
        self.view.setItemDelegate(self._painter)
        self.filter = FilterField(_known_values(session.review.graph))
        self.search = self.filter.line
        self.filter.edited.connect(self._refill)
        self.filter.taken.connect(self._take_first)
        self._empty = label("", "small", wrap=True)
        self._empty.setContentsMargins(12, 8, 12, 8)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 10, 0, 0)
        column.setSpacing(0)
        top = QVBoxLayout()
        top.setContentsMargins(12, 0, 12, 8)
        top.setSpacing(7)
        heading = label(self.tr("DEPENDENCIES"), "heading")
        font = ui_font(11)
        font.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, 0.6)
        heading.setFont(font)
        top.addWidget(heading)
        top.addLayout(self._make_chips())
        top.addWidget(self.filter)
        column.addLayout(top)
        column.addWidget(self._empty)
        column.addWidget(self.view, 1)
        look.changed.connect(self.view.scheduleDelayedItemsLayout)
        session.changed.connect(self._refill)
        session.selection.changed.connect(self._follow)
        self.view.selectionModel().currentChanged.connect(self._picked)
        self.view.selectionModel().selectionChanged.connect(self._choose)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.view.customContextMenuRequested.connect(self._offer_menu)
        self._refill()

    def _make_chips(self) -> FlowLayout:
        flow = FlowLayout(6)
        group = QButtonGroup(self)
        self.chips: dict[Chip, QPushButton] = {}
        for chip in Chip:
            button = QPushButton()
            button.setCheckable(True)
            button.setChecked(chip is self._chip)
            button.setProperty("chip", "true")
            button.clicked.connect(lambda _checked=False, chip=chip: self.show_chip(chip))
            group.addButton(button)
            flow.addWidget(button)
            self.chips[chip] = button
        return flow

    @property
    def chip(self) -> Chip:
        """Which chip filters the list."""
        return self._chip

    def show_chip(self, chip: Chip) -> None:
        """Filter by a chip."""
        self.chips[chip].setChecked(True)
        if chip is not self._chip:
            self._chip = chip
            self._refill()

    def focus_filter(self) -> None:
        """Start to write a filter."""
        self.search.setFocus()
        self.search.selectAll()

    def show_all(self) -> None:
        """Take every filter away."""
        self.search.clear()
        self.show_chip(Chip.ALL)

    def _refill(self) -> None:
        review, wanted = self._session.review, self.filter.wanted
        for chip, count in self._dependencies.counts(review).items():
            self.chips[chip].setText(f"{self.tr(chip.value)} {count}")
        self.model.set_rows(self._dependencies.rows(review, self._chip, wanted))
        self._empty.setText(self._empty_text())
        self._empty.setVisible(not self.model.rows)
        narrowed = self._chip is not Chip.ALL or bool(wanted.terms)
        self._session.narrow(frozenset(row.package for row in self.model.rows if row.package) if narrowed else None)
        self._follow()

    def _empty_text(self) -> str:
        if not self._dependencies.packages:
            return self.tr("This project has no dependencies.")
        if self.filter.wanted.terms:
            return self.tr("No package matches the filter. Esc shows all.")
        if self._chip is Chip.NEEDS_REVIEW:
            return self.tr("Nothing is left to review.")
        return self.tr("No package here.")

    def _follow(self) -> None:
        row = self.model.row_of(self._session.selection.now.package)
        model = self.view.selectionModel()
        if row is None:
            model.clear()
            return
        index = self.model.index(row)
        if model.currentIndex() != index:
            model.setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
            self.view.scrollTo(index)

    def _picked(self, current: QModelIndex, _previous: QModelIndex) -> None:
        if current.isValid():
            row: Row = current.data(Qt.ItemDataRole.UserRole)
            self._session.selection.select_package(row.package)

    def _choose(self) -> None:
        rows = sorted(index.row() for index in self.view.selectionModel().selectedIndexes())
        self._session.choose([package for row in rows if (package := self.model.rows[row].package)])

    def _offer_menu(self, place: QPoint) -> None:
        index = self.view.indexAt(place)
        row: Row | None = index.data(Qt.ItemDataRole.UserRole) if index.isValid() else None
        if row is None or row.package is None:
            return
        package = self._session.review.graph.package[row.package]
        menu = QMenu(self)
        values = {
            self.tr("Copy name"): package.name,
            self.tr("Copy id"): package.id,
            self.tr("Copy digest"): package.digest,
            self.tr("Copy source"): package.source,
            self.tr("Copy folder"): package.root,
        }
        for text, value in values.items():
            if value:
                menu.addAction(text).triggered.connect(partial(copy, value))
        menu.popup(self.view.viewport().mapToGlobal(place))

    def _take_first(self) -> None:
        first = next((row.package for row in self.model.rows if row.package), None)
        if first is not None:
            self._session.selection.select_package(first)
            self.view.setFocus()


def _known_values(graph: Graph) -> dict[str, list[str]]:
    """What this project has for the filter words that take any text."""
    return {
        "cap": sorted({finding.capability for finding in graph.findings}),
        "owner": sorted({graph.package[step.package].name for step in graph.run_steps}),
        "name": sorted(package.name for package in graph.packages),
    }
