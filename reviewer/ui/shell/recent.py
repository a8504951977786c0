"""Which projects were opened before, and which were open at the end. No Qt."""

from collections.abc import Sequence
from pathlib import Path

from reviewer.places import remember, remembered

MOST = 10
_FILE = "recent.json"
_OPEN = "open.json"


def recent_projects() -> list[Path]:
    """Folders and files opened before that are still there, newest first; nothing where the list cannot be read."""
    return _paths(_FILE)


def _paths(name: str) -> list[Path]:
    value = remembered(name)
    paths = [Path(item) for item in value if isinstance(item, str)] if isinstance(value, list) else []
    return [path for path in paths[:MOST] if path.exists()]


def open_projects() -> list[Path]:
    """What had a window when the program ended, as far as it is still there."""
    return _paths(_OPEN)


def remember_open(paths: Sequence[Path]) -> None:
    """These have a window now."""
    remember(_OPEN, [str(path.resolve()) for path in paths][:MOST])


def remember_project(path: Path) -> None:
    """Put a project first in the list. A list that cannot be written is no reason to disturb anyone."""
    path = path.resolve()
    remember(_FILE, [str(path), *(str(other) for other in recent_projects() if other != path)][:MOST])


def forget_projects() -> None:
    """Empty the list."""
    remember(_FILE, [])
