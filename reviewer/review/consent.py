"""Which projects the user allowed to be configured in the sandbox: asked once per project, remembered."""

from pathlib import Path

from reviewer.places import remember, remembered

_FILE = "configure-allowed.json"


def may_configure(root: Path) -> bool:
    """Whether the user said yes for this project folder before."""
    return str(root) in _allowed()


def allow_configure(root: Path) -> None:
    """Remember the yes."""
    allowed = _allowed()
    if str(root) not in allowed:
        remember(_FILE, sorted({*allowed, str(root)}))


def _allowed() -> set[str]:
    value = remembered(_FILE)
    return {item for item in value if isinstance(item, str)} if isinstance(value, list) else set()
