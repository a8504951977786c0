"""The rows of a comparison, one below the other or side by side. No Qt."""

import textwrap
from collections.abc import Collection, Iterator, Sequence
from enum import Enum, auto
from typing import NamedTuple

from reviewer.review.upgrading import UNVIEWED
from reviewer.ui.look.text import counted, visible
from reviewer.ui.state.compared import Compared, Lines
from reviewer.upgrade.changed import PARTS, ChangedFile
from reviewer.upgrade.lines import APART, AROUND, Hunk, Span, close_together

_WIDTH = 84
"""Characters of a line of a sentence."""
_MOST_LINES = 8
"""Of one sentence: what a project says may be long."""
_LONG = 1_000
"""Changed lines in one stretch, from which it is folded."""
_MOST_ROWS = 8_000
"""Rows after which the lines of further files are folded, so that the window never waits for them."""


class Kind(Enum):
    """What a row is."""

    TITLE = auto()
    SAID = auto()
    MISSING = auto()
    OFFER = auto()
    CONSEQUENCE = auto()
    UNVIEWED = auto()
    DETAIL = auto()
    SAME = auto()
    FILE = auto()
    FOLD = auto()
    BLANKS = auto()
    EQUAL = auto()
    OLD = auto()
    NEW = auto()
    BOTH = auto()


class Row(NamedTuple):
    """`old` and `new` are line numbers from 1, 0 for none. `partner` is the line that this one became or was; in a BOTH row the old one.

    An EQUAL row has a partner where it is shown on both sides. `file` is the index of the file, `change` that of the change of it which the
    row is part of, -1 for none. `hidden` is how many lines are folded (in a BLANKS row lines that differ in white space only), `key` what
    opens them.
    """

    kind: Kind
    text: str
    old: int = 0
    new: int = 0
    partner: str | None = None
    file: int = -1
    hidden: int = 0
    key: int = 0
    change: int = -1


Opened = Collection[tuple[int, int]]
"""Folds that were opened, by file and key."""
_WHOLE = -1
"""Key of the fold that stands for all lines of a file."""
_MORE = 1 << 40
"""From here on keys of folds that stand for the rest of its changes: more than there are lines."""


class Arranged(NamedTuple):
    """How changes are laid out: old and new beside each other, white space left out, what follows to be confirmed, which folds are open."""

    side: bool = False
    no_blanks: bool = False
    asks: bool = True
    opened: Opened = ()


def rows_of(compared: Compared, arranged: Arranged) -> list[Row]:
    """Consequences on top, then the files in their order."""
    comparison = compared.comparison
    found = [Row(Kind.TITLE, f"{comparison.old} \u2192 {comparison.new}")]
    found += [
        Row(Kind.SAID, line) for text in (comparison.code_in_words, comparison.in_words) for line in wrapped(text)
    ]
    if comparison.missing:
        found += [Row(Kind.MISSING, line) for line in wrapped(comparison.missing)]
    if comparison.address:
        found.append(Row(Kind.OFFER, f"Enter fetches it by its pin from {comparison.address}, executing nothing"))
    for consequence in comparison.consequences:
        if consequence.asks and not arranged.asks:
            found.append(Row(Kind.MISSING, f"!  {consequence.effect.value}: {consequence.question}"))
        elif consequence.asks:
            found.append(Row(Kind.CONSEQUENCE, consequence.question, partner=consequence.effect.value))
            found += [
                Row(Kind.SAID, line) for line in wrapped(f"{consequence.effect.value}: {consequence.question}")[1:]
            ]
        else:
            found.append(Row(Kind.SAME, f"\u2212  {consequence.text}"))
        found += [Row(Kind.DETAIL, line) for detail in consequence.details for line in wrapped(detail)]
    if not comparison.consequences:
        found.append(
            Row(
                Kind.SAME,
                "\u2713  No consequences: what the build runs of it, what it can do and what it needs are as before.",
            )
        )
    for same in comparison.same:
        found.append(Row(Kind.SAME, f"=  \u201c{same.step}\u201d runs what it ran: reach unchanged"))
        compared_files = f"files compared ({len(same.files):,}): {', '.join(same.files)}"
        found += [Row(Kind.DETAIL, line) for line in wrapped(compared_files)]
    if comparison.files and arranged.asks:
        found.append(Row(Kind.UNVIEWED, UNVIEWED))
    for number, file in enumerate(comparison.files or ()):
        found.append(Row(Kind.FILE, _title(file), file=number, change=-1 if file.hunks else 0))
        if len(found) > _MOST_ROWS and file.hunks and (number, _WHOLE) not in arranged.opened:
            text = f"{counted(file.added + file.removed, 'changed line')}, not shown yet: Enter shows them"
            found.append(Row(Kind.FOLD, text, file=number, hidden=file.added + file.removed, key=_WHOLE))
        else:
            found += _File(number, file, compared.lines[number], compared.blanks_aside[number], arranged).rows()
    return found


