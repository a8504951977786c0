"""What an upgrade changes of what a package can do: told before any line is shown."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from reviewer.content.kind import file_kind
from reviewer.content.walk import Kind
from reviewer.upgrade.changed import ChangedFile, Fate, Unread
from reviewer.upgrade.facts import Ability, Facts, Ran

_LISTED = 6
_PLACE = re.compile(r":\d+(?=:|$)")


class Effect(StrEnum):
    """The kinds of consequences, worst first."""

    STEP_ADDED = "run step added"
    STEP_ALTERED = "run step altered"
    REACH_ALTERED = "run step's code or data altered"
    SEEN = "seen to do more"
    GAINED = "capability gained"
    NOT_DECLARATIVE = "declarative no more"
    DEPENDENCY_ADDED = "new dependency"
    OPAQUE = "cannot be read"
    UNKNOWN = "could not be compared"
    STEP_REMOVED = "run step removed"
    LOST = "capability lost"
    DEPENDENCY_REMOVED = "dependency gone"


_LOSSES = (Effect.STEP_REMOVED, Effect.LOST, Effect.DEPENDENCY_REMOVED)


class Consequence(NamedTuple):
    """One thing that follows. `details` are lines below it; `place` is `file:line` of the new content where there is one."""

    effect: Effect
    text: str
    details: tuple[str, ...] = ()
    place: str = ""

    @property
    def question(self) -> str:
        """What somebody agrees to, in words that no other consequence of the same upgrade has."""
        return f"{self.text} ({self.place})" if self.place else self.text

    @property
    def asks(self) -> bool:
        """Whether somebody has to agree to it: not where something can only do less than before."""
        return self.effect not in _LOSSES


class Same(NamedTuple):
    """A run step whose reach did not change, with the files that were compared."""

    step: str
    files: tuple[str, ...]


def consequences(old: Facts, new: Facts, files: Sequence[ChangedFile] | None) -> tuple[Consequence, ...]:
    """Of going from one to the other, worst first. `files` None: the old content is not here, so nothing is said of files."""
    found = [*_steps(old, new), *_opaque(files or ())]
    if old.whole and new.whole:
        found += [*_lent(old, new), *_abilities(old, new), *_dependencies(old, new), *_declarative(old, new)]
        if old.terms != new.terms:
            told = f"then: {', '.join(old.terms)}; now: {', '.join(new.terms)}"
            found.append(
                Consequence(
                    Effect.UNKNOWN, "What was known then and what is known now were learned differently", (told,)
                )
            )
    else:
        text = "Only files, and run steps by name and place, could be compared"
        detail = "not what its code could do, what it depends on, and which files decided what its run steps do"
        found.append(Consequence(Effect.UNKNOWN, text, (detail,)))
    if files is None:
        found.append(Consequence(Effect.UNKNOWN, "The old content is not here, so its files could not be compared"))
    return in_order(_together(found))


def in_order(found: Iterable[Consequence]) -> tuple[Consequence, ...]:
    """Worst first."""
    order = list(Effect)
    return tuple(sorted(found, key=lambda each: order.index(each.effect)))


def _together(found: Sequence[Consequence]) -> Iterator[Consequence]:
    """What is told in the same words is told once, with the details of all, so that nobody agrees to one and means another."""
    same: dict[tuple[Effect, str], list[Consequence]] = {}
    for consequence in found:
        same.setdefault((consequence.effect, consequence.question), []).append(consequence)
    for first, *others in same.values():
        more = [each.details for each in others if each.details != first.details]
        yield first._replace(
            details=(*first.details, *(detail for details in dict.fromkeys(more) for detail in details))
        )


def unchanged_reaches(old: Facts, new: Facts) -> tuple[Same, ...]:
    """The run steps of which every file that decides what they do is known and the same."""
    return tuple(
        Same(after.name, tuple(after.reach))
        for before, after in _pairs(old, new)[0]
        if before.reach is not None and after.reach is not None and before.reach == after.reach and not after.gaps
    )


def _steps(old: Facts, new: Facts) -> Iterator[Consequence]:
    both, added, removed = _pairs(old, new)
    yield from _idle([step for step in added if step.idle], [(a, b) for a, b in both if b.idle and a.idle])
    added = [step for step in added if not step.idle]
    removed = [step for step in removed if not step.idle]
    both = [(before, after) for before, after in both if not (before.idle and after.idle)]
    for step in added:
        hidden = ", hidden" if step.hidden else ""
        yield Consequence(
            Effect.STEP_ADDED,
            f"Runs \u201c{step.name}\u201d, which it did not before{hidden}",
            _described(step),
            step.created,
        )
    for step in removed:
        yield Consequence(Effect.STEP_REMOVED, f"No longer runs \u201c{step.name}\u201d")
    for before, after in both:
        if details := tuple(_altered(before, after)):
            yield Consequence(Effect.STEP_ALTERED, f"Runs \u201c{after.name}\u201d otherwise", details, after.created)
        yield from _reach(before, after)


def _idle(added: Sequence[Ran], both: Sequence[tuple[Ran, Ran]]) -> Iterator[Consequence]:
    """Run steps that nothing in the project is seen to reach, such as a package's own tests: told together."""
    altered = [after for before, after in both if any(_altered(before, after))]
    for effect, steps, what in ((Effect.STEP_ADDED, added, "New"), (Effect.STEP_ALTERED, altered, "Altered")):
        if steps:
            details = [f"{step.name} ({step.created})" for step in steps]
            text = f"{what} run steps that nothing in this project is seen to reach: {len(steps)}"
            yield Consequence(effect, text, _short(details), steps[0].created)


