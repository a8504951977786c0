"""Small projects with everything that their code could do."""

from pathlib import Path

from reviewer.analysis.analyse import analyse
from reviewer.model.graph import Graph
from reviewer.progress import Progress
from tests.ecosystems.zig.reading.helpers import BUILD, read_project, write_package


def analysed(root: Path) -> Graph:
    """The project in this folder."""
    return analyse(read_project(root), Progress())


def analysed_body(root: Path, body: str) -> Graph:
    """A project whose `build(b)` has this body, from line 3 on."""
    write_package(root, BUILD % body)
    return analysed(root)


def found(graph: Graph) -> list[tuple[str, str, int]]:
    """Capability, file and line of every finding."""
    return [(finding.capability, finding.file, finding.line) for finding in graph.findings]
