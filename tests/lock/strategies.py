"""Any lock that can be: what hypothesis draws for the tests of this folder."""

from datetime import datetime

from hypothesis import strategies as st

from reviewer.lock.decision import Criteria, Decision, ListedStep, Lock, Verdict

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


def decisions(package: str | st.SearchStrategy[str] = texts) -> st.SearchStrategy[Decision]:
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
        signature=st.sampled_from(["", "U1NI", "U1NIU0k="]),
    )


locks = st.lists(decisions(), max_size=3).map(lambda drawn: Lock().with_decisions(drawn))


def _few(package: str) -> st.SearchStrategy[Decision | None]:
    """Few enough values that three locks often agree, often differ, and sometimes tie in all but the note."""
    return st.none() | st.builds(
        Decision,
        package=st.just(package),
        digest=st.just("sha256:" + "0" * 64),
        verdict=st.sampled_from(Verdict),
        by=st.just("Ada"),
        at=st.sampled_from(["2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"]),
        criteria=st.just((Criteria.RUN,)),
        note=st.sampled_from(["", "a"]),
        basis=st.none(),
        steps=st.just({}),
    )


small_locks = st.tuples(_few("zig:a@1#x"), _few("zig:b@1#x")).map(
    lambda drawn: Lock().with_decisions(decision for decision in drawn if decision is not None)
)
