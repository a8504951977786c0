"""Project text never hides, reorders or floods."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from reviewer.ui.look.text import LABEL, counted, is_hidden, one_line, reorders, visible, visible_line


def test_what_cannot_be_seen_is_written_out() -> None:
    assert visible("a\u202eb\u200bc\x1b[2J") == "a\u27e6U+202E\u27e7b\u27e6U+200B\u27e7c\u27e6U+001B\u27e7[2J"
    assert visible("h\u00e9llo \u4e16\u754c") == "h\u00e9llo \u4e16\u754c"


@given(st.text())
def test_nothing_hidden_survives(text: str) -> None:
    shown = LABEL.sub("", visible(text))
    assert not any(is_hidden(char) for char in shown)
    assert not any(unicodedata.category(char) in {"Cc", "Cf"} for char in shown)


@given(st.text(max_size=300))
def test_a_name_is_one_line_of_bounded_length(text: str) -> None:
    shown = one_line(text, 60)
    assert len(shown) <= 60
    assert "\n" not in shown


def test_a_long_line_is_cut_with_a_mark_that_says_how_much_is_missing() -> None:
    assert visible_line("x" * 5_000).endswith("\u27e63,000 more characters\u27e7")
    assert visible_line("\tif") == "    if"


def test_right_to_left_letters_are_noticed() -> None:
    assert reorders("// \u05d0\u05d1")
    assert not reorders("// plain \u00e9")


def test_counts_read_like_english() -> None:
    assert counted(1, "run step") == "1 run step"
    assert counted(1204, "line") == "1,204 lines"
