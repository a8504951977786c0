"""A line is shown as what it is."""

from hypothesis import given
from hypothesis import strategies as st

from reviewer.content.shown import column_at, show, shown_column, visible


def test_hidden_characters_become_labels_that_tell_their_place() -> None:
    shown = show("a\u202eb\x00")
    assert shown.text == "a\u27e6RLO\u27e7b\u27e6NUL\u27e7"
    assert [(label.start, label.length, label.character) for label in shown.labels] == [(1, 5, "\u202e"), (7, 5, "\0")]


def test_a_label_that_the_file_itself_spells_is_no_label() -> None:
    assert show("\u27e6RLO\u27e7").labels == ()


def test_tabs_and_blanks_at_the_end_can_be_made_visible_without_moving_anything() -> None:
    assert show("\tif x  ").text == "    if x  "
    assert show("\tif x  ", blanks=True).text == "\u2192   if x\u00b7\u00b7"
    assert show(" \u00e9\t ", blanks=True).text == " \u00e9\u2192 \u00b7"


@given(st.text(st.characters(exclude_characters="\n"), max_size=60), st.booleans())
def test_nothing_hidden_is_left_and_every_place_leads_back(line: str, blanks: bool) -> None:
    shown = show(line, blanks=blanks)
    assert shown.text.isprintable() or "\u27e6" in shown.text
    assert visible(shown.text) == shown.text
    assert len(shown.text) == shown_column(line, len(line))
    for column in range(len(line) + 1):
        found = column_at(line, shown_column(line, column))
        assert shown_column(line, found) == shown_column(line, column)
    for label in shown.labels:
        assert line[column_at(line, label.start)] == label.character
