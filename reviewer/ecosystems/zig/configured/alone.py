"""One run of a project's build code at a time: its sandboxed caches, reports and records are looked over, used and removed as a whole."""

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path

from reviewer.ecosystems.zig.packages.kept import project_cache
from reviewer.errors import ReviewerError
from reviewer.progress import Progress

_POLL = 0.1
"""Seconds."""


@contextlib.contextmanager
def alone(root: Path, progress: Progress) -> Iterator[None]:
    """Wait until no other Reviewer, window or command line, runs code of this project; the system ends the turn of one that was killed.

    Raises ReviewerError where the folder cannot be written, or CancelledError.
    """
    from filelock import FileLock, Timeout

    folder = project_cache(root)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / "alone.lock", timeout=0)
        while True:
            try:
                lock.acquire()
                break
            except Timeout:
                progress.report("Waiting: another Reviewer runs this project's code in its sandbox")
                time.sleep(_POLL)
    except OSError as error:
        raise ReviewerError(f"cannot be written: {error.strerror}", where=str(folder)) from error
    try:
        yield
    finally:
        lock.release()
