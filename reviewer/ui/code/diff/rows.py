"""The rows of a comparison, one below the other or side by side. No Qt."""

import textwrap
from collections.abc import Collection, Iterator, Sequence
from enum import Enum, auto
from typing import NamedTuple

from reviewer.ui.look.text import counted, visible
from reviewer.ui.state.upgrades import Compared, Lines
from reviewer.upgrade.changed import PARTS, ChangedFile
from reviewer.upgrade.lines import Hunk

_AROUND = 3
_WIDTH = 96
"""Characters of a line of a sentence."""
_LONG = 1_000
"""Changed lines in one stretch, from which it is folded."""
_MOST_ROWS = 12_000
"""Rows after which the lines of further files are folded, so that the window never waits for them."""
_LEAST = 3
"""Equal lines that are worth folding."""


class Kind(Enum):
    """What a row is."""

    TITLE = auto()
    MISSING = auto()
    CONSEQUENCE = auto()
    DETAIL = auto()
    SAME = auto()
    FILE = auto()
    FOLD = auto()
    EQUAL = auto()
    OLD = auto()
    NEW = auto()
    BOTH = auto()


class Row(NamedTuple):
    """`old` and `new` are line numbers from 1, 0 for none. `partner` is the line that this one became or was; in a BOTH row the old one.

    An EQUAL row has a partner where it is shown on both sides. `file` is the index of the file; `hidden` how many lines a FOLD hides and
    `key` what opens it; `place` where a consequence stands.
    """

    kind: Kind
    text: str
    old: int = 0
    new: int = 0
    partner: str | None = None
    file: int = -1
    hidden: int = 0
    place: str = ""
    key: int = 0


_CHANGED = (Kind.OLD, Kind.NEW, Kind.BOTH)

Opened = Collection[tuple[int, int]]
"""Folds that were opened, by file and key."""
_WHOLE = -1
"""Key of the fold that stands for all lines of a file."""


def rows_of(
    compared: Compared, questions: Sequence[str], *, side: bool, opened: Opened = (), viewed: Collection[int] = ()
) -> list[Row]:
    """Consequences on top, then the files in their order; `viewed` are the indices of files that were marked viewed."""
    comparison = compared.comparison
    found = [Row(Kind.TITLE, f"{comparison.old} \u2192 {comparison.new}: {comparison.in_words}")]
    if comparison.missing:
        found += [Row(Kind.MISSING, line) for line in textwrap.wrap(visible(comparison.missing), _WIDTH)]
    for consequence in comparison.consequences:
        if consequence.asks:
            effect = consequence.effect.value
            found.append(Row(Kind.CONSEQUENCE, consequence.text, partner=effect, place=consequence.place))
        else:
            found.append(Row(Kind.SAME, f"\u2212  {consequence.text}"))
        found += [Row(Kind.DETAIL, detail) for detail in consequence.details]
    told = {consequence.text for consequence in comparison.consequences}
    found += [Row(Kind.CONSEQUENCE, text, partner="not viewed") for text in questions if text not in told]
    if not comparison.consequences:
        found.append(Row(Kind.SAME, "\u2713  No consequences: nothing that it runs, can do or needs changed."))
    for same in comparison.same:
        text = f"\u201c{same.step}\u201d runs what it ran: {counted(len(same.files), 'file')} compared"
        found.append(Row(Kind.SAME, f"=  {text}: {', '.join(same.files)}"))
    for number, (file, lines) in enumerate(zip(comparison.files or (), compared.lines, strict=True)):
        mark = "  \u2713 viewed" if number in viewed else ""
        found.append(Row(Kind.FILE, _title(file) + mark, file=number))
        if len(found) > _MOST_ROWS and file.hunks and (number, _WHOLE) not in opened:
            text = f"{counted(file.added + file.removed, 'changed line')}, not shown yet: Enter shows them"
            found.append(Row(Kind.FOLD, text, file=number, hidden=file.added + file.removed, key=_WHOLE))
        else:
            found += _file_rows(number, file, lines, side=side, opened=opened)
    return found