def _described(step: Ran) -> tuple[str, ...]:
    if not step.whole:
        return ()
    files = () if step.reach is None else (f"what it does is decided by {_listed(tuple(step.reach))}",)
    told = (
        f"command: {' '.join(step.command)}",
        f"declares: {_listed(step.inputs, 'no inputs')} \u2192 {_listed(step.outputs, 'no outputs')}",
    )
    return (*told, *files, *(f"not followed: {gap}" for gap in step.gaps[:_LISTED]))


def _altered(before: Ran, after: Ran) -> Iterator[str]:
    if not (before.whole and after.whole):
        if before.fingerprint != after.fingerprint and _kind(before) == _kind(after):
            yield "its command, inputs, outputs or program differ"
        return
    for name in ("command", "inputs", "outputs", "env"):
        was, now = getattr(before, name), getattr(after, name)
        if was != now:
            apart = " " if name == "command" else ", "
            yield f"{name}: {apart.join(was) or 'none'} \u2192 {apart.join(now) or 'none'}"
    if before.idle and not after.idle:
        yield "something reaches it now"
    if before.cwd != after.cwd:
        yield f"runs in: {before.cwd or 'the default folder'} \u2192 {after.cwd or 'the default folder'}"
    if after.hidden and not before.hidden:
        yield "hidden now: the root's build code does not name it"


def _reach(before: Ran, after: Ran) -> Iterator[Consequence]:
    if not (before.whole and after.whole):
        return  # said once for all of them
    name = f"\u201c{after.name}\u201d"
    if before.reach is None or after.reach is None:
        if before.reach is not after.reach:
            yield Consequence(Effect.UNKNOWN, f"Which files decide what {name} does is not known", (), after.created)
        return
    details = list(_differences(before.reach, after.reach))
    known = {_PLACE.sub("", gap) for gap in before.gaps}
    details += [f"not followed: {gap}" for gap in after.gaps if _PLACE.sub("", gap) not in known]
    if details:
        yield Consequence(
            Effect.REACH_ALTERED, f"What {name} runs is other code or data", _short(details), after.created
        )
    elif after.gaps:
        text = f"The {len(after.reach)} known files that decide what {name} does are the same, but not all of it could be followed"
        if not after.reach:
            text = f"What {name} does could not be followed, so it may differ"
        yield Consequence(Effect.UNKNOWN, text, _short(list(after.gaps)), after.created)


def _lent(old: Facts, new: Facts) -> Iterator[Consequence]:
    """Of run steps of other packages, as far as they run code of this one."""
    before, after = _by_name(old.lent), _by_name(new.lent)
    for name, now in after.items():
        then = before.get(name)
        if then is None:
            text = f"\u201c{name}\u201d runs code of it, which it did not before"
            yield Consequence(Effect.REACH_ALTERED, text, _short(list(now)))
        elif details := list(_differences(then, now)):
            text = f"What \u201c{name}\u201d runs of it is other code or data"
            yield Consequence(Effect.REACH_ALTERED, text, _short(details))


