"""What a Reviewer that was killed could not take away: folders that a run made for itself, and bubblewraps that were starting."""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from reviewer.sandbox.pidfd import kill_process, open_process


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


def end_abandoned(words: str) -> None:
    """End bubblewraps with these words that lost their monitor while it set them up (supervise): they wait for ever, having started
    nothing. Otherwise their parent is another bubblewrap, or the Reviewer that waits for them."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if folder.stat().st_uid != os.geteuid() or not _is_abandoned(folder, words.encode()):
                continue
            process = open_process(int(folder.name))
            try:
                if _is_abandoned(folder, words.encode()):  # still the same one
                    kill_process(process)
            finally:
                os.close(process)
        except OSError:  # ended meanwhile
            continue


def _is_abandoned(folder: Path, words: bytes) -> bool:
    if (folder / "comm").read_bytes() != b"bwrap\n" or words not in (folder / "cmdline").read_bytes():
        return False
    parent = int((folder / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()[1])
    return parent == 1 or Path(f"/proc/{parent}/comm").read_bytes() == b"systemd\n"
