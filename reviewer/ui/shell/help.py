"""The page of all keys, made from the table of acts."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from reviewer.ui.look.widgets import keycap, label
from reviewer.ui.state.actions import Act, by_menu, keycap_text, translated

_COLUMNS = 3
_HEADING = 2
"""A menu's heading is as high as so many acts."""


class KeysPage(QDialog):
    """All acts with their keys. Closes with Esc or another `?`."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setWindowTitle(self.tr("Keys"))
        self.setAccessibleName(self.tr("Keys"))
        row = QHBoxLayout(self)
        row.setContentsMargins(26, 22, 26, 24)
        row.setSpacing(38)
        for menus in _columns():
            column = QVBoxLayout()
            column.setSpacing(8)
            for menu, acts in menus:
                column.addWidget(label(translated(menu), "card"))
                column.addLayout(_keys_of(acts))
                column.addSpacing(14)
            column.addStretch()
            row.addLayout(column)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close on another `?`."""
        if event.text() == "?":
            self.close()
        else:
            super().keyPressEvent(event)


def _columns() -> list[list[tuple[str, Sequence[Act]]]]:
    """The menus in the table's order, each in the column that is shortest by then."""
    columns: list[list[tuple[str, Sequence[Act]]]] = [[] for _ in range(_COLUMNS)]
    heights = [0] * _COLUMNS
    for menu, acts in by_menu().items():
        shortest = heights.index(min(heights))
        columns[shortest].append((menu, acts))
        heights[shortest] += len(acts) + _HEADING
    return columns


def _keys_of(acts: Sequence[Act]) -> QGridLayout:
    grid = QGridLayout()
    grid.setVerticalSpacing(6)
    grid.setHorizontalSpacing(16)
    for number, act in enumerate(acts):
        grid.addWidget(label(translated(act.text), "value"), number, 0)
        caps = QHBoxLayout()
        caps.setSpacing(4)
        for key in act.keys:
            caps.addWidget(keycap(keycap_text(key)))
        caps.addStretch()
        grid.addLayout(caps, number, 1, Qt.AlignmentFlag.AlignLeft)
    return grid
