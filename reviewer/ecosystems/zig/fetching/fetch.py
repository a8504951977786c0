"""Zig's own fetching, held in a sandbox with a network and with nothing else: it sees manifests and writes into a folder of its own.

From there what the manifests ask for, and nothing else, is moved to where zig looks for packages. `zig build --fetch` ends before it would
compile a build script (and finds an empty one here). Zig 0.14 fetches no lazy packages that way: they are fetched one by one.
"""

import os
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from reviewer.content.text import visible
from reviewer.ecosystems import Fetched, FetchFailure
from reviewer.ecosystems.zig.configured.compiled import ENVIRONMENT, lend_compiled
from reviewer.ecosystems.zig.configured.overlay import make_overlay
from reviewer.ecosystems.zig.fetching.complaints import failures
from reviewer.ecosystems.zig.fetching.manifests import lay_out
from reviewer.ecosystems.zig.fetching.take_over import take_over
from reviewer.ecosystems.zig.options import PackageSources, check_options, package_sources
from reviewer.ecosystems.zig.packages.kept import project_cache
from reviewer.ecosystems.zig.packages.manifest import minimum_zig_version
from reviewer.ecosystems.zig.packages.search import Found, PackageSearch
from reviewer.ecosystems.zig.packages.table import global_cache
from reviewer.ecosystems.zig.toolchains.find import Toolchain, find_toolchain
from reviewer.errors import ReviewerError
from reviewer.progress import Progress
from reviewer.sandbox.policy import Bind, Limits, Network, Policy
from reviewer.sandbox.probe import require_bubblewrap
from reviewer.sandbox.result import STOPPED, Outcome, RunResult
from reviewer.sandbox.run import run

_TIME_LIMIT = 3600
_ARCHIVE = re.compile(r"[A-Za-z0-9._+-]{50,}\.tar\.gz")
_MOST_ARCHIVES = 1000
_PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
_LOOK_EVERY = 25  # of the supervisor's looks, some fifty a second
_NO_ERROR = re.compile(rb"^debug\([^\n]*\n", re.MULTILINE)  # what zig's maker, compiled in Debug, tells besides


def fetch_packages(
    root: Path, progress: Progress, *, zig: Path | None = None, options: Sequence[str] = (), lazy: bool = False
) -> Fetched:
    """Bring what the project in `root` lacks, `lazy` packages too where asked for.

    Raises ReviewerError (no sandbox, no toolchain, broken manifest, another Reviewer fetches) or CancelledError: then nothing came in.
    """
    require_bubblewrap("fetching packages")
    root = Path(os.path.realpath(root))
    sources = package_sources(check_options(options))
    if sources.system is not None:
        raise ReviewerError(
            "with --system zig fetches nothing: all packages have to lie in that folder",
            where=visible(str(sources.system)),
            cure="leave --system out, or put what is missing there",
        )
    toolchain = find_toolchain(minimum_zig_version(root), zig)
    store = root / "zig-pkg" if toolchain.packages_in_project else global_cache() / "p"
    work = project_cache(root)
    work.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(work / "fetch.lock", timeout=0):
            fetching = _Fetching(root, toolchain, sources, store, work / "fetch", progress)
            return fetching.run(lazy=lazy)
    except Timeout as error:
        raise ReviewerError(
            "another Reviewer is fetching its packages", where=visible(str(root)), cure="wait until it is done"
        ) from error


