"""Two people decide at once: nothing is lost, and a merge never turns a reject into a trust."""

from hypothesis import given

from reviewer.lock.decision import Criteria, Decision, ListedStep, Lock, Verdict
from reviewer.lock.merge import contested, merge
from reviewer.lock.voices import agree, by_person, joined, substance, voices
from tests.lock.strategies import small_locks


def decided(package: str, verdict: Verdict, at: str = "2026-01-01T00:00:00Z", note: str = "") -> Decision:
    return Decision(package=package, digest="sha256:" + "0" * 64, verdict=verdict, by="Ada", at=at, note=note)


def lock(*decisions: Decision) -> Lock:
    return Lock().with_decisions(decisions)


@given(small_locks, small_locks)
def test_one_side_alone_simply_applies(before: Lock, after: Lock) -> None:
    assert merge(before, after, before) == after
    assert merge(before, before, after) == after
    assert merge(before, after, after) == after


@given(small_locks, small_locks, small_locks)
def test_it_does_not_matter_who_is_called_ours(before: Lock, ours: Lock, theirs: Lock) -> None:
    assert merge(before, ours, theirs) == merge(before, theirs, ours)


@given(small_locks, small_locks, small_locks)
def test_every_word_of_it_comes_from_one_of_the_sides(before: Lock, ours: Lock, theirs: Lock) -> None:
    for package, decision in merge(before, ours, theirs).decisions.items():
        sides = [one for side in (ours, theirs) if (one := side.decisions.get(package))]
        assert substance(decision) in map(substance, sides)
        assert set(map(str, voices(decision))) <= {str(voice) for one in sides for voice in voices(one)}


@given(small_locks, small_locks, small_locks)
def test_a_new_reject_survives_whatever_the_other_side_did(before: Lock, ours: Lock, theirs: Lock) -> None:
    merged = merge(before, ours, theirs)
    for package, decision in ours.decisions.items():
        if decision.verdict is Verdict.REJECTED and decision != before.decisions.get(package):
            assert merged.decisions[package].verdict is Verdict.REJECTED


@given(small_locks, small_locks, small_locks)
def test_merging_again_changes_nothing(before: Lock, ours: Lock, theirs: Lock) -> None:
    merged = merge(before, ours, theirs)
    assert merge(merged, merged, merged) == merged
    assert merge(theirs, merged, theirs) == merged


def test_decisions_on_different_packages_both_survive() -> None:
    a, b = decided("a", Verdict.TRUSTED), decided("b", Verdict.REJECTED)
    assert merge(Lock(), lock(a), lock(b)) == lock(a, b)


def test_the_stricter_verdict_wins_even_if_it_is_older() -> None:
    old = {verdict: decided("a", verdict) for verdict in Verdict}
    new = {verdict: decided("a", verdict, "2026-02-02T00:00:00Z") for verdict in Verdict}
    assert merge(Lock(), lock(new[Verdict.TRUSTED]), lock(old[Verdict.REJECTED])) == lock(old[Verdict.REJECTED])
    assert merge(Lock(), lock(new[Verdict.DEFERRED]), lock(old[Verdict.REJECTED])) == lock(old[Verdict.REJECTED])
    assert merge(Lock(), lock(new[Verdict.TRUSTED]), lock(old[Verdict.DEFERRED])) == lock(old[Verdict.DEFERRED])


def test_of_two_alike_the_newer_wins() -> None:
    old, new = decided("a", Verdict.TRUSTED), decided("a", Verdict.TRUSTED, "2026-02-02T00:00:00Z")
    assert merge(Lock(), lock(old), lock(new)) == lock(new)


def test_an_entry_forgotten_on_one_side_is_not_trusted_by_the_other() -> None:
    before = lock(decided("a", Verdict.TRUSTED))
    again = lock(decided("a", Verdict.TRUSTED, "2026-02-02T00:00:00Z"))
    rejected = lock(decided("a", Verdict.REJECTED))
    assert merge(before, Lock(), again) == Lock()
    assert merge(before, Lock(), rejected) == rejected


def test_a_reject_that_disk_still_holds_may_be_taken_back() -> None:
    before, after = lock(decided("a", Verdict.REJECTED)), lock(decided("a", Verdict.TRUSTED))
    assert merge(before, after, before) == after


