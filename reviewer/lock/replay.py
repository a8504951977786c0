"""Older decisions that were put back: what a valid signature cannot show, because the decision was real once.

A trust is compared with what git's history of review.lock holds about the same package. It was put back where somebody decided something
stricter after it: rejected or deferred the package, or allowed less of the same content.

What this cannot notice: where there is no history, or a clone without all of it (`actions/checkout` fetches one commit unless told
otherwise), or one that was rewritten; that a decision was forgotten and put back, since forgetting leaves no date that is signed; and
without signatures anything, since who can write an old entry can write a new one. So it is asked only where review.toml demands them.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from reviewer.errors import ReviewerError
from reviewer.lock.decision import Decision, Lock, Verdict
from reviewer.lock.merge import allowed
from reviewer.lock.voices import newest

if TYPE_CHECKING:
    from reviewer.lock.history import Event, History


def decisions_before(root: Path) -> "History":
    """What git knows of earlier decisions. Where it knows nothing, or not all, a gap says so: then something may go unnoticed."""
    from reviewer.lock.history import (
        History,
        lock_history,
    )  # few projects demand signatures, and looking should start fast

    try:
        return lock_history(root)
    except ReviewerError as error:
        return History((), (str(error),))


def put_back(lock: Lock, events: Iterable["Event"]) -> Mapping[str, "Event"]:
    """By package id, the newest stricter decision after which an older trust stands in the lock again."""
    found: dict[str, Event] = {}
    for event in events:
        now, then = lock.decisions.get(event.package), event.after
        if now is None or then is None or event.commit is None or not _is_undone(now, then):
            continue
        known = found.get(event.package)
        if known is None or known.after is None or newest(known.after).at < newest(then).at:
            found[event.package] = event
    return found


def _is_undone(now: Decision, then: Decision) -> bool:
    if now.verdict is not Verdict.TRUSTED or newest(then).at <= newest(now).at:
        return False
    return then.verdict is not Verdict.TRUSTED or (then.digest == now.digest and allowed(then) > allowed(now))
