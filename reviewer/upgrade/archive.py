"""What an archive holds, read without unpacking it anywhere: an archive is as hostile as what is in it.

Nothing of it touches the disk, so no name and no link can lead out of a folder; what would if it were unpacked is refused all the same,
since no build system could ship it.
"""

import bz2
import gzip
import lzma
import posixpath
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, NamedTuple, NoReturn, Protocol

from reviewer.content.text import visible
from reviewer.content.walk import MAX_DEPTH, MAX_ENTRIES, VERSION_CONTROL, Kind
from reviewer.ecosystems import ecosystem_of_files
from reviewer.errors import ReviewerError
from reviewer.progress import Progress
from reviewer.upgrade.files import MOST_BYTES, Files, Shipped

_MOST_UNPACKED = 2 * MOST_BYTES
"""Of a whole tar, with its headers."""
_MOST_LIST = 32 << 20
"""Of a zip's own list of its files."""
_MOST_LINK = 4096
_MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
_CURE = "give a tar (.gz, .xz, .bz2, .zst) or zip archive of one version"


class Unpacked(NamedTuple):
    """The files of a package in an archive, and how many more there are that its manifest does not list and that it therefore lacks."""

    files: Files
    left_out: int


class _Readable(Protocol):
    """What a decompressor offers."""

    def read(self, size: int, /) -> bytes: ...


class _Item(NamedTuple):
    path: str
    kind: Kind
    content: bytes


def files_in_archive(archive: Path, progress: Progress) -> Unpacked:
    """What the package in an archive ships: without the one folder that all of it may lie in, and without what its manifest leaves out.

    Raises ReviewerError for what is no archive, damaged, too large, or holds what no package can: paths and links that lead out of it,
    devices, the same path twice. Raises CancelledError.
    """
    where = visible(str(archive))
    items: dict[str, _Item] = {}
    size = 0
    try:
        with archive.open("rb") as file:
            for item in _items(file, where):
                progress.check()
                path = _safe(item.path, where)
                if path in items:
                    _refuse(f"holds {visible(path)} twice", where)
                size += len(item.content)
                if size > MOST_BYTES or len(items) >= MAX_ENTRIES:
                    _refuse(f"holds more than {MOST_BYTES >> 20} MB or {MAX_ENTRIES:,} files", where)
                items[path] = item._replace(path=path)
    except (
        tarfile.TarError,
        zipfile.BadZipFile,
        zlib.error,
        lzma.LZMAError,
        EOFError,
        MemoryError,
        RecursionError,
    ) as error:
        _refuse(f"is damaged, or no archive that is known here ({error})", where)
    except (
        NotImplementedError,
        RuntimeError,
        ValueError,
        OverflowError,
    ) as error:  # an encrypted zip, an unknown method, nonsense
        _refuse(f"cannot be read ({error})", where)
    except OSError as error:
        raise ReviewerError(f"cannot be read ({error.strerror or error})", where=where, cure=_CURE) from error
    return _package(_without_folder(items), where)


def _items(file: IO[bytes], where: str) -> Iterator[_Item]:
    head = file.read(8)
    file.seek(0)
    if head[:4] in _MAGIC:
        yield from _of_zip(file, where)
    else:
        with tarfile.open(fileobj=_Bounded(_decompressed(file, head), where), mode="r|") as tar:  # type: ignore[call-overload]
            yield from _of_tar(tar, where)


def _decompressed(file: IO[bytes], head: bytes) -> _Readable:
    if head.startswith(b"\x1f\x8b"):
        return gzip.open(file)
    if head.startswith(b"BZh"):
        return bz2.open(file)
    if head.startswith(b"\xfd7zXZ"):
        return lzma.open(file)
    if head.startswith(b"\x28\xb5\x2f\xfd"):
        return _zstd(file)
    return file


def _zstd(file: IO[bytes]) -> _Readable:
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd

    class Plain:
        """Its errors are told as those of other archives."""

        def __init__(self) -> None:
            self._file = zstd.ZstdFile(file)

        def read(self, size: int) -> bytes:
            """The next bytes."""
            try:
                return self._file.read(size)
            except zstd.ZstdError as error:
                raise EOFError(str(error)) from error

    return Plain()


class _Bounded:
    """Reads no more than that many bytes of what an archive claims to be: a bomb ends there."""

    def __init__(self, file: _Readable, where: str) -> None:
        self._file = file
        self._where = where
        self._left = _MOST_UNPACKED

    def read(self, size: int) -> bytes:
        """The next bytes."""
        data = self._file.read(min(size, self._left + 1, 1 << 22))
        self._left -= len(data)
        if self._left < 0:
            _refuse(f"becomes more than {_MOST_UNPACKED >> 20} MB when it is unpacked", self._where)
        return data


