"""Reviewed content, kept: a bare git repository of the tool's own in which contents are blobs and nothing else.

Git only ever hashes, packs and finds blobs here. A package is one commit without parents, named by its digest; the commit's tree holds a
manifest (JSON) and the contents under the names of their ids. Paths of a package are text in the manifest, so no name that it chooses
means anything to git: there is no work tree, nothing is checked out, no filter, attribute or hook takes part.
"""

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reviewer.content.digest import digest_of
from reviewer.content.walk import Kind
from reviewer.errors import ReviewerError
from reviewer.places import state_dir
from reviewer.progress import Progress
from reviewer.upgrade.files import Files, Shipped, contents_of

if TYPE_CHECKING:
    from pygit2 import Repository

MOST_KEPT = 1 << 30
"""Bytes on disk; beyond it what was kept first goes first."""
_REFS = "refs/reviewed/"
_LOOSE = 200
"""Contents that may lie about one by one before they are packed."""


class Store:
    """The store in a folder; made when something is first kept. Safe in any thread and beside other processes."""

    def __init__(self, folder: Path | None = None, *, most: int = MOST_KEPT) -> None:
        self.folder = folder or state_dir() / "reviewed.git"
        self._most = most

    def __contains__(self, digest: str) -> bool:
        """Whether the package with this digest is kept."""
        return self._commit(digest) is not None

    def keep(self, digest: str, folder: Path, facts: object, progress: Progress | None = None) -> None:
        """Keep what the package in `folder` ships, and `facts` (plain values) about it.

        Raises ReviewerError where its digest is not (any more) the one given or it cannot be kept, and CancelledError; then it is not kept.
        """
        progress = progress or Progress()
        try:
            with self._open() as repository:
                self._keep(repository, digest, folder, facts, progress)
                self._bound(repository)
        except OSError as error:
            raise self._fault(error) from error

    def _keep(self, repository: "Repository", digest: str, folder: Path, facts: object, progress: Progress) -> None:
        from pygit2.enums import FileMode

        manifest: list[tuple[str, str, str]] = []
        tree = repository.TreeBuilder()

        def kept() -> Iterator[tuple[str, Kind, bytes]]:
            for path, kind, content in contents_of(folder, progress):
                blob = repository.create_blob(content)
                tree.insert(str(blob), blob, FileMode.BLOB)
                manifest.append((path, kind.value, str(blob)))
                yield path, kind, content

        if digest_of(kept()) != digest:
            raise ReviewerError(
                "its content is not what was decided about, so it is not kept", where=str(folder), cure="reload"
            )
        value = json.dumps({"digest": digest, "files": manifest, "facts": facts}, sort_keys=True)
        tree.insert("manifest", repository.create_blob(value.encode()), FileMode.BLOB)
        self._name(repository, digest, str(tree.write()))

    def _name(self, repository: "Repository", digest: str, tree: str) -> None:
        from pygit2 import Oid, Signature

        known = [int(name.rpartition("-")[2] or 0) for name in repository.references]
        who = Signature("reviewer", "reviewer", int(time.time()), 0)
        commit = repository.create_commit(None, who, who, digest, Oid(hex=tree), [])
        # An order that no clock can turn round: names end in a number that grows.
        for name in self._names(repository, digest):
            repository.references.delete(name)
        repository.references.create(f"{_REFS}{_hex(digest)}-{max(known, default=0) + 1}", commit)

    def restore(self, digest: str) -> tuple[Files, Any]:
        """The files of a package, and the facts that were kept with it.

        Raises ReviewerError where it is not kept, or is not what it was: every content is hashed to the package's digest again.
        """
        import pygit2

        tree = self._commit(digest)
        if tree is None:
            raise ReviewerError("what was reviewed is not kept here", where=digest)
        try:
            repository = pygit2.Repository(str(self.folder))
            manifest = json.loads(_content(repository, _manifest(repository, tree)))
            files: dict[str, Shipped] = {}
            contents = []
            for path, kind, blob in manifest["files"]:
                content = _content(repository, blob)
                contents.append((path, Kind(kind), content))
                files[path] = Shipped(path, Kind(kind), len(content), blob, self._reader(blob))
            whole = digest_of(contents)
        except (KeyError, ValueError, TypeError, AttributeError, RecursionError, pygit2.GitError) as error:
            raise ReviewerError("what is kept of it is damaged", where=str(self.folder), cure="delete it") from error
        if whole != digest:
            raise ReviewerError(
                "what is kept of it does not have its digest any more", where=str(self.folder), cure="delete it"
            )
        return files, manifest.get("facts")

    def texts(self, path: str) -> Iterator[str]:
        """The file with this path of every package that is kept, as text; unlike what is restored, it is not checked against a digest."""
        import pygit2

        for digest in self.kept():
            tree = self._commit(digest)
            try:
                repository = pygit2.Repository(str(self.folder))
                listed = json.loads(_content(repository, _manifest(repository, tree or "")))["files"]
                blobs = [blob for name, _, blob in listed if name == path]
                yield from (_content(repository, blob).decode(errors="replace") for blob in blobs)
            except (KeyError, ValueError, TypeError, AttributeError, RecursionError, pygit2.GitError):
                continue  # what is damaged is told where it is wanted

    def kept(self) -> tuple[str, ...]:
        """Digests of what is kept, that which was kept first at the start."""
        import pygit2

        if not self.folder.is_dir():
            return ()
        names = list(pygit2.Repository(str(self.folder)).references)
        return tuple(f"sha256:{_of(name)}" for name in sorted(names, key=_number))

    def _reader(self, blob: str) -> Callable[[], bytes]:
        def read() -> bytes:
            import pygit2

            return _content(pygit2.Repository(str(self.folder)), blob)

        return read

    def _commit(self, digest: str) -> str | None:
        import pygit2

        if not self.folder.is_dir():
            return None
        try:
            repository = pygit2.Repository(str(self.folder))
            names = self._names(repository, digest)
            return str(repository.references[names[-1]].target) if names else None
        except (pygit2.GitError, KeyError):
            return None

    @staticmethod
    def _names(repository: "Repository", digest: str) -> list[str]:
        return sorted((name for name in repository.references if _of(name) == _hex(digest)), key=_number)

    @contextmanager
    def _open(self) -> Iterator["Repository"]:
        """The repository, for writing, by one process at a time."""
        import pygit2
        from filelock import FileLock, Timeout

        self.folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            with FileLock(f"{self.folder}.lock", timeout=120):
                if not (self.folder / "HEAD").is_file():
                    pygit2.init_repository(str(self.folder), bare=True)
                yield pygit2.Repository(str(self.folder))
        except (pygit2.GitError, Timeout) as error:
            raise self._fault(error) from error

    def _fault(self, error: Exception) -> ReviewerError:
        return ReviewerError("what was reviewed cannot be kept", where=str(self.folder), cure=_cause(error))

    # Bounded

    def _bound(self, repository: "Repository") -> None:
        """Pack where much lies about; forget what was kept first while there is too much."""
        if self._size() > self._most or sum(1 for _ in self._loose()) > _LOOSE:
            self._pack(repository)
        while self._size() > self._most and len(names := sorted(repository.references, key=_number)) > 1:
            for name in names[: max(1, len(names) // 4)]:
                repository.references.delete(name)
            self._pack(repository)

    def _pack(self, repository: "Repository") -> None:
        """Everything that a name leads to in one pack; all else goes."""
        import pygit2

        objects = self.folder / "objects"
        before = [*(objects / "pack").glob("pack-*")]
        loose = list(self._loose())
        builder = pygit2.PackBuilder(repository)
        for name in repository.references:
            commit = repository.references[name].peel(pygit2.Commit)
            builder.add(commit.id)
            builder.add(commit.tree.id)
            for entry in commit.tree:
                builder.add(entry.id)
        builder.write()
        new = {path.stem for path in (objects / "pack").glob("pack-*.pack")} - {path.stem for path in before}
        for path in before if new else ():
            path.unlink(missing_ok=True)
        for path in loose:
            path.unlink(missing_ok=True)

    def _loose(self) -> Iterator[Path]:
        return (self.folder / "objects").glob("[0-9a-f][0-9a-f]/*")

    def _size(self) -> int:
        return sum(path.stat().st_size for path in (self.folder / "objects").rglob("*") if path.is_file())


def _content(repository: "Repository", blob: str) -> bytes:
    """Raises KeyError, or AttributeError for what is no blob."""
    from pygit2 import Blob

    return repository[blob].peel(Blob).data


def _manifest(repository: "Repository", commit: str) -> str:
    from pygit2 import Commit

    return str(repository[commit].peel(Commit).tree["manifest"].id)


def _cause(error: Exception) -> str:
    """Why, as the library or system says it."""
    return os.strerror(error.errno) if isinstance(error, OSError) and error.errno else str(error)


def _hex(digest: str) -> str:
    return digest.partition(":")[2]


def _of(name: str) -> str:
    return name.removeprefix(_REFS).partition("-")[0]


def _number(name: str) -> int:
    number = name.rpartition("-")[2]
    return int(number) if number.isdecimal() else 0
