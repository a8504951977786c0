"""Zig for one project, in the sandbox: what it sees, and where it may write."""

import hashlib
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from reviewer.content.text import visible
from reviewer.ecosystems.zig.configured.compiled import ENVIRONMENT, compiled_place, lend_compiled
from reviewer.ecosystems.zig.configured.overlay import Overlay, linked_overlay, make_overlay
from reviewer.ecosystems.zig.packages.kept import project_cache
from reviewer.ecosystems.zig.packages.table import PackageTable, global_cache
from reviewer.ecosystems.zig.toolchains.find import Toolchain
from reviewer.errors import ReviewerError
from reviewer.progress import Progress
from reviewer.sandbox.outputs import check_outputs
from reviewer.sandbox.policy import Bind, Limits, Policy
from reviewer.sandbox.probe import require_sandbox
from reviewer.sandbox.result import RunResult
from reviewer.sandbox.run import run


@dataclass(frozen=True, slots=True)
class SandboxedZig:
    """A project's zig with the hook in it. `read_only`: the project, its packages and the toolchain; `local` and `shared` are its caches,
    of this project alone, since build code can write into parts of them. Inside, `shared` is seen as `shown_shared`, where zig has its
    global cache without Reviewer; `package_words` tell zig where packages lie."""

    root: Path
    toolchain: Toolchain
    overlay: Overlay
    read_only: tuple[Bind, ...]
    local: Path
    shared: Path
    shown_shared: Path
    package_words: tuple[str, ...] = ()

    def build(
        self,
        words: Sequence[str],
        *,
        environment: Mapping[str, str],
        output: Path,
        read_only: Sequence[Path] = (),
        limits: Limits,
        progress: Progress,
    ) -> RunResult:
        """Run `zig build` with the hook and these words; it may read the files `read_only` too, and write into `output`.

        Raises ReviewerError for what it must not leave behind: then nothing of it may be used, and its caches are gone.
        """
        policy = Policy(
            read_only=(*self.read_only, *(Bind(path, path) for path in read_only)),
            writable=(Bind(self.local, self.local), Bind(self.shared, self.shown_shared), Bind(output, output)),
            workdir=self.root,
            environment={**ENVIRONMENT, "ZIG_GLOBAL_CACHE_DIR": str(self.shown_shared), **environment},
            limits=limits,
        )
        zig, hook = str(self.toolchain.zig), self.overlay.arguments
        result = run(
            policy, (zig, "build", *hook, "--cache-dir", str(self.local), *self.package_words, *words), progress
        )
        self.look_over(output)
        return result

    def look_over(self, *outputs: Path) -> None:
        """After a run, before anything of its caches and outputs is used or written. Raises ReviewerError, and then the caches are gone."""
        _look_over((self.local, self.shared), outputs)


def sandboxed_zig(
    root: Path, table: PackageTable, toolchain: Toolchain, progress: Progress, *, observing: bool = False
) -> SandboxedZig:
    """Make ready what zig needs. Raises ReviewerError where there is no sandbox or something is not fetched, or CancelledError.

    `observing`: in caches apart, for steps run there that may see more than they declare, and write into them; an enforced build, which
    shares those of the configure, must not take what came of it.
    """
    mounts = require_sandbox().mounts
    _require_fetched(table)
    overlay = make_overlay(toolchain)
    work = project_cache(root)
    kind = f"observed-{toolchain.version}" if observing else toolchain.version
    local, shared = work / f"local-{kind}", work / f"global-{kind}"
    overlay = overlay if mounts else linked_overlay(toolchain, overlay)
    parts = compiled_place(toolchain, overlay).name
    forget_other_content(table, work / f"made-of-{kind}", (local, shared, work / f"known-{kind}"), parts)
    _look_over((local, shared), ())  # a Reviewer that was killed could not
    for folder in (local, shared / "p"):
        folder.mkdir(parents=True, exist_ok=True)
    shown_shared = _shown_shared(root, shared) if mounts else shared
    lent = lend_compiled(toolchain, overlay, Bind(shared, shown_shared), progress)
    folders = [package.folder for package in table.packages if package.folder is not None]
    read_only = [Bind(folder, folder) for folder in (root, toolchain.zig.parent, toolchain.lib, *folders)]
    read_only += overlay.shown
    for package in table.packages:
        if package.folder is not None and not package.package.is_path:
            (shared / "p" / package.table_name).mkdir(exist_ok=True)
            read_only.append(Bind(package.folder, shown_shared / "p" / package.table_name))
    package_words = _package_words(table, toolchain, shown_shared / "p")
    shown = tuple(dict.fromkeys((*read_only, *lent)))
    return SandboxedZig(root, toolchain, overlay, shown, local, shared, shown_shared, package_words)


