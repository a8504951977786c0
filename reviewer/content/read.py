"""One file of a package as text: bounded, and never from outside the package."""

import hashlib
import os
import stat
from pathlib import Path

from reviewer.content.text import visible
from reviewer.content.walk import VERSION_CONTROL, unreadable
from reviewer.errors import ReviewerError

LIMIT = 20 << 20
"""Bytes; more than any source a person reads."""


def read_text(folder: Path, relpath: str, limit: int = LIMIT) -> str:
    """The file `relpath` of the package in `folder`, for showing: what is not UTF-8 becomes U+FFFD. Line ends stay.

    Raises ReviewerError for a path or link that leaves the package, for what is not a readable regular file, and for a file of more
    than `limit` bytes.
    """
    return _read(folder, relpath, limit).decode(errors="replace")


def read_source(folder: Path, relpath: str, limit: int = LIMIT) -> str:
    """As `read_text`, but for parsing: raises ReviewerError with line and column of the first byte that is not UTF-8."""
    content = _read(folder, relpath, limit)
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        before = content[: error.start]
        line = before.count(b"\n") + 1
        column = len(before[before.rfind(b"\n") + 1 :].decode()) + 1
        raise ReviewerError(
            f"byte 0x{content[error.start]:02x} is not UTF-8",
            where=f"{visible(str(folder / relpath))}:{line}:{column}",
            cure="save the file as UTF-8",
        ) from None


def read_part(folder: Path, relpath: str, start: int, length: int) -> tuple[bytes, int]:
    """At most `length` bytes of the file from `start`, and the size in bytes of all of it.

    Raises ReviewerError for a path or link that leaves the package or leads to what no digest covers, and for what is not a readable
    regular file.
    """
    where = visible(str(folder / relpath))
    if not relpath or "\0" in relpath or relpath.startswith("/") or ".." in relpath.split("/"):
        raise ReviewerError("not a path inside the package", where=visible(relpath) or "(empty path)")
    top = os.path.realpath(folder)
    try:
        real = os.path.realpath(f"{top}/{relpath}")
    except OSError as error:  # what was a link is none any more
        raise unreadable(str(folder / relpath), error) from error
    if not real.startswith(top.rstrip("/") + "/"):
        raise ReviewerError("leaves its package through a symbolic link", where=where)
    parts = real[len(top) :].strip("/").split("/")
    if parts[0] in VERSION_CONTROL:
        raise ReviewerError("no digest covers what lies in there", where=where, cure="move it out of the folder")
    try:
        descriptor = _open_beneath(top, parts)
    except OSError as error:
        raise unreadable(str(folder / relpath), error) from error
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise ReviewerError("not a regular file", where=where)
        with open(descriptor, "rb", closefd=False) as file:
            file.seek(start)
            return file.read(length), found.st_size
    except OSError as error:
        raise unreadable(str(folder / relpath), error) from error
    finally:
        os.close(descriptor)


def file_digest(folder: Path, relpath: str, limit: int = LIMIT) -> str:
    """`sha256:…` over the bytes of the file. Raises ReviewerError as `read_text` does."""
    return f"sha256:{hashlib.sha256(_read(folder, relpath, limit)).hexdigest()}"


def _read(folder: Path, relpath: str, limit: int) -> bytes:
    if read_part(folder, relpath, 0, 0)[1] <= limit:
        content, size = read_part(folder, relpath, 0, limit + 1)
        if max(size, len(content)) <= limit:
            return content
    where = visible(str(folder / relpath))
    raise ReviewerError(f"larger than {_size(limit)}, too large to be read as text", where=where)


def _open_beneath(top: str, parts: list[str]) -> int:
    """Open step by step without following any link, so that nothing exchanged meanwhile can lead elsewhere."""
    directory = os.open(top, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for part in parts[:-1]:
            inner = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=directory)
            os.close(directory)
            directory = inner
        return os.open(parts[-1], os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=directory)
    finally:
        os.close(directory)


def _size(limit: int) -> str:
    return f"{limit >> 20} MB" if limit >= 1 << 20 else f"{limit} bytes"
