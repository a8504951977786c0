"""The tool's own folders: nothing of a project is ever kept in them unless Reviewer put it there."""

import json
import os
from pathlib import Path

import platformdirs


def cache_dir() -> Path:
    """What can be made again: Zig caches of sandboxed configures, graphs already learned. `REVIEWER_CACHE_DIR` overrides."""
    return Path(os.environ.get("REVIEWER_CACHE_DIR") or platformdirs.user_cache_path("reviewer"))


def state_dir() -> Path:
    """What is remembered between runs: consent to configure a project, window places. `REVIEWER_STATE_DIR` overrides."""
    return Path(os.environ.get("REVIEWER_STATE_DIR") or platformdirs.user_state_path("reviewer"))


def remembered(name: str) -> object:
    """What `remember` kept under this name of the state folder; None where there is nothing that can be read."""
    try:
        return json.loads((state_dir() / name).read_bytes())
    except (OSError, ValueError, RecursionError):
        return None


def remember(name: str, value: object) -> bool:
    """Keep a value (of JSON's kinds) for later runs, whole or not at all; false where the folder cannot be written."""
    file = state_dir() / name
    unfinished = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        unfinished.write_text(json.dumps(value, indent=2), "utf-8")
        unfinished.replace(file)
    except OSError:
        return False
    return True
