"""The tool's own folders: nothing of a project is ever kept in them unless Reviewer put it there."""

import os
from pathlib import Path

import platformdirs


def cache_dir() -> Path:
    """What can be made again: Zig caches of sandboxed configures, graphs already learned. `REVIEWER_CACHE_DIR` overrides."""
    return Path(os.environ.get("REVIEWER_CACHE_DIR") or platformdirs.user_cache_path("reviewer"))


def state_dir() -> Path:
    """What is remembered between runs: consent to configure a project, window places. `REVIEWER_STATE_DIR` overrides."""
    return Path(os.environ.get("REVIEWER_STATE_DIR") or platformdirs.user_state_path("reviewer"))
