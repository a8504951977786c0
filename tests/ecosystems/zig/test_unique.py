"""No two names are alike in the end, whatever they were."""

from hypothesis import given
from hypothesis import strategies as st

from reviewer.ecosystems.zig.unique import unique


def test_equal_names_are_counted() -> None:
    assert unique(["run", "run", "test", "run"]) == ["run", "run #2", "test", "run #3"]


def test_a_name_cannot_pass_for_the_second_of_another() -> None:
    assert unique(["run", "run", "run #2", "run"]) == ["run", "run #2", "run #2 #2", "run #3"]


@given(st.lists(st.sampled_from(["a", "a #2", "a #3", "a #2 #2", "b"])))
def test_no_two_are_alike(names: list[str]) -> None:
    found = unique(names)
    assert len({*found}) == len(names)
    assert all(one.startswith(name) for one, name in zip(found, names, strict=True))
