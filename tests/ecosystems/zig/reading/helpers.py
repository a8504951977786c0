"""Small zig projects written to disk and read, for the tests of read evidence."""

from pathlib import Path

from reviewer.ecosystems.zig.packages.table import find_packages
from reviewer.ecosystems.zig.reading.graph import read_graph
from reviewer.model.graph import Graph, Run
from reviewer.progress import Progress

BUILD = 'const std = @import("std");\npub fn build(b: *std.Build) !void {\n%s\n}\n'


def write_package(folder: Path, build: str, dependencies: dict[str, str] | None = None, name: str = "app") -> None:
    """A package with this build.zig; `dependencies` maps manifest names to paths relative to it."""
    folder.mkdir(parents=True, exist_ok=True)
    table = "".join(f'.{key} = .{{ .path = "{path}" }}, ' for key, path in (dependencies or {}).items())
    manifest = f'.{{ .name = .{name}, .version = "1.0.0", .dependencies = .{{ {table} }}, .paths = .{{""}} }}'
    (folder / "build.zig.zon").write_text(manifest)
    (folder / "build.zig").write_text(build)


def read_project(root: Path) -> Graph:
    """Read evidence of the project in this folder."""
    return read_graph(root, find_packages(root, Progress(), package_folders=()), Progress())


def read_body(root: Path, body: str) -> Graph:
    """Read evidence of a project whose `build(b)` has this body."""
    write_package(root, BUILD % body)
    return read_project(root)


def run_of(graph: Graph, step: str) -> Run:
    """What a run step executes."""
    run = graph.step[step].run
    assert run is not None
    return run


def unanalyzed(graph: Graph) -> list[tuple[str, int]]:
    """File and line of what could not be followed."""
    return [(finding.file, finding.line) for finding in graph.findings if finding.capability == "unanalyzed"]
