"""Several people behind one entry: nobody's word is lost, changed or counted twice, in whatever order they come."""

from hypothesis import given
from hypothesis import strategies as st

from reviewer.lock.decision import Decision, Lock, Verdict
from reviewer.lock.format import canonical
from reviewer.lock.voices import address_of, agree, by_person, count_people, joined, person, voices
from tests.lock.strategies import decisions, names, texts

PACKAGE = "zig:a@1#x"


def one(decision: Decision) -> Decision:
    return canonical(Lock().with_decisions([decision])).decisions[decision.package]


@given(decisions(PACKAGE).map(one), decisions(PACKAGE).map(one))
def test_another_decision_replaces_and_the_same_is_one_voice_more(entry: Decision, other: Decision) -> None:
    new = voices(other)[0]
    assert joined(None, new) == new
    same = voices(entry)[0]._replace(by=new.by, at=new.at, note=new.note, signature=new.signature)
    both = joined(entry, same)
    if entry.verdict is not Verdict.TRUSTED:
        assert both == same
        return
    expected = {**by_person(entry), person(new.by): same}
    assert by_person(both) == expected
    assert agree(entry, both)
    assert one(both) == both


@given(decisions(PACKAGE).map(one), names)
def test_in_whatever_order_they_join(entry: Decision, drawn: list[tuple[str, str, str, str]]) -> None:
    first = voices(entry)[0]._replace(verdict=Verdict.TRUSTED)
    made = [first._replace(by=by, at=at, note=note, signature=signed) for by, at, note, signed in drawn]

    def all_of(order: list[Decision]) -> Decision:
        entry = order[0]
        for voice in order[1:]:
            entry = joined(entry, voice)
        return entry

    assert all_of(made) == all_of(made[::-1])
    assert len(voices(all_of(made))) == len(made)


@given(st.lists(st.tuples(texts, st.sampled_from(["", "k1", "k2"])), min_size=1, max_size=6))
def test_people_are_counted_once_by_address_and_by_key(drawn: list[tuple[str, str]]) -> None:
    base = Decision(PACKAGE, "sha256:" + "0" * 64, Verdict.TRUSTED, "", "2026-01-01T00:00:00Z")
    made, keys = [base._replace(by=by) for by, _ in drawn], [key for _, key in drawn]
    count = count_people(made, keys)
    assert 1 <= count <= len({person(voice.by) for voice in made})
    assert count == count_people(made[::-1], keys[::-1])
    assert count_people([*made, made[0]], [*keys, keys[0]]) == count
    assert count_people(made, ["k"] * len(made)) == 1


def test_who_somebody_is() -> None:
    assert address_of("Ada <ada@example.org>") == "ada@example.org"
    assert person("Ada <ADA@example.org>") == person("A. Lovelace < ada@example.org >")
    assert address_of("root") == "root"
    assert address_of("Ada <>") == "Ada <>"