@dataclass(frozen=True, slots=True)
class _Fetching:
    root: Path
    toolchain: Toolchain
    sources: PackageSources
    store: Path
    stage: Path
    progress: Progress

    @property
    def staged(self) -> Path:
        """Where what zig fetched lies, outside."""
        return self.stage / "zig-pkg" if self.toolchain.packages_in_project else self.stage / "global/p"

    def run(self, *, lazy: bool) -> Fetched:
        found = self._search()
        if not any(_is_wanted(package, lazy=lazy) for package in found) and not _lacks_hash(found):
            return Fetched((), ())
        shutil.rmtree(self.stage, ignore_errors=True)  # of a Reviewer that was killed
        try:
            self.staged.mkdir(parents=True)
            policy = self._policy(found)
            failed = self._zig_build(policy, lazy=lazy)
            if lazy and self.toolchain.minor == "0.14" and not failed:
                failed = self._one_by_one(policy)
            self.progress.check()
            now = self._search()
            new = [package for package in now if package.folder is not None and package.folder.parent == self.staged]
            if not failed:
                failed = tuple(_left(package) for package in now if _is_wanted(package, lazy=lazy))
            take_over([package.folder for package in new if package.folder is not None], self.store)
            return Fetched(tuple(package.hash for package in new if package.hash), failed)
        finally:
            shutil.rmtree(self.stage, ignore_errors=True)

    def _search(self) -> list[Found]:
        """All packages that the manifests lead to; those that were fetched now lie in the stage."""
        return PackageSearch(self.root, (self.store, self.staged), self.progress, forks=self.sources.forks).run()

    def _zig_build(self, policy: Policy, *, lazy: bool) -> tuple[FetchFailure, ...]:
        mode = "=all" if lazy and self.toolchain.minor != "0.14" else ""
        forks = [f"--fork={folder}" for folder in self.sources.forks]
        words = ("build", f"--fetch{mode}", "--cache-dir", str(self.stage / "local"), *forks)
        return self._zig(policy, words)[1]

    def _one_by_one(self, policy: Policy) -> tuple[FetchFailure, ...]:
        """Until nothing more is asked for by what has come."""
        tried: set[str] = set()
        while wanted := [p for p in self._search() if _is_wanted(p, lazy=True) and p.hash not in tried]:
            for package in wanted:
                assert package.hash and package.url
                tried.add(package.hash)
                result, failed = self._zig(policy, ("fetch", package.url))
                if failed:
                    return failed
                told = result.stdout.decode("ascii", "replace").strip()
                if told != package.hash:
                    text = f"hash mismatch: manifest declares {package.hash} but the fetched package has {told}"
                    return tuple(failures(f"{package.called}:1:1: error: {text}".encode(), {}))
        return ()

    def _zig(self, policy: Policy, words: Sequence[str]) -> tuple[RunResult, tuple[FetchFailure, ...]]:
        result = run(policy, (str(self.toolchain.zig), *words), self.progress, look=self._tell())
        self.progress.check()
        if result.outcome is not Outcome.FINISHED:
            raise ReviewerError(f"fetching {STOPPED[result.outcome]}", where=visible(str(self.root)))
        if result.exit_code == 0:
            return result, ()
        places = {str(self.root / "zig-pkg"): "", str(self.root): "", str(self.stage / "global/p"): ""}
        told = tuple(dict.fromkeys(failures(result.stderr, places)))
        if told:
            return result, told
        last = (
            _NO_ERROR.sub(b"", result.stderr).decode("utf-8", "replace").strip().splitlines() or ["no reason told"]
        )[-1]
        raise ReviewerError(f"zig could not fetch: {visible(last[:300])}", where=visible(str(self.root)))

    def _policy(self, found: Sequence[Found]) -> Policy:
        shared, local = self.stage / "global", self.stage / "local"
        for folder in (shared / "p", local):
            folder.mkdir(parents=True, exist_ok=True)
        lent: Sequence[Bind] = ()
        if self.toolchain.has_maker:  # compiled from what the overlay shows
            overlay = make_overlay(self.toolchain)
            lent = (*overlay.shown, *lend_compiled(self.toolchain, overlay, Bind(shared, shared), self.progress))
        shown = lay_out(found, self.stage / "shown")
        writable = [Bind(shared, shared), Bind(local, local)]
        inside = shared / "p"
        if self.toolchain.packages_in_project:
            inside = self.root / "zig-pkg"
            (shown[0].host / "zig-pkg").mkdir(exist_ok=True)
            writable.append(Bind(self.staged, inside))
        present = [package.folder for package in found if package.folder is not None and package.hash]
        here = []
        for folder in present:
            (self.staged / folder.name).mkdir(exist_ok=True)
            here.append(Bind(folder, inside / folder.name))
        toolchain = (Bind(path, path) for path in (self.toolchain.zig.parent, self.toolchain.lib))
        return Policy(
            read_only=tuple(dict.fromkeys((*toolchain, *shown, *here, *self._archives(shared / "p"), *lent))),
            writable=tuple(writable),
            workdir=self.root,
            environment={**ENVIRONMENT, "ZIG_GLOBAL_CACHE_DIR": str(shared), **_proxies()},
            network=Network.HOST,
            limits=Limits(wall_seconds=_TIME_LIMIT),
        )

    def _archives(self, inside: Path) -> Iterator[Bind]:
        """What zig 0.16 and later kept packed of what it fetched before: no network is needed for it."""
        if not self.toolchain.packages_in_project:
            return
        kept = [path for path in (global_cache() / "p").glob("*.tar.gz") if _ARCHIVE.fullmatch(path.name)]
        for archive in kept[:_MOST_ARCHIVES]:
            if archive.is_file() and not archive.is_symlink():
                (inside / archive.name).touch()
                yield Bind(Path(os.path.realpath(archive)), inside / archive.name)

    def _tell(self) -> Callable[[], bool]:
        looks = 0

        def look() -> bool:
            nonlocal looks
            if looks % _LOOK_EVERY == 0 and not self.progress.cancelled:
                self.progress.report(f"Fetching packages with zig {self.toolchain.version}: {_amount(self.stage)}")
            looks += 1
            return True

        return look


def _amount(stage: Path) -> str:
    """What has come until now; files come and go while zig works."""
    size = 0
    for parent, folders, names in os.walk(stage):
        folders[:] = [name for name in folders if name not in ("o", "z", "h", "b", "shown")]
        for name in names:
            try:
                size += os.lstat(f"{parent}/{name}").st_size
            except OSError:
                continue
    return f"{size / 1_000_000:.1f} MB so far"


def _is_wanted(package: Found, *, lazy: bool) -> bool:
    return package.hash is not None and package.fork is None and package.folder is None and (lazy or not package.lazy)


def _lacks_hash(found: Sequence[Found]) -> bool:
    """Whether something is asked for without saying what it is: zig tells its hash."""
    return any(d.path is None and d.hash is None for package in found for d in package.manifest.dependencies)


def _left(package: Found) -> FetchFailure:
    return FetchFailure(visible(package.called), "zig did not bring it, and did not say why", "", mismatch=False)


def _proxies() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name.lower() in _PROXIES}
