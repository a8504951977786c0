"""Follows manifests from the root's on, and notes what is where; names, digests and ids are made of that in `packages`.

Where zig looks (measured, and in Zig 0.17.1's lib/compiler/Maker/Fetch.zig): 0.16 and 0.17 in `zig-pkg/<hash>` of the project, 0.14
and 0.15 in `p/<hash>` of the global cache. 0.17 keeps archives, `p/<hash>.tar.gz`, in the global cache and unpacks them at need. Folders
of an older zig there are lent to a sandboxed 0.17 (configured/sandboxed.py), which would fetch what has the same hash.
"""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from reviewer.content.text import visible
from reviewer.ecosystems.zig.packages.manifest import BASENAME, Dependency, Manifest, load_manifest
from reviewer.ecosystems.zig.packages.names import project_of, resolve_path, table_name
from reviewer.errors import ReviewerError
from reviewer.model.graph import Problem, Severity
from reviewer.progress import Progress

MAX_PACKAGES = 20_000


class Fork(NamedTuple):
    """A folder that stands in for every package of its name and fingerprint."""

    folder: Path
    name: str
    fingerprint_id: int


class Found:
    """One package. `path` is relative to the root as zig has it (`""` the root itself); `folder` is None where it is not here.

    `origin` is the root or the fetched package that its path must not leave; `called` the name by which it was first asked for; `fork`
    what stands in for it, and `stands_in_for` the hashes of what it replaces.
    """

    def __init__(
        self,
        path: str,
        called: str,
        *,
        hash: str | None = None,  # noqa: A002 - zig's own word
        url: str | None = None,
        origin: "Found | None" = None,
        fork: "Fork | None" = None,
    ) -> None:
        self.path = path
        self.called = called
        self.hash = hash
        self.url = url
        self.origin = origin
        self.fork = fork
        self.stands_in_for: dict[str, None] = {}
        self.folder: Path | None = None
        self.manifest = Manifest()
        self.dependencies: list[tuple[Dependency, Found]] = []
        self.lazy = True
        self.direct = False

    @property
    def table_name(self) -> str:
        """What zig's generated package table calls it."""
        if self.fork is not None:
            return str(self.fork.folder)
        return self.hash or table_name(self.path)

    @property
    def manifest_path(self) -> str:
        """Its manifest, for messages."""
        return visible(f"{self.path}/{BASENAME}" if self.path else BASENAME)


