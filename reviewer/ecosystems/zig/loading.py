"""A zig project's graph, by the evidence asked for."""

from collections.abc import Sequence
from pathlib import Path

from reviewer.ecosystems.zig.options import check_options
from reviewer.ecosystems.zig.packages.table import find_packages
from reviewer.ecosystems.zig.reading.graph import read_graph
from reviewer.model.graph import Evidence, Graph
from reviewer.progress import Progress


def load_graph(
    root: Path,
    evidence: Evidence,
    progress: Progress,
    *,
    zig: Path | None = None,
    options: Sequence[str] = (),
    full: bool = False,
) -> Graph:
    """Raises ReviewerError, never returns less than was asked for. Reading takes every branch, so that it holds for all options."""
    checked = check_options(options)
    table = find_packages(root, progress, full=full)
    read = read_graph(root, table, progress)
    if evidence is Evidence.READ:
        return read
    from reviewer.ecosystems.zig.configured.kept import configured_graph  # costs a third of a start that only reads

    configured = configured_graph(root, table, progress, zig=zig, options=checked)
    # What the source can do at configure time is known from reading it; a graph does not tell.
    problems = tuple(dict.fromkeys((*configured.problems, *read.problems)))
    return configured._replace(findings=read.findings, problems=problems)
