"""How a line of a file is shown: tabs as blanks, every hidden character as a label, nothing that moves what stands beside it."""

import re
from typing import NamedTuple

from reviewer.content.text import is_hidden
from reviewer.content.tricks import short_name

TAB = 4
OPEN, CLOSE = "\u27e6", "\u27e7"
"""What stands around a label, for where it is copied or read aloud."""


class Label(NamedTuple):
    """A stretch of the shown text that stands for one hidden character of the file."""

    start: int
    length: int
    character: str


class Shown(NamedTuple):
    """The text to draw and the labels in it."""

    text: str
    labels: tuple[Label, ...] = ()


def label_text(character: str) -> str:
    """`\u27e6RLO\u27e7`."""
    return f"{OPEN}{short_name(character)}{CLOSE}"


class _Table(dict[int, str]):
    """A str.translate table that learns each character when it is first met."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        self[code] = text = label_text(character) if is_hidden(character) else character
        return text


_LABELLED = _Table()


def visible(text: str) -> str:
    """The text with every hidden character as a label."""
    return text if text.isascii() and text.isprintable() else text.translate(_LABELLED)


def show(line: str, *, blanks: bool = False) -> Shown:
    """One line, or a piece of one, for display; with `blanks`, tabs and blanks at the end can be seen too."""
    tabs = line.expandtabs(TAB) if "\t" in line else line
    if tabs.isascii() and tabs.isprintable():
        return Shown(_with_blanks(line, tabs) if blanks else tabs)
    text = visible(tabs)
    labels: list[Label] = []
    if len(text) != len(tabs) or text != tabs:
        at = 0
        for character in tabs:
            length = len(_LABELLED[ord(character)])
            if length > 1:
                labels.append(Label(at, length, character))
            at += length
    return Shown(_with_blanks(line, text) if blanks else text, tuple(labels))


def shown_column(line: str, column: int) -> int:
    """Where the character at a column (from 0) of a line begins in what is shown of it."""
    return len(visible(line[:column].expandtabs(TAB)))


def column_at(line: str, shown: int) -> int:
    """Which column (from 0) of a line is shown at a place: the opposite of `shown_column`."""
    if line.isascii() and line.isprintable():
        return min(shown, len(line))
    low, high = 0, len(line)
    while low < high:
        middle = (low + high + 1) // 2
        if shown_column(line, middle) <= shown:
            low = middle
        else:
            high = middle - 1
    return low


_TRAILING = re.compile(r" +\Z")


def _with_blanks(line: str, text: str) -> str:
    """The shown text with an arrow at each tab and a dot for each blank at the end; equally long."""
    parts = list(text)
    at = line.find("\t")
    while at >= 0:
        place = shown_column(line, at)
        parts[place] = "\u2192"
        at = line.find("\t", at + 1)
    trailing = _TRAILING.search(text)
    if trailing and line.endswith(" "):
        blank = len(line) - len(line.rstrip(" "))
        for place in range(len(text) - blank, len(text)):
            parts[place] = "\u00b7"
    return "".join(parts)
