"""Finds a text in what is shown of a file, a slice of time after the other, so that no size makes the window wait."""

import re
import time
from array import array
from bisect import bisect_left, bisect_right

from PySide6.QtCore import QObject, QTimer, Signal

from reviewer.content.shown import show
from reviewer.review.document import Document
from reviewer.ui.code.motion import Place

MOST = 100_000
"""Matches that are counted; more are told as `100,000+`."""

_SLICE = 0.012
"""Seconds of the window's thread at a time."""


class Finder(QObject):
    """`progressed` when more matches are known; `matches` are places in what is shown, in order.

    Case matters where the query has a capital letter.
    """

    progressed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.pattern: re.Pattern[str] | None = None
        self.matches: list[tuple[Place, Place]] = []
        self.pieces = array("q")
        self.is_done = True
        self._document: Document | None = None
        self._at = self._reach = 0
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._go_on)

    def search(self, document: Document, query: str) -> None:
        """Begin anew; an empty query ends searching."""
        self.matches, self.pieces, self._at = [], array("q"), 0
        self._document, self._reach = document, max(0, len(query) - 1)
        case = 0 if any(character.isupper() for character in query) else re.IGNORECASE
        self.pattern = re.compile(re.escape(query), case) if query else None
        self.is_done = self.pattern is None
        self._timer.stop()
        if not self.is_done:
            self._go_on()
            if not self.is_done:
                self._timer.start()

    def _go_on(self) -> None:
        assert self._document is not None
        assert self.pattern is not None
        begin = time.perf_counter()
        while self._at < len(self._document.pieces) and len(self.matches) < MOST:
            if self._at % 64 == 0 and time.perf_counter() - begin > _SLICE:
                self.progressed.emit()
                return
            self._search_piece(self._document, self.pattern)
            self._at += 1
        self.is_done = True
        self._timer.stop()
        self.progressed.emit()

    def _search_piece(self, document: Document, pattern: re.Pattern[str]) -> None:
        piece = self._at
        text = show(document.pieces[piece]).text
        length = len(text)
        if piece + 1 < len(document.pieces) and not document.starts_line(piece + 1):
            text += show(document.pieces[piece + 1]).text[: self._reach]  # a match may go on in the next piece
        for found in pattern.finditer(text):
            if found.start() < length:
                end = (piece, found.end()) if found.end() <= length else (piece + 1, found.end() - length)
                self.matches.append(((piece, found.start()), end))
                self.pieces.append(piece)

    def number_at(self, place: Place) -> int | None:
        """The index of the match that ends or begins at a place."""
        for index in range(bisect_left(self.pieces, place[0] - 1), bisect_right(self.pieces, place[0])):
            if place in self.matches[index]:
                return index
        return None

    def following(self, place: Place, by: int, *, here: bool = False) -> int | None:
        """The match after (1) or before (-1) a place, around the end; with `here` one that begins at it counts."""
        if not self.matches:
            return None
        at = bisect_left(self.matches, place, key=lambda match: match[0])
        if by > 0:
            if not here and at < len(self.matches) and self.matches[at][0] == place:
                at += 1
            return at % len(self.matches)
        if at and self.matches[at - 1][1] == place:  # the one that the cursor is at the end of
            at -= 1
        return (at - 1) % len(self.matches)
