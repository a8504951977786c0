"""What steps were seen to do, kept by the digest of the package whose code ran: a later version can be compared with it. Beside it, what
others saved."""

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
from reviewer.review.shared_observations import saved_observations

MAX_BYTES = 64 << 20
_OTHERS = 50
"""Observations of other versions that are looked at."""


class Known(NamedTuple):
    """What is known of a step by running it: `now` of what is shown, or else `before` of another version or another command of it, both
    from here where there is one. `told`: what others say that they saw of exactly what is shown, newest first.
    """

    now: Observation | None = None
    before: Observation | None = None
    told: tuple[Observation, ...] = ()


class Observations:
    """What was observed of the steps of one graph; each is read from disk once. `root`: where colleagues save theirs; None for nowhere.

    `taken` counts those that came after.
    """

    def __init__(self, graph: Graph, root: Path | None) -> None:
        self.graph = graph
        self._root = root
        self._saved: tuple[Observation, ...] | None = None
        self._known: dict[str, Known] = {}
        self.taken = 0

    def of(self, step_id: str) -> Known:
        """What is known of a step."""
        if step_id not in self._known:
            self._known[step_id] = self._find(self.graph.step[step_id])
        return self._known[step_id]

    def take(self, observation: Observation) -> None:
        """The newest of its step, of what is shown."""
        self._known[observation.step] = self.of(observation.step)._replace(now=observation)
        self.taken += 1

    def of_content(self, step: Step, package: str, digest: str) -> Observation | None:
        """What a step with this id did with another content of its package: as seen here, or else as told."""
        kept = _read(_path(package, digest, step.id))
        if kept is not None:
            return kept
        told = (each for each in self._all_saved() if (each.step, each.digest) == (step.id, digest))
        return next((each for each in told if _versionless(each.package) == _versionless(package)), None)

    def _find(self, step: Step) -> Known:
        kept = kept_observation(self.graph, step)
        package = self.graph.package.get((step.run.executes or step.package) if step.run else "")
        if step.run is None or package is None:
            return Known()
        exactly = (step.id, step.run.fingerprint, package.id, _content(self.graph, step))
        told, others = [], []
        for each in self._all_saved():
            if (each.step, each.fingerprint, each.package, each.digest) == exactly:
                told.append(each)
            elif each.step == step.id and _versionless(each.package) == _versionless(package.id):
                others.append(each)
        now = kept if kept is not None and kept.fingerprint == step.run.fingerprint else None
        before = (kept if now is None else None) or _of_another_version(self.graph, step) or next(iter(others), None)
        return Known(now, before, tuple(each for each in told if each._replace(by="") != now))

    def _all_saved(self) -> tuple[Observation, ...]:
        if self._saved is None:
            self._saved = saved_observations(self._root) if self._root is not None else ()
        return self._saved


def keep_observation(graph: Graph, observation: Observation) -> Observation:
    """Keep the newest of a step of this graph; as it is kept, with the digest of the content that ran. Raises ReviewerError."""
    observation = observation._replace(digest=_content(graph, graph.step[observation.step]))
    path = _path(observation.package, observation.digest, observation.step)
    unfinished = path.with_suffix(f".{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished.write_text(json.dumps(observation_to_json(observation), indent=2))
        unfinished.replace(path)
    except OSError as error:
        raise ReviewerError("the observation cannot be kept", where=str(path), cure=str(error.strerror)) from error
    return observation


def kept_observation(graph: Graph, step: Step) -> Observation | None:
    """What this step did when it was observed last, with this content of the package whose code it runs; None if it never was."""
    if step.run is None:
        return None
    package = graph.package.get(step.run.executes or step.package)
    if package is None:
        return None
    return _read(_path(package.id, _content(graph, step), step.id))


def _content(graph: Graph, step: Step) -> str | None:
    """The digest of the package whose code a step runs, or of the files that decide what it does where it is the project's own, which has
    none; None where these are not known."""
    package = graph.package.get((step.run.executes or step.package) if step.run else "")
    if package is not None and package.digest is not None:
        return package.digest
    return (step.run.reach.digest or None) if step.run and step.run.reach else None


def _of_another_version(graph: Graph, step: Step) -> Observation | None:
    """The newest observation of a step with this id, of another content of a package with this name."""
    package = graph.package.get((step.run.executes or step.package) if step.run else "")
    if package is None:
        return None
    name = _versionless(package.id)
    paths = itertools.islice(_folder().glob(f"*/{_name(step.id)}.json"), _OTHERS)
    found = (observation for path in paths if (observation := _read(path)) is not None)
    others = (each for each in found if _versionless(each.package) == name and each.digest != _content(graph, step))
    return max(others, key=lambda each: each.at, default=None)


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
