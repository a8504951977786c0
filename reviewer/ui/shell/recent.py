"""Which projects were opened before. No Qt."""

import json
import os
from pathlib import Path

from reviewer.places import state_dir

MOST = 10


def recent_projects() -> list[Path]:
    """Folders and files opened before that are still there, newest first; nothing where the list cannot be read."""
    try:
        value = json.loads((state_dir() / "recent.json").read_bytes())
    except (OSError, ValueError):
        return []
    paths = [Path(item) for item in value if isinstance(item, str)] if isinstance(value, list) else []
    return [path for path in paths[:MOST] if path.exists()]


def remember(path: Path) -> None:
    """Put a project first in the list. A list that cannot be written is no reason to disturb anyone."""
    path = path.resolve()
    paths = [path, *(other for other in recent_projects() if other != path)][:MOST]
    file = state_dir() / "recent.json"
    unfinished = file.with_suffix(f".{os.getpid()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        unfinished.write_text(json.dumps([str(item) for item in paths], indent=2), "utf-8")
        unfinished.replace(file)
    except OSError:
        return
