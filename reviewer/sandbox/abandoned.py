"""Folders that a run makes for itself, which a Reviewer that was killed could not take away."""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path


def make_own(parent: Path, kind: str) -> Path:
    """A new folder that tells whose it is. Raises OSError."""
    return Path(tempfile.mkdtemp(prefix=f"reviewer-{kind}-{os.getpid()}-", dir=parent))


def abandoned(parent: Path, kind: str) -> Iterator[Path]:
    """Those of this user whose maker is no more."""
    start = f"reviewer-{kind}-"
    for folder in parent.glob(f"{start}*-*"):
        maker = folder.name.removeprefix(start).split("-")[0]
        if maker.isdigit() and not Path("/proc", maker).exists():
            with contextlib.suppress(FileNotFoundError):  # another Reviewer has taken it away
                if folder.lstat().st_uid == os.geteuid():
                    yield folder
