"""A calm bar for what went wrong or should be known, above the work it is about."""

from collections.abc import Callable

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
        self._act: Callable[[], object] | None = None
        self.button = QPushButton()
        self.button.hide()
        self.button.clicked.connect(self._do)
        close = QPushButton(self.tr("Close"))
        close.setProperty("flat", "true")
        close.setAccessibleName(self.tr("Close this message"))
        close.clicked.connect(self.dismiss)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 6, 10, 6)
        row.addWidget(self._text, 1)
        row.addWidget(self.button)
        row.addWidget(close)
        self.hide()

    def tell(self, text: str) -> None:
        """Show a message."""
        self.offer(text, "", None)

    def offer(self, text: str, button: str, act: Callable[[], object] | None) -> None:
        """Show a message with a button that does something about it."""
        self._act = act
        self.button.setText(button)
        self.button.setVisible(act is not None)
        self._text.setText(one_line(text, 600))
        self.setAccessibleName(self._text.text())
        self.show()

    @property
    def text(self) -> str:
        """What is being told; empty where nothing is."""
        return "" if self.isHidden() else self._text.text()

    def _do(self) -> None:
        act = self._act
        self.dismiss()
        if act is not None:
            act()

    def dismiss(self) -> None:
        """Take the message away."""
        self.hide()
        self.closed.emit()
