"""How long the exact graph takes to load, against `zig build -l` of the same project, with each version of zig.

`first`: nothing was ever compiled, for either. `next_project`: another project, with zig's own parts there. `edited`: its build.zig was
changed. `file_changed`: another file was, so that we configure again and zig does not. `unchanged`: nothing was. `command`: the same by
`reviewer graph`, with the start of a program.
"""

import atexit
import itertools
import os
import secrets
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

from benchmarks.ratio import Ratio, compare, program
from reviewer.ecosystems.zig.loading import load_graph
from reviewer.ecosystems.zig.toolchains.find import NEWEST, Toolchain
from reviewer.model.graph import Evidence
from reviewer.progress import Progress
from tests.ecosystems.zig.configured.test_four_versions import FOUR
from tests.ecosystems.zig.conftest import toolchain_of

AIM = 1.3
REVIEWER = Path(sys.executable).with_name("reviewer")


class _Project:
    """A new project, with the caches of `folder`."""

    def __init__(self, folder: Path, toolchain: Toolchain) -> None:
        name = f"four-{secrets.token_hex(4)}"
        self.root = Path(shutil.copytree(FOUR, folder / name))
        self.toolchain = toolchain
        own = {"REVIEWER_CACHE_DIR": "reviewer", "REVIEWER_STATE_DIR": "state", "ZIG_GLOBAL_CACHE_DIR": "zig"}
        self.env = os.environ | {key: str(folder / value) for key, value in own.items()}
        os.environ.update(self.env)  # for `load`
        words = ("build", "-l", "--build-file", self.root / "build.zig", "--cache-dir", folder / f"{name}-zig")
        self.list_steps = program([toolchain.zig, *words], env=self.env)
        self._count = itertools.count()

    def load(self) -> None:
        load_graph(self.root, Evidence.CONFIGURED, Progress(), zig=self.toolchain.zig)

    def change(self, file: str) -> None:
        with (self.root / file).open("a") as changed:
            changed.write(f"// {next(self._count)}\n")


def first(folder: Path, toolchain: Toolchain) -> Ratio:
    """Measured once, since it takes so long."""
    return _once(_Project(folder / "first", toolchain), toolchain)


def next_project(folder: Path, toolchain: Toolchain) -> Ratio:
    """Measured once, for it is the next only once."""
    before = _Project(folder, toolchain)
    before.load()
    before.list_steps()
    return _once(_Project(folder, toolchain), toolchain)


def _once(project: _Project, toolchain: Toolchain) -> Ratio:
    return Ratio(*_names(toolchain), _seconds(project.load), _seconds(project.list_steps), AIM)


def _seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def edited(folder: Path, toolchain: Toolchain) -> Ratio:
    """Both compile the build scripts anew."""
    return _changing(folder, toolchain, "build.zig", runs=3)


def file_changed(folder: Path, toolchain: Toolchain) -> Ratio:
    """A source file of a dependency, which its digest and so its decision rest on."""
    return _changing(folder, toolchain, "deps/super/evil.zig", runs=7)


def _changing(folder: Path, toolchain: Toolchain, file: str, *, runs: int) -> Ratio:
    project = _Project(folder, toolchain)

    def load() -> None:
        project.change(file)
        project.load()

    project.load()
    project.list_steps()
    ours, yardstick = _names(toolchain)
    return compare((ours, load), (yardstick, project.list_steps), aim=AIM, runs=runs)


def unchanged(folder: Path, toolchain: Toolchain) -> Ratio:
    """Everything is read and compared, and the kept graph is taken."""
    project = _Project(folder, toolchain)
    ours, yardstick = _names(toolchain)
    return compare((ours, project.load), (yardstick, project.list_steps), aim=AIM)


def command(folder: Path, toolchain: Toolchain) -> Ratio:
    """The same with Python's start and ours."""
    project = _Project(folder, toolchain)
    words: list[str | Path] = [REVIEWER, "graph", project.root, "--evidence", "configured", "--zig", toolchain.zig]
    _, yardstick = _names(toolchain)
    return compare(
        ("reviewer graph", program(words, env=project.env)), (yardstick, project.list_steps), aim=AIM, runs=7
    )


@cache
def _folder(minor: str) -> Path:
    """Shared by the benchmarks of a version: zig 0.17 takes 100 s for its own parts."""
    folder = Path(tempfile.mkdtemp(prefix=f"reviewer-benchmark-{minor}-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _names(toolchain: Toolchain) -> tuple[str, str]:
    return "load configured", f"zig {toolchain.version} build -l"


def _benchmark(situation: Callable[[Path, Toolchain], Ratio], minor: str) -> Callable[[], Ratio]:
    def benchmark() -> Ratio:
        before = dict(os.environ)
        try:
            return situation(_folder(minor), toolchain_of(minor))
        finally:
            os.environ.clear()
            os.environ.update(before)

    benchmark.__name__ = f"{situation.__name__}_{minor}"
    return benchmark


ALL = tuple(
    _benchmark(situation, minor)
    for situation in (unchanged, command, file_changed, edited, next_project, first)
    for minor in NEWEST
)
