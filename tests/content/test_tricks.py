"""Text that shows a reader something else than it is, is noticed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.content.tricks import (
    after_blank_lines,
    far_right,
    full_name,
    hidden,
    lookalikes,
    reorders,
    short_name,
)


def test_hidden_characters_are_found_and_called_by_their_names() -> None:
    line = "if (a\u202e) {\u200b\t// \u00ad\ufeff"
    assert [short_name(line[at]) for at in hidden(line)] == ["RLO", "ZWSP", "SHY", "BOM"]
    assert full_name("\u202e") == "U+202E RIGHT-TO-LEFT OVERRIDE"
    assert short_name("\U000e0041") == "U+E0041"
    assert hidden("plain\ttext, gr\u00fc\u00dfe") == []


def test_characters_that_reorder_are_told_from_letters_that_are_read_from_the_right() -> None:
    assert reorders('access = "user\u202e \u2066// admin\u2069 \u2066"')
    assert not reorders("// \u05e9\u05dc\u05d5\u05dd")


@pytest.mark.parametrize(
    ("line", "taken_for"),
    [
        ("b.\u0430dd(x)", ["add"]),  # Cyrillic a
        ("const \u0455\u0443\u0455tem = 1;", ["system"]),
        ("\uff45\uff56\uff41\uff4c(x)", ["eval"]),  # full width
        ("\u03bf", ["o"]),  # a Greek word that is wholly like a Latin one
        ("// \u043f\u0440\u0438\u0432\u0435\u0442 gr\u00f6\u00dfe caf\u00e9 \u6f22\u5b57", []),
        ("plain = 1", []),
    ],
)
def test_words_that_pass_for_ascii_words_are_told(line: str, taken_for: list[str]) -> None:
    found = lookalikes(line)
    assert [word.taken_for for word in found] == taken_for
    assert all(not line[word.start : word.start + word.length].isascii() for word in found)


def test_code_pushed_out_of_sight_is_found_but_deep_indentation_is_not() -> None:
    line = "const a = 1;" + " " * 200 + "evil();"
    assert far_right(line) == 212
    assert far_right("\t" * 60 + "evil();") == 60
    assert far_right(" " * 60 + "deep();") is None
    assert far_right("x" * 500) is None
    assert far_right("const a = 1;" + " " * 300) is None


def test_code_after_pages_of_nothing_is_found() -> None:
    lines = ["fn main() {}", *[" \t"] * 45, "evil();", "", "", "more();"]
    assert list(after_blank_lines(lines)) == [46]


@given(st.text(max_size=200))
def test_any_text_can_be_looked_at(line: str) -> None:
    for at in hidden(line):
        assert short_name(line[at]).isascii()
        assert full_name(line[at]).isprintable()
    for word in lookalikes(line):
        assert line[word.start : word.start + word.length] != word.taken_for
    far_right(line)


def test_a_megabyte_of_blanks_costs_no_time_to_speak_of() -> None:
    assert far_right((" " * 500 + "\n") * 20 + " " * 1_000_000) is None
    assert far_right("x" + " " * 1_000_000 + "y") == 1_000_001
