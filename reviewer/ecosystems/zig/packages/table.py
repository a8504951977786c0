"""A project's packages: where zig puts them, what they are called, what they hold. Nothing is executed or fetched."""

import hashlib
import os
import posixpath
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from reviewer.content.digest_cache import DigestCache
from reviewer.content.text import visible
from reviewer.ecosystems.zig.options import PackageSources
from reviewer.ecosystems.zig.packages.names import id_part, name_and_version, package_id
from reviewer.ecosystems.zig.packages.search import Found, PackageSearch
from reviewer.errors import ReviewerError
from reviewer.model.graph import Package, PackageEdge, Problem, Severity
from reviewer.places import cache_dir
from reviewer.progress import Progress


class ZigPackage(NamedTuple):
    """A package and how zig knows it.

    `folder` is absolute and free of links, None when not fetched. `dependencies` pairs names in the manifest, as written there, with
    package ids. `table_name` is its name in zig's generated package table: the hash, the path from the root, `""` for the root; a fork
    has the names of all that it stands in for, in `other_names`.
    """

    package: Package
    folder: Path | None
    dependencies: tuple[tuple[str, str], ...]
    table_name: str
    other_names: tuple[str, ...] = ()


class PackageTable(NamedTuple):
    """All packages, the root first, then breadth-first in the order of the manifests."""

    packages: tuple[ZigPackage, ...]
    edges: tuple[PackageEdge, ...]
    problems: tuple[Problem, ...]
    minimum_zig_version: str | None


def find_packages(
    root: Path,
    progress: Progress,
    *,
    package_folders: Sequence[Path] | None = None,
    sources: PackageSources | None = None,
    full: bool = False,
) -> PackageTable:
    """The packages of the project in `root`, with their digests; `full`: every file is read again, nothing known from before is believed.

    Fetched packages are looked for in `package_folders`, by default those that `sources` names, else the project's `zig-pkg` and
    the `p` of zig's global cache.
    Raises ReviewerError where `root` is no zig project or its own manifest is broken, CancelledError when cancelled; whatever is
    wrong with other packages becomes a problem.
    """
    real_root = Path(os.path.realpath(root))
    if not real_root.is_dir():
        raise ReviewerError("not a folder", where=visible(str(root)), cure="name the folder that holds build.zig")
    if not (real_root / "build.zig").is_file():
        raise ReviewerError("no build.zig in it", where=visible(str(root)), cure="name the folder that holds build.zig")
    sources = sources or PackageSources()
    if package_folders is None:
        own = (real_root / "zig-pkg", global_cache() / "p")
        package_folders = own if sources.system is None else (sources.system,)
    search = PackageSearch(real_root, package_folders, progress, forks=sources.forks)
    found = search.run()
    names = [_name_and_version(package) for package in found]
    cache = DigestCache(_digests_file(real_root), full=full)
    digests, damaged = _digests(
        [(name, package) for (name, _), package in zip(names, found, strict=True)], cache, progress
    )
    cache.keep()
    ids = {
        package.table_name: package_id(name, version, _pin(package))
        for (name, version), package in zip(names, found, strict=True)
    }
    return PackageTable(
        packages=tuple(
            ZigPackage(
                package=_package(package, ids[package.table_name], name, version, digests.get(package.table_name)),
                folder=package.folder,
                dependencies=tuple((by.name, ids[target.table_name]) for by, target in package.dependencies),
                table_name=package.table_name,
                other_names=tuple(package.stands_in_for),
            )
            for (name, version), package in zip(names, found, strict=True)
        ),
        edges=tuple(dict.fromkeys(_edges(found, ids))),
        problems=(*search.problems, *damaged),
        minimum_zig_version=found[0].manifest.minimum_zig_version,
    )


def global_cache() -> Path:
    """Zig's global cache on this machine (std.zig: `ZIG_GLOBAL_CACHE_DIR`, then `XDG_CACHE_HOME`, then the home folder)."""
    if own := os.environ.get("ZIG_GLOBAL_CACHE_DIR"):
        return Path(own)
    if shared := os.environ.get("XDG_CACHE_HOME"):
        return Path(shared, "zig")
    return Path(os.path.expanduser("~"), ".cache", "zig")  # noqa: PTH111 - never raises


def _name_and_version(package: Found) -> tuple[str, str]:
    """Never what the package calls itself, but what pinned it or where it lies; only the project may name itself."""
    if package.fork is not None:
        name, version = package.fork.name, package.manifest.version
    elif package.hash is not None:
        name, version = name_and_version(package.hash) or (package.called, "")
    elif not package.path:
        name, version = package.manifest.name or package.called, package.manifest.version
    else:
        name, version = posixpath.basename(package.path), package.manifest.version
        if name == "..":  # the folder's name would differ from checkout to checkout
            name = package.called
    return id_part(name), id_part(version)


def _pin(package: Found) -> str:
    return package.hash or id_part(package.path or ".")


def _package(package: Found, identity: str, name: str, version: str, digest: str | None) -> Package:
    url = visible(package.url or "")
    if url.startswith("path:"):  # or it would pass for a path package
        url = f"url:{url}"
    return Package(
        id=identity,
        ecosystem="zig",
        name=name,
        version=version,
        digest=digest,
        source=url if package.hash else f"path:{visible(package.path or '.')}",
        root=str(package.folder or ""),
        direct=package.direct,
        lazy=package.lazy,
        fetched=package.folder is not None,
    )


def _edges(found: Iterable[Found], ids: dict[str, str]) -> Iterable[PackageEdge]:
    for package in found:
        for dependency, target in package.dependencies:
            kind = "lazy" if dependency.lazy else "dependency"
            yield PackageEdge(ids[package.table_name], ids[target.table_name], kind)


def _digests_file(root: Path) -> Path:
    name = hashlib.sha256(os.fsencode(root)).hexdigest()[:24]
    return cache_dir() / "digests" / f"{name}.json"


def _digests(
    packages: Sequence[tuple[str, Found]], cache: DigestCache, progress: Progress
) -> tuple[dict[str, str], list[Problem]]:
    """By table name, and for each package that cannot be read a problem.

    One after another: several at once were measured to be no faster, and what is large is hashed in parallel inside.
    """
    digests: dict[str, str] = {}
    problems: list[Problem] = []
    # The project itself needs no decision, and may hold anything, of any size.
    here = [(name, package, package.folder) for name, package in packages if package.folder and package.table_name]
    for number, (name, package, folder) in enumerate(here, start=1):
        progress.report(f"digest {name}", number, len(here))
        try:
            digests[package.table_name] = cache.digest(folder, progress)
        except ReviewerError as error:
            text = f"package '{name}': {error.what}; {error.cure}".removesuffix("; ")
            problems.append(Problem(Severity.ERROR, error.where, text))
    return digests, problems
