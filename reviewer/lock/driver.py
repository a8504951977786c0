"""git's merge driver for review.lock: the three files that git hands over, and how a clone is told to use it."""

import shlex
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from reviewer.content.text import visible
from reviewer.errors import ReviewerError
from reviewer.git import ask
from reviewer.lock.decision import Lock
from reviewer.lock.format import MAX_BYTES, parse, render
from reviewer.lock.merge import Contested, contested, merge
from reviewer.lock.storage import FILE_NAME

ATTRIBUTE = f"{FILE_NAME} merge=reviewer"
"""The line of .gitattributes, which is committed: it names the driver, whose program each clone configures."""

_DEFINED = "merge.reviewer.driver"


class Setting(NamedTuple):
    """One key of the clone's own git configuration."""

    key: str
    value: str


def merge_files(ancestor: Path, ours: Path, theirs: Path) -> tuple[Contested, ...]:
    """Write the merge to `ours`; what had to be settled. Raises ReviewerError for a damaged side, then nothing was written.

    An empty ancestor is how git says that both sides added the file.
    """
    before = _read(ancestor, "the common ancestor", may_be_empty=True)
    ours_, theirs_ = _read(ours, "ours"), _read(theirs, "theirs")
    try:
        ours.write_bytes(render(merge(before, ours_, theirs_)))  # git's own copy: it makes the file of it
    except OSError as error:
        raise ReviewerError(f"cannot be written ({error.strerror})", where=str(ours)) from error
    return contested(before, ours_, theirs_)


def _read(path: Path, side: str, *, may_be_empty: bool = False) -> Lock:
    where = f"{FILE_NAME} ({side})"
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ReviewerError(f"cannot be read ({error.strerror})", where=where) from error
    return Lock() if may_be_empty and not data else parse(data, where=where)


def driver_command() -> str:
    """What git's shell runs: this Reviewer. git starts it in the project, whose files must not become modules (-P)."""
    program = f"{shlex.quote(sys.executable)} -P -m reviewer".replace("%", "%%")
    return f"{program} lock merge %O %A %B"


def missing_settings(root: Path) -> tuple[Setting, ...]:
    """What this clone's configuration lacks. Raises ReviewerError where the folder is in no git repository."""
    wanted = (Setting("merge.reviewer.name", "review.lock, by package"), Setting(_DEFINED, driver_command()))
    _git(root, "rev-parse", "--git-dir")
    return tuple(
        setting for setting in wanted if _git(root, "config", "--local", "--get", setting.key, ok=1) != setting.value
    )


def apply_settings(root: Path, settings: tuple[Setting, ...]) -> None:
    """Write them to this clone's configuration. Raises ReviewerError."""
    for setting in settings:
        _git(root, "config", "--local", "--replace-all", setting.key, setting.value)


def with_attribute(content: bytes | None) -> bytes:
    """The content of a .gitattributes, None for none, with our line as its last, unless it is there."""
    content = content or b""
    if ATTRIBUTE.encode() in (line.strip() for line in content.splitlines()):
        return content
    return content + (b"\n" if content and not content.endswith(b"\n") else b"") + ATTRIBUTE.encode() + b"\n"


def _git(root: Path, *words: str, ok: int = 0) -> str:
    """`ok`: another exit code that is no failure."""
    try:
        done = ask(root, *words)
    except (OSError, subprocess.SubprocessError) as error:
        raise ReviewerError("git cannot be started", cure="install git, then try again") from error
    if done.returncode not in (0, ok):
        told = (done.stderr.strip().splitlines() or ["git failed"])[0]
        raise ReviewerError(visible(told[:200]), where=str(root), cure="run this in a clone of the project")
    return done.stdout.removesuffix("\n")
