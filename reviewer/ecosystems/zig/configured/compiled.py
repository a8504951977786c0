"""What zig compiles of its own before it looks at a project, compiled once for each toolchain and lent to every configure.

All versions compile their compiler_rt for the build scripts of a project (2 to 10 seconds). Zig 0.17 also compiles its maker into the
global cache: a hundred seconds of one core in release mode, a seventh of that in Debug, which `ZIG_DEBUG_CMD` asks for. Projects get global
caches of their own, since build code can write into them; the maker is bound into each of them read-only, and what little else zig made
with it is copied.
"""

import hashlib
import secrets
import shutil
from collections.abc import Sequence
from pathlib import Path

from reviewer.content.text import visible
from reviewer.ecosystems.zig.configured.overlay import Overlay
from reviewer.ecosystems.zig.toolchains.find import Toolchain
from reviewer.errors import ReviewerError
from reviewer.places import cache_dir
from reviewer.progress import Progress
from reviewer.sandbox.policy import Bind, Limits, Policy
from reviewer.sandbox.run import run

ENVIRONMENT = {"ZIG_DEBUG_CMD": "1"}
"""For every zig that should find the runner: another mode of optimisation would be another runner."""

_EMPTY_PROJECT = 'pub fn build(_: *@import("std").Build) void {}\n'
_EMPTY_PROGRAM = "pub fn main() void {}\n"
_TIME_LIMIT = 900

_MAKER = (
    "Maker.zig",
    "Maker/Step/Run.zig",
    "reviewer_enforce_ask.zig",
    "reviewer_enforce_maker.zig",
    "reviewer_enforce_confine.zig",
)
"""Of the overlay: what the maker is compiled from, beside what the toolchain brings."""


def lend_compiled(toolchain: Toolchain, overlay: Overlay, global_cache: Bind, progress: Progress) -> Sequence[Bind]:
    """Prepare a project's global cache so that zig finds its own parts in it: what has to be bound over it, read-only."""
    compiled = _compiled(toolchain, overlay, progress)
    binds = []
    for made in (compiled / "o").iterdir():
        place = global_cache.host / "o" / made.name
        if (made / "maker").exists():
            place.mkdir(parents=True, exist_ok=True)
            binds.append(Bind(made, global_cache.inside / "o" / made.name))
        elif not place.exists():
            shutil.copytree(made, place)
    for folder in (
        "b",
        "h",
        "z",
    ):  # generated sources, manifests that tell zig what is made already, its library parsed
        if not (global_cache.host / folder).exists():
            shutil.copytree(compiled / folder, global_cache.host / folder)
    return binds


def compiled_place(toolchain: Toolchain, overlay: Overlay) -> Path:
    """Where that is kept, by all that it is made of."""
    made_of = hashlib.sha256(str(toolchain.lib).encode("utf-8", "surrogateescape"))
    if toolchain.has_maker:
        for name in _MAKER:
            made_of.update((overlay.folder / name).read_bytes() if (overlay.folder / name).exists() else b"")
    return cache_dir() / "zig" / f"compiled-{toolchain.version}-{made_of.hexdigest()[:8]}"


def _compiled(toolchain: Toolchain, overlay: Overlay, progress: Progress) -> Path:
    made = compiled_place(toolchain, overlay)
    if made.is_dir():
        return made
    progress.report(f"Preparing zig {toolchain.version} for the sandbox: once, for all projects")
    unfinished = made.with_name(f"{made.name}.{secrets.token_hex(4)}")
    try:
        _make(toolchain, overlay, unfinished, progress)
        try:
            (unfinished / "global").rename(made)
        except OSError:
            if not made.is_dir():  # or another Reviewer was faster
                raise
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return made


def _make(toolchain: Toolchain, overlay: Overlay, folder: Path, progress: Progress) -> None:
    project, local, shared = folder / "project", folder / "local", folder / "global"
    for part in (project, local, shared):
        part.mkdir(parents=True)
    (project / "build.zig").write_text(_EMPTY_PROJECT)
    (project / "empty.zig").write_text(_EMPTY_PROGRAM)
    policy = Policy(
        read_only=(*(Bind(path, path) for path in (project, toolchain.zig.parent, toolchain.lib)), *overlay.shown),
        writable=(Bind(local, local), Bind(shared, shared)),
        workdir=project,
        environment={
            **ENVIRONMENT,
            "ZIG_GLOBAL_CACHE_DIR": str(shared),
            "REVIEWER_REPORT": str(local / "report.json"),
        },
        limits=Limits(wall_seconds=_TIME_LIMIT),
    )
    # A whole build would also compile the build runner, which is another one for each project.
    lib = (f"--zig-lib={overlay.lib}",) if overlay.lib else ()
    build = ("build", *lib, "-l") if toolchain.has_maker else ("build-exe", "empty.zig", f"-femit-bin={local}/empty")
    result = run(policy, (str(toolchain.zig), *build, "--cache-dir", str(local)), progress)
    progress.check()
    if result.exit_code != 0:
        told = visible(result.stderr.decode("utf-8", "replace")[-300:])
        raise ReviewerError(
            f"zig could not compile its own parts ({told})", where=str(toolchain.zig), cure="use --evidence read"
        )
    shutil.rmtree(shared / "tmp", ignore_errors=True)
