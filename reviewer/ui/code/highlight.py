"""Colours for code, a chunk of pieces at a time, in any thread, so that the size of a file never matters. No Qt."""

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import chain, pairwise
from typing import NamedTuple

from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.lexers.special import TextLexer
from pygments.lexers.zig import ZigLexer
from pygments.token import Token, _TokenType

from reviewer.content.shown import Shown, show
from reviewer.review.document import Document

CHUNK = 64
"""Pieces that are coloured together."""

_BEFORE = 64
"""Pieces of one line before a chunk that are looked at to know how its first piece goes on; where that is not enough it is not coloured."""

_STREAMED = 2 << 20
"""Characters up to which a language is coloured whose constructs span lines: its colours need everything before, and wrong ones mislead."""

_KEPT = 128

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
    """Shown text and colours of a document's pieces, by the `lexer` for its name. `color` may be called in any thread, in one at a time."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._pieces = document.pieces
        self.lexer = TextLexer() if document.is_bytes else lexer_for(document.path)
        self._plain = isinstance(self.lexer, TextLexer)
        # Zig has no construct that spans lines, so any chunk can be coloured by itself.
        self._by_itself = isinstance(self.lexer, ZigLexer)
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
        if not self._document.starts_line(min(first, len(self._pieces) - 1)):
            return False
        return sum(len(piece) for piece in self._pieces[first : first + CHUNK]) <= 8_000

    def color(self, number: int) -> Colors:
        """Work out the colours of a chunk."""
        first = number * CHUNK
        last = min(first + CHUNK, len(self._pieces))
        if self._by_itself:
            begin = self._sound_start(first, last)
            unknown: Colors = [()] * (begin - first)
            return unknown + self._spans(begin, last)[max(0, first - begin) :]
        self._stream_to(last)
        return [tuple(found) for found in self._streamed[first:last]]

    def keep(self, number: int, colors: Colors) -> None:
        """Remember what `color` found."""
        if len(self._colors) > _KEPT:
            self._colors.clear()
        self._colors[number] = colors

    def _sound_start(self, first: int, last: int) -> int:
        """Where a line begins: not far before a piece, else after it."""
        begin = first
        while not self._document.starts_line(begin) and first - begin < _BEFORE:
            begin -= 1
        if not self._document.starts_line(begin):
            begin = first
            while begin < last and not self._document.starts_line(begin):
                begin += 1
        return begin

    def _spans(self, first: int, last: int) -> Colors:
        texts = [self.shown(piece).text for piece in range(first, last)]
        goes_on = [not self._document.starts_line(piece) for piece in range(first, last)]
        return spans(self.lexer, texts, goes_on)

    def _stream_to(self, last: int) -> None:
        if self._stream is None:
            count = range(len(self._pieces))
            goes_on = [not self._document.starts_line(piece) for piece in count]
            self._stream = _tokens(self.lexer, [self.shown(piece).text for piece in count], goes_on)
            self._next = next(self._stream, None)
        while len(self._streamed) < last:
            self._streamed.append([])
            while self._next is not None and self._next[0] < len(self._streamed):
                self._streamed[self._next[0]].append(self._next[1])
                self._next = next(self._stream, None)


def spans(lexer: Lexer, pieces: Sequence[str], goes_on: Sequence[bool] = ()) -> Colors:
    """The coloured stretches of each piece; `goes_on` tells which go on with the line of the one before."""
    found: list[list[Span]] = [[] for _ in pieces]
    for row, span in _tokens(lexer, pieces, goes_on):
        found[row].append(span)
    return [tuple(row) for row in found]


def _tokens(lexer: Lexer, pieces: Sequence[str], goes_on: Sequence[bool]) -> Iterator[tuple[int, Span]]:
    """The coloured stretches one after the other, each with the index of its piece, read no further than asked for."""
    parts: list[str] = []
    starts: list[int] = []
    at = 0
    for number, piece in enumerate(pieces):
        if number and not (goes_on and goes_on[number]):
            parts.append("\n")
            at += 1
        starts.append(at)
        parts.append(piece)
        at += len(piece)
    tokens = lexer.get_tokens_unprocessed("".join(parts) + "\n")
    row = 0
    for (start, kind, value), (_, _, following) in pairwise(chain(tokens, [(0, Token.Text, "")])):
        role = _role(kind)
        if role is None and _is(kind, Token.Name) and following.startswith("("):
            role = "code_function"
        if role is None:
            continue
        end = start + len(value)
        while row + 1 < len(starts) and starts[row + 1] <= start:
            row += 1
        if end <= starts[row] + len(pieces[row]):
            yield row, Span(start - starts[row], end - start, role)
            continue
        for other in range(row, len(starts)):  # it spans pieces
            if starts[other] >= end:
                break
            first, last = max(start, starts[other]), min(end, starts[other] + len(pieces[other]))
            if first < last:
                yield other, Span(first - starts[other], last - first, role)


def _is(kind: _TokenType, whole: _TokenType) -> bool:
    return kind[: len(whole)] == whole


@cache
def _role(kind: _TokenType) -> str | None:
    return next((role for token, role in _ROLES if _is(kind, token)), None)
