"""Tricks by which text shows a reader something else than it is: hidden and reordering characters, lookalikes, code out of sight."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from reviewer.content.text import is_hidden

FAR_RIGHT = 120
"""Columns that a reader is sure to see without scrolling."""

_GAP = 40
"""Blanks in a row within a line, or blank lines in a row, that no formatter makes."""

# What these are called by those who write about them (https://trojansource.codes, UAX #9); others are named by their code.
_SHORT_NAMES = {
    "\0": "NUL",
    "\a": "BEL",
    "\b": "BS",
    "\v": "VT",
    "\f": "FF",
    "\r": "CR",
    "\x1b": "ESC",
    "\x7f": "DEL",
    "\x85": "NEL",
    "\xa0": "NBSP",
    "\xad": "SHY",
    "\u061c": "ALM",
    "\u180e": "MVS",
    "\u200b": "ZWSP",
    "\u200c": "ZWNJ",
    "\u200d": "ZWJ",
    "\u200e": "LRM",
    "\u200f": "RLM",
    "\u2028": "LSEP",
    "\u2029": "PSEP",
    "\u202a": "LRE",
    "\u202b": "RLE",
    "\u202c": "PDF",
    "\u202d": "LRO",
    "\u202e": "RLO",
    "\u2060": "WJ",
    "\u2066": "LRI",
    "\u2067": "RLI",
    "\u2068": "FSI",
    "\u2069": "PDI",
    "\u3000": "IDSP",
    "\ufeff": "BOM",
}
_REORDERING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_WORD = re.compile(r"\w+")
_GAP_THEN_CODE = re.compile(rf"(?<![ \t])[ \t]{{{_GAP},}}+(?=\S)")


class Lookalike(NamedTuple):
    """A word (`start`, `length` in characters) that can be taken for the ASCII word `taken_for`."""

    start: int
    length: int
    taken_for: str


def short_name(character: str) -> str:
    """What a hidden character is called: `RLO`, `ZWSP`, else `U+00AD`."""
    return _SHORT_NAMES.get(character) or f"U+{ord(character):04X}"


def full_name(character: str) -> str:
    """`U+202E RIGHT-TO-LEFT OVERRIDE`."""
    name = unicodedata.name(character, "") or ("control character" if ord(character) < 0xA0 else "unnamed")
    return f"U+{ord(character):04X} {name}"


def hidden(line: str) -> list[int]:
    """Where a line holds hidden characters; tabs, and so indentation, are not counted."""
    if line.isprintable() and line.isascii():
        return []
    return [at for at, character in enumerate(line) if character != "\t" and is_hidden(character)]


def reorders(line: str) -> bool:
    """Whether a line holds characters that make software show it in another order than compilers read it."""
    return not line.isascii() and any(character in _REORDERING for character in line)


def lookalikes(line: str) -> list[Lookalike]:
    """Words that pass for ASCII words: `\\u0430dd` (Cyrillic a) for `add`.

    Words of another script that have letters of their own, such as most of a Russian comment, are left alone.
    """
    if line.isascii():
        return []
    found = []
    for match in _WORD.finditer(line):
        word = match.group()
        if word.isascii():
            continue
        shown = "".join(_ascii_lookalike(character) or character for character in word)
        mixed = any(character.isascii() and character.isalpha() for character in word)
        if shown != word and (shown.isascii() or mixed):
            found.append(Lookalike(match.start(), len(word), shown))
    return found


@cache
def _lookalike_table() -> dict[int, str]:
    from confusable_homoglyphs import confusables  # 600 KB of JSON that few files need

    table = {}
    for character, others in confusables.confusables_data.items():
        if len(character) == 1 and not character.isascii():
            plain = [other["c"] for other in others if len(other["c"]) == 1 and other["c"].isascii()]
            if plain:
                table[ord(character)] = next((c for c in plain if c.isalnum()), plain[0])
    return table


def _ascii_lookalike(character: str) -> str:
    return "" if character.isascii() else _lookalike_table().get(ord(character), "")


def far_right(line: str, tab: int = 4) -> int | None:
    """Where code begins that stands out of sight to the right, behind blanks that no formatter makes; None where there is none."""
    if len(line) <= FAR_RIGHT and "\t" not in line:
        return None
    for match in _GAP_THEN_CODE.finditer(line, 0, 1 << 20):
        if len(line[: match.end()].expandtabs(tab)) >= FAR_RIGHT:
            return match.end()
    return None


def after_blank_lines(lines: Sequence[str]) -> Iterator[int]:
    """Indices of lines that stand behind so many blank ones that a reader may take the file to end before them."""
    blank = 0
    for index, line in enumerate(lines):
        if not line or line.isspace():
            blank += 1
        else:
            if blank >= _GAP:
                yield index
            blank = 0
