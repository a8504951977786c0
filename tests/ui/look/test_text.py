"""Project text never hides, reorders or floods."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from reviewer.content.text import is_hidden
from reviewer.ui.look.text import counted, one_line, reorders, visible


def test_what_cannot_be_seen_is_written_out() -> None:
    shown = "a\u27e6RLO\u27e7b\u27e6ZWSP\u27e7c\u27e6ESC\u27e7[2J\u27e6U+E0041\u27e7"
    assert visible("a\u202eb\u200bc\x1b[2J\U000e0041") == shown
    assert visible("h\u00e9llo \u4e16\u754c") == "h\u00e9llo \u4e16\u754c"


@given(st.text())
def test_nothing_hidden_survives(text: str) -> None:
    shown = visible(text)
    assert not any(is_hidden(char) for char in shown)
    assert not any(unicodedata.category(char) in {"Cc", "Cf"} for char in shown)


@given(st.text(max_size=300))
def test_a_name_is_one_line_of_bounded_length(text: str) -> None:
    shown = one_line(text, 60)
    assert len(shown) <= 60
    assert "\n" not in shown


def test_right_to_left_letters_are_noticed() -> None:
    assert reorders("// \u05d0\u05d1")
    assert not reorders("// plain \u00e9")


def test_counts_read_like_english() -> None:
    assert counted(1, "run step") == "1 run step"
    assert counted(1204, "line") == "1,204 lines"
