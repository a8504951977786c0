"""A calm bar for what went wrong or should be known, above the work it is about."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton

from reviewer.ui.look.text import one_line
from reviewer.ui.look.widgets import label, take_any_width


class Notice(QFrame):
    """Hidden until there is something to tell; stays until it is closed."""

    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("notice")
        self._text = label("", wrap=True)
        take_any_width(self._text)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        close = QPushButton("Close")
        close.setProperty("flat", "true")
        close.setAccessibleName("Close this message")
        close.clicked.connect(self.dismiss)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 6, 10, 6)
        row.addWidget(self._text, 1)
        row.addWidget(close)
        self.hide()

    def tell(self, text: str) -> None:
        """Show a message."""
        self._text.setText(one_line(text, 600))
        self.setAccessibleName(self._text.text())
        self.show()

    @property
    def text(self) -> str:
        """What is being told; empty where nothing is."""
        return "" if self.isHidden() else self._text.text()

    def dismiss(self) -> None:
        """Take the message away."""
        self.hide()
        self.closed.emit()
