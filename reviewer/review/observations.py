"""What steps were seen to do, kept by the digest of the package whose code ran: also a later version can be compared with it."""

import hashlib
import itertools
import json
import os
from pathlib import Path
from typing import NamedTuple

from reviewer.errors import ReviewerError
from reviewer.model.graph import Graph, Step
from reviewer.model.observation import Observation, observation_from_json, observation_to_json
from reviewer.places import state_dir

MAX_BYTES = 64 << 20
_OTHERS = 50
"""Observations of other versions that are looked at."""


class Known(NamedTuple):
    """What is known of a step by running it: `now` of what is shown, or else `before` of another version or another command of it."""

    now: Observation | None = None
    before: Observation | None = None


class Observations:
    """What was observed of the steps of one graph; each is read from disk once."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._known: dict[str, Known] = {}

    def of(self, step_id: str) -> Known:
        """What is known of a step."""
        if step_id not in self._known:
            step = self._graph.step[step_id]
            found = kept_observation(self._graph, step)
            if found is not None and step.run is not None and found.fingerprint == step.run.fingerprint:
                self._known[step_id] = Known(now=found)
            else:
                self._known[step_id] = Known(before=found or _of_another_version(self._graph, step))
        return self._known[step_id]

    def take(self, observation: Observation) -> None:
        """The newest of its step, of what is shown."""
        self._known[observation.step] = Known(now=observation)


def keep_observation(observation: Observation) -> Path:
    """Keep the newest of a step; the file, fit to be handed to a colleague. Raises ReviewerError."""
    path = _path(observation.package, observation.digest, observation.step)
    unfinished = path.with_suffix(f".{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished.write_text(json.dumps(observation_to_json(observation), indent=2))
        unfinished.replace(path)
    except OSError as error:
        raise ReviewerError("the observation cannot be kept", where=str(path), cure=str(error.strerror)) from error
    return path


def kept_observation(graph: Graph, step: Step) -> Observation | None:
    """What this step did when it was observed last, with this content of the package whose code it runs; None if it never was."""
    if step.run is None:
        return None
    package = graph.package.get(step.run.executes or step.package)
    if package is None:
        return None
    return _read(_path(package.id, package.digest, step.id))


def _of_another_version(graph: Graph, step: Step) -> Observation | None:
    """The newest observation of a step with this id, of another content of a package with this name."""
    package = graph.package.get((step.run.executes or step.package) if step.run else "")
    if package is None:
        return None
    name = _versionless(package.id)
    paths = itertools.islice(_folder().glob(f"*/{_name(step.id)}.json"), _OTHERS)
    found = (observation for path in paths if (observation := _read(path)) is not None)
    return max((o for o in found if _versionless(o.package) == name), key=lambda o: o.at, default=None)


def _versionless(package: str) -> str:
    return package.partition("#")[0].rpartition("@")[0]


def _read(path: Path) -> Observation | None:
    try:
        if path.stat().st_size > MAX_BYTES:
            return None
        return observation_from_json(path.read_bytes(), where=str(path))
    except (OSError, ReviewerError):
        return None


def _folder() -> Path:
    return state_dir() / "observations"


def _path(package: str, digest: str | None, step: str) -> Path:
    return _folder() / _name(f"{package}\n{digest}") / f"{_name(step)}.json"


def _name(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:24]
