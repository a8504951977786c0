"""Words of a build and what the declared options are set to are two ways to say the same."""

from hypothesis import given
from hypothesis import strategies as st

from reviewer.model.graph import BuildOption
from reviewer.ui.options.words import Chosen, can_be_set, chosen_by, joined, split_words, words_of

DECLARED = (BuildOption("loud", "bool", ""), BuildOption("part", "list", ""), BuildOption("mode", "enum", ""))


def test_declared_options_are_told_from_other_words() -> None:
    words = ("-Dmode=a=b", "--release=fast", "-Dloud", "-Dpart=x", "-Dpart=y", "-Dunknown=1", "-fsys=z")
    chosen = chosen_by(words, DECLARED)
    assert chosen.values == {"mode": ("a=b",), "loud": ("true",), "part": ("x", "y")}
    assert chosen.other == ("--release=fast", "-Dunknown=1", "-fsys=z")


def test_a_name_that_would_set_another_option_cannot_be_set() -> None:
    assert can_be_set(BuildOption("dynamic-linker", "string", ""))
    for name in ("", "target=evil", "na\u202eme", "x" * 300, "a\nb"):
        assert not can_be_set(BuildOption(name, "string", ""))


@given(st.dictionaries(st.sampled_from(["loud", "part", "mode"]), st.lists(st.text(), min_size=1).map(tuple)))
def test_what_is_chosen_comes_back(values: dict[str, tuple[str, ...]]) -> None:
    assert chosen_by(words_of(Chosen(values, ())), DECLARED) == Chosen(values, ())


@given(st.lists(st.text(min_size=1)))
def test_further_options_come_back_as_typed(words: list[str]) -> None:
    assert split_words(joined(words)) == tuple(words)
