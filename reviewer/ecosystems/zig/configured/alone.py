"""One run of a project's build code at a time: its sandboxed caches, reports and records are looked over, used and removed as a whole."""

import contextlib
import sys
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
    if sys.platform == "win32":  # where no sandbox runs anything
        yield
        return
    import fcntl  # filelock takes as long to load as all the rest of a build with nothing to do

    folder = project_cache(root)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / "alone.lock").open("w")
    except OSError as error:
        raise ReviewerError(f"cannot be written: {error.strerror}", where=str(folder)) from error
    with lock:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                progress.report("Waiting: another Reviewer runs this project's code in its sandbox")
                time.sleep(_POLL)
        yield
