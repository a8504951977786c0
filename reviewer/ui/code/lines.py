"""Where lines and the cards between them are, from top to bottom. No Qt."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping


class Lines:
    """Vertical places (pixels) in a file of equally high lines, some of which have a card below them."""

    def __init__(self, count: int, height: int, cards: Mapping[int, int]) -> None:
        """`cards` maps a line (from 0) to the height of the card below it."""
        self.count = count
        self.height = height
        self._cards = sorted(cards)
        self._sums = [0]
        for line in self._cards:
            self._sums.append(self._sums[-1] + cards[line])

    @property
    def total(self) -> int:
        """Height of everything."""
        return self.count * self.height + self._sums[-1]

    def top(self, line: int) -> int:
        """Where a line begins."""
        return line * self.height + self._sums[bisect_left(self._cards, line)]

    def line_at(self, y: int) -> int:
        """The line at a height; a card belongs to the line above it."""
        low, high = 0, max(0, self.count - 1)
        while low < high:
            middle = (low + high + 1) // 2
            if self.top(middle) <= y:
                low = middle
            else:
                high = middle - 1
        return low

    def has_card(self, line: int) -> bool:
        """Whether a card is below this line."""
        at = bisect_right(self._cards, line) - 1
        return at >= 0 and self._cards[at] == line


_STRONG = re.compile(
    "(?P<code>`[^`\n]+`)|(?P<bold>Run step \u201c[^\u201d\n]*\u201d|no inputs and no outputs|\u201c[^\u201d\n]*\u201d)"
)


def emphasis(text: str) -> tuple[tuple[str, str], ...]:
    """An explanation as (stretch, `plain`, `bold` or `code`) parts: names and what matters stand out, backticks enclose code."""
    parts: list[tuple[str, str]] = []
    end = 0
    for match in _STRONG.finditer(text):
        parts.append((text[end : match.start()], "plain"))
        parts.append((match["code"].strip("`"), "code") if match["code"] else (match["bold"], "bold"))
        end = match.end()
    parts.append((text[end:], "plain"))
    return tuple((piece, kind) for piece, kind in parts if piece)
