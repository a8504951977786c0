"""A file of a package as the reviewer reads it: cut into pieces that can be shown one by one, whatever its size and bytes."""

import codecs
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple, overload

import numpy as np
from numpy.typing import NDArray

from reviewer.content.kind import entropy, file_kind
from reviewer.content.read import LIMIT, read_part
from reviewer.content.shown import show
from reviewer.content.tricks import after_blank_lines, far_right, full_name, hidden, lookalikes
from reviewer.errors import ReviewerError
from reviewer.progress import Progress

PIECE = 2_000
"""Characters of a line that are shown together; what is longer goes on in further pieces."""

_BLOCK = 256 << 10
_HEX_ROW = 16
_HEX_PAGE = 64 << 10
_MOST_HEX_ROWS = 1 << 26
_MOST_FLAGS = 10_000


class Flag(NamedTuple):
    """A place that shows a reader something else than it is: a warning for `line`, about what is at `target` (line, column), from 1."""

    line: int
    text: str
    target: tuple[int, int]


@dataclass(frozen=True)
class Document:
    """A file made fit to be shown. Lines count from 1, pieces from 0; a long line has several pieces, any other one.

    `continued` holds the pieces that go on with the line of the piece before, ascending. `widths`: how many characters are shown of each.
    """

    path: str
    kind: str
    size: int
    pieces: Sequence[str]
    widths: NDArray[np.int32]
    continued: Sequence[int] = ()
    flags: Sequence[Flag] = ()
    notes: Sequence[str] = ()
    is_bytes: bool = False

    @property
    def line_count(self) -> int:
        """How many lines there are."""
        return len(self.pieces) - len(self.continued)

    def line_of(self, piece: int) -> int:
        """The line that a piece belongs to."""
        return piece + 1 - bisect_right(self.continued, piece)

    def starts_line(self, piece: int) -> bool:
        """Whether a piece is the first of its line."""
        at = bisect_left(self.continued, piece)
        return at == len(self.continued) or self.continued[at] != piece

    def first_piece(self, line: int) -> int:
        """The first piece of a line; the last line's for one that is too large."""
        index = min(max(line, 1), self.line_count) - 1
        # The k-th continued piece belongs to line index continued[k] - k - 1: how many belong to lines before this one?
        low, high = 0, len(self.continued)
        while low < high:
            middle = (low + high) // 2
            if self.continued[middle] - middle - 1 < index:
                low = middle + 1
            else:
                high = middle
        return index + low

    def last_piece(self, line: int) -> int:
        """The last piece of a line."""
        return self.first_piece(line + 1) - 1 if line < self.line_count else len(self.pieces) - 1

    def place(self, line: int, column: int) -> tuple[int, int]:
        """The piece and the column in it (from 0) of a column (from 1) of a line."""
        piece, rest = self.first_piece(line), max(0, column - 1)
        last = self.last_piece(line)
        while piece < last and rest >= len(self.pieces[piece]):
            rest -= len(self.pieces[piece])
            piece += 1
        return piece, min(rest, len(self.pieces[piece]))

    def column(self, piece: int, column: int) -> int:
        """The column (from 1) in its line of a column (from 0) of a piece."""
        first = self.first_piece(self.line_of(piece))
        return sum(len(self.pieces[before]) for before in range(first, piece)) + column + 1


