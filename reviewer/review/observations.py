"""What steps were seen to do, kept by the digest of the package whose code ran: also a later version can be compared with it."""

import hashlib
import json
import os
from pathlib import Path

from reviewer.errors import ReviewerError
from reviewer.model.graph import Graph, Step
from reviewer.model.observation import Observation, observation_from_json, observation_to_json
from reviewer.places import state_dir

MAX_BYTES = 64 << 20


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
    path = _path(package.id, package.digest, step.id)
    try:
        if path.stat().st_size > MAX_BYTES:
            return None
        return observation_from_json(path.read_bytes(), where=str(path))
    except (OSError, ReviewerError):
        return None


def _path(package: str, digest: str | None, step: str) -> Path:
    return state_dir() / "observations" / _name(f"{package}\n{digest}") / f"{_name(step)}.json"


def _name(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:24]
