import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.content.text import visible


@pytest.mark.parametrize(
    ("hidden", "shown"),
    [
        ("if (a\u202e) {\u2066", "if (a<U+202E>) {<U+2066>"),
        ("zero\u200bwidth\ufeff", "zero<U+200B>width<U+FEFF>"),
        ("\x1b[31mred\x07", "<U+001B>[31mred<U+0007>"),
        ("a\nb\tc\r", "a<U+000A>b<U+0009>c<U+000D>"),
        ("\u3164\u115f\u2800\ufe0f\u00ad\u00a0", "<U+3164><U+115F><U+2800><U+FE0F><U+00AD><U+00A0>"),
        ("\U000e0041\U000e0100", "<U+E0041><U+E0100>"),
        ("\u2028\u0085\x7f", "<U+2028><U+0085><U+007F>"),
        ("caf\udce9", "caf<U+DCE9>"),
        ("grüße 漢字 שלום", "grüße 漢字 שלום"),
        ("plain text", "plain text"),
    ],
)
def test_what_cannot_be_seen_is_written_out(hidden: str, shown: str) -> None:
    assert visible(hidden) == shown


def test_line_ends_and_tabs_stay_where_asked() -> None:
    assert visible("a\n\tb\r\n\x00", keep="\n\t") == "a\n\tb<U+000D>\n<U+0000>"
    assert visible("a\n") == "a<U+000A>"


@given(st.text(st.characters()))
def test_the_result_is_always_printable_and_encodable(text: str) -> None:
    shown = visible(text)
    shown.encode()
    assert not any(unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"} for character in shown)


@given(st.text(st.characters(), max_size=200))
def test_showing_twice_changes_nothing(text: str) -> None:
    assert visible(visible(text)) == visible(text)
