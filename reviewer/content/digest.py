"""The content digest that decisions are pinned to. The same everywhere: do not change the format, review.lock depends on it."""

import hashlib
import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from reviewer.content.text import visible
from reviewer.content.walk import Entry, Kind, unreadable, walk
from reviewer.errors import ReviewerError
from reviewer.progress import Progress

_BATCH_FILES = 128
_BATCH_BYTES = 4 << 20
_BLOCK = 256 << 10


def package_digest(folder: Path, *, progress: Progress | None = None, entries: list[Entry] | None = None) -> str:
    r"""`sha256:<hex>` of what the package in `folder` ships, as `reviewer.content.walk` lists it.

    The SHA-256 is over the concatenation of one record per entry, in ascending order of the bytes of the relative path:

        <relpath>\0<kind>\0<decimal length>\0<sha256 hex>\n

    `relpath` is the path relative to `folder` with `/` between its parts, as the bytes that the file system holds; `kind` is
    `file` for a regular file without any executable bit, `exec` for one with (mode & 0o111), `link` for a symbolic link; length
    and lower-case SHA-256 are those of the content, for a link those of the bytes of its target. Folders, and so empty folders,
    make no record; a package without entries has the SHA-256 of nothing.

    `entries` is what `walk` gave for the folder, where that is known. Of `progress` only cancellation is used, so that any thread may
    call this. Raises ReviewerError for what cannot be read.
    """
    progress = progress or Progress()
    top = os.path.realpath(folder)
    whole = hashlib.sha256()
    for record in _records(top, walk(folder) if entries is None else entries, progress):
        whole.update(record)
    return f"sha256:{whole.hexdigest()}"


def digest_of(contents: Iterable[tuple[str, Kind, bytes]]) -> str:
    """What `package_digest` gives for a package that ships just these: path, kind and content (a link's is its target)."""
    whole = hashlib.sha256()
    for path, kind, content in sorted(contents, key=lambda each: os.fsencode(each[0])):
        whole.update(_format(path, kind, len(content), hashlib.sha256(content).hexdigest()))
    return f"sha256:{whole.hexdigest()}"


def _records(top: str, entries: list[Entry], progress: Progress) -> Iterator[bytes]:
    batches = list(_batches(entries))
    if len(batches) < 2:
        for batch in batches:
            yield _hash_batch(top, batch, progress)
        return
    from concurrent.futures import ThreadPoolExecutor  # costs a start more than hashing a small package does

    pool = ThreadPoolExecutor(max_workers=min(len(batches), os.cpu_count() or 1))
    try:
        yield from pool.map(lambda batch: _hash_batch(top, batch, progress), batches)
    finally:
        pool.shutdown(cancel_futures=True)


def _batches(entries: list[Entry]) -> Iterator[Sequence[Entry]]:
    batch: list[Entry] = []
    size = 0
    for entry in entries:
        batch.append(entry)
        size += entry.size
        if len(batch) >= _BATCH_FILES or size >= _BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _hash_batch(top: str, batch: Sequence[Entry], progress: Progress) -> bytes:
    records = bytearray()
    for entry in batch:
        progress.check()
        records += _record(top, entry)
    return bytes(records)


def _record(top: str, entry: Entry) -> bytes:
    if entry.kind is Kind.LINK:
        target = os.fsencode(entry.target)
        kind, length, digest = Kind.LINK, len(target), hashlib.sha256(target).hexdigest()
    else:
        kind, length, digest = _hash_file(f"{top}/{entry.path}")
    return _format(entry.path, kind, length, digest)


def _format(path: str, kind: Kind, length: int, digest: str) -> bytes:
    return b"%s\0%s\0%d\0%s\n" % (os.fsencode(path), kind.encode(), length, digest.encode())


def _hash_file(path: str) -> tuple[Kind, int, str]:
    try:
        # Not through a link and not waiting for a writer, should the file have been exchanged since it was listed.
        file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            found = os.fstat(file)
            if not stat.S_ISREG(found.st_mode):
                raise ReviewerError("changed while it was read", where=visible(path), cure="try again")
            # Most files are small: one read, without a buffer. A short read of a regular file has come to its end.
            block = min(found.st_size + 1, _BLOCK)
            content = os.read(file, block)
            digest = hashlib.sha256(content)
            length = len(content)
            while len(content) == block:
                content = os.read(file, block)
                digest.update(content)
                length += len(content)
        finally:
            os.close(file)
    except OSError as error:
        raise unreadable(path, error) from error
    return Kind.EXEC if found.st_mode & 0o111 else Kind.FILE, length, digest.hexdigest()
