"""Two sets of changes to one lock, brought together package by package: by `save` on disk, and by git's merge driver."""

from collections.abc import Mapping
from typing import NamedTuple

from reviewer.lock.decision import Criteria, Decision, Lock, Verdict
from reviewer.lock.format import render
from reviewer.lock.voices import agree, by_person, substance, together

# No entry at all is stricter than trust: the package is asked about again.
_STRICTNESS = {Verdict.TRUSTED: 0, None: 1, Verdict.DEFERRED: 2, Verdict.REJECTED: 3}


class Contested(NamedTuple):
    """A package about which both sides decided, each differently, and which of the two the merge keeps (None: no entry)."""

    package: str
    kept: Decision | None
    dropped: Decision | None


def merge(before: Lock, ours: Lock, theirs: Lock) -> Lock:
    """`theirs` with what changed from `before` to `ours`; the same whichever side is called ours.

    A package that both sides changed gets the entry that allows less, and of two alike the newer one (of two trusts in different things
    the same one on every machine): a merge never turns a reject into a trust. Where both trust the same, all who do stay its reviewers, of
    one person's two voices the newer; unless a side took a voice back: then its entry stands as it is. All three must be canonical
    (`reviewer.lock.format`).
    """
    merged = {}
    for package in sorted(before.decisions.keys() | ours.decisions.keys() | theirs.decisions.keys()):
        decision = _merged(*(lock.decisions.get(package) for lock in (before, ours, theirs)))
        if decision is not None:
            merged[package] = decision
    return Lock(merged)


def contested(before: Lock, ours: Lock, theirs: Lock) -> tuple[Contested, ...]:
    """What the merge of these three had to settle, by package id."""
    found = []
    for package in sorted(before.decisions.keys() | ours.decisions.keys() | theirs.decisions.keys()):
        was, one, other = (lock.decisions.get(package) for lock in (before, ours, theirs))
        if one != other and was not in (one, other) and not _unites(was, one, other):
            kept = _merged(was, one, other)
            found.append(Contested(package, kept, other if kept == one else one))
    return tuple(found)


def _merged(before: Decision | None, ours: Decision | None, theirs: Decision | None) -> Decision | None:
    if ours in (before, theirs):
        return theirs
    if theirs == before:
        return ours
    if ours is None or theirs is None or not agree(ours, theirs):
        return max(ours, theirs, key=_strength)
    was = _voices_of(before, ours)
    shrunk = [side for side in (ours, theirs) if was.keys() - by_person(side).keys()]
    if shrunk:
        return min(shrunk, key=lambda side: (len(side.also), _bytes(side)))
    one, other = by_person(ours), by_person(theirs)
    found = (_newer(was.get(who), one.get(who), other.get(who)) for who in {**one, **other})
    return together(voice for voice in found if voice is not None)


def _unites(before: Decision | None, ours: Decision | None, theirs: Decision | None) -> bool:
    """Whether both sides trust the same and neither took a voice back: then nothing has to be settled."""
    if ours is None or theirs is None or not agree(ours, theirs):
        return False
    return _voices_of(before, ours).keys() <= by_person(ours).keys() & by_person(theirs).keys()


def _voices_of(before: Decision | None, now: Decision) -> Mapping[str, Decision]:
    return by_person(before) if before is not None and agree(before, now) else {}


def _newer(was: Decision | None, one: Decision | None, other: Decision | None) -> Decision | None:
    """One person's voice; a signed one after an unsigned of the same time; the bytes settle the rest."""
    if one in (was, other):
        return other
    if other == was or other is None or one is None:
        return one or other
    return max(one, other, key=lambda voice: (voice.at, bool(voice.signature), _bytes(voice)))


def _strength(decision: Decision | None) -> tuple[tuple[int, ...], str, bool, bytes]:
    """By what is allowed, least last; then by age; a signed one after an unsigned; the bytes settle the rest on every machine alike.

    Of trust only what is trusted counts: who says so, and when, is different in every branch that joins in.
    """
    if decision is None:
        return (_STRICTNESS[None],), "", False, b""
    if decision.verdict is Verdict.TRUSTED:
        return allowed(decision), "", False, _bytes(substance(decision))
    return allowed(decision), decision.at, bool(decision.signature), _bytes(decision)


def allowed(decision: Decision) -> tuple[int, ...]:
    """How much a decision allows: greater allows less."""
    granted = [what for step in decision.steps.values() for what in step.grants.values()]
    return (
        _STRICTNESS[decision.verdict],
        -(Criteria.SHIP in decision.criteria),
        -sum(not what for what in granted),  # a grant that names nothing is for all of it
        -sum(len(what) for what in granted),
        -len(decision.steps),
    )


def _bytes(decision: Decision) -> bytes:
    return render(Lock({decision.package: decision}))
