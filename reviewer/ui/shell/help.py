"""The page of all keys, made from the table of acts."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from reviewer.ui.look.widgets import keycap, label
from reviewer.ui.state.actions import ACTS

_COLUMNS = (("Decide", "Map"), ("Go", "Read"), ("Project", "Help"))


class KeysPage(QDialog):
    """All acts with their keys. Closes with Esc or another `?`."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setWindowTitle("Keys")
        self.setAccessibleName("Keys")
        row = QHBoxLayout(self)
        row.setContentsMargins(26, 22, 26, 24)
        row.setSpacing(38)
        for menus in _COLUMNS:
            column = QVBoxLayout()
            column.setSpacing(8)
            for menu in menus:
                column.addWidget(label(menu, "card"))
                column.addLayout(_keys_of(menu))
                column.addSpacing(14)
            column.addStretch()
            row.addLayout(column)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close on another `?`."""
        if event.text() == "?":
            self.close()
        else:
            super().keyPressEvent(event)


def _keys_of(menu: str) -> QGridLayout:
    grid = QGridLayout()
    grid.setVerticalSpacing(6)
    grid.setHorizontalSpacing(16)
    for number, act in enumerate(act for act in ACTS if act.menu == menu):
        grid.addWidget(label(act.text, "value"), number, 0)
        caps = QHBoxLayout()
        caps.setSpacing(4)
        for key in act.keys:
            caps.addWidget(keycap(key.replace("+", " ")))
        caps.addStretch()
        grid.addLayout(caps, number, 1, Qt.AlignmentFlag.AlignLeft)
    return grid
