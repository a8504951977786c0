"""The left side: heading, filter chips, search field and the list of packages."""

from PySide6.QtCore import (
    QAbstractListModel,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
)
from PySide6.QtGui import QFont
from PySide6.QtWidgets import (
    QAbstractItemView,
    QButtonGroup,
    QFrame,
    QLineEdit,
    QListView,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from reviewer.ui.look.theme import Look, ui_font
from reviewer.ui.look.widgets import FlowLayout, label, plain_tip
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
                return plain_tip(row.spoken) if row.package else None
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
        self.setAccessibleName("Dependencies")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)

    def keyboardSearch(self, search: str) -> None:
        """Do nothing: the search field searches."""


class DependencyList(QWidget):
    """Heading, chips, search and list, following the session's selection and setting it."""

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
        self.search = QLineEdit()
        self.search.setObjectName("search")
        self.search.setPlaceholderText("Search packages")
        self.search.setAccessibleName("Search packages")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._refill)
        self.search.returnPressed.connect(self._take_first)
        self._empty = label("", "small", wrap=True)
        self._empty.setContentsMargins(12, 8, 12, 8)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 10, 0, 0)
        column.setSpacing(0)
        top = QVBoxLayout()
        top.setContentsMargins(12, 0, 12, 8)
        top.setSpacing(7)
        heading = label("DEPENDENCIES", "heading")
        font = ui_font(11)
        font.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, 0.6)
        heading.setFont(font)
        top.addWidget(heading)
        top.addLayout(self._make_chips())
        top.addWidget(self.search)
        column.addLayout(top)
        column.addWidget(self._empty)
        column.addWidget(self.view, 1)
        look.changed.connect(self.view.viewport().update)
        session.changed.connect(self._refill)
        session.selection.changed.connect(self._follow)
        self.view.selectionModel().currentChanged.connect(self._picked)
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
        self._chip = chip
        self.chips[chip].setChecked(True)
        self._refill()

    def focus_search(self) -> None:
        """Start to type a search."""
        self.search.setFocus()
        self.search.selectAll()

    def _refill(self) -> None:
        review = self._session.review
        queue = review.queue
        for chip, count in self._dependencies.counts(review.assessments, queue).items():
            self.chips[chip].setText(f"{chip.value} {count}")
        self.model.set_rows(self._dependencies.rows(review.assessments, queue, self._chip, self.search.text()))
        self._empty.setText(self._empty_text())
        self._empty.setVisible(not self.model.rows)
        self._follow()

    def _empty_text(self) -> str:
        if not self._dependencies.packages:
            return "This project has no dependencies."
        if self.search.text():
            return "No package matches the search."
        if self._chip is Chip.NEEDS_REVIEW:
            return "Nothing is left to review."
        return "No package here."

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

    def _take_first(self) -> None:
        first = next((row.package for row in self.model.rows if row.package), None)
        if first is not None:
            self._session.selection.select_package(first)
            self.view.setFocus()
