"""What is said in the place of a file that cannot be shown, with a button where something can be done about it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from reviewer.ui.look.widgets import label


class Message(QWidget):
    """`fetch` asks for the package that is missing."""

    fetch = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.label = label("", "muted", wrap=True)
        self.label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.label.setMargin(20)
        self.button = QPushButton(self.tr("Fetch packages\u2026"))
        self.button.clicked.connect(self.fetch)
        column = QVBoxLayout(self)
        column.addStretch(1)
        column.addWidget(self.label)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignCenter)
        column.addStretch(1)

    def say(self, text: str, *, can_fetch: bool) -> None:
        """Show a text."""
        self.label.setText(text)
        self.button.setVisible(can_fetch)
