"""Two sets of changes to one lock, brought together package by package: by `save` on disk, and by git's merge driver."""

from typing import NamedTuple

from reviewer.lock.decision import Criteria, Decision, Lock, Verdict
from reviewer.lock.format import render

# No entry at all is stricter than trust: the package is asked about again.
_STRICTNESS = {Verdict.TRUSTED: 0, None: 1, Verdict.DEFERRED: 2, Verdict.REJECTED: 3}


class Contested(NamedTuple):
    """A package about which both sides decided, each differently, and which of the two the merge keeps (None: no entry)."""

    package: str
    kept: Decision | None
    dropped: Decision | None


def merge(before: Lock, ours: Lock, theirs: Lock) -> Lock:
    """`theirs` with what changed from `before` to `ours`; the same whichever side is called ours.

    A package that both sides changed gets the entry that allows less, and of two alike the newer one: a merge never turns a
    reject into a trust. All three must be canonical (`reviewer.lock.format`).
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
        if one != other and was not in (one, other):
            kept = _merged(was, one, other)
            found.append(Contested(package, kept, other if kept == one else one))
    return tuple(found)


def _merged(before: Decision | None, ours: Decision | None, theirs: Decision | None) -> Decision | None:
    if ours in (before, theirs):
        return theirs
    if theirs == before:
        return ours
    return max(ours, theirs, key=_strength)


def _strength(decision: Decision | None) -> tuple[tuple[int, ...], str, bool, bytes]:
    """By what is allowed, least last; then by age; a signed one after an unsigned; the bytes settle the rest on every machine alike."""
    if decision is None:
        return (_STRICTNESS[None],), "", False, b""
    granted = [what for step in decision.steps.values() for what in step.grants.values()]
    allows = (
        _STRICTNESS[decision.verdict],
        -(Criteria.SHIP in decision.criteria),
        -sum(not what for what in granted),  # a grant that names nothing is for all of it
        -sum(len(what) for what in granted),
        -len(decision.steps),
    )
    return allows, decision.at, bool(decision.signature), render(Lock({decision.package: decision}))
