"""Every height of the page belongs to the row that is there, whatever is wrapped, folded or explained."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from reviewer.ui.code.rows import Rows, stretches_to_fold

WIDTHS = st.lists(st.integers(0, 90), min_size=1, max_size=60)


@given(WIDTHS, st.sampled_from([None, 1, 7, 40]), st.data())
def test_rows_follow_each_other_and_lead_back_to_their_text(
    widths: list[int], wrap: int | None, data: st.DataObject
) -> None:
    count = len(widths)
    keep = data.draw(st.sets(st.integers(0, count - 1), max_size=4))
    cards = {piece: 10 + piece for piece in keep}
    folds = stretches_to_fold(count, keep, around=1) if data.draw(st.booleans()) else []
    rows = Rows(np.array(widths, np.int32), 20, wrap=wrap, cards=cards, folds=folds)

    y = 0
    seen: list[tuple[int, int]] = []
    for row in range(rows.count):
        assert rows.top(row) == y
        assert rows.row_at(y) == rows.row_at(y + 19) == row
        piece, start = rows.place(row)
        assert rows.row_of(piece, start) == row
        seen.append((piece, start))
        y += 20
        if rows.has_card(row):
            y += cards[piece]
    assert rows.total == y
    assert seen == sorted(seen)
    hidden = {piece for first, last in folds for piece in range(first + 1, last + 1)}
    assert {piece for piece, _ in seen} == set(range(count)) - hidden
    assert not hidden & keep
    for first, last in folds:
        assert rows.fold_at(rows.row_of(last)) == (first, last)


def test_every_shown_character_has_a_row_when_wrapped() -> None:
    rows = Rows(np.array([0, 25, 10], np.int32), 20, wrap=10)
    assert [rows.place(row) for row in range(rows.count)] == [(0, 0), (1, 0), (1, 10), (1, 20), (2, 0)]
    assert rows.row_of(1, 25) == 3


def test_what_is_far_from_all_that_matters_is_folded() -> None:
    assert stretches_to_fold(100, [10, 50]) == [(0, 6), (14, 46), (54, 99)]
    assert stretches_to_fold(10, [4]) == []
    assert stretches_to_fold(5, []) == [(0, 4)]


def test_ten_million_rows_are_placed_at_once() -> None:
    rows = Rows(np.full(10_000_000, 80, np.int32), 21, wrap=90, cards={9_000_000: 50})
    assert rows.row_at(rows.top(9_999_999)) == 9_999_999
    assert rows.top(9_000_001) == 9_000_001 * 21 + 50
