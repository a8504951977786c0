"""What a package ships, held as contents: from its folder, or out of the store."""

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from reviewer.content.digest import digest_of
from reviewer.content.read import read_part
from reviewer.content.walk import Kind, walk
from reviewer.errors import ReviewerError
from reviewer.progress import Progress

MOST_BYTES = 256 << 20
"""Of one package; beyond it nothing is kept or compared."""


class Shipped(NamedTuple):
    """One file or link of a package. `blob` is the id of its content (git's), `content` reads it (a link's is its target)."""

    path: str
    kind: Kind
    size: int
    blob: str
    content: Callable[[], bytes]


Files = Mapping[str, Shipped]
"""By path, in the order of the paths."""


def files_in(folder: Path, progress: Progress | None = None) -> Files:
    """What the package in `folder` ships, with every content's id. Raises ReviewerError and CancelledError."""
    from pygit2 import hash as blob_id  # a large library that the command line loads only where it compares or keeps

    found: dict[str, Shipped] = {}
    for path, kind, content in contents_of(folder, progress or Progress()):
        read = _linked(content) if kind is Kind.LINK else _reader(folder, path)
        found[path] = Shipped(path, kind, len(content), str(blob_id(content)), read)
    return found


def contents_of(folder: Path, progress: Progress) -> Iterator[tuple[str, Kind, bytes]]:
    """Path, kind and content of everything that is shipped, bounded. Raises ReviewerError and CancelledError."""
    entries = walk(folder)
    size = sum(entry.size for entry in entries)
    if size > MOST_BYTES:
        raise ReviewerError(
            f"ships {size >> 20} MB, more than the {MOST_BYTES >> 20} MB that are kept and compared", where=str(folder)
        )
    for entry in entries:
        progress.check()
        if entry.kind is Kind.LINK:
            yield entry.path, entry.kind, os.fsencode(entry.target)
        else:
            yield entry.path, entry.kind, _reader(folder, entry.path)()


def digest_of_files(files: Files) -> str:
    """The package digest of these files; reads them all."""
    return digest_of((file.path, file.kind, file.content()) for file in files.values())


def _reader(folder: Path, path: str) -> Callable[[], bytes]:
    return lambda: read_part(folder, path, 0, MOST_BYTES)[0]


def _linked(content: bytes) -> Callable[[], bytes]:
    return lambda: content
