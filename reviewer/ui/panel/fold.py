"""A card that is closed to its title until somebody wants to know more."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout

from reviewer.ui.look.widgets import ElidedLabel
from reviewer.ui.panel.rows import Rows
from reviewer.ui.state.session import Session

_OPEN, _CLOSED = "\u25be", "\u25b8"


class Fold(QFrame):
    """Override `has_something`, `summary` and `fill`. What it shows is made only while it is open; open stays open for the next package."""

    toggled = Signal()

    def __init__(self, session: Session, title: str, *, is_open: bool = False) -> None:
        super().__init__()
        self.session = session
        self._title = title
        self._open = is_open
        self.setProperty("card", "true")
        self.header = QPushButton()
        self.header.setProperty("fold", "true")
        self.header.clicked.connect(lambda: self.set_open(open_=not self._open))
        self.header.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._summary = ElidedLabel("small")
        self._summary.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.rows = Rows()
        top = QHBoxLayout()
        top.addWidget(self.header)
        top.addWidget(self._summary, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(13, 7, 13, 8)
        column.setSpacing(6)
        column.addLayout(top)
        column.addWidget(self.rows)

    @property
    def is_open(self) -> bool:
        """Whether the rows are shown."""
        return self._open

    def set_open(self, *, open_: bool) -> None:
        """Open it to its rows, or close it to its title."""
        self._open = open_
        self.refresh()
        self.toggled.emit()

    def refresh(self) -> None:
        """What is selected or known changed."""
        there = self.has_something()
        self.setVisible(there)
        self.header.setText(f"{_OPEN if self._open else _CLOSED} {self._title}")
        self._summary.setText(self.summary() if there else "")
        self.header.setAccessibleName(f"{self._title} {self._summary.text()}".strip())
        self.header.setAccessibleDescription(self.tr("open") if self._open else self.tr("closed"))
        self.rows.clear()
        self.rows.setVisible(there and self._open)
        if there and self._open:
            self.fill(self.rows)

    @property
    def package(self) -> str | None:
        """The selected package."""
        return self.session.selection.now.package

    def has_something(self) -> bool:
        """Whether there is anything to show."""
        return self.package is not None

    def summary(self) -> str:
        """A few words beside the title."""
        return ""

    def fill(self, rows: Rows) -> None:
        """Add the rows."""
        raise NotImplementedError
