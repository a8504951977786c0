"""Changes to a project's files that install or remove a build's own check: shown first, then made whole or not at all."""

import contextlib
import difflib
import os
import secrets
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from reviewer.content.text import visible
from reviewer.errors import ReviewerError

MAX_BYTES = 5 << 20
"""More than any build file that a person wrote."""

_READ = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


class Installed(StrEnum):
    """Whether a build has its own check: `damaged` means that it does not protect, `outdated` that it is another version's."""

    ABSENT = "absent"
    INSTALLED = "installed"
    DAMAGED = "damaged"
    OUTDATED = "outdated"


@dataclass(frozen=True, slots=True)
class GateStatus:
    """What was found, and in words."""

    installed: Installed
    text: str


@dataclass(frozen=True, slots=True)
class FileEdit:
    """One file of the project before and after; None where it does not exist. `name` is relative to the change's root."""

    name: str
    before: bytes | None
    after: bytes | None


@dataclass(frozen=True, slots=True)
class Change:
    """Edits in the order in which they are made; none if everything is as it should be."""

    root: Path
    edits: tuple[FileEdit, ...]

    def __bool__(self) -> bool:
        return bool(self.edits)

    def diff(self) -> str:
        """The change as a unified diff, safe to print; whole new or removed files by their length only.

        For reading: odd bytes and line ends are not shown exactly.
        """
        return "".join(line for edit in self.edits for line in _diff(edit))


def read_file(root: Path, name: str) -> bytes | None:
    """The bytes of a file in the project's folder, None if there is none. Raises ReviewerError for anything but a plain file."""
    try:
        descriptor = os.open(root / name, _READ)
    except FileNotFoundError:
        return None
    except OSError as error:
        if (root / name).is_symlink():
            raise ReviewerError(
                "this is a symbolic link", where=name, cure="replace it by the file that it points to"
            ) from error
        raise ReviewerError(f"cannot be read: {error.strerror}", where=name) from error
    with open(descriptor, "rb") as file:  # noqa: PTH123 - a descriptor, not a path
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise ReviewerError("this is not a file", where=name)
        content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise ReviewerError(f"larger than {MAX_BYTES >> 20} MB", where=name)
    return content


def apply(change: Change) -> None:
    """Make the edits, each atomically. Raises ReviewerError, and then every file is as it was."""
    for edit in change.edits:
        if read_file(change.root, edit.name) != edit.before:
            raise ReviewerError("the file changed meanwhile", where=edit.name, cure="nothing was changed; try again")
    done: list[FileEdit] = []
    for edit in change.edits:
        try:
            _put(change.root / edit.name, edit.after)
        except OSError as error:
            lost = _roll_back(change.root, done)
            cure = f"could not be undone: {', '.join(lost)}" if lost else "nothing was changed"
            raise ReviewerError(f"cannot be written: {error.strerror}", where=edit.name, cure=cure) from error
        done.append(edit)


def _roll_back(root: Path, done: Sequence[FileEdit]) -> list[str]:
    """Undo, last first; the names of files where that failed too."""
    lost = []
    for edit in reversed(done):
        try:
            _put(root / edit.name, edit.before)
        except OSError:
            lost.append(edit.name)
    return lost


def _put(path: Path, content: bytes | None) -> None:
    if content is None:
        path.unlink()
        return
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}.tmp")
    try:
        with open(os.open(temporary, _CREATE, 0o666), "wb") as file:  # noqa: PTH123 - a descriptor, not a path
            with contextlib.suppress(FileNotFoundError):
                os.fchmod(file.fileno(), stat.S_IMODE(path.stat().st_mode))
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise


def _diff(edit: FileEdit) -> Iterator[str]:
    before, after = _lines(edit.before), _lines(edit.after)
    old = "/dev/null" if edit.before is None else f"a/{edit.name}"
    new = "/dev/null" if edit.after is None else f"b/{edit.name}"
    if not before or not after:  # hundreds of lines of our own would bury the one line that matters
        yield f"--- {old}\n+++ {new}\n@@ {f'new file, {len(after)}' if after else f'removed file, {len(before)}'} lines @@\n"
        return
    for line in difflib.unified_diff(before, after, old, new):
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def _lines(content: bytes | None) -> list[str]:
    text = (content or b"").decode(errors="replace").replace("\r\n", "\n")
    return visible(text, keep="\t\n").splitlines(keepends=True)
