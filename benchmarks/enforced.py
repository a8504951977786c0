"""The enforced build against plain `zig build`, clean and with nothing to do: of the demo, of a project of 24 packages that each
generate code, and of a project of yours: `REVIEWER_BENCHMARK=folder[:zig]` (a copy: it is trusted as a whole and built).

The demo's hidden program runs in every build, also where there is nothing to do.
"""

import os
import shutil
import statistics
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.ratio import Budget, Ratio, compare, program
from reviewer.ecosystems.zig.packages.kept import project_cache
from reviewer.ecosystems.zig.toolchains.find import find_toolchain
from reviewer.resources import resource
from tests.ecosystems.zig.conftest import toolchain_of

_REVIEWER = Path(sys.executable).with_name("reviewer")
_CLEAN, _NOTHING = 1.1, 150.0
_CLEAN_RUNS, _NOTHING_RUNS = 3, 11
_PACKAGES = 24

_BUILD = """const std = @import("std");

pub fn build(b: *std.Build) void {
    const generate = b.addSystemCommand(&.{ "/bin/sh", "-c", "echo \\"pub const number = $1;\\" >\\"$0\\"" });
    const made = generate.addOutputFileArg("made.zig");
    generate.addArg("%NUMBER%");
    const module = b.addModule("%NAME%", .{ .root_source_file = b.path("root.zig") });
    module.addAnonymousImport("made", .{ .root_source_file = made });
}
"""


class _Project:
    """A project that is trusted as a whole, with caches of its own in `folder`."""

    def __init__(self, folder: Path, root: Path, zig: Path) -> None:
        self._root = root
        env = {"REVIEWER_CACHE_DIR": "reviewer", "REVIEWER_STATE_DIR": "state", "ZIG_GLOBAL_CACHE_DIR": "zig"}
        self._env = {**os.environ, **{name: str(folder / value) for name, value in env.items()}, "ZIG_DEBUG_CMD": "1"}
        if own := os.environ.get("REVIEWER_BENCHMARK_PACKAGES"):
            self._env["ZIG_GLOBAL_CACHE_DIR"] = own
        os.environ["REVIEWER_CACHE_DIR"] = self._env["REVIEWER_CACHE_DIR"]
        self._tools = project_cache(root)
        words = (_REVIEWER, "init", root, "--accept-present", "--evidence", "configured", "--zig", zig)
        program(words, env=self._env)()
        lock = root / "review.lock"
        lock.write_text(lock.read_text().replace('"deferred"', '"trusted"'))
        self.enforced = program((_REVIEWER, "build", root, "--zig", zig), env=self._env)
        self.plain = self._plain(zig)
        self.enforced()
        self.plain()

    def _plain(self, zig: Path) -> Callable[[], None]:
        return program(("sh", "-c", f"cd '{self._root}' && exec '{zig}' build"), env=self._env)

    def clean(self) -> Ratio:
        """Nothing of the project is built; what zig needs for any project is."""

        def enforced() -> None:
            for made in (*self._tools.glob("local-*"), self._root / "zig-out"):
                shutil.rmtree(made, ignore_errors=True)
            self.enforced()

        def plain() -> None:
            for made in (self._root / ".zig-cache", self._root / "zig-out"):
                shutil.rmtree(made, ignore_errors=True)
            self.plain()

        return compare(("enforced, clean", enforced), ("plain", plain), aim=_CLEAN, runs=_CLEAN_RUNS)

    def nothing_to_do(self) -> Budget:
        """By how much it takes longer."""
        longer = []
        for _ in range(_NOTHING_RUNS):
            times = []
            for call in (self.plain, self.enforced):
                start = time.perf_counter()
                call()
                times.append(time.perf_counter() - start)
            longer.append((times[1] - times[0]) * 1000)
        return Budget("enforced with nothing to do, longer than plain", statistics.median(longer), "ms", _NOTHING)


@contextmanager
def _demo() -> Iterator[_Project]:
    with tempfile.TemporaryDirectory(prefix="reviewer-benchmark-") as name:
        folder = Path(name)
        root = Path(shutil.copytree(resource("demo"), folder / "terminal-app"))
        yield _Project(folder, root, find_toolchain("0.17.0").zig)


@contextmanager
def _many() -> Iterator[_Project]:
    with tempfile.TemporaryDirectory(prefix="reviewer-benchmark-") as name:
        folder = Path(name)
        root = folder / "many"
        names = [f"p{number}" for number in range(_PACKAGES)]
        for number, package in enumerate(names):
            made = root / "deps" / package
            made.mkdir(parents=True)
            (made / "build.zig").write_text(_BUILD.replace("%NAME%", package).replace("%NUMBER%", str(number)))
            (made / "root.zig").write_text('pub const number = @import("made").number;\n')
            (made / "build.zig.zon").write_text(_manifest(package))
        dependencies = "".join(f'.{package} = .{{ .path = "deps/{package}" }}, ' for package in names)
        (root / "build.zig.zon").write_text(_manifest("many", dependencies))
        (root / "main.zig").write_text(
            "pub fn main() void {}\ncomptime {\n"
            + "".join(f'    _ = @import("{package}").number;\n' for package in names)
            + "}\n"
        )
        imports = "".join(f'.{{ .name = "{p}", .module = b.dependency("{p}", .{{}}).module("{p}") }}, ' for p in names)
        (root / "build.zig").write_text(
            'pub fn build(b: *@import("std").Build) void {\n'
            '    b.installArtifact(b.addExecutable(.{ .name = "many", .root_module = b.createModule(.{\n'
            f'        .root_source_file = b.path("main.zig"), .target = b.graph.host, .imports = &.{{ {imports} }},\n'
            "    }) }));\n}\n"
        )
        yield _Project(folder, root, find_toolchain("0.17.0").zig)


def _manifest(name: str, dependencies: str = "") -> str:
    fingerprint = zlib.crc32(name.encode()) << 32 | 0x5EED
    return (
        f'.{{ .name = .{name}, .version = "1.0.0", .fingerprint = 0x{fingerprint:x}, .minimum_zig_version = "0.17.0", '
        f'.paths = .{{""}}, .dependencies = .{{ {dependencies} }} }}\n'
    )


@contextmanager
def _yours() -> Iterator[_Project]:
    where, _, zig = os.environ["REVIEWER_BENCHMARK"].partition(":")
    with tempfile.TemporaryDirectory(prefix="reviewer-benchmark-") as name:
        yield _Project(Path(name), Path(where).resolve(), Path(zig) if zig else toolchain_of("0.17").zig)


def demo_clean() -> Ratio:
    """The sample: four packages, two run steps."""
    with _demo() as project:
        return project.clean()


def demo_nothing_to_do() -> Budget:
    """The sample."""
    with _demo() as project:
        return project.nothing_to_do()


def many_clean() -> Ratio:
    """24 packages, 24 run steps."""
    with _many() as project:
        return project.clean()


def many_nothing_to_do() -> Budget:
    """24 packages."""
    with _many() as project:
        return project.nothing_to_do()


def yours_clean() -> Ratio:
    """The project that is named."""
    with _yours() as project:
        return project.clean()


def yours_nothing_to_do() -> Budget:
    """The project that is named."""
    with _yours() as project:
        return project.nothing_to_do()


ALL: tuple[Callable[[], Ratio | Budget], ...] = (
    *(demo_clean, demo_nothing_to_do, many_clean, many_nothing_to_do),
    *((yours_clean, yours_nothing_to_do) if "REVIEWER_BENCHMARK" in os.environ else ()),
)
