"""review.lock on disk: read with suspicion, written atomically, merged with whatever else changed it."""

import contextlib
import errno
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

from reviewer.errors import ReviewerError
from reviewer.lock.decision import Lock
from reviewer.lock.format import MAX_BYTES, canonical, parse, render
from reviewer.lock.merge import merge

FILE_NAME = "review.lock"

_WAIT_SECONDS = 10
_ATTEMPTS = 5
# Flags that a system may lack: non-blocking, so that a named pipe in place of the file cannot hang us.
_READ = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


def load(path: Path) -> Lock:
    """The decisions in the file at `path`, none if there is no file. Raises ReviewerError; never changes anything."""
    found = _read(_target(path), path.name)
    return Lock() if found is None else parse(found, where=path.name)


def save(path: Path, before: Lock, after: Lock) -> Lock:
    """Apply what changed from `before` to `after` to the file, whoever else changed it meanwhile; returns what it holds now.

    Safe against other writers and against being killed: the file is the old or the new one, whole. Raises ReviewerError, and
    then the file is as it was.
    """
    where = path.name
    target = _target(path)
    before, after = _writable(before, where), _writable(after, where)
    with _locked(target, where):
        for _ in range(_ATTEMPTS):
            found = _read(target, where)
            theirs = Lock() if found is None else parse(found, where=where)
            merged = merge(before, after, theirs)
            if merged == theirs or _replace(target, render(merged), found, where):
                return merged
    raise ReviewerError("another program keeps changing the file", where=where, cure="stop it, then try again")


def _writable(lock: Lock, where: str) -> Lock:
    """The canonical lock, once it is sure that what we write can be read again."""
    try:
        return canonical(lock)
    except ReviewerError as error:
        raise ReviewerError(
            f"a decision cannot be written: {error.what}", where=where, cure="nothing was saved"
        ) from error


def _target(path: Path) -> Path:
    """The real file, which may be linked to from `path` only within the same folder."""
    try:
        target, folder = path.resolve(), path.parent.resolve()
    except (OSError, RuntimeError):  # Python 3.11 and 3.12 raise RuntimeError for links in a circle
        raise ReviewerError("this link leads nowhere", where=path.name, cure="replace it by a file") from None
    if not target.is_relative_to(folder):
        cure = "replace the link by the file itself"
        raise ReviewerError("this is a link that leads out of the project", where=path.name, cure=cure)
    return target


def _read(target: Path, where: str) -> bytes | None:
    try:
        descriptor = os.open(target, _READ)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _failed("read", error, where) from error
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise ReviewerError("this is not a file", where=where, cure="move it away")
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            return file.read(MAX_BYTES + 1)  # one more than allowed: parse refuses it
    except OSError as error:
        raise _failed("read", error, where) from error
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _locked(target: Path, where: str) -> Iterator[None]:
    # Imported here because they cost more than all of `reviewer check`'s reading, which needs none of them.
    from hashlib import sha256

    from filelock import FileLock, Timeout

    from reviewer.places import state_dir

    try:
        folder = state_dir() / "locks"
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / f"{sha256(os.fsencode(target)).hexdigest()}.lock", timeout=_WAIT_SECONDS)
        lock.acquire()
    except Timeout:
        what = f"another Reviewer has been writing for {_WAIT_SECONDS} seconds"
        raise ReviewerError(what, where=where, cure="close it, then try again") from None
    except OSError as error:
        cure = "make it writable, or set REVIEWER_STATE_DIR to another folder"
        raise ReviewerError(
            f"Reviewer's own folder cannot be used ({error.strerror})", where=str(folder), cure=cure
        ) from error
    try:
        yield
    finally:
        lock.release()


def _replace(target: Path, data: bytes, expected: bytes | None, where: str) -> bool:
    """Put `data` in the file's place; false, and nothing done, if the file no longer holds `expected`."""
    temporary = target.with_name(f".{target.name}.{os.urandom(8).hex()}.tmp")
    try:
        mode = _mode(target)
        _sweep(target)
        with os.fdopen(os.open(temporary, _CREATE, 0o644), "wb") as file:
            if mode is not None and hasattr(os, "fchmod"):
                os.fchmod(file.fileno(), mode)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        # Programs that know nothing of our lock (an editor, git) write here too.
        if _read(target, where) != expected:
            return False
        temporary.replace(target)
    except OSError as error:
        raise _failed("write", error, where) from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
    _sync_folder(target.parent)
    return True


def _mode(target: Path) -> int | None:
    """The permissions of the file that is there. Replacing it needs none of them, so a read-only one is refused here."""
    try:
        mode = stat.S_IMODE(target.stat().st_mode) & 0o777
    except FileNotFoundError:
        return None
    if not mode & 0o222 or not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, "it is read-only")
    return mode


def _sweep(target: Path) -> None:
    """Remove what writers that were killed left behind; we hold the lock, so none of them is alive."""
    ours = re.compile(rf"\.{re.escape(target.name)}\.[0-9a-f]{{16}}\.tmp")
    with os.scandir(target.parent) as entries:
        stale = [entry.path for entry in entries if ours.fullmatch(entry.name)]
    for path in stale:
        with contextlib.suppress(OSError):
            os.unlink(path)  # noqa: PTH108


def _sync_folder(folder: Path) -> None:
    """Make the rename last through a power cut, where the system can do that; the file itself is whole either way."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _failed(doing: str, error: OSError, where: str) -> ReviewerError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        cure = "free some space, then try again; the file is as it was"
    elif error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        cure = f"allow yourself to {doing} it" if doing == "read" else "make the file and its folder writable"
    elif error.errno in (errno.ENOENT, errno.ENOTDIR):
        cure = "check that its folder exists"
    else:
        cure = "check the disk, then try again"
    return ReviewerError(f"cannot {doing} the file ({error.strerror or error})", where=where, cure=cure)