def _title(file: ChangedFile) -> str:
    notes = "".join(f", {note}" for note in file.notes)
    return f"{file.path}  {file.fate.value}, {PARTS[file.part]}, +{file.added:,} \u2212{file.removed:,}{notes}"


def _file_rows(number: int, file: ChangedFile, lines: Lines, *, side: bool, opened: Opened) -> Iterator[Row]:
    old, new = lines
    at_old = at_new = 0
    for hunk in (*file.hunks, Hunk((len(old), len(old)), (len(new), len(new)))) if file.hunks else ():
        yield from _equal(number, lines, (at_old, hunk.old[0]), (at_new, hunk.new[0]), opened, side=side)
        count, key = max(hunk.old[1] - hunk.old[0], hunk.new[1] - hunk.new[0]), _WHOLE - 1 - hunk.new[0]
        if count > _LONG and (number, key) not in opened:
            text = f"{counted(count, 'changed line')} in one stretch, not shown yet: Enter shows them"
            yield Row(Kind.FOLD, text, hunk.old[0] + 1, hunk.new[0] + 1, file=number, hidden=count, key=key)
        else:
            yield from _beside(number, lines, hunk) if side else _below(number, lines, hunk)
        at_old, at_new = hunk.old[1], hunk.new[1]


def _equal(
    number: int, lines: Lines, old: tuple[int, int], new: tuple[int, int], opened: Opened, *, side: bool
) -> Iterator[Row]:
    """The lines between two hunks, those far from both folded. In both sides they are as many, unless white space was left out."""
    count = min(old[1] - old[0], new[1] - new[0])
    first = 0 if new[0] == 0 else _AROUND
    last = count if new[1] == len(lines[1]) else count - _AROUND
    hidden, key = range(first, max(first, last)), new[0] + first
    if len(hidden) < _LEAST or (number, key) in opened:
        hidden = range(count, count)
    for part in (range(hidden.start), hidden, range(hidden.stop, count)):
        if part is hidden and hidden:
            at = hidden.start
            yield Row(Kind.FOLD, "", old[0] + at + 1, new[0] + at + 1, file=number, hidden=len(hidden), key=key)
            continue
        for at in part:
            before = lines[0][old[0] + at] if side else None
            yield Row(Kind.EQUAL, lines[1][new[0] + at], old[0] + at + 1, new[0] + at + 1, before, number)


def _below(number: int, lines: Lines, hunk: Hunk) -> Iterator[Row]:
    old, new = lines[0][slice(*hunk.old)], lines[1][slice(*hunk.new)]
    for at, text in enumerate(old):
        yield Row(Kind.OLD, text, old=hunk.old[0] + at + 1, partner=new[at] if at < len(new) else None, file=number)
    for at, text in enumerate(new):
        yield Row(Kind.NEW, text, new=hunk.new[0] + at + 1, partner=old[at] if at < len(old) else None, file=number)


def _beside(number: int, lines: Lines, hunk: Hunk) -> Iterator[Row]:
    old, new = lines[0][slice(*hunk.old)], lines[1][slice(*hunk.new)]
    for at in range(max(len(old), len(new))):
        left = old[at] if at < len(old) else None
        right = new[at] if at < len(new) else ""
        yield Row(
            Kind.BOTH,
            right,
            hunk.old[0] + at + 1 if left is not None else 0,
            hunk.new[0] + at + 1 if at < len(new) else 0,
            left,
            number,
        )


def stops(rows: Sequence[Row]) -> Iterator[int]:
    """The rows to jump to: every consequence, and the first row of every changed stretch."""
    before = None
    for at, row in enumerate(rows):
        kind = row.kind
        if kind in _CHANGED:
            if before not in _CHANGED:
                yield at
        elif (
            kind is Kind.CONSEQUENCE
            or (kind is Kind.FOLD and row.text)
            or (kind is Kind.FILE and (at + 1 == len(rows) or rows[at + 1].kind is Kind.FILE))
        ):
            yield at
        before = kind
