"""Where the cursor goes: up and down by rows, left and right by characters and words. No Qt."""

import re
from collections.abc import Callable
from enum import Enum, auto

from reviewer.ui.code.rows import Rows

Place = tuple[int, int]
"""A piece and a column in what is shown of it, from 0."""

_WORD = re.compile(r"\w+|[^\w\s]+")


class Motion(Enum):
    """A way to move."""

    UP = auto()
    DOWN = auto()
    PAGE_UP = auto()
    PAGE_DOWN = auto()
    LEFT = auto()
    RIGHT = auto()
    WORD_LEFT = auto()
    WORD_RIGHT = auto()
    LINE_START = auto()
    LINE_END = auto()
    FILE_START = auto()
    FILE_END = auto()


class Mover:
    """Moves within the rows of one file; `text_of` tells what is shown of a piece."""

    def __init__(self, rows: Rows, text_of: Callable[[int], str], page: int) -> None:
        self._rows = rows
        self._text = text_of
        self._page = page

    def moved(self, place: Place, motion: Motion, *, wanted: int | None = None) -> Place:
        """The place after a motion; up and down keep to the column `wanted` where the row is long enough."""
        piece, column = place
        last = self._rows.place(self._rows.count - 1)[0]
        match motion:
            case Motion.UP | Motion.DOWN | Motion.PAGE_UP | Motion.PAGE_DOWN:
                return self._by_rows(place, motion, wanted)
            case Motion.LEFT if column == 0:
                return (piece - 1, len(self._text(piece - 1))) if piece else place
            case Motion.LEFT:
                return piece, column - 1
            case Motion.RIGHT if column >= len(self._text(piece)):
                return (piece + 1, 0) if piece < last else place
            case Motion.RIGHT:
                return piece, column + 1
            case Motion.WORD_LEFT:
                starts = [found.start() for found in _WORD.finditer(self._text(piece), 0, column)]
                return (piece, starts[-1]) if starts else (piece, 0) if column else self.moved(place, Motion.LEFT)
            case Motion.WORD_RIGHT:
                found = _WORD.search(self._text(piece), column)
                if column >= len(self._text(piece)):
                    return self.moved(place, Motion.RIGHT)
                return piece, found.end() if found else len(self._text(piece))
            case Motion.LINE_START:
                text = self._text(piece)
                indent = len(text) - len(text.lstrip())
                return piece, 0 if column == indent else indent
            case Motion.LINE_END:
                return piece, len(self._text(piece))
            case Motion.FILE_START:
                return 0, 0
            case Motion.FILE_END:
                return last, len(self._text(last))

    def _by_rows(self, place: Place, motion: Motion, wanted: int | None) -> Place:
        step = self._page if motion in (Motion.PAGE_UP, Motion.PAGE_DOWN) else 1
        row = self._rows.row_of(*place)
        back = motion in (Motion.UP, Motion.PAGE_UP)
        target = min(max(row - step if back else row + step, 0), self._rows.count - 1)
        if target == row:
            return place
        piece, start = self._rows.place(target)
        within = place[1] - self._rows.place(row)[1] if wanted is None else wanted
        length = len(self._text(piece)) - start
        if self._rows.wrap is not None and length > self._rows.wrap:
            length = self._rows.wrap - 1
        return piece, start + min(within, length)


def word_at(text: str, column: int) -> tuple[int, int] | None:
    """Where the word at a column, or just before it, begins and ends."""
    for found in re.finditer(r"\w+", text):
        if found.start() <= column <= found.end():
            return found.span()
    return None
