"""One trust in several voices: the entry of a package is the decision of everybody who trusts the same.

The same is: content, criteria, run steps with their grants, and what it was reviewed against. The first voice is in the entry's own `by`,
`at`, `note` and `signature`, where it always was; the others are in `also`, the oldest first. Each voice is a whole decision, and that is
what its signature covers: nobody signs for anybody else, and whoever joins later leaves the signatures of the others valid.
"""

from collections.abc import Iterable, Mapping, Sequence

from reviewer.lock.decision import Confirmation, Criteria, Decision, Verdict, allows

MAX_OTHERS = 63
"""Reviewers of an entry besides the first; of more the oldest stay."""


def address_of(by: str) -> str:
    """Who somebody is, whatever they are called: the mail address of `Name <mail>`, else the name."""
    return by.partition("<")[2].rpartition(">")[0].strip() or by.strip()


def person(by: str) -> str:
    """The same for the same reviewer."""
    return address_of(by).casefold()


def voices(decision: Decision) -> tuple[Decision, ...]:
    """The decision as each of its reviewers made it, the first voice first."""
    first = decision._replace(also=())
    others = (first._replace(by=c.by, at=c.at, note=c.note, signature=c.signature) for c in decision.also)
    return (first, *others)


def newest(decision: Decision) -> Decision:
    """The voice that was added last."""
    return max(voices(decision), key=lambda voice: voice.at)


def by_person(decision: Decision) -> Mapping[str, Decision]:
    """The same by who made it."""
    return {person(voice.by): voice for voice in voices(decision)}


def substance(decision: Decision) -> Decision:
    """What is decided, apart from who says so."""
    return decision._replace(by="", at="", note="", signature="", also=())


def agree(one: Decision, other: Decision) -> bool:
    """Whether both trust the same. Rejecting or deferring is not counted: one is enough."""
    return one.verdict is Verdict.TRUSTED and substance(one) == substance(other)


def together(made: Iterable[Decision]) -> Decision:
    """One entry of voices that agree, at most one of each person, in an order that does not depend on theirs."""
    order = sorted(made, key=lambda voice: (voice.at, person(voice.by), voice.by, voice.note, voice.signature))
    first, *others = order[: MAX_OTHERS + 1]
    return first._replace(also=tuple(Confirmation(v.by, v.at, v.note, v.signature) for v in others))


def joined(entry: Decision | None, new: Decision) -> Decision:
    """What the entry becomes when somebody decides: where both trust the same, a voice more, or their own anew; else the new one alone.

    Names and places of run steps are those that the entry has: they are part of what others signed, and the fingerprints say what runs.
    """
    if entry is None or not _confirms(entry, new):
        return new
    voice = substance(entry)._replace(by=new.by, at=new.at, note=new.note, signature=new.signature)
    return together({**by_person(entry), person(new.by): voice}.values())


def _confirms(entry: Decision, new: Decision) -> bool:
    def grants(decision: Decision) -> object:
        return {mark: {name: set(what) for name, what in step.grants.items()} for mark, step in decision.steps.items()}

    alike = new._replace(steps={}, basis=entry.basis, criteria=entry.criteria)
    ships = allows(entry, Criteria.SHIP) == allows(new, Criteria.SHIP)
    return ships and agree(entry._replace(steps={}), alike) and grants(entry) == grants(new)


def count_people(made: Sequence[Decision], keys: Sequence[str]) -> int:
    """How many different people these voices are: whoever shares an address or a signing key (empty: none) is one."""
    groups: list[set[str]] = []
    for voice, key in zip(made, keys, strict=True):
        marks = {f"person {person(voice.by)}", *([f"key {key}"] if key else [])}
        same = [group for group in groups if group & marks]
        groups = [group for group in groups if not group & marks] + [marks.union(*same)]
    return len(groups)
