"""Colours for code, a stretch of lines at a time, so that the size of a file never matters. No Qt."""

from collections.abc import Sequence
from typing import NamedTuple

from pygments.lexer import Lexer
from pygments.lexers import get_lexer_for_filename
from pygments.lexers.special import TextLexer
from pygments.token import Token, _TokenType
from pygments.util import ClassNotFound

from reviewer.ui.look.text import LABEL, visible_line

CHUNK = 128
"""Lines that are coloured together. Zig has no construct that spans lines, so a chunk's start is always a sound start."""

_COLORED = 400
"""Characters of a line that are coloured: bounds the time that one chunk can take."""


class Span(NamedTuple):
    """A coloured stretch of a displayed line; `role` is a theme colour such as `code_keyword`."""

    start: int
    length: int
    role: str


_ROLES: tuple[tuple[_TokenType, str], ...] = (
    (Token.Comment, "code_comment"),
    (Token.Literal.String, "code_string"),
    (Token.Literal.Number, "code_number"),
    (Token.Name.Function, "code_function"),
    (Token.Name.Builtin, "code_builtin"),
    (Token.Name.Decorator, "code_builtin"),
    (Token.Keyword.Constant, "code_number"),
    (Token.Keyword.Type, "code_builtin"),
    (Token.Keyword, "code_keyword"),
)


def lexer_for(path: str) -> Lexer:
    """The lexer for a file name; `.zon` is Zig, unknown names are plain text."""
    name = path.rpartition("/")[2]
    try:
        return get_lexer_for_filename(f"{name}.zig" if name.endswith(".zon") else name, stripnl=False, ensurenl=True)
    except ClassNotFound:
        return TextLexer(stripnl=False, ensurenl=True)


class Highlighter:
    """Display text and colours of a file's lines, worked out when they are first looked at."""

    def __init__(self, path: str, lines: Sequence[str]) -> None:
        self._lexer = lexer_for(path)
        self._lines = lines
        self._chunks: dict[int, list[tuple[str, tuple[Span, ...]]]] = {}

    def line(self, index: int) -> tuple[str, tuple[Span, ...]]:
        """The displayed text and the spans of a line (from 0)."""
        number, offset = divmod(index, CHUNK)
        if number not in self._chunks:
            if len(self._chunks) > 64:
                self._chunks.clear()
            self._chunks[number] = self._color(number)
        return self._chunks[number][offset]

    def _color(self, number: int) -> list[tuple[str, tuple[Span, ...]]]:
        shown = [visible_line(line) for line in self._lines[number * CHUNK : (number + 1) * CHUNK]]
        return list(zip(shown, spans(self._lexer, [line[:_COLORED] for line in shown]), strict=True))


def spans(lexer: Lexer, lines: Sequence[str]) -> list[tuple[Span, ...]]:
    """The coloured stretches of each line; labels of hidden characters are always `red`."""
    found: list[list[Span]] = [[] for _ in lines]
    row = column = 0
    tokens = [(kind, value) for _, kind, value in lexer.get_tokens_unprocessed("\n".join(lines) + "\n")]
    for index, (kind, value) in enumerate(tokens):
        role = _role(kind)
        if role is None and _is(kind, Token.Name) and index + 1 < len(tokens) and tokens[index + 1][1].startswith("("):
            role = "code_function"
        for part_number, part in enumerate(value.split("\n")):
            if part_number:
                row, column = row + 1, 0
            if part and role and row < len(found):
                found[row].append(Span(column, len(part), role))
            column += len(part)
    for row, line in enumerate(lines):
        found[row] += [Span(match.start(), len(match.group()), "red") for match in LABEL.finditer(line)]
    return [tuple(line) for line in found]


def _is(kind: _TokenType, whole: _TokenType) -> bool:
    return kind[: len(whole)] == whole


def _role(kind: _TokenType) -> str | None:
    return next((role for token, role in _ROLES if _is(kind, token)), None)
