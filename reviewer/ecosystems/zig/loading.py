"""A zig project's graph, by the evidence asked for."""

from collections.abc import Sequence
from pathlib import Path

from reviewer.ecosystems.zig.options import check_options, package_sources
from reviewer.ecosystems.zig.packages.kept import content_of
from reviewer.ecosystems.zig.packages.table import find_packages
from reviewer.ecosystems.zig.reading.kept import kept_read_graph
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
    """Raises ReviewerError, never returns less than was asked for. Reading takes every branch, so that it holds for all options but
    those that say where packages come from."""
    checked = check_options(options)
    sources = package_sources(checked)
    table = find_packages(root, progress, sources=sources, full=full)
    content = content_of(root, table)
    read = kept_read_graph(root, table, content, progress)
    if evidence is Evidence.READ:
        return read._replace(options=sources.words())
    from reviewer.ecosystems.zig.configured.kept import configured_graph  # costs a third of a start that only reads

    configured = configured_graph(root, table, progress, zig=zig, options=checked, content=content)
    # What the source can do at configure time is known from reading it; a graph does not tell.
    problems = tuple(dict.fromkeys((*configured.problems, *read.problems)))
    defaults = {option.name: option.default for option in read.declared_options}
    declared = tuple(option._replace(default=defaults.get(option.name)) for option in configured.declared_options)
    return configured._replace(
        findings=(*configured.findings, *read.findings), problems=problems, declared_options=declared
    )
