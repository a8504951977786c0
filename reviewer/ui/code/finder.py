"""Finds a text in what is shown of a file, a slice of time after the other, so that no size makes the window wait."""

import re
import time
from array import array
from bisect import bisect_left

from PySide6.QtCore import QObject, QTimer, Signal

from reviewer.content.shown import show
from reviewer.review.document import Document
from reviewer.ui.code.motion import Place

MOST = 100_000
"""Matches that are counted; more are told as `100,000+`."""

_SLICE = 0.012
"""Seconds of the window's thread at a time."""


class Finder(QObject):
    """`progressed` when more matches are known. Matches are numbered in the order of the file; their places are those of what is shown.

    Case matters where the query has a capital letter.
    """

    progressed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.pattern: re.Pattern[str] | None = None
        # Places packed into numbers: a hundred thousand tuples would keep the cycle collector busy.
        self._starts = array("q")
        self._ends = array("q")
        self.is_done = True
        self._document: Document | None = None
        self._at = self._reach = 0
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._go_on)

    def search(self, document: Document, query: str) -> None:
        """Begin anew; an empty query ends searching."""
        self._starts, self._ends, self._at = array("q"), array("q"), 0
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
        while self._at < len(self._document.pieces) and self.count < MOST:
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
                self._starts.append(_packed((piece, found.start())))
                self._ends.append(_packed(end))

    @property
    def count(self) -> int:
        """How many matches are known."""
        return len(self._starts)

    def match(self, number: int) -> tuple[Place, Place]:
        """Where a match begins and ends."""
        return _place(self._starts[number]), _place(self._ends[number])

    def pieces(self, most: int) -> list[int]:
        """Where matches are: every so many, so that they are about `most`."""
        return [_place(start)[0] for start in self._starts[:: max(1, self.count // most)]]

    def knows_beyond(self, place: Place) -> bool:
        """Whether a match behind a place is known."""
        return self.count > 0 and self._starts[-1] > _packed(place)

    def number_at(self, place: Place) -> int | None:
        """The number of the match that begins or ends at a place."""
        packed = _packed(place)
        for places in (self._ends, self._starts):
            at = bisect_left(places, packed)
            if at < len(places) and places[at] == packed:
                return at
        return None

    def following(self, place: Place, by: int, *, here: bool = False) -> int | None:
        """The match after (1) or before (-1) a place, around the end; with `here` one that begins at it counts."""
        if not self.count:
            return None
        packed = _packed(place)
        at = bisect_left(self._starts, packed)
        if by > 0:
            if not here and at < self.count and self._starts[at] == packed:
                at += 1
            return at % self.count
        if at and self._ends[at - 1] == packed:  # the one that the cursor is at the end of
            at -= 1
        return (at - 1) % self.count


_COLUMNS = 1 << 20
"""More than there are characters in what is shown of a piece."""


def _packed(place: Place) -> int:
    return place[0] * _COLUMNS + place[1]


def _place(packed: int) -> Place:
    return divmod(packed, _COLUMNS)
