"""Colours for code, a chunk of pieces at a time, in any thread, so that the size of a file never matters. No Qt."""

from collections.abc import Iterator, Sequence
from itertools import chain, pairwise
from typing import NamedTuple

from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.lexers.special import TextLexer
from pygments.lexers.zig import ZigLexer
from pygments.token import Token, _TokenType

from reviewer.content.shown import Shown, show
from reviewer.review.document import Document

CHUNK = 128
"""Pieces that are coloured together."""

_COLORED = 1_000
"""Characters of a piece that are coloured where pieces are coloured by themselves: bounds the time that one chunk can take."""

_STREAMED = 2 << 20
"""Characters up to which a language is coloured whose constructs span lines: its colours need everything before, and wrong ones mislead."""

_KEPT = 64

# Only languages whose lexers are simple: a file's name is the attacker's choice, and pygments knows five hundred languages.
_LANGUAGES = {
    "bash": "bash",
    "c": "c",
    "cc": "cpp",
    "cjs": "javascript",
    "cmake": "cmake",
    "cpp": "cpp",
    "cxx": "cpp",
    "go": "go",
    "h": "c",
    "hpp": "cpp",
    "js": "javascript",
    "json": "json",
    "m": "objective-c",
    "mjs": "javascript",
    "mk": "make",
    "py": "python",
    "pyi": "python",
    "rs": "rust",
    "sh": "bash",
    "toml": "toml",
    "ts": "typescript",
    "yaml": "yaml",
    "yml": "yaml",
    "zig": "zig",
    "zon": "zig",
}
_NAMES = {"CMakeLists.txt": "cmake", "GNUmakefile": "make", "Makefile": "make", "makefile": "make"}


class Span(NamedTuple):
    """A coloured stretch of a shown piece; `role` is a theme colour such as `code_keyword`."""

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
    """The lexer for a file name; unknown names are plain text."""
    name = path.rpartition("/")[2]
    language = _NAMES.get(name) or _LANGUAGES.get(name.rpartition(".")[2].lower())
    return get_lexer_by_name(language, stripnl=False, ensurenl=True) if language else TextLexer(stripnl=False)


Colors = list[tuple[Span, ...]]


class Highlighter:
    """Shown text and colours of a document's pieces. `color` may be called in any thread, but in one at a time."""

    def __init__(self, document: Document) -> None:
        self._pieces = document.pieces
        self._lexer = TextLexer() if document.is_bytes else lexer_for(document.path)
        self._plain = isinstance(self._lexer, TextLexer)
        # Zig has no construct that spans lines, so any chunk can be coloured by itself.
        self._by_itself = isinstance(self._lexer, ZigLexer)
        if not self._by_itself and not self._plain:
            self._plain = int(document.widths.sum()) > _STREAMED
        self._stream: Iterator[tuple[int, Span]] | None = None
        self._streamed: list[list[Span]] = []
        self._next: tuple[int, Span] | None = None
        self._colors: dict[int, Colors] = {}

    def shown(self, piece: int, *, blanks: bool = False) -> Shown:
        """What is shown of a piece."""
        return show(self._pieces[piece], blanks=blanks)

    def spans(self, piece: int) -> tuple[Span, ...] | None:
        """The colours of a piece; None where its chunk was not coloured yet."""
        if self._plain:
            return ()
        colors = self._colors.get(piece // CHUNK)
        return None if colors is None else colors[piece % CHUNK]

    def is_quick(self, number: int) -> bool:
        """Whether a chunk is coloured in a few milliseconds."""
        first = number * CHUNK
        if not self._by_itself and first > len(self._streamed) + CHUNK:
            return False
        return sum(min(len(piece), _COLORED) for piece in self._pieces[first : first + CHUNK]) <= 12_000

    def color(self, number: int) -> Colors:
        """Work out the colours of a chunk."""
        first = number * CHUNK
        last = min(first + CHUNK, len(self._pieces))
        if self._by_itself:
            return spans(self._lexer, [self.shown(piece).text[:_COLORED] for piece in range(first, last)])
        self._stream_to(last)
        return [tuple(found) for found in self._streamed[first:last]]

    def keep(self, number: int, colors: Colors) -> None:
        """Remember what `color` found."""
        if len(self._colors) > _KEPT:
            self._colors.clear()
        self._colors[number] = colors

    def _stream_to(self, last: int) -> None:
        if self._stream is None:
            self._stream = _tokens(self._lexer, [self.shown(piece).text for piece in range(len(self._pieces))])
            self._next = next(self._stream, None)
        while len(self._streamed) < last:
            self._streamed.append([])
            while self._next is not None and self._next[0] < len(self._streamed):
                self._streamed[self._next[0]].append(self._next[1])
                self._next = next(self._stream, None)


def spans(lexer: Lexer, lines: Sequence[str]) -> Colors:
    """The coloured stretches of each line."""
    found: list[list[Span]] = [[] for _ in lines]
    for row, span in _tokens(lexer, lines):
        found[row].append(span)
    return [tuple(line) for line in found]


def _tokens(lexer: Lexer, lines: Sequence[str]) -> Iterator[tuple[int, Span]]:
    """The coloured stretches one after the other, each with the index of its line, read no further than asked for."""
    row = column = 0
    tokens = ((kind, value) for _, kind, value in lexer.get_tokens_unprocessed("\n".join(lines) + "\n"))
    for (kind, value), (_, following) in pairwise(chain(tokens, [(Token.Text, "")])):
        role = _role(kind)
        if role is None and _is(kind, Token.Name) and following.startswith("("):
            role = "code_function"
        for number, part in enumerate(value.split("\n")):
            if number:
                row, column = row + 1, 0
            if part and role and row < len(lines):
                yield row, Span(column, len(part), role)
            column += len(part)


def _is(kind: _TokenType, whole: _TokenType) -> bool:
    return kind[: len(whole)] == whole


def _role(kind: _TokenType) -> str | None:
    return next((role for token, role in _ROLES if _is(kind, token)), None)
