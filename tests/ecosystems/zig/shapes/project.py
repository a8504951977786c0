"""The shapes as projects on disk, and the graphs of them, each learned once."""

import shutil
from functools import cached_property, lru_cache
from pathlib import Path

from reviewer.ecosystems.zig.configured.configure import configure
from reviewer.ecosystems.zig.configured.overlay import make_overlay
from reviewer.ecosystems.zig.configured.report import Report, parse_report
from reviewer.ecosystems.zig.packages.kept import project_cache
from reviewer.ecosystems.zig.packages.table import PackageTable, find_packages
from reviewer.ecosystems.zig.reading.graph import read_graph
from reviewer.ecosystems.zig.toolchains.find import Toolchain
from reviewer.model.graph import Graph
from reviewer.progress import Progress
from tests.ecosystems.zig.shapes.summary import reading_part, summary
from tests.ecosystems.zig.shapes.together import as_project, write_project

HERE = Path(__file__).parent
SHAPES = sorted(file.parent.name for file in HERE.glob("*/build.zig"))


class Shapes:
    """A copy in `folder` of every shape, and one project of them all around it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for shape in SHAPES:
            shutil.copytree(HERE / shape, folder / shape)
        write_project(folder, SHAPES)
        self.configured = lru_cache(self._configured)
        self._all = lru_cache(self._configured_together)

    def _configured(self, shape: str, toolchain: Toolchain) -> Graph:
        """By itself, as a user would open it."""
        return self._configure(self.folder / shape, self._table(self.folder / shape), toolchain)

    def report(self, shape: str, toolchain: Toolchain) -> Report:
        """What the hook wrote while configuring it."""
        self.configured(shape, toolchain)
        written = project_cache(self.folder / shape) / "report/report.json"
        return parse_report(written.read_bytes(), make_overlay(toolchain).secret)

    def configured_together(self, shape: str, toolchain: Toolchain) -> Graph:
        """Together with all others, which costs little more than one."""
        return as_project(self._all(toolchain), shape)

    def _configured_together(self, toolchain: Toolchain) -> Graph:
        return self._configure(self.folder, self._together, toolchain)

    def read(self, shape: str) -> Graph:
        """From its source."""
        return read_graph(self.folder / shape, self._table(self.folder / shape), Progress())

    @cached_property
    def _together(self) -> PackageTable:
        return self._table(self.folder)

    def _table(self, folder: Path) -> PackageTable:
        return find_packages(folder, Progress(), package_folders=())

    def _configure(self, folder: Path, table: PackageTable, toolchain: Toolchain) -> Graph:
        return configure(folder, table, toolchain, Progress())


def expected(shape: str, version: str) -> str:
    """What should be configured by this version: told by the newest file that is not newer."""
    files = [HERE / shape / "configured.txt", *sorted((HERE / shape).glob("configured-*.txt"))]
    fitting = [file for file in files if file.stem.partition("-")[2] <= version]
    return fitting[-1].read_text()


def expected_read(shape: str, version: str) -> str:
    """What reading should tell of run steps: what is configured, unless a file says otherwise."""
    own = HERE / shape / "read.txt"
    return own.read_text() if own.exists() else reading_part(expected(shape, version))


def write_expected(shape: str, graphs: dict[str, Graph], read: Graph) -> None:
    """The fewest files that tell all of this; `graphs` by version, oldest first."""
    folder = HERE / shape
    for file in (*folder.glob("configured*.txt"), folder / "read.txt"):
        file.unlink(missing_ok=True)
    text = ""
    for version, graph in graphs.items():
        before, text = text, summary(graph)
        if text != before:
            (folder / (f"configured-{version}.txt" if before else "configured.txt")).write_text(text)
    if reading_part(summary(read)) != reading_part(text):
        (folder / "read.txt").write_text(reading_part(summary(read)))