class _InPieces:
    """No piece of more than so many bytes is read at a time: so zipfile reads the whole list of a zip's files, before it can be counted."""

    def __init__(self, file: IO[bytes], where: str) -> None:
        self._where = where
        self._file = file
        self.seek, self.tell, self.seekable = file.seek, file.tell, file.seekable

    def read(self, size: int = -1) -> bytes:
        """The next bytes; all that are left where `size` is negative."""
        data = self._file.read(_MOST_LIST + 1 if size < 0 else min(size, _MOST_LIST + 1))
        if len(data) > _MOST_LIST:
            _refuse(f"has a list of its files of more than {_MOST_LIST >> 20} MB", self._where)
        return data


def _of_tar(tar: tarfile.TarFile, where: str) -> Iterator[_Item]:
    seen = 0
    for member in tar:
        tar.members = []  # type: ignore[attr-defined] # what was seen is not kept: there may be very many
        seen += 1
        if seen > MAX_ENTRIES:
            _refuse(f"holds more than {MAX_ENTRIES:,} entries", where)
        if member.isdir():
            continue
        if member.issym():
            yield _Item(member.name, Kind.LINK, member.linkname.encode(errors="surrogateescape"))
        elif member.isreg() and not member.issparse():
            if member.size > MOST_BYTES:
                _refuse(f"{visible(member.name)} is larger than {MOST_BYTES >> 20} MB", where)
            content = tar.extractfile(member)
            assert content is not None  # it is a regular file
            data = content.read()
            yield _Item(member.name, Kind.EXEC if member.mode & 0o111 else Kind.FILE, data)
        else:
            _refuse(f"{visible(member.name)} is neither file, folder nor symbolic link", where)


def _of_zip(file: IO[bytes], where: str) -> Iterator[_Item]:
    """As zig unpacks it: nothing in a zip is executable, and nothing a link."""
    with zipfile.ZipFile(_InPieces(file, where)) as whole:
        if len(whole.infolist()) > MAX_ENTRIES:
            _refuse(f"holds more than {MAX_ENTRIES:,} files", where)
        for member in whole.infolist():
            if member.is_dir():
                continue
            with whole.open(member) as content:
                data = content.read(MOST_BYTES + 1)  # whatever it says of its size
            if len(data) > MOST_BYTES:
                _refuse(f"{visible(member.filename)} is larger than {MOST_BYTES >> 20} MB", where)
            yield _Item(member.filename, Kind.FILE, data)


def _safe(path: str, where: str) -> str:
    """The path within the archive."""
    parts = [part for part in path.split("/") if part not in ("", ".")]
    if path.startswith("/") or ".." in parts or "\\" in path or "\0" in path or not parts:
        _refuse(f"holds a path that leads out of it: {visible(path[:200])}", where)
    if len(parts) > MAX_DEPTH:
        _refuse(f"nests folders deeper than {MAX_DEPTH}", where)
    return "/".join(parts)


def _without_folder(items: dict[str, _Item]) -> dict[str, _Item]:
    """Archives of a repository hold everything in one folder, named after the version."""
    tops = {path.partition("/")[0] for path in items}
    if len(tops) != 1 or any("/" not in path for path in items):
        return items
    skip = len(tops.pop()) + 1
    return {path[skip:]: item._replace(path=path[skip:]) for path, item in items.items()}


def _package(items: dict[str, _Item], where: str) -> Unpacked:
    for path, item in items.items():
        above = posixpath.dirname(path)
        while above:
            if above in items:
                _refuse(f"holds {visible(above)} both as a file and as a folder", where)
            above = posixpath.dirname(above)
        if item.kind is Kind.LINK:
            _check_link(path, item.content, where)
    ecosystem = ecosystem_of_files(items)
    ships = ecosystem.ships(lambda path: items[path].content if path in items else None) if ecosystem else None
    paths = (path for path in items if path.partition("/")[0] not in VERSION_CONTROL)
    kept = sorted(path for path in paths if ships is None or ships(path))
    if not kept:
        _refuse("holds no file of a package", where)
    return Unpacked({path: _shipped(items[path]) for path in kept}, len(items) - len(kept))


def _check_link(path: str, target: bytes, where: str) -> None:
    leads_to = target.decode(errors="surrogateescape")
    joined = posixpath.normpath(posixpath.join(posixpath.dirname(path), leads_to))
    if leads_to.startswith("/") or joined == ".." or joined.startswith("../") or not 0 < len(target) <= _MOST_LINK:
        _refuse(f"{visible(path)} is a link that leads out of it, to {visible(leads_to[:200])}", where)


def _shipped(item: _Item) -> Shipped:
    from pygit2 import hash as blob_id

    return Shipped(item.path, item.kind, len(item.content), str(blob_id(item.content)), lambda: item.content)


def _refuse(text: str, where: str) -> NoReturn:
    raise ReviewerError(text, where=where, cure=_CURE)
