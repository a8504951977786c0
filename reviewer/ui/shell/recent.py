"""Which projects were opened before. No Qt."""

from pathlib import Path

from reviewer.places import remember, remembered

MOST = 10
_FILE = "recent.json"


def recent_projects() -> list[Path]:
    """Folders and files opened before that are still there, newest first; nothing where the list cannot be read."""
    value = remembered(_FILE)
    paths = [Path(item) for item in value if isinstance(item, str)] if isinstance(value, list) else []
    return [path for path in paths[:MOST] if path.exists()]


def remember_project(path: Path) -> None:
    """Put a project first in the list. A list that cannot be written is no reason to disturb anyone."""
    path = path.resolve()
    remember(_FILE, [str(path), *(str(other) for other in recent_projects() if other != path)][:MOST])


def forget_projects() -> None:
    """Empty the list."""
    remember(_FILE, [])
