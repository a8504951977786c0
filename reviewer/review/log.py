"""What the log tells of a change of an entry of review.lock: who decided what, and when."""

from reviewer.lock.decision import Decision
from reviewer.lock.history import Event
from reviewer.lock.voices import agree, by_person, voices


def where(event: Event) -> str:
    """Which commit brought the change, when and by whom it claims to be."""
    commit = event.commit
    return f"commit {commit.id}, {commit.at}, {commit.author}" if commit else "not committed"


def lines(event: Event) -> tuple[str, ...]:
    """What was decided, in lines of text that may be an attacker's; where others joined or signed, only that."""
    before, after = event.before, event.after
    if after is None:
        return tuple(f"removed; before: {told(voice)}" for voice in (voices(before) if before else ()))
    if before is not None and agree(before, after):
        return _joined(before, after)
    found = [told(after) + (f"; before: {told(before)}" if before else ""), after.digest, *_note(after)]
    if after.basis:
        found.append(f"against {after.basis}")
    for voice in voices(after)[1:]:
        found += [f"also {told(voice)}", *_note(voice)]
    return tuple(found)


def _joined(before: Decision, after: Decision) -> tuple[str, ...]:
    was, now = by_person(before), by_person(after)
    found = [f"taken back: {told(voice)}" for who, voice in was.items() if who not in now]
    for who, voice in now.items():
        if who not in was:
            found += [f"also {told(voice)}", *_note(voice)]
        elif was[who] != voice:
            found += [f"{told(voice)}; before: {told(was[who])}", *_note(voice)]
    return (*found, after.digest)


def _note(voice: Decision) -> tuple[str, ...]:
    return (f"note: {voice.note}",) if voice.note else ()


def told(voice: Decision | None) -> str:
    """One reviewer's decision."""
    if voice is None:
        return "no decision"
    signed = ", signed" if voice.signature else ""
    return f"{voice.verdict.value} for {', '.join(voice.criteria)} by {voice.by[:200]} at {voice.at}{signed}"