def _by_name(steps: Sequence[Ran]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for step in steps:
        found.setdefault(step.name, {}).update(step.reach or {})
    return found


def _differences(then: Mapping[str, str], now: Mapping[str, str]) -> Iterator[str]:
    """Between the files of two reaches."""
    yield from (f"altered: {file}" for file in now if then.get(file, now[file]) != now[file])
    yield from (f"added: {file}" for file in now if file not in then)
    yield from (f"gone: {file}" for file in then if file not in now)


def _pairs(old: Facts, new: Facts) -> tuple[list[tuple[Ran, Ran]], list[Ran], list[Ran]]:
    """Run steps of both that are the same one, those that are new, and those that are gone."""
    left, both = list(old.steps), list[tuple[Ran, Ran]]()
    added: list[Ran] = []
    waiting = list(new.steps)
    alike = (
        lambda a, b: a.fingerprint == b.fingerprint,
        lambda a, b: (a.name, a.command) == (b.name, b.command) and a.whole,
        lambda a, b: (a.name, a.created) == (b.name, b.created),
        lambda a, b: a.name == b.name,
    )
    for same in alike:
        added = []
        for step in waiting:
            match = next((other for other in left if same(other, step)), None)
            if match is None:
                added.append(step)
            else:
                left.remove(match)
                both.append((match, step))
        waiting = added
    return both, added, left


def _abilities(old: Facts, new: Facts) -> Iterator[Consequence]:
    yield from _more(old.abilities, new.abilities, Effect.GAINED, "Can now")
    yield from _more(new.abilities, old.abilities, Effect.LOST, "No longer seen to")


def _more(less: Sequence[Ability], more: Sequence[Ability], effect: Effect, verb: str) -> Iterator[Consequence]:
    """One consequence for each capability and time, with the places that the other side does not have."""
    known = Counter((ability.capability, ability.where, ability.text) for ability in less)
    before = {(ability.capability, ability.where) for ability in less}
    places: dict[tuple[str, str], list[Ability]] = {}
    for ability in more:
        key = ability.capability, ability.where, ability.text
        if known[key]:
            known[key] -= 1
        else:
            places.setdefault(key[:2], []).append(ability)
    for (capability, where), found in places.items():
        had = (capability, where) in before
        if effect is Effect.LOST and (had or capability == "unanalyzed"):
            continue  # it still can, or may
        text = f"{verb} {capability} {where}" if not had else f"{capability} {where}, in more places than before"
        if capability == "unanalyzed":
            text = f"Not followed {where}, in other places than before" if had else f"Not followed {where}"
        details = [f"{ability.place}: {ability.text}" for ability in found]
        yield Consequence(effect, text, _short(details), found[0].place if effect is Effect.GAINED else "")


def _dependencies(old: Facts, new: Facts) -> Iterator[Consequence]:
    for name in new.dependencies:
        if name not in old.dependencies:
            yield Consequence(Effect.DEPENDENCY_ADDED, f"Depends on {name}, which it did not before")
    for name in old.dependencies:
        if name not in new.dependencies:
            yield Consequence(Effect.DEPENDENCY_REMOVED, f"No longer depends on {name}")


def _declarative(old: Facts, new: Facts) -> Iterator[Consequence]:
    if old.declarative and new.declarative is False:
        details = (new.hindrance,) if new.hindrance else ()
        yield Consequence(Effect.NOT_DECLARATIVE, "Its build code no longer only describes a build", details)


def _opaque(files: Sequence[ChangedFile]) -> Iterator[Consequence]:
    for file in files:
        new = file.new
        if new is None:
            continue
        said = "New" if file.fate is Fate.ADDED else "Altered"
        same = file.old is not None and file.old.blob == new.blob
        if file.unread is Unread.BINARY and not same and file_kind(new.content()).binary:
            text = f"{said} file that is not text: {file.path} ({file_kind(new.content()).name}, {new.size:,} bytes)"
            yield Consequence(Effect.OPAQUE, text)
        elif file.unread is Unread.LARGE and not same:
            yield Consequence(Effect.OPAQUE, f"{said} file {file.path} is too large to be compared by lines")
        elif file.unread is Unread.LINK and new.kind is Kind.LINK:
            target = new.content().decode(errors="replace")
            yield Consequence(Effect.OPAQUE, f"{file.path} is now a symbolic link to {target}")
        if new.kind is Kind.EXEC and (file.old is None or file.old.kind is not Kind.EXEC):
            yield Consequence(Effect.OPAQUE, f"{file.path} is executable, which it was not before")


def _short(details: list[str]) -> tuple[str, ...]:
    more = [f"and {len(details) - _LISTED} more"] if len(details) > _LISTED else []
    return (*details[:_LISTED], *more)


def _listed(words: Sequence[str], none: str = "nothing") -> str:
    shown = ", ".join(words[:_LISTED])
    return f"{shown} and {len(words) - _LISTED} more" if len(words) > _LISTED else shown or none


def _kind(step: Ran) -> bool:
    return step.fingerprint.startswith("read:")
