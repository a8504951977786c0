"""Answers about signatures that ssh-keygen gave, by the digest of everything that they depend on.

Only good ones are kept for later runs: what does not fit is looked at again, since a machine in trouble fails too. Whoever can write into
the cache folder can fool this, as they could this program; `full` believes nothing that was kept.
"""

import json
import os
from contextlib import suppress
from pathlib import Path

from reviewer.places import cache_dir

MOST = 50_000
"""Answers that are kept; the oldest give way."""

_GOOD = "good"

_known: dict[str, str] = {}
"""What this process found out itself."""


def content_key(*parts: str) -> str:
    """A digest of these texts in this order."""
    from hashlib import sha256  # few locks are signed, and looking should start fast

    whole = sha256()
    for part in parts:
        data = part.encode()
        whole.update(b"%d:" % len(data))
        whole.update(data)
    return whole.hexdigest()


def forget() -> None:
    """Know no more than a new process does."""
    _known.clear()


class Verified:
    """State by key: what this process found out, else what the file has. Not thread-safe in one instance; several may exist."""

    def __init__(self, *, full: bool = False) -> None:
        self._file = cache_dir() / "signatures.json"
        self._full = full
        self._read: dict[str, str] | None = None

    def __contains__(self, key: str) -> bool:
        """Whether the answer is known."""
        return key in _known or key in self._kept

    def __getitem__(self, key: str) -> str:
        """The answer."""
        return _known[key] if key in _known else self._kept[key]

    @property
    def _kept(self) -> dict[str, str]:
        if self._read is None:
            self._read = {} if self._full else _load(self._file)
        return self._read

    def add(self, key: str, state: str) -> None:
        """An answer that was found just now."""
        _known[key] = state

    def keep(self) -> None:
        """Remember for later runs. A folder that cannot be written costs the next run time, nothing else."""
        whole = {**_load(self._file), **{key: state for key, state in _known.items() if state == _GOOD}}
        unfinished = self._file.with_suffix(f".{os.getpid()}")
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            unfinished.write_text(json.dumps(dict(list(whole.items())[-MOST:])))
            unfinished.replace(self._file)
        except OSError:
            with suppress(OSError):
                unfinished.unlink()


def _load(file: Path) -> dict[str, str]:
    try:
        value = json.loads(file.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(value, dict):
        return {}
    return {key: state for key, state in value.items() if state == _GOOD}
