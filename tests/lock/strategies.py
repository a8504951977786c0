"""Any lock that can be: what hypothesis draws for the tests of this folder."""

from datetime import datetime

from hypothesis import strategies as st

from reviewer.lock.decision import Criteria, Decision, ListedStep, Lock, Verdict
from reviewer.lock.voices import person, substance, together

# Everything that UTF-8 can hold: control, bidirectional and astral characters included.
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
digests = st.integers(0, 2**256 - 1).map(lambda number: f"sha256:{number:064x}")
fingerprints = st.builds("".join, st.tuples(st.sampled_from(["", "read:"]), digests))
times = st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31)).map(
    lambda at: at.replace(microsecond=0).isoformat() + "Z"
)
grants = st.dictionaries(texts, st.sets(texts, max_size=2).map(lambda allowed: tuple(sorted(allowed))), max_size=2)
steps = st.builds(ListedStep, texts, texts, grants)
criteria = st.sets(st.sampled_from(Criteria), min_size=1).map(lambda chosen: tuple(sorted(chosen)))


signatures = st.sampled_from(["", "U1NI", "U1NIU0k="])
names = st.lists(
    st.tuples(texts, times, texts, signatures), min_size=1, max_size=3, unique_by=lambda drawn: person(drawn[0])
)


def decisions(package: str | st.SearchStrategy[str] = texts) -> st.SearchStrategy[Decision]:
    """Trust is that of one person or of several."""
    return st.builds(_by, _alone(package), names)


def _by(decision: Decision, drawn: list[tuple[str, str, str, str]]) -> Decision:
    said = substance(decision)
    voices = [said._replace(by=by, at=at, note=note, signature=signed) for by, at, note, signed in drawn]
    return together(voices if decision.verdict is Verdict.TRUSTED else voices[:1])


def _alone(package: str | st.SearchStrategy[str]) -> st.SearchStrategy[Decision]:
    return st.builds(
        Decision,
        package=st.just(package) if isinstance(package, str) else package,
        digest=digests,
        verdict=st.sampled_from(Verdict),
        by=texts,
        at=times,
        criteria=criteria,
        note=texts,
        basis=st.none() | texts,
        steps=st.dictionaries(fingerprints, steps, max_size=2),
        signature=signatures,
        also=st.just(()),
    )


locks = st.lists(decisions(), max_size=3).map(lambda drawn: Lock().with_decisions(drawn))


def _few(package: str) -> st.SearchStrategy[Decision | None]:
    """Few enough values that three locks often agree, often differ, and sometimes tie in all but the note."""
    alone = st.builds(
        Decision,
        package=st.just(package),
        digest=st.sampled_from(["sha256:" + "0" * 64, "sha256:" + "1" * 64]),
        verdict=st.sampled_from([*Verdict, Verdict.TRUSTED]),
        by=st.just(""),
        at=st.just(""),
        criteria=st.just((Criteria.RUN,)),
        note=st.just(""),
        basis=st.none(),
        steps=st.just({}),
        signature=st.just(""),
        also=st.just(()),
    )
    days = st.sampled_from(["2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"])
    drawn = st.tuples(st.sampled_from(["Ada", "Ben", "Cy"]), days, st.sampled_from(["", "a"]), st.just(""))
    few = st.lists(drawn, min_size=1, max_size=3, unique_by=lambda one: one[0])
    return st.none() | st.builds(_by, alone, few)


small_locks = st.tuples(_few("zig:a@1#x"), _few("zig:b@1#x")).map(
    lambda drawn: Lock().with_decisions(decision for decision in drawn if decision is not None)
)
