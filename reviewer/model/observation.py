"""`observed` evidence: what one run step did when it was run in the sandbox. Plain values, kept as `reviewer.observation/1`."""

import json
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from reviewer.content.text import visible
from reviewer.errors import ReviewerError
from reviewer.model.graph import Location

SCHEMA = "reviewer.observation/1"
MAX_ACTS = 5000
MAX_WORDS = 1000
"""Of `unused`, and of the programs that led to an act."""
_MAX_NAME = 1000
_MAX_LINE = 80_000
_MAX_PRINTED = 1 << 20
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)


class Act(NamedTuple):
    """Something that was done, or tried, `times` times.

    `kind` is a word such as `read` or `connect`; `what` a portable path (`[home]/.ssh`, `package:file`), `host:port` or program.
    `capability` (CAPABILITIES.md) is empty for what the step declares and for what every program does. `refused` is the error's name,
    empty where it was done. `late`: the command itself had ended. `place`: the line of a package that did it, None where it could not be
    followed; `by` the programs that led to it, outermost first.
    """

    kind: str
    what: str
    capability: str = ""
    refused: str = ""
    detail: str = ""
    late: bool = False
    place: Location | None = None
    by: tuple[str, ...] = ()
    times: int = 1


class Observation(NamedTuple):
    """One run of a step. `digest` is that of what ran: of the package, or of the project's own files that decide what it does; None where
    not known. `at` is UTC, as in review.lock.

    `ended` says in words how the run ended. `unused`: inputs and outputs that the step declares and did not touch. `cut`: there was more
    than is kept. `blind` says what cannot be seen this way. `stdout` and `stderr` are the beginning of what it printed, made visible. `by`
    is who saved it for others, as that one says; empty for what was observed here.
    """

    step: str
    fingerprint: str
    package: str
    digest: str | None
    at: str
    toolchain: str
    ended: str
    seconds: float
    acts: tuple[Act, ...]
    unused: tuple[str, ...] = ()
    cut: bool = False
    blind: tuple[str, ...] = ()
    stdout: str = ""
    stderr: str = ""
    by: str = ""

    @property
    def remarkable(self) -> tuple[Act, ...]:
        """What the step neither declares nor every program does, in its order."""
        return tuple(act for act in self.acts if act.capability)


def grants_for(observation: Observation) -> dict[str, tuple[str, ...]]:
    """The smallest set of grants under which the step could do again what it did; what was refused it did without.

    Never keys and tokens: what it read of those were decoys, and no build needs the real ones.
    """
    found: dict[str, dict[str, None]] = {}
    for act in observation.acts:
        if act.capability not in ("", "fs.read.sensitive") and not act.refused:
            found.setdefault(act.capability, {})[act.what] = None
    return {capability: tuple(sorted(what)) for capability, what in sorted(found.items())}


def new_acts(old: Observation, new: Observation) -> tuple[Act, ...]:
    """The remarkable acts of `new` that `old` did not show: of this kind, on this, and whether it was let."""
    known = {_key(act) for act in old.acts}
    return tuple({_key(act): act for act in reversed(new.remarkable) if _key(act) not in known}.values())[::-1]


def _key(act: Act) -> tuple[str, str, str, bool]:
    return act.kind, act.what, act.capability, bool(act.refused)


def observation_to_json(observation: Observation) -> dict[str, Any]:
    """A plain value for `json.dumps`."""
    acts = [{**act._asdict(), "place": act.place._asdict() if act.place else None} for act in observation.acts]
    return {"schema": SCHEMA, **observation._asdict(), "acts": acts}


def observation_from_json(text: str | bytes, *, where: str) -> Observation:
    """The same observation again. Raises ReviewerError.

    It may come from somebody else: every value is of the kind and size that it must be, and nothing invisible is in what is shown.
    """
    try:
        value = json.loads(text)
        if not isinstance(value, dict) or value.pop("schema") != SCHEMA:
            raise ValueError(f"it is not a {SCHEMA}")
        return _observation(value)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ReviewerError(
            f"this is no observation that Reviewer kept ({visible(str(error)[:200])})",
            where=where,
            cure="observe again",
        ) from error


def _observation(value: Mapping[str, Any]) -> Observation:
    digest, at = value["digest"], _text(value["at"])
    if not _TIME.fullmatch(at):
        raise ValueError("a time that is none")
    seconds = value["seconds"]
    if not isinstance(seconds, int | float) or not math.isfinite(seconds):
        raise ValueError("a number of seconds that is none")
    return Observation(
        step=_id(value["step"]),
        fingerprint=_id(value["fingerprint"]),
        package=_id(value["package"]),
        digest=None if digest is None else _id(digest),
        at=at,
        toolchain=_text(value["toolchain"]),
        ended=_text(value["ended"], _MAX_LINE),
        seconds=seconds,
        acts=tuple(_act(act) for act in _list(value["acts"], MAX_ACTS)),
        unused=tuple(_lines(value["unused"])),
        cut=_true_or_false(value["cut"]),
        blind=tuple(_lines(value["blind"])),
        stdout=_text(value["stdout"], _MAX_PRINTED, keep="\n"),
        stderr=_text(value["stderr"], _MAX_PRINTED, keep="\n"),
        by=_text(value.get("by", "")),
    )


def _act(value: Mapping[str, Any]) -> Act:
    place, times = value["place"], value["times"]
    if type(times) is not int or times < 1:
        raise ValueError("a number of times that is none")
    return Act(
        kind=_text(value["kind"]),
        what=_text(value["what"], _MAX_LINE),
        capability=_text(value["capability"]),
        refused=_text(value["refused"]),
        detail=_text(value["detail"], _MAX_LINE),
        late=_true_or_false(value["late"]),
        place=None if place is None else _place(place),
        by=tuple(_lines(value["by"])),
        times=times,
    )


def _place(value: Mapping[str, Any]) -> Location:
    line, column = value["line"], value["column"]
    if type(line) is not int or type(column) is not int or min(line, column) < 0:
        raise ValueError("a line that is none")
    return Location(
        _id(value["package"]), _text(value["file"], _MAX_LINE), line, column, _text(value["function"], _MAX_LINE)
    )


def _id(value: object) -> str:
    """To be compared and not shown as it is, so nothing is made visible."""
    if not isinstance(value, str) or len(value) > _MAX_LINE:
        raise ValueError("a name that is none")
    return value


def _text(value: object, most: int = _MAX_NAME, *, keep: str = "") -> str:
    if not isinstance(value, str) or len(value) > most:
        raise ValueError("a text that is none, or too long")
    return visible(value, keep=keep)


def _list(value: object, most: int) -> list[Any]:
    if not isinstance(value, list) or len(value) > most:
        raise ValueError("a list that is none, or too long")
    return value


def _lines(value: object) -> Iterator[str]:
    yield from (_text(line, _MAX_LINE) for line in _list(value, MAX_WORDS))


def _true_or_false(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("a truth that is none")
    return value
