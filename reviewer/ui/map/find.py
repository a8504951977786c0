"""The line that looks for boxes by name."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from reviewer.ui.look.text import counted
from reviewer.ui.look.widgets import label
from reviewer.ui.map.picture import Box


class FindLine(QWidget):
    """Typing rings boxes (`found` with their ids, best first), Enter and Shift+Enter go through them (`reached` with one), Esc closes."""

    found = Signal(object)
    reached = Signal(str)
    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("mapFind")
        self.line = QLineEdit()
        self.line.setPlaceholderText(self.tr("Find on the map"))
        self.line.setAccessibleName(self.tr("Find on the map"))
        self.line.setClearButtonEnabled(True)
        self.line.setMaximumWidth(260)
        self.count = label("", "muted")
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 0, 14, 0)
        row.addWidget(self.line, 1)
        row.addWidget(self.count)
        row.addStretch(1)
        self._boxes: tuple[Box, ...] = ()
        self._everything = 0
        self._ids: list[str] = []
        self._at = 0
        self.line.textChanged.connect(self._look)
        self.hide()

    def open(self) -> None:
        """Show the line and type into it."""
        self.show()
        self.line.setFocus()
        self.line.selectAll()

    def search_in(self, boxes: tuple[Box, ...], everything: int) -> None:
        """Look among these boxes, of so many that the view has in all."""
        self._boxes, self._everything = boxes, everything
        if self.isVisible():
            self._look()

    def _look(self) -> None:
        words = self.line.text().casefold().split()
        self._ids = [b.id for b in self._boxes if words and all(w in b.spoken.casefold() for w in words)]
        self._at = 0
        left_out = "" if len(self._boxes) >= self._everything else self.tr(" of the boxes shown")
        self.count.setText(counted(len(self._ids), "match", "matches") + left_out if words else "")
        self.found.emit(frozenset(self._ids))
        if self._ids:
            self.reached.emit(self._ids[0])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes on, with Shift back; Esc closes."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._ids:
            self._at += -1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
            self.reached.emit(self._ids[self._at % len(self._ids)])
        elif event.key() == Qt.Key.Key_Escape:
            self.hide()
            self.found.emit(frozenset())
            self.closed.emit()
        else:
            super().keyPressEvent(event)
