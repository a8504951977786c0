"""The map as a tree of words: the same boxes and arrows, for the keyboard, for screen readers, and for who prefers to read."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QTreeView

from reviewer.ui.look.text import counted
from reviewer.ui.map.picture import Box
from reviewer.ui.map.scene import Scene

_Index = QModelIndex | QPersistentModelIndex


class _Node:
    """A place in the tree. A box has as many places as paths lead to it; below one that is already above, there is nothing."""

    __slots__ = ("above", "box", "children", "row")

    def __init__(self, box: int, row: int, above: "_Node | None") -> None:
        self.box = box
        self.row = row
        self.above = above
        self.children: list[_Node] | None = None

    @property
    def repeated(self) -> bool:
        node = self.above
        while node is not None:
            if node.box == self.box:
                return True
            node = node.above
        return False


class OutlineModel(QAbstractItemModel):
    """What waits, and below it what it waits for."""

    def __init__(self) -> None:
        super().__init__()
        self._boxes: Sequence[Box] = ()
        self._out: dict[int, list[int]] = {}
        self._into: dict[int, list[int]] = {}
        self._tops: list[_Node] = []

    def show_scene(self, scene: Scene) -> None:
        """The tree of another scene: at the top the boxes that nothing leads to (in a cycle, its first one)."""
        self.beginResetModel()
        self._scene = scene
        self._boxes = scene.boxes
        self._out, self._into = {}, {}
        for a, b in zip(scene.source.tolist(), scene.target.tolist(), strict=True):
            self._out.setdefault(a, []).append(b)
            self._into.setdefault(b, []).append(a)
        tops = self._begin()
        self._tops = [_Node(box, row, None) for row, box in enumerate(tops)]
        self.endResetModel()

    def _begin(self) -> list[int]:
        tops = [index for index in range(len(self._boxes)) if index not in self._into]
        seen = set(tops)
        pending = list(tops)
        for first in (None, *range(len(self._boxes))):
            if first is not None and first not in seen:
                tops.append(first)
                seen.add(first)
                pending.append(first)
            while pending:
                new = [box for box in self._out.get(pending.pop(), ()) if box not in seen]
                seen.update(new)
                pending += new
        return tops

    def _node(self, index: _Index) -> _Node | None:
        node = index.internalPointer() if index.isValid() else None
        return node if isinstance(node, _Node) else None

    def _below(self, node: _Node | None) -> list[_Node]:
        if node is None:
            return self._tops
        if node.children is None:
            targets = () if node.repeated else self._out.get(node.box, ())
            node.children = [_Node(box, row, node) for row, box in enumerate(targets)]
        return node.children

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """How many boxes a box waits for."""
        return len(self._below(self._node(parent)))

    def columnCount(self, _parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """One column."""
        return 1

    def index(self, row: int, column: int, parent: _Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        """The place of a row."""
        below = self._below(self._node(parent))
        return self.createIndex(row, column, below[row]) if 0 <= row < len(below) else QModelIndex()

    def parent(self, index: _Index = QModelIndex()) -> QModelIndex:  # type: ignore[override]  # noqa: B008
        """The box that waits."""
        node = self._node(index)
        if node is None or node.above is None:
            return QModelIndex()
        return self.createIndex(node.above.row, 0, node.above)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The box in words; for screen readers with what it waits for and what waits for it."""
        node = self._node(index)
        if node is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._boxes[node.box].spoken + (" (see above)" if node.repeated else "")
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.AccessibleDescriptionRole):
            return (
                self._scene.in_words(node.box)
                if role == Qt.ItemDataRole.AccessibleDescriptionRole
                else self._boxes[node.box].spoken
            )
        return None

    def box_of(self, index: _Index) -> Box | None:
        """The box at a place."""
        node = self._node(index)
        return None if node is None else self._boxes[node.box]

    def find(self, box_id: str) -> QModelIndex:
        """The first place of a box: the shortest way down from the top."""
        wanted = next((i for i, box in enumerate(self._boxes) if box.id == box_id), None)
        if wanted is None:
            return QModelIndex()
        way = [wanted]
        at_top = {node.box for node in self._tops}
        seen = {wanted}
        while way[-1] not in at_top:
            above = next((box for box in self._into.get(way[-1], ()) if box not in seen), None)
            if above is None:
                return QModelIndex()
            seen.add(above)
            way.append(above)
        node = next(node for node in self._tops if node.box == way[-1])
        for box in reversed(way[:-1]):
            node = next(child for child in self._below(node) if child.box == box)
        return self.createIndex(node.row, 0, node)


class Outline(QTreeView):
    """Shows the tree. `picked` with a box by Enter or a click, `opened` by Space."""

    picked = Signal(object)
    opened = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("mapOutline")
        self.setAccessibleName(self.tr("Outline of the map"))
        self.setAccessibleDescription(self.tr("What waits, and below each what it waits for"))
        self.setHeaderHidden(True)
        self.setUniformRowHeights(True)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.tree = OutlineModel()
        self.setModel(self.tree)
        self.clicked.connect(self._pick)
        self.hide()

    def show_scene(self, scene: Scene) -> None:
        """Show a scene's boxes, open as far as the selected one."""
        self.tree.show_scene(scene)
        chosen = next((box.id for box in scene.boxes if box.chosen), None)
        if len(scene.boxes) <= 60:
            self.expandToDepth(3)
        if chosen is not None:
            self.setCurrentIndex(self.tree.find(chosen))
        self.setAccessibleDescription(f"{scene.picture.headline}. {counted(len(scene.boxes), 'box', 'boxes')}")

    def keep_clear(self, below: int) -> None:
        """Leave so many pixels free at the lower end, where something else stands."""
        self.setViewportMargins(0, 0, 0, below)

    def _pick(self, index: QModelIndex) -> None:
        if (box := self.tree.box_of(index)) is not None:
            self.picked.emit(box)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter picks, Space opens."""
        box = self.tree.box_of(self.currentIndex())
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and box is not None:
            self.picked.emit(box)
        elif event.key() == Qt.Key.Key_Space and box is not None:
            self.opened.emit(box)
        else:
            super().keyPressEvent(event)
