"""Observations in the project's own folder, to be committed: what colleagues saw, as they say. Never evidence of one's own."""

import json
import os
import re
import stat
from itertools import islice
from pathlib import Path

from reviewer.content.text import visible
from reviewer.errors import ReviewerError
from reviewer.model.observation import Observation, observation_from_json, observation_to_json

FOLDER = "review.observations"
MAX_BYTES = 4 << 20
"""Of one file."""
MAX_FILES = 200
_MAX_ENTRIES = 10_000


def save_observation(root: Path, observation: Observation, by: str) -> Path:
    """Put it where a commit takes it along; one file for each step and content. Raises ReviewerError."""
    path = place_of(root, observation)
    text = json.dumps(observation_to_json(observation._replace(by=by)), indent=2, sort_keys=True) + "\n"
    if len(text) > MAX_BYTES:
        raise ReviewerError(f"it is longer than the {MAX_BYTES >> 20} MiB that others would read", where=str(path))
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(exist_ok=True)
        if path.parent.is_symlink():
            raise ReviewerError(
                "is a link, and would lead out of the project", where=str(path.parent), cure="remove it"
            )
        unfinished.write_text(text, "utf-8")
        unfinished.replace(path)
    except OSError as error:
        raise ReviewerError("the observation cannot be saved", where=str(path), cure=str(error.strerror)) from error
    return path


def place_of(root: Path, observation: Observation) -> Path:
    """Where it is saved: named for people, and for the content, so that those of two versions lie beside each other."""
    from hashlib import sha256

    key = "\n".join((observation.package, observation.digest or "", observation.step))
    name = re.sub(r"[^A-Za-z0-9]+", "-", observation.step).strip("-")[:60]
    return root / FOLDER / f"{name}-{sha256(key.encode('utf-8', 'surrogateescape')).hexdigest()[:12]}.json"


def saved_observations(root: Path) -> tuple[Observation, ...]:
    """What others saved, newest first; at most MAX_FILES. What is no observation is passed over: it proves nothing either way."""
    folder = root / FOLDER
    try:
        if folder.is_symlink():
            return ()
        with os.scandir(folder) as entries:
            names = sorted(entry.name for entry in islice(entries, _MAX_ENTRIES) if entry.name.endswith(".json"))
    except OSError:
        return ()
    found = [observation for name in names[:MAX_FILES] if (observation := _read(folder / name)) is not None]
    return tuple(sorted(found, key=lambda observation: observation.at, reverse=True))


def _read(path: Path) -> Observation | None:
    try:
        # Neither through a link, nor waiting for a writer.
        file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(file, "rb") as opened:
            status = os.fstat(file)
            if not stat.S_ISREG(status.st_mode) or status.st_size > MAX_BYTES:
                return None
            return observation_from_json(opened.read(MAX_BYTES), where=visible(str(path)))
    except (OSError, ReviewerError):
        return None
