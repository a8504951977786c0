"""Two sets of changes to one lock, brought together package by package."""

from reviewer.lock.decision import Decision, Lock, Verdict
from reviewer.lock.format import render

# No entry at all is stricter than trust: the package is asked about again.
_STRICTNESS = {Verdict.TRUSTED: 0, None: 1, Verdict.DEFERRED: 2, Verdict.REJECTED: 3}


def merge(before: Lock, ours: Lock, theirs: Lock) -> Lock:
    """`theirs` with what changed from `before` to `ours`; the same whichever side is called ours.

    A package that both sides changed gets the stricter verdict, and of two alike the newer one: a merge never turns a reject
    into a trust. All three must be canonical (`reviewer.lock.format`).
    """
    merged = {}
    for package in sorted(before.decisions.keys() | ours.decisions.keys() | theirs.decisions.keys()):
        decision = _merged(*(lock.decisions.get(package) for lock in (before, ours, theirs)))
        if decision is not None:
            merged[package] = decision
    return Lock(merged)


def _merged(before: Decision | None, ours: Decision | None, theirs: Decision | None) -> Decision | None:
    if ours in (before, theirs):
        return theirs
    if theirs == before:
        return ours
    return max(ours, theirs, key=_strength)


def _strength(decision: Decision | None) -> tuple[int, str, bytes]:
    if decision is None:
        return _STRICTNESS[None], "", b""
    # The bytes settle what is left, so that two machines merging the same two sides agree.
    return _STRICTNESS[decision.verdict], decision.at, render(Lock({decision.package: decision}))
