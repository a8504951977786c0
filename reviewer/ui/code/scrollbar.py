"""A scroll bar that shows where marks, warnings and matches are in the whole file."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QScrollBar

from reviewer.ui.look.theme import Look

MOST_PLACES = 2_000
"""Places that are drawn of each kind: more than there are pixels."""


class MarkedScrollBar(QScrollBar):
    """`show_places` takes heights in the scrolled content, with the role of their colour."""

    def __init__(self, look: Look) -> None:
        super().__init__(Qt.Orientation.Vertical)
        self._look = look
        self._places: dict[str, Sequence[int]] = {}

    def show_places(self, role: str, places: Sequence[int]) -> None:
        """Mark these heights in the colour of a role, instead of those before."""
        step = max(1, len(places) // MOST_PLACES)
        self._places[role] = places[::step]
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The bar, and on it the places."""
        super().paintEvent(event)
        painter = QPainter(self)
        whole = max(1, self.maximum() + self.pageStep())
        for role, places in self._places.items():
            color = self._look.theme.color(role)
            for y in sorted({place * self.height() // whole for place in places}):
                painter.fillRect(QRect(2, y, self.width() - 4, 3), color)