def _shown_shared(root: Path, shared: Path) -> Path:
    """Where zig has its global cache without Reviewer, so that paths in what is built are the same; not where the project is in the way."""
    place = Path(os.path.realpath(global_cache()))
    return shared if place.is_relative_to(root) or root.is_relative_to(place) else place


def portable_places(zig: SandboxedZig, table: PackageTable) -> Mapping[str, str]:
    """What paths of this machine are called in a graph."""
    return {
        str(zig.root): "[project]",
        str(project_cache(zig.root)): "[cache]",
        str(zig.shown_shared): "[cache]/global",
        str(zig.overlay.folder): "[zig lib]",
        str(zig.overlay.lib or zig.toolchain.lib): "[zig lib]",
        str(zig.toolchain.zig): "[zig]",
        **{
            str(p.folder): f"{p.package.name}:" for p in table.packages if p.folder is not None and p.package.pin != "."
        },
    }


def known_frames(zig: SandboxedZig) -> Path:
    """The file of what is known of the program that configures (known.py)."""
    return project_cache(zig.root) / f"known-{zig.toolchain.version}"


def forget_other_content(table: PackageTable, made_of: Path, caches: Sequence[Path], lent: str) -> None:
    """Remove the caches, folders and files, if build code of other packages than these, or of other content, could write into them, or if
    zig's own parts in them are others than what is called `lent`.

    What one version of a package left in them could stand for what the next one is compiled to, and tell another graph than that one makes.
    The project's own code is trusted to that degree, so that working on it stays fast. `made_of` lies where sandboxed code cannot write.
    """
    packages = sorted(f"{p.package.id} {p.package.digest}" for p in table.packages if p.package.pin != ".")
    key = hashlib.sha256("\n".join([lent, *packages]).encode("utf-8", "surrogateescape")).hexdigest()
    if made_of.is_file() and made_of.read_text("ascii", "replace") == key:
        return
    for cache in caches:
        if cache.is_file():
            cache.unlink()
        shutil.rmtree(cache, ignore_errors=True)
    made_of.parent.mkdir(parents=True, exist_ok=True)
    made_of.write_text(key, "ascii")


def _look_over(caches: Sequence[Path], outputs: Sequence[Path]) -> None:
    """Raises ReviewerError where sandboxed code left what it must not; the caches are then removed, to begin anew."""
    try:
        for folder in (*caches, *outputs):
            if folder.exists():
                check_outputs(folder)
    except ReviewerError:
        for cache in caches:
            shutil.rmtree(cache, ignore_errors=True)
        raise


def _require_fetched(table: PackageTable) -> None:
    missing = [
        package.package.name for package in table.packages if not package.package.fetched and not package.package.lazy
    ]
    if missing:
        raise ReviewerError(f"not fetched: {', '.join(missing)}", where="build.zig.zon", cure="run `reviewer fetch`")


def _package_words(table: PackageTable, toolchain: Toolchain, folder: Path) -> tuple[str, ...]:
    """Makes zig find the packages of the global cache, bound into `folder`, where it would look for them only in the project's zig-pkg
    (packages/search.py) and fetch them again. Raises ReviewerError where it cannot be made to."""
    cached = Path(os.path.realpath(global_cache() / "p"))
    names = [p.package.name for p in table.packages if p.folder is not None and p.folder.parent == cached]
    if not names or toolchain.minor in ("0.14", "0.15"):
        return ()
    if toolchain.has_maker:
        return ("--pkg-dir", str(folder))
    shown = visible(", ".join(names[:5])) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
    raise ReviewerError(
        f"not fetched for zig {toolchain.version}, which looks in zig-pkg and not in the global cache: {shown}",
        where="build.zig.zon",
        cure=f"run `reviewer fetch --zig {toolchain.zig}`",
    )
