"""What a screen reader gets of the code: a read-only text with a cursor, as Qt's own text widgets are, and where its characters are."""

from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QAccessible, QAccessibleTextCursorEvent, QAccessibleTextInterface
from PySide6.QtWidgets import QAccessibleWidget
from shiboken6 import VoidPtr

from reviewer.ui.code.motion import Place

if TYPE_CHECKING:
    from reviewer.ui.code.view import CodeView

WINDOW = 2_000
"""Pieces that are told at once: Qt asks for all of the text to find a line in it. In a larger file it is the part around the cursor."""


class CodeText(QAccessibleTextInterface):
    """Offsets count characters of what is shown, from the start of the part around the cursor."""

    def __init__(self, view: "CodeView") -> None:
        super().__init__()
        self._view = view
        self._key: object = None
        self._first = 0
        self._starts: list[int] = [0]
        self._text = ""

    def _current(self) -> None:
        page, piece = self._view.page, self._view.caret.place[0]
        count = len(page.document.pieces)
        first = 0 if count <= WINDOW else piece // (WINDOW // 2) * (WINDOW // 2)
        key = page, first, page.blanks
        if key == self._key:
            return
        self._key, self._first = key, first
        texts = []
        for number in range(first, min(first + WINDOW, count)):
            ends = number + 1 < count and page.document.starts_line(number + 1)
            texts.append(page.text(number) + ("\n" if ends else ""))
        self._starts = [0, *accumulate(len(text) for text in texts)][:-1]
        self._text = "".join(texts)

    def _offset(self, place: Place) -> int:
        self._current()
        number = min(max(place[0] - self._first, 0), len(self._starts) - 1)
        return min(self._starts[number] + place[1], len(self._text))

    def _place(self, offset: int) -> Place:
        self._current()
        number = max(0, bisect_right(self._starts, max(0, offset)) - 1)
        return self._first + number, max(0, offset) - self._starts[number]

    def characterCount(self) -> int:
        """How many characters there are."""
        self._current()
        return len(self._text)

    def text(self, startOffset: int, endOffset: int) -> str:  # noqa: N803 - Qt's name
        """The characters between two offsets."""
        self._current()
        return self._text[max(0, startOffset) : max(0, endOffset)]

    def cursorPosition(self) -> int:
        """The offset of the cursor."""
        return self._offset(self._view.caret.place)

    def setCursorPosition(self, position: int) -> None:
        """Move the cursor."""
        self._view.select(self._place(position), self._place(position))

    def setSelection(self, selectionIndex: int, startOffset: int, endOffset: int) -> None:  # noqa: ARG002, N803
        """Select; there is one selection only."""
        self._view.select(self._place(startOffset), self._place(endOffset))

    def addSelection(self, startOffset: int, endOffset: int) -> None:  # noqa: N803
        """Select; there is one selection only."""
        self.setSelection(0, startOffset, endOffset)

    def removeSelection(self, selectionIndex: int) -> None:  # noqa: ARG002, N803
        """Select nothing."""
        self._view.select(self._view.caret.place, self._view.caret.place)

    def selectionCount(self) -> int:
        """None: PySide cannot answer where a selection begins and ends."""
        return 0

    def characterRect(self, offset: int) -> QRect:
        """Where a character is on the screen."""
        return self._view.place_on_screen(self._place(offset))

    def offsetAtPoint(self, point: QPoint) -> int:
        """The character at a point of the screen."""
        return self._offset(self._view.place_at(self._view.viewport().mapFromGlobal(point)))

    def scrollToSubstring(self, startIndex: int, endIndex: int) -> None:  # noqa: ARG002, N803
        """Bring characters on screen."""
        self.setCursorPosition(startIndex)


class AccessibleCode(QAccessibleWidget):
    """The code view among the accessible parts of the window."""

    def __init__(self, view: "CodeView") -> None:
        super().__init__(view, QAccessible.Role.EditableText, view.accessibleName())
        self._text = CodeText(view)

    def interface_cast(self, kind: QAccessible.InterfaceType) -> object:  # type: ignore[override] # PySide's stub tells an address
        """The text, and what the base class has; nothing is an address too: None would end the program."""
        if kind == QAccessible.InterfaceType.TextInterface:
            return self._text
        found: object = super().interface_cast(kind)
        return VoidPtr(0) if found is None else found

    def state(self) -> QAccessible.State:
        """Read-only, of several lines."""
        state = super().state()
        state.readOnly = True
        state.multiLine = True
        return state


def tell_cursor(view: "CodeView") -> None:
    """A screen reader that listens learns where the cursor is now."""
    if QAccessible.isActive():
        interface = QAccessible.queryAccessibleInterface(view)
        text = interface.textInterface() if interface is not None else None
        if text is not None:
            QAccessible.updateAccessibility(QAccessibleTextCursorEvent(view, text.cursorPosition()))