class PackageSearch:
    """All packages that the manifest in `root` (absolute, without links) leads to, breadth first, and what is wrong with them."""

    def __init__(
        self, root: Path, package_folders: Sequence[Path], progress: Progress, *, forks: Sequence[Path] = ()
    ) -> None:
        """Raises ReviewerError for a fork whose manifest does not tell its name and fingerprint."""
        self.problems: list[Problem] = []
        self._progress = progress
        self._stores = [(Path(os.path.realpath(folder)), _store_path(root, folder)) for folder in package_folders]
        self._folder = root
        self._forks = {(fork.name, fork.fingerprint_id): fork for fork in map(_fork, forks)}
        self._root = Found("", root.name)
        self._root.folder = root
        self._root.lazy = False
        self._by_key: dict[str, Found] = {"": self._root}
        self._by_folder: dict[Path, Found] = {root: self._root}

    def run(self) -> list[Found]:
        """Raises ReviewerError for a broken manifest of the root and for more than MAX_PACKAGES; the rest becomes problems."""
        if os.path.lexists(self._folder / BASENAME):
            self._root.manifest = load_manifest(self._folder)
        queue = [self._root]
        for package in queue:  # grows while it is gone through
            self._progress.report("read packages", len(queue))
            queue.extend(self._follow(package))
            if len(queue) > MAX_PACKAGES:
                raise ReviewerError(f"more than {MAX_PACKAGES} packages", where=BASENAME)
        for fork in self._forks.values():
            if str(fork.folder) not in self._by_key:
                text = f"the fork {visible(str(fork.folder))} stands in for no package of this project"
                self.problems.append(Problem(Severity.ERROR, BASENAME, text))
        self._note_missing(queue)
        self._note_cycle(queue)
        return queue

    def _follow(self, package: Found) -> Iterator[Found]:
        """The packages that nobody before this one asked for."""
        for dependency in package.manifest.dependencies:
            target = self._target(package, dependency)
            if target is None:
                continue
            known = self._by_key.setdefault(target.table_name, target)
            if known is target:
                self._load(package, dependency, target)
                yield target
            elif known.hash != target.hash or (known.hash is None and known.path != target.path):
                self._problem(
                    package, dependency, f"has the name of another package in zig's table, {target.table_name}"
                )
                continue
            if known.fork is not None and dependency.hash is not None:
                known.stands_in_for[dependency.hash] = None
            package.dependencies.append((dependency, known))
            if known is not self._root:
                known.lazy = known.lazy and dependency.lazy
                known.direct = known.direct or package is self._root

    def _target(self, package: Found, dependency: Dependency) -> Found | None:
        if dependency.path is None:
            if dependency.hash is None:
                self._problem(
                    package,
                    dependency,
                    "has no hash, so that nothing says what it is; `reviewer fetch` tells the hash",
                )
                return None
            fork = self._forks.get(project_of(dependency.hash) or ("", 0))
            if fork is not None:
                return Found(os.path.relpath(fork.folder, self._folder), dependency.name, fork=fork)
            return Found("", dependency.name, hash=dependency.hash, url=dependency.url)
        origin = package.origin or package
        path = resolve_path(package.path, dependency.path)
        if origin.hash is not None and path != origin.path and not path.startswith(origin.path + "/"):
            self._problem(package, dependency, f"leaves its package (to {visible(dependency.path)})")
            return None
        steps_up = len([part for part in path.split("/") if part == ".."])
        if steps_up >= len(self._folder.parts):
            self._problem(package, dependency, f"leads above every folder (to {visible(dependency.path)})")
            return None
        return Found(path, dependency.name, origin=origin)

    def _load(self, package: Found, dependency: Dependency, target: Found) -> None:
        folder = self._locate(target)
        if folder is None or not os.path.lexists(folder):
            return
        if os.path.realpath(folder) != str(folder):
            self._problem(package, dependency, f"is reached through a symbolic link ({visible(str(folder))})")
        elif not os.path.isdir(folder):  # noqa: PTH112 - never raises
            self._problem(package, dependency, f"is not a folder ({visible(str(folder))})")
        else:
            target.folder = folder
            self._note_second_name(package, dependency, target, folder)
            if target.hash is not None and os.path.lexists(folder / ".git"):
                self._problem(package, dependency, "ships a .git, which its digest does not cover; remove that folder")
            if os.path.lexists(folder / BASENAME):
                self._load_manifest(target, folder)

    def _locate(self, target: Found) -> Path | None:
        """The folder where it has to be; for a fetched package the first that is there, which also settles its path."""
        if target.hash is None:
            origin = target.origin or self._root
            inside = target.path[len(origin.path) :].lstrip("/")
            return Path(os.path.normpath(f"{origin.folder}/{inside}"))
        for store, path in self._stores:
            target.path = f"{path}/{target.hash}"
            if os.path.lexists(store / target.hash):
                return store / target.hash
        return None

    def _load_manifest(self, target: Found, folder: Path) -> None:
        try:
            target.manifest = load_manifest(folder, target.manifest_path)
        except ReviewerError as error:
            text = f"manifest of package '{visible(target.called)}': {error.what}"
            self.problems.append(Problem(Severity.ERROR, error.where, f"{text}; {error.cure}" if error.cure else text))

    def _note_second_name(self, package: Found, dependency: Dependency, target: Found, folder: Path) -> None:
        """Zig compiles each name's build.zig as a module of its own, and refuses one file in two modules."""
        first = self._by_folder.setdefault(folder, target)
        if first is not target and os.path.lexists(folder / "build.zig"):
            name = first.path or "the project itself"
            self._problem(
                package, dependency, f"is a folder that is also reached as {visible(name)}, which zig refuses"
            )

    def _note_missing(self, packages: Sequence[Found]) -> None:
        noted: set[str] = set()
        for package in packages:
            for dependency, target in package.dependencies:
                if target.folder is not None or dependency.lazy or target.table_name in noted:
                    continue
                noted.add(target.table_name)
                if target.hash is not None:
                    self._missing(package, dependency, self._why_missing(target.hash), target)
                else:
                    self._missing(
                        package, dependency, f"has no folder {visible(target.path)}; correct its path", target
                    )

    def _why_missing(self, name: str) -> str:
        if any(os.path.lexists(store / f"{name}.tar.gz") for store, _ in self._stores):
            return "is here as an archive only; `reviewer fetch` unpacks it"
        return "is not fetched; run `reviewer fetch`"

    def _missing(self, package: Found, dependency: Dependency, text: str, target: Found) -> None:
        where = _place(package, dependency)
        folder = self._locate(target)
        if folder is None or not os.path.lexists(folder):  # else a problem with what is there has been noted
            self._problem(package, dependency, text, where)

    def _note_cycle(self, packages: Sequence[Found]) -> None:
        """Only the first: zig's own fetching puts up with cycles, build code that follows one never ends."""
        done: set[str] = set()
        for start in packages:
            chain: dict[str, Found] = {start.table_name: start}
            pending = [iter(start.dependencies)] if start.table_name not in done else []
            while pending:
                dependency, target = next(pending[-1], (None, None))
                if dependency is None or target is None:
                    pending.pop()
                    done.add(chain.popitem()[0])
                elif target.table_name in chain:
                    names = [*chain][[*chain].index(target.table_name) :]
                    shown = " → ".join(visible(name) or "the project" for name in [*names[:10], target.table_name])
                    last = next(reversed(chain.values()))
                    self._problem(
                        last, dependency, f"closes a dependency cycle: {shown}; remove one of its dependencies"
                    )
                    return
                elif target.table_name not in done:
                    chain[target.table_name] = target
                    pending.append(iter(target.dependencies))

    def _problem(self, package: Found, dependency: Dependency, text: str, where: str = "") -> None:
        where = where or _place(package, dependency)
        self.problems.append(Problem(Severity.ERROR, where, f"package '{visible(dependency.name)}' {text}"))


def _fork(folder: Path) -> Fork:
    manifest = load_manifest(folder, visible(f"{folder}/{BASENAME}"))
    if not manifest.name or manifest.fingerprint is None:
        raise ReviewerError(
            "a fork needs a name and a fingerprint", where=visible(f"{folder}/{BASENAME}"), cure="name another folder"
        )
    return Fork(folder, manifest.name, manifest.fingerprint & 0xFFFFFFFF)


def _place(package: Found, dependency: Dependency) -> str:
    return f"{package.manifest_path}:{dependency.line}:{dependency.column}"


def _store_path(root: Path, folder: Path) -> str:
    """The path of a folder of fetched packages as zig has it: relative in the project, `/p` for the global cache's."""
    inside = os.path.relpath(os.path.abspath(folder), root)  # noqa: PTH100 - zig-pkg itself may be a link
    return "/p" if inside.startswith("..") else inside
