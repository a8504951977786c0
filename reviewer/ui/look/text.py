"""Project text made fit to show: nothing invisible, nothing that reorders, nothing without end. No Qt."""

import re
import unicodedata

LINE_LIMIT = 2_000
"""Characters of one line that are shown; the rest is announced, not drawn."""

_OPEN, _CLOSE = "\u27e6", "\u27e7"
LABEL = re.compile(f"{_OPEN}[^{_CLOSE}]*{_CLOSE}")
"""What `visible` puts in place of a character that cannot be seen."""

_TAB = 4
_HIDDEN_CATEGORIES = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_INVISIBLE = {0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B, 0x180C, 0x180D, 0x3164, 0xFFA0, 0x2800}
_INVISIBLE |= set(range(0xFE00, 0xFE10)) | set(range(0xE0100, 0xE01F0))
_PLAIN = re.compile(r"[\x20-\x7e]*\Z")


def is_hidden(character: str) -> bool:
    """Whether a character is a control, format, private, unassigned or otherwise invisible one, or an odd space."""
    if character == " ":
        return False
    category = unicodedata.category(character)
    return category in _HIDDEN_CATEGORIES or category == "Zs" or ord(character) in _INVISIBLE


def visible(text: str) -> str:
    """The text with every hidden character written out as a label such as `U+202E` in white square brackets."""
    if _PLAIN.match(text):
        return text
    return "".join(f"{_OPEN}U+{ord(char):04X}{_CLOSE}" if is_hidden(char) else char for char in text)


def visible_line(line: str, limit: int = LINE_LIMIT) -> str:
    """One line of a file for display: tabs as spaces, hidden characters labelled, cut with a mark beyond `limit` characters."""
    rest = len(line) - limit
    line = line[:limit].expandtabs(_TAB)
    return visible(line) + (f" {_OPEN}{rest:,} more characters{_CLOSE}" if rest > 0 else "")


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


def counted(number: int, one: str, many: str | None = None) -> str:
    """`1 run step`, `1,204 run steps`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
