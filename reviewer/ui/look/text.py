"""Project text made fit to show: nothing invisible, nothing that reorders, nothing without end. No Qt."""

import re
import unicodedata
from collections.abc import Sequence

from reviewer.content.shown import visible as visible  # names and messages need it beside `one_line`

_PLAIN = re.compile(r"[\x20-\x7e]*\Z")


def reorders(line: str) -> bool:
    """Whether the line holds right-to-left letters, which would be drawn in another order than they are stored."""
    return not _PLAIN.match(line) and any(unicodedata.bidirectional(char) in {"R", "AL", "AN"} for char in line)


def one_line(text: str, limit: int = 120) -> str:
    """A name or message for a label: one line, everything visible, cut in the middle beyond `limit` characters."""
    shown = visible(text[: limit * 4].replace("\n", " ").replace("\t", " "))
    if len(shown) <= limit:
        return shown
    half = (limit - 1) // 2
    return f"{shown[:half]}\u2026{shown[-half:]}"


def listed(names: Sequence[str], most: int = 4) -> str:
    """`a, b, c, d and 3 more`."""
    shown = ", ".join(names[:most])
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown


def counted(number: int, one: str, many: str | None = None) -> str:
    """`1 run step`, `1,204 run steps`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
