"""What untrusted code left in a folder, looked at before anything else touches it."""

import contextlib
import os
import shutil
import stat
from pathlib import Path

from reviewer.content.text import visible
from reviewer.errors import ReviewerError
from reviewer.sandbox.policy import MAX_WRITTEN_BYTES, MAX_WRITTEN_FILES

MAX_FILE_BYTES = 4 << 30
MAX_DEPTH = 64

_CURE = "its outputs were not used"


def check_outputs(
    folder: Path,
    *,
    max_files: int = MAX_WRITTEN_FILES,
    max_file_bytes: int = MAX_FILE_BYTES,
    max_bytes: int = MAX_WRITTEN_BYTES,
) -> None:
    """Raise ReviewerError, naming the path, unless all below `folder` is plain: files and folders, and links that stay inside.

    For after the run: it cannot judge what may still change. Files count links and folders too. Bytes are those occupied on disk, so
    that holes cost nothing, but for the limit on one file, which holds for its length.
    """
    top = os.path.realpath(folder)
    files = occupied = 0
    waiting = [(str(folder), 0)]
    while waiting:
        current, depth = waiting.pop()
        if depth > MAX_DEPTH:
            raise _refusal(current, f"folders inside each other more than {MAX_DEPTH} deep")
        for entry in _entries(current):
            files += 1
            if files > max_files:
                raise _refusal(str(folder), f"more than {max_files} files")
            status = entry.stat(follow_symlinks=False)
            _check_kind(entry.path, status, top)
            occupied += status.st_blocks * 512
            if stat.S_ISREG(status.st_mode) and status.st_size > max_file_bytes:
                raise _refusal(entry.path, f"longer than {max_file_bytes} bytes")
            if occupied > max_bytes:
                raise _refusal(str(folder), f"more than {max_bytes} bytes in all")
            if stat.S_ISDIR(status.st_mode):
                waiting.append((entry.path, depth + 1))


def remove_below(top: Path, folder: Path) -> None:
    """Remove `folder`, some levels below `top`, where untrusted code may put links into the way at this moment: none is followed.

    As far as that is possible.
    """
    *above, name = folder.relative_to(top).parts
    with contextlib.suppress(OSError):
        held = os.open(top, _FOLDER)
        try:
            for part in above:
                inner = os.open(part, _FOLDER, dir_fd=held)
                os.close(held)
                held = inner
            shutil.rmtree(name, ignore_errors=True, dir_fd=held)
        finally:
            os.close(held)


_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


def _entries(folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError as error:
        raise _refusal(folder, f"cannot be looked into ({error.strerror})") from error


def _check_kind(path: str, status: os.stat_result, top: str) -> None:
    mode = status.st_mode
    if stat.S_ISLNK(mode):
        if not Path(os.path.realpath(path)).is_relative_to(top):
            raise _refusal(path, f"a link that leads out of the folder, to {visible(str(Path(path).readlink()))}")
    elif stat.S_ISREG(mode):
        if mode & (stat.S_ISUID | stat.S_ISGID):
            raise _refusal(path, "a program that runs with its owner's rights (setuid or setgid)")
    elif not stat.S_ISDIR(mode):
        kinds = ((stat.S_ISFIFO, "a named pipe"), (stat.S_ISSOCK, "a socket"))
        raise _refusal(path, next((text for test, text in kinds if test(mode)), "a device"))


def _refusal(path: str, text: str) -> ReviewerError:
    return ReviewerError(f"the sandboxed run left {text}", where=visible(path), cure=_CURE)
