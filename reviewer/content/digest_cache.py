"""Digests known from before, for packages in which nothing was touched since: a re-check lists files instead of reading them."""

import hashlib
import json
import os
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from reviewer.content.digest import package_digest
from reviewer.content.walk import Entry, walk
from reviewer.progress import Progress

_SETTLED_NS = 2_000_000_000
"""A file changed twice within the file system's clock tick shows one time; the coarsest tick in use is 2 s (FAT)."""


class DigestCache:
    """Digests by the state of what was hashed: every path with kind, size, link target, device, inode, and times of content and inode.

    Setting a file's modification time back does not fool it, since that sets the inode's change time, which no program can choose.
    Whoever can set the clock or write into the cache folder can; `full` believes nothing that was kept.
    """

    def __init__(self, file: Path, *, full: bool = False) -> None:
        self._file = file
        self._known = {} if full else _load(file)
        self._asked: dict[str, str] = {}

    def digest(self, folder: Path, progress: Progress) -> str:
        """What `package_digest` gives. Raises ReviewerError or CancelledError."""
        now = time.time_ns()
        entries = walk(folder)
        state = _state(folder, entries)
        digest = self._known.get(state)
        if digest is None:
            digest = package_digest(folder, progress=progress, entries=entries)
            if any(entry.changed_ns > now - _SETTLED_NS for entry in entries):
                return digest  # could change again without a trace
        self._asked[state] = digest
        return digest

    def keep(self) -> None:
        """Remember the digests asked for, and only those. A folder that cannot be written costs the next run time, nothing else."""
        if self._asked == self._known:
            return
        unfinished = self._file.with_suffix(f".{os.getpid()}")
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            unfinished.write_text(json.dumps(self._asked))
            unfinished.replace(self._file)
        except OSError:
            with suppress(OSError):
                unfinished.unlink()


def _state(folder: Path, entries: Sequence[Entry]) -> str:
    whole = hashlib.sha256(os.fsencode(os.path.realpath(folder)))
    for entry in entries:
        whole.update(repr(entry).encode())  # which escapes what is not UTF-8
    return whole.hexdigest()


def _load(file: Path) -> dict[str, str]:
    try:
        value = json.loads(file.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(value, dict):
        return {}
    return {
        state: digest for state, digest in value.items() if isinstance(digest, str) and digest.startswith("sha256:")
    }