def open_document(
    folder: Path, path: str, *, as_bytes: bool | None = None, progress: Progress | None = None
) -> Document:
    """The file `path` of the package in `folder`; `as_bytes` None lets its content decide. Any thread may call this.

    Text beyond 20 MB is left out, which the notes tell. Raises ReviewerError, and CancelledError when `progress` was cancelled.
    """
    progress = progress or Progress()
    head, size = read_part(folder, path, 0, LIMIT)
    kind = file_kind(head)
    if kind.binary if as_bytes is None else as_bytes:
        notes = [f"entropy {entropy(head):.1f} of 8 bits"] if head else []
        rows = min(-(-size // _HEX_ROW), _MOST_HEX_ROWS)
        if rows == _MOST_HEX_ROWS:
            notes.append("only the first gigabyte is shown")
        widths = np.full(max(rows, 1), len(_hex_row(0, b"")), np.int32)
        return Document(path, kind.name, size, _HexRows(folder, path, rows), widths, notes=notes, is_bytes=True)
    made = _Cutter(head, progress).cut()
    notes = [*made.notes]
    if size > len(head):
        notes.append(f"only the first {LIMIT >> 20} MB are shown")
    return Document(path, kind.name, size, made.pieces, made.widths(), made.continued, tuple(made.flags), notes)


class _Cutter:
    """Cuts block by block, so that other threads get their turn."""

    def __init__(self, content: bytes, progress: Progress) -> None:
        self.content = content
        self.progress = progress
        self.pieces: list[str] = []
        self.continued: list[int] = []
        self.flags: list[Flag] = []
        self.notes: list[str] = []
        self._lengths: list[int] = []

    def widths(self) -> NDArray[np.int32]:
        """Length of what is shown of each piece."""
        return np.array(self._lengths, np.int32)

    def cut(self) -> "_Cutter":
        """Everything."""
        self._note_line_ends()
        line = 0
        for lines in self._blocks():
            self.progress.check()
            for text in lines:
                line += 1
                self._add(line, text)
        self._flag_blank_pages()
        self.flags.sort()
        return self

    def _note_line_ends(self) -> None:
        content = self.content
        returns, feeds, both = self._count(b"\r"), self._count(b"\n"), self._count(b"\r\n")
        self._end = "\r" if returns and not feeds else "\n"
        if self._end == "\r":
            self.notes.append("line ends: CR only, so most compilers see one line")
        elif returns > both:
            self.notes.append(f"{returns - both:,} carriage returns inside lines: some programs begin a new line there")
        elif both and both < feeds:
            self.notes.append("line ends: mixed (CRLF and LF)")
        elif both:
            self.notes.append("line ends: CRLF")
        if content.startswith(codecs.BOM_UTF8):
            self.notes.append("begins with a byte order mark")

    def _count(self, part: bytes) -> int:
        """How often a part occurs; a block at a time, because nothing else runs meanwhile."""
        starts = range(0, len(self.content), _BLOCK)
        return sum(self.content.count(part, start, start + _BLOCK + len(part) - 1) for start in starts)

    def _blocks(self) -> Iterator[list[str]]:
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        broken, rest = 0, ""
        for start in range(0, len(self.content), _BLOCK):
            text = decoder.decode(self.content[start : start + _BLOCK])
            broken += text.count("\ufffd")
            *lines, rest = (rest + text).split(self._end)
            yield lines
        text = decoder.decode(b"", final=True)
        broken += text.count("\ufffd") - self._count("\ufffd".encode())
        rest += text
        if rest or not self.pieces:
            yield [rest]
        if broken > 0:
            self.notes.append(f"{broken:,} bytes that are not UTF-8, shown as \ufffd")

    def _add(self, line: int, text: str) -> None:
        if text.endswith("\r"):
            text = text[:-1]
        plain = text.isascii() and text.isprintable()
        if len(self.flags) < _MOST_FLAGS:
            self._flag(line, text, plain=plain)
        if len(text) <= PIECE and (plain or "\r" not in text):
            self.pieces.append(text)
            self._lengths.append(len(text) if plain else len(show(text).text))
            return
        parts = text.split("\r")
        ends = [f"{part}\r" for part in parts[:-1]] + [parts[-1]]
        cut = [end[at : at + PIECE] for end in ends for at in range(0, max(len(end), 1), PIECE)]
        self.continued += range(len(self.pieces) + 1, len(self.pieces) + len(cut))
        self._lengths += [len(show(piece).text) for piece in cut]
        self.pieces += cut

    def _flag(self, line: int, text: str, *, plain: bool) -> None:
        if not plain:
            found = hidden(text)
            if found:
                names = ", ".join(dict.fromkeys(full_name(text[at]) for at in found[:20]))
                count = f"{len(found):,} hidden characters" if len(found) > 1 else "a hidden character"
                self.flags.append(Flag(line, f"{count}: {names}", (line, found[0] + 1)))
            for word in lookalikes(text)[:3]:
                said = f"a word that passes for \u201c{word.taken_for}\u201d but is written with other letters"
                self.flags.append(Flag(line, said, (line, word.start + 1)))
        far = far_right(text)
        if far is not None:
            self.flags.append(Flag(line, f"goes on at column {far + 1:,}, behind blanks", (line, far + 1)))

    def _flag_blank_pages(self) -> None:
        extra = 0
        for piece in after_blank_lines(self.pieces):
            if len(self.flags) >= _MOST_FLAGS:
                break
            while extra < len(self.continued) and self.continued[extra] <= piece:
                extra += 1
            line = piece + 1 - extra
            before = piece - 1
            while before > 0 and not self.pieces[before].strip():
                before -= 1
            said = f"goes on at line {line:,}, after {piece - before - 1:,} blank lines"
            self.flags.append(Flag(max(1, before + 1 - extra), said, (line, 1)))


class _HexRows(Sequence[str]):
    """A file as rows of sixteen bytes, read page by page when they are looked at."""

    def __init__(self, folder: Path, path: str, rows: int) -> None:
        self._rows = rows
        self._page = lru_cache(16)(lambda number: _page(folder, path, number))

    def __len__(self) -> int:
        return max(self._rows, 1)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> list[str]: ...
    def __getitem__(self, index: int | slice) -> str | list[str]:
        if isinstance(index, slice):
            return [self[at] for at in range(*index.indices(len(self)))]
        if not -len(self) <= index < len(self):
            raise IndexError(index)
        start = index % len(self) * _HEX_ROW
        page = self._page(start // _HEX_PAGE)
        return _hex_row(start, page[start % _HEX_PAGE :][:_HEX_ROW])


def _page(folder: Path, path: str, number: int) -> bytes:
    try:
        return read_part(folder, path, number * _HEX_PAGE, _HEX_PAGE)[0]
    except ReviewerError:  # it was there when it was opened; a reload will tell
        return b""


def _hex_row(start: int, content: bytes) -> str:
    left, right = content[:8].hex(" "), content[8:].hex(" ")
    letters = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in content)
    return f"{start:08x}  {left:<23}  {right:<23}  {letters:<16}"
