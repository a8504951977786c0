"""Which rows there are on the page of a file, and where: wrapped pieces, folded stretches, cards between them. No Qt.

A row is what is drawn between two heights: a piece of a line, a part of one where it is wrapped, or a band for what is folded.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray


class Rows:
    """Rows of equal height (pixels), some of which have a card below them. Pieces and rows count from 0."""

    def __init__(
        self,
        widths: NDArray[np.int32],
        height: int,
        *,
        wrap: int | None = None,
        cards: Mapping[int, int] | None = None,
        folds: Sequence[tuple[int, int]] = (),
    ) -> None:
        """`wrap`: characters in a row. `cards`: height of the card below a piece. `folds`: (first, last) pieces of each stretch to hide."""
        self.height = height
        self.wrap = wrap
        counts = np.ones(len(widths), np.int64) if wrap is None else np.maximum(1, -(-widths.astype(np.int64) // wrap))
        for first, last in folds:
            counts[first : last + 1] = 0
            counts[first] = 1
        self._ends = np.cumsum(counts)
        self.count = int(self._ends[-1])
        self._folds = dict(folds)
        # The card of a piece is below its last row.
        below = {int(self._ends[piece]) - 1: size for piece, size in (cards or {}).items()}
        self._cards = sorted(below)
        self._sums = [0]
        for row in self._cards:
            self._sums.append(self._sums[-1] + below[row])

    @property
    def total(self) -> int:
        """Height of everything."""
        return self.count * self.height + self._sums[-1]

    def top(self, row: int) -> int:
        """Where a row begins."""
        return row * self.height + self._sums[bisect_left(self._cards, row)]

    def row_at(self, y: int) -> int:
        """The row at a height; a card belongs to the row above it."""
        low, high = 0, self.count - 1
        while low < high:
            middle = (low + high + 1) // 2
            if self.top(middle) <= y:
                low = middle
            else:
                high = middle - 1
        return low

    def has_card(self, row: int) -> bool:
        """Whether a card is below this row."""
        at = bisect_right(self._cards, row) - 1
        return at >= 0 and self._cards[at] == row

    def place(self, row: int) -> tuple[int, int]:
        """The piece in a row, and at which of its shown characters the row begins."""
        piece = int(np.searchsorted(self._ends, row, side="right"))
        return piece, (row - self._first(piece)) * (self.wrap or 0)

    def row_of(self, piece: int, column: int = 0) -> int:
        """The row of a shown character of a piece; for a folded one the band that stands for it."""
        first, last = self._first(piece), int(self._ends[piece]) - 1
        if last < first:
            return last
        return first if self.wrap is None else min(first + column // self.wrap, last)

    def fold_at(self, row: int) -> tuple[int, int] | None:
        """First and last piece of the stretch that a row stands for; None for any other row."""
        piece, _ = self.place(row)
        last = self._folds.get(piece)
        return None if last is None else (piece, last)

    def _first(self, piece: int) -> int:
        return int(self._ends[piece - 1]) if piece else 0


def stretches_to_fold(count: int, keep: Iterable[int], around: int = 3, least: int = 3) -> list[tuple[int, int]]:
    """What lies further than `around` pieces from all that must stay visible, as (first, last); stretches shorter than `least` stay."""
    found = []
    start = 0
    for piece in [*sorted(set(keep)), count + around]:
        end = piece - around
        if end - start >= least:
            found.append((start, end - 1))
        start = max(start, piece + around + 1)
    return [(first, min(last, count - 1)) for first, last in found if first < count]
