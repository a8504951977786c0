"""What a package ships, listed without following a link, opening a file or leaving the folder."""

import os
import stat
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from reviewer.content.text import visible
from reviewer.errors import ReviewerError

MAX_ENTRIES = 200_000
MAX_DEPTH = 64

VERSION_CONTROL = frozenset({".git"})
"""At the top of a package: what no digest covers."""


class Kind(StrEnum):
    """What an entry is: a regular file, one with any executable bit, or a symbolic link. Folders are not listed."""

    FILE = "file"
    EXEC = "exec"
    LINK = "link"


class Entry(NamedTuple):
    """One thing a package ships. `path` is relative, with `/`; names that are not UTF-8 keep their bytes (surrogateescape).

    `size` is in bytes, for a link that of its target text `target` (empty for files). `inode`, of device and inode, and the times of the
    last change of its content and of its inode, in nanoseconds, tell whether it was touched since another walk.
    """

    path: str
    kind: Kind
    size: int
    inode: tuple[int, int]
    modified_ns: int
    changed_ns: int
    target: str = ""


def walk(folder: Path) -> list[Entry]:
    """Everything the package in `folder` ships, sorted by the bytes of its path.

    Left out is only the top-level `.git`. Raises ReviewerError for a link that leads out of the package or into what is left out, for
    anything that is neither file, folder nor link, for what cannot be read, and beyond MAX_ENTRIES or MAX_DEPTH.
    """
    top = os.path.realpath(folder)
    entries: list[Entry] = []
    seen = 0
    pending = [("", 0)]
    while pending:
        prefix, depth = pending.pop()
        for item in _scan(os.path.join(top, prefix)):  # noqa: PTH118 - Path would be slow here
            path = prefix + item.name
            if not prefix and item.name in VERSION_CONTROL:
                continue
            seen += 1
            if seen > MAX_ENTRIES:
                raise ReviewerError(
                    f"more than {MAX_ENTRIES} entries in one package",
                    where=visible(str(folder)),
                    cure="remove what does not belong to it",
                )
            try:
                found = item.stat(follow_symlinks=False)
            except OSError as error:
                raise unreadable(os.path.join(top, path), error) from error  # noqa: PTH118
            if stat.S_ISDIR(found.st_mode):
                if depth + 1 >= MAX_DEPTH:
                    raise ReviewerError(
                        f"folders nested deeper than {MAX_DEPTH}",
                        where=visible(os.path.join(top, path)),  # noqa: PTH118
                    )
                pending.append((path + "/", depth + 1))
            else:
                entries.append(_entry(top, path, found))
    entries.sort(key=lambda entry: os.fsencode(entry.path))
    return entries


def unreadable(path: str, error: OSError) -> ReviewerError:
    """What to tell the user when the operating system refuses a file or folder of a package."""
    return ReviewerError(
        f"cannot be read: {error.strerror}", where=visible(path), cure="make it readable or remove it from the package"
    )


def _scan(folder: str) -> list["os.DirEntry[str]"]:
    try:
        with os.scandir(folder) as items:
            return list(items)
    except OSError as error:
        raise unreadable(folder, error) from error


def _entry(top: str, path: str, found: os.stat_result) -> Entry:
    inode, times = (found.st_dev, found.st_ino), (found.st_mtime_ns, found.st_ctime_ns)
    if stat.S_ISREG(found.st_mode):
        return Entry(path, Kind.EXEC if found.st_mode & 0o111 else Kind.FILE, found.st_size, inode, *times)
    full = os.path.join(top, path)  # noqa: PTH118
    if not stat.S_ISLNK(found.st_mode):
        raise ReviewerError(
            "neither a file, a folder nor a link", where=visible(full), cure="remove it from the package"
        )
    try:
        target = os.readlink(full)  # noqa: PTH115 - the exact text, not a normalized path
    except OSError as error:
        raise unreadable(full, error) from error
    leads_to = os.path.realpath(full)
    if leads_to != top and not leads_to.startswith(top.rstrip("/") + "/"):
        raise ReviewerError(
            f"symbolic link leaves its package (to {visible(target)})",
            where=visible(full),
            cure="replace it with what it points to",
        )
    if leads_to[len(top) :].lstrip("/").partition("/")[0] in VERSION_CONTROL:
        raise ReviewerError(
            f"symbolic link leads to what the package's digest does not cover (to {visible(target)})",
            where=visible(full),
            cure="replace it with what it points to",
        )
    return Entry(path, Kind.LINK, len(os.fsencode(target)), inode, *times, target)
