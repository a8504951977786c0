"""The acts of an observation as a table."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from reviewer.model.graph import Graph
from reviewer.model.observation import Act
from reviewer.review.observed import happened, place_in_words
from reviewer.ui.look.text import one_line
from reviewer.ui.look.theme import Look

_Index = QModelIndex | QPersistentModelIndex
_NONE = QModelIndex()
_LIMIT = 400


class ActsModel(QAbstractTableModel):
    """One row for each act; the remarkable ones in the colour of what is bad."""

    def __init__(self, graph: Graph, look: Look, parent: QObject) -> None:
        super().__init__(parent)
        self._graph, self._look = graph, look
        self.acts: Sequence[Act] = ()
        self._titles = tuple(map(self.tr, ("did", "what", "capability", "how it went", "line", "by")))

    def show_acts(self, acts: Sequence[Act]) -> None:
        """Show these instead."""
        self.beginResetModel()
        self.acts = acts
        self.endResetModel()

    def rowCount(self, parent: _Index = _NONE) -> int:
        """How many acts there are."""
        return 0 if parent.isValid() else len(self.acts)

    def columnCount(self, parent: _Index = _NONE) -> int:
        """The same for every act."""
        return 0 if parent.isValid() else len(self._titles)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The columns' titles."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._titles[section]
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Texts, with the whole text as accessible text, and the colour of what is remarkable."""
        act = self.acts[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.words(act)[index.column()]
        if role == Qt.ItemDataRole.ForegroundRole and act.capability:
            return self._look.theme.color("red")
        return None

    def words(self, act: Act) -> tuple[str, ...]:
        """The texts of an act's row."""
        what = f"{act.what} ({act.detail})" if act.detail else act.what
        parts = (act.kind, what, act.capability, happened(act), place_in_words(act, self._graph), " → ".join(act.by))
        return tuple(one_line(part, _LIMIT) for part in parts)
