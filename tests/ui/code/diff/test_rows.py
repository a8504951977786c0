"""Whatever is folded or laid out otherwise: no line of either side is ever lost."""

from functools import partial

from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.content.walk import Kind as FileKind
from reviewer.ui.code.diff.rows import Arranged, Kind, Row, first_rows, rows_of
from reviewer.ui.state.compared import Compared, prepared
from reviewer.upgrade.changed import ChangedFile, Fate, Part
from reviewer.upgrade.compare import Comparison
from reviewer.upgrade.files import Shipped
from reviewer.upgrade.lines import Hunk, hunks, lines_of

LINE = st.sampled_from(["a", "b", "  b", "", "c", "c  ", "\td", "e"])
TEXT = st.lists(LINE, max_size=60).map("\n".join)


def compared(old: str, new: str) -> Compared:
    sides = [Shipped("a.zig", FileKind.FILE, len(text), text, partial(str.encode, text)) for text in (old, new)]
    found = hunks(old.encode(), new.encode())
    file = ChangedFile(Fate.ALTERED, Part.SOURCE, sides[0], sides[1], found)
    return prepared(Comparison("1", "2", (), (file,), ()))


def all_opened(of: Compared, arranged: Arranged) -> list[Row]:
    """The rows once every fold was opened."""
    opened: set[tuple[int, int]] = set()
    while folded := [
        row for row in rows_of(of, arranged._replace(opened=opened)) if row.kind in (Kind.FOLD, Kind.BLANKS)
    ]:
        opened |= {(row.file, row.key) for row in folded}
    return [row for row in rows_of(of, arranged._replace(opened=opened)) if row.kind in _LINES]


def told(of: Compared, *, no_blanks: bool) -> list[Hunk]:
    """The hunks, of each only what is more than white space where that is left out and there is such."""
    parts = zip((of.comparison.files or ())[0].hunks, of.blanks_aside[0], strict=True)
    return [part for hunk, aside in parts for part in (aside if no_blanks and aside else (hunk,))]


_LINES = (Kind.EQUAL, Kind.OLD, Kind.NEW, Kind.BOTH)


@settings(max_examples=100, deadline=None)
@given(TEXT, TEXT)
def test_in_one_column_every_new_line_and_every_removed_line_is_there(old: str, new: str) -> None:
    of = compared(old, new)
    for no_blanks in (False, True):
        rows = all_opened(of, Arranged(no_blanks=no_blanks))
        shown = [(row.new, row.text) for row in rows if row.kind in (Kind.EQUAL, Kind.NEW) and row.new]
        assert shown == ([] if old == new or not rows else list(enumerate(lines_of(new.encode()), 1)))
        removed = {row.old for row in rows if row.kind is Kind.OLD}
        assert removed == {at + 1 for hunk in told(of, no_blanks=no_blanks) for at in range(*hunk.old)}


@settings(max_examples=100, deadline=None)
@given(TEXT, TEXT, st.booleans())
def test_side_by_side_every_line_of_both_is_there(old: str, new: str, no_blanks: bool) -> None:
    of = compared(old, new)
    rows = all_opened(of, Arranged(side=True, no_blanks=no_blanks))
    if rows:
        assert [row.partner for row in rows if row.old] == lines_of(old.encode())
        assert [row.text for row in rows if row.new] == lines_of(new.encode())


@settings(max_examples=100, deadline=None)
@given(TEXT, TEXT, st.booleans(), st.booleans())
def test_every_change_has_a_row_to_go_to(old: str, new: str, side: bool, no_blanks: bool) -> None:
    of = compared(old, new)
    rows = rows_of(of, Arranged(side=side, no_blanks=no_blanks))
    stops = [rows[at] for at in first_rows(rows)]
    assert [row.change for row in stops] == list(range(len(of.upgrade.marks[0].changes)))