@given(small_locks, small_locks, small_locks)
def test_whoever_trusts_the_same_stays_a_reviewer_and_nobody_else_does(before: Lock, ours: Lock, theirs: Lock) -> None:
    for package, merged in merge(before, ours, theirs).decisions.items():
        was, one, other = (lock.decisions.get(package) for lock in (before, ours, theirs))
        if one is None or other is None or not agree(one, other) or was in (one, other):
            continue
        earlier = by_person(was).keys() if was is not None and agree(was, one) else set()
        gone = [earlier - by_person(side).keys() for side in (one, other)]
        if any(gone):  # somebody took their word back, on one branch: not more reviewers than that branch left
            assert len(voices(merged)) <= min(
                len(voices(side)) for side, left in zip((one, other), gone, strict=True) if left
            )
        else:
            assert by_person(merged).keys() == by_person(one).keys() | by_person(other).keys()


def test_two_who_trust_the_same_on_two_branches_are_two_reviewers() -> None:
    ada = decided("a", Verdict.TRUSTED, note="read it")
    ben = ada._replace(by="Ben", at="2026-02-02T00:00:00Z", note="so did I")
    merged = merge(Lock(), lock(ben), lock(ada))
    assert voices(merged.decisions["a"]) == (ada, ben)
    assert contested(Lock(), lock(ben), lock(ada)) == ()
    # Ben takes his word back, Cy joins: one word less than before stays.
    assert joined(merged.decisions["a"], ada._replace(at="2026-03-03T00:00:00Z")).also[0].by == "Ada"
    three = lock(joined(merged.decisions["a"], ada._replace(by="Cy")))
    assert merge(merged, lock(ada), three) == lock(ada)


def strictness(decision: Decision | None) -> int:
    return [Verdict.TRUSTED, None, Verdict.DEFERRED, Verdict.REJECTED].index(decision and decision.verdict)


@given(small_locks, small_locks, small_locks, small_locks)
def test_three_branches_merge_to_the_same_in_any_order(before: Lock, one: Lock, two: Lock, three: Lock) -> None:
    left = merge(before, merge(before, one, two), three)
    assert left == merge(before, one, merge(before, two, three))
    assert left == merge(before, merge(before, one, three), two)


@given(small_locks, small_locks)
def test_a_branch_merged_twice_is_merged_once(before: Lock, ours: Lock) -> None:
    assert merge(before, ours, ours) == ours
    assert contested(before, ours, ours) == ()


@given(small_locks, small_locks, small_locks)
def test_a_merge_is_never_less_strict_than_what_somebody_decided(before: Lock, ours: Lock, theirs: Lock) -> None:
    merged = merge(before, ours, theirs)
    for side in (ours, theirs):
        for package in before.decisions.keys() | side.decisions.keys():
            was, decision, now = (lock.decisions.get(package) for lock in (before, side, merged))
            if decision != was:
                assert strictness(now) >= strictness(decision)


@given(small_locks, small_locks, small_locks)
def test_what_had_to_be_settled_is_told(before: Lock, ours: Lock, theirs: Lock) -> None:
    merged = merge(before, ours, theirs)
    for settled in contested(before, ours, theirs):
        sides = [ours.decisions.get(settled.package), theirs.decisions.get(settled.package)]
        assert settled.kept == merged.decisions.get(settled.package)
        assert settled.kept in sides
        assert settled.dropped in sides
        assert settled.kept != settled.dropped


def test_of_two_that_trust_the_one_that_allows_less_wins_though_older() -> None:
    run, later = decided("a", Verdict.TRUSTED), "2026-02-02T00:00:00Z"
    ship = run._replace(criteria=(Criteria.SHIP,), at=later)
    assert merge(Lock(), lock(run), lock(ship)) == lock(run)
    step = {"sha256:" + "1" * 64: ListedStep("run gen", "build.zig:1")}
    net = {"sha256:" + "1" * 64: ListedStep("run gen", "build.zig:1", {"net.out": ("a:1",)})}
    any_net = {"sha256:" + "1" * 64: ListedStep("run gen", "build.zig:1", {"net.out": ()})}
    for less, more in ((step, net), (net, any_net), ({}, step)):
        kept, other = run._replace(steps=less), run._replace(steps=more, at=later)
        assert merge(Lock(), lock(kept), lock(other)) == lock(kept)