def wrapped(text: str) -> list[str]:
    """In lines that fit beside the other panes, what goes on indented."""
    return textwrap.wrap(visible(text), _WIDTH, subsequent_indent="    ", max_lines=_MOST_LINES, placeholder=" \u2026")


def _title(file: ChangedFile) -> str:
    notes = "".join(f", {note}" for note in file.notes)
    return f"{file.path}  {file.fate.value}, {PARTS[file.part]}, +{file.added:,} \u2212{file.removed:,}{notes}"


class _File:
    """Makes the rows of one file."""

    def __init__(
        self, number: int, file: ChangedFile, lines: Lines, aside: Sequence[Sequence[Hunk]], arranged: Arranged
    ):
        self._number = number
        self._hunks = file.hunks
        self._old, self._new = lines
        self._aside = aside
        self._arranged = arranged

    def rows(self) -> Iterator[Row]:
        """The changes, and what is equal between them; of very many the rest is folded, and opened piece by piece."""
        if not self._hunks:
            return
        at_old = at_new = 0
        aside, changes = iter(self._aside), close_together(self._hunks)
        opened = sum(file == self._number and key >= _MORE for file, key in self._arranged.opened)
        left = _MOST_ROWS * (opened + 1)
        for change, group in enumerate(changes):
            if left < 0:
                text = f"{counted(len(changes) - change, 'more change')}, not shown yet: Enter shows them"
                yield self._fold(group[0], text, len(changes) - change, _MORE + opened)
                return
            yield from self._equal((at_old, group[0].old[0]), (at_new, group[0].new[0]))
            at_old, at_new = group[0].old[0], group[0].new[0]
            for hunk in group:
                yield from self._like((at_old, hunk.old[0]), (at_new, hunk.new[0]), change)
                yield from self._changed(change, hunk, next(aside))
                at_old, at_new = hunk.old[1], hunk.new[1]
            left -= min(_LONG, group[-1].new[1] - group[0].new[0] + group[-1].old[1] - group[0].old[0]) + 2 * AROUND
        yield from self._equal((at_old, len(self._old)), (at_new, len(self._new)))

    def _changed(self, change: int, hunk: Hunk, aside: Sequence[Hunk]) -> Iterator[Row]:
        """`aside`: what of the hunk is more than white space."""
        count, key = max(hunk.old[1] - hunk.old[0], hunk.new[1] - hunk.new[0]), _WHOLE - 1 - hunk.new[0]
        if (self._number, key) in self._arranged.opened:
            yield from self._lines(change, hunk)
        elif self._arranged.no_blanks and not aside:
            text = f"{counted(count, 'line that differs', 'lines that differ')} in white space only: Enter shows"
            yield self._fold(hunk, text, count, key, change)._replace(kind=Kind.BLANKS)
        elif count > _LONG:
            text = f"{counted(count, 'changed line')} in one stretch, not shown yet: Enter shows them"
            yield self._fold(hunk, text, count, key, change)
        elif self._arranged.no_blanks:
            at_old, at_new = hunk.old[0], hunk.new[0]
            for part in aside:
                yield from self._like((at_old, part.old[0]), (at_new, part.new[0]), change)
                yield from self._lines(change, part)
                at_old, at_new = part.old[1], part.new[1]
            yield from self._like((at_old, hunk.old[1]), (at_new, hunk.new[1]), change)
        else:
            yield from self._lines(change, hunk)

    def _fold(self, hunk: Hunk, text: str, count: int, key: int, change: int = -1) -> Row:
        return Row(Kind.FOLD, text, hunk.old[0] + 1, hunk.new[0] + 1, None, self._number, count, key, change)

    def _equal(self, old: Span, new: Span) -> Iterator[Row]:
        """The lines between two changes, those far from both folded."""
        count = new[1] - new[0]
        first = 0 if new[0] == 0 else AROUND
        last = count if new[1] == len(self._new) else count - AROUND
        hidden, key = range(first, max(first, last)), new[0] + first
        if len(hidden) < APART - 2 * AROUND or (self._number, key) in self._arranged.opened:
            yield from self._like(old, new)
            return
        yield from self._like((old[0], old[0] + first), (new[0], new[0] + first))
        at = hidden.start
        yield self._fold(Hunk((old[0] + at, 0), (new[0] + at, 0)), "", len(hidden), key)
        yield from self._like((old[0] + hidden.stop, old[1]), (new[0] + hidden.stop, new[1]))

    def _like(self, old: Span, new: Span, change: int = -1) -> Iterator[Row]:
        """Lines that are the same, or count as the same; blank lines that only one side has stand alone."""
        side = self._arranged.side
        for at in range(max(new[1] - new[0], old[1] - old[0] if side else 0)):
            before, after = old[0] + at, new[0] + at
            left = (self._old[before] if before < old[1] else "") if side else None
            right = self._new[after] if after < new[1] else ""
            numbers = before + 1 if before < old[1] else 0, after + 1 if after < new[1] else 0
            yield Row(Kind.EQUAL, right, *numbers, left, self._number, change=change)

    def _lines(self, change: int, hunk: Hunk) -> Iterator[Row]:
        old, new = self._old[slice(*hunk.old)], self._new[slice(*hunk.new)]
        return self._beside(change, hunk, old, new) if self._arranged.side else self._below(change, hunk, old, new)

    def _below(self, change: int, hunk: Hunk, old: Sequence[str], new: Sequence[str]) -> Iterator[Row]:
        for sort, lines, others, first in ((Kind.OLD, old, new, hunk.old[0]), (Kind.NEW, new, old, hunk.new[0])):
            for at, text in enumerate(lines):
                numbers = (first + at + 1, 0) if sort is Kind.OLD else (0, first + at + 1)
                yield Row(sort, text, *numbers, others[at] if at < len(others) else None, self._number, 0, 0, change)

    def _beside(self, change: int, hunk: Hunk, old: Sequence[str], new: Sequence[str]) -> Iterator[Row]:
        for at in range(max(len(old), len(new))):
            left = old[at] if at < len(old) else None
            right = new[at] if at < len(new) else ""
            numbers = hunk.old[0] + at + 1 if left is not None else 0, hunk.new[0] + at + 1 if at < len(new) else 0
            yield Row(Kind.BOTH, right, *numbers, left, self._number, 0, 0, change)


def hides_changes(row: Row) -> bool:
    """Whether a row stands for changes, or for part of one, that are not shown yet."""
    return row.kind is Kind.FOLD and row.text != ""


def first_rows(rows: Sequence[Row]) -> Iterator[int]:
    """Where each change begins, and each consequence, and what stands for changes that are not shown yet: the rows to jump to."""
    before = None
    for at, row in enumerate(rows):
        change = row.file, row.change
        begins = row.change >= 0 and change != before
        if begins or row.kind in (Kind.CONSEQUENCE, Kind.OFFER) or hides_changes(row):
            yield at
        before = change
