"""The filter expression: what it finds, what it says of mistakes, and that a mistake hides nothing."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.lock.status import Status
from reviewer.model.graph import BuildCode, Package
from reviewer.review.filter import WORDS, Filter, Subject, complete, parse, subjects
from reviewer.review.review import Review
from tests.ui.sample import sample_review

EXPRESSIONS = st.lists(
    st.one_of(
        st.text(max_size=12),
        st.builds(
            lambda minus, word, value: f"{minus}{word}:{value}",
            st.sampled_from(["", "-"]),
            st.sampled_from([*WORDS, "statsu", "ca"]),
            st.one_of(st.text(max_size=8), st.sampled_from(["yes", "no", "changed", "net", '"a b"', "a,b", ""])),
        ),
    ),
    max_size=5,
).map(" ".join)
SUBJECTS = st.builds(
    Subject,
    st.builds(
        lambda name, *flags: Package(f"zig:{name}@1#x", "zig", name, "1.0", None, "path:x", "", *flags),
        st.text(max_size=8),
        st.booleans(),
        st.booleans(),
        st.booleans(),
    ),
    st.sampled_from(Status),
    st.frozensets(st.sampled_from(["net.out", "fs.read", "unanalyzed"])),
    st.frozensets(st.sampled_from(["zlib", "app"])),
    st.booleans(),
    st.booleans(),
)


@pytest.fixture
def review(tmp_path: Path) -> Review:
    return sample_review(tmp_path)


def found(review: Review, expression: str) -> set[str]:
    wanted = parse(expression)
    known = subjects(review.graph, review.assessments)
    return {s.package.name for s in known.values() if wanted.matches(s) and s.status is not Status.OWN}


def test_words_ask_for_status_runs_and_names(review: Review) -> None:
    assert found(review, "status:changed") == {"wayland-gen"}
    assert found(review, "hidden:yes") == {"super"}
    assert found(review, "runs:yes status:trusted") == {"unicode-tables"}
    assert found(review, "lazy:yes") == {"x11-fallback"}
    assert found(review, "owner:wayland") == {"wayland-gen"}
    assert found(review, "ring-buf") == {"ring-buffer"}


def test_declarative_packages_are_found(review: Review) -> None:
    proven = BuildCode("zig:toml-parser@1.0.4#deps/toml-parser", ("build.zig",), declarative=True)
    known = subjects(review.graph._replace(build_code=(proven,)), review.assessments)
    assert [s.package.name for s in known.values() if parse("declarative:yes").matches(s)] == ["toml-parser"]


def test_a_minus_turns_a_word_round_and_commas_mean_or(review: Review) -> None:
    assert found(review, "runs:yes -hidden:yes") == {"wayland-gen", "unicode-tables"}
    assert found(review, "status:changed,unreviewed -lazy:yes") == {"super", "wayland-gen", "sqlite-amalgam"}
    assert found(review, "-status:trusted -ring lazy:no") == {"super", "wayland-gen", "sqlite-amalgam"}


def test_a_capability_is_found_by_its_beginning(review: Review) -> None:
    subject = next(iter(subjects(review.graph, review.assessments).values()))
    subject = subject._replace(capabilities=frozenset({"net.out"}))
    assert parse("cap:net").matches(subject)
    assert not parse("cap:fs").matches(subject)


def test_quotes_hold_blanks_and_colons_together() -> None:
    assert parse('"a: b"').terms[0].values == ("a: b",)
    assert parse('name:"a, b",c').terms[0].values == ("a, b", "c")


@pytest.mark.parametrize(
    ("expression", "told"),
    [
        ("staus:changed", "did you mean status:?"),
        ("nonsense:x", "there are status:, cap:"),
        ("status:purple", "it is one of trusted, unreviewed"),
        ("runs:perhaps", "it is one of yes, no"),
        ("status:", "status: what? trusted"),
        ('"open', "not closed"),
        ("-", "after the minus"),
    ],
)
def test_a_mistake_is_told_where_it_is_and_hides_nothing(review: Review, expression: str, told: str) -> None:
    wanted = parse(f"{expression} super")
    assert told in wanted.mistakes[0].text or '"' in expression
    assert parse(expression).terms == ()
    assert len(found(review, expression)) == 12


def test_the_place_of_a_mistake_is_exact() -> None:
    text = "zlib statsu:x runs:yes"
    mistake = parse(text).mistakes[0]
    assert text[mistake.start : mistake.end] == "statsu:x"


def test_completion_offers_words_then_their_values_then_what_the_project_has() -> None:
    assert "status:" in complete("", 0, {}).offers
    assert complete("st", 2, {}).offers == ("status:",)
    assert complete("zlib -hid", 9, {}) == (6, 9, ("hidden:",))
    assert complete("status:ch", 9, {}) == (7, 9, ("changed",))
    assert complete("status:changed,un", 17, {}) == (15, 17, ("unreviewed",))
    assert complete("cap:n", 5, {"cap": ["net.out", "fs.read"]}).offers == ("net.out",)
    assert complete("owner:", 6, {"owner": ["a b"]}).offers == ('"a b"',)
    assert complete("bad:", 4, {}).offers == ()


@given(EXPRESSIONS)
def test_any_text_is_understood_or_told_about_within_its_bounds(text: str) -> None:
    wanted = parse(text)
    assert bool(wanted.terms or wanted.mistakes) == bool(text.strip())
    for mistake in wanted.mistakes:
        assert 0 <= mistake.start < mistake.end <= len(text)
        assert mistake.text


@given(EXPRESSIONS, SUBJECTS)
def test_a_mistake_never_changes_what_the_rest_finds(text: str, subject: Subject) -> None:
    wanted = parse(text)
    assert wanted.matches(subject) == Filter(wanted.terms).matches(subject)
    if not wanted.terms:
        assert wanted.matches(subject)


@given(EXPRESSIONS, SUBJECTS)
def test_every_condition_holds_or_its_opposite_does(text: str, subject: Subject) -> None:
    for term in parse(text).terms:
        assert Filter((term,)).matches(subject) != Filter((term._replace(negated=not term.negated),)).matches(subject)


@given(EXPRESSIONS, st.integers(0, 80))
def test_a_completion_can_be_put_in_and_is_understood(text: str, cursor: int) -> None:
    cursor = min(cursor, len(text))
    start, end, offers = complete(text, cursor, {"cap": ["net.out"], "owner": ["zlib"], "name": ["a b"]})
    assert 0 <= start <= end <= len(text)
    for offer in offers:
        made = text[:start] + offer + text[end:]
        assert len(parse(made).mistakes) <= len(parse(text).mistakes) + offer.endswith(":")
