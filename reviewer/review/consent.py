"""Which projects the user allowed to be configured in the sandbox: asked once per project, remembered."""

import json
import os
from pathlib import Path

from reviewer.places import state_dir


def may_configure(root: Path) -> bool:
    """Whether the user said yes for this project folder before."""
    return str(root) in _allowed()


def allow_configure(root: Path) -> None:
    """Remember the yes."""
    allowed = _allowed()
    if str(root) in allowed:
        return
    path = _path()
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(f".{os.getpid()}")
    unfinished.write_text(json.dumps(sorted({*allowed, str(root)}), indent=2))
    unfinished.replace(path)


def _path() -> Path:
    return state_dir() / "configure-allowed.json"


def _allowed() -> set[str]:
    try:
        value = json.loads(_path().read_bytes())
    except (OSError, ValueError):
        return set()
    return {item for item in value if isinstance(item, str)} if isinstance(value, list) else set()
