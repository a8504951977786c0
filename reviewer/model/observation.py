"""`observed` evidence: what one run step did when it was run in the sandbox. Plain values, kept as `reviewer.observation/1`."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from reviewer.errors import ReviewerError
from reviewer.model.graph import Location

SCHEMA = "reviewer.observation/1"


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
    """One run of a step. `digest` is that of the package whose code ran, None for the project's own; `at` is UTC, as in review.lock.

    `ended` says in words how the run ended. `unused`: inputs and outputs that the step declares and did not touch. `cut`: there was more
    than is kept. `blind` says what cannot be seen this way. `stdout` and `stderr` are the beginning of what it printed, made visible.
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


def observation_to_json(observation: Observation) -> dict[str, Any]:
    """A plain value for `json.dumps`."""
    acts = [{**act._asdict(), "place": act.place._asdict() if act.place else None} for act in observation.acts]
    return {"schema": SCHEMA, **observation._asdict(), "acts": acts}


def observation_from_json(text: str | bytes, *, where: str) -> Observation:
    """The same observation again. Raises ReviewerError."""
    try:
        value = json.loads(text)
        if not isinstance(value, dict) or value.pop("schema") != SCHEMA:
            raise ValueError(f"it is not a {SCHEMA}")
        acts = tuple(_act(act) for act in value.pop("acts"))
        unused, blind = tuple(value.pop("unused")), tuple(value.pop("blind"))
        return Observation(**value, unused=unused, blind=blind, acts=acts)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ReviewerError(
            f"this is no observation that Reviewer kept ({error})", where=where, cure="observe again"
        ) from error


def _act(value: Mapping[str, Any]) -> Act:
    place = value["place"]
    return Act(**{**value, "place": Location(**place) if place else None, "by": tuple(value["by"])})
