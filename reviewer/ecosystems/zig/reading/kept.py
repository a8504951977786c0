"""The graph that was read of a project, kept: reading all of a large project takes seconds, and mostly nothing of it has changed."""

import hashlib
from pathlib import Path

from reviewer.ecosystems.zig.packages.kept import content_of, keep, load_kept, project_cache
from reviewer.ecosystems.zig.packages.table import PackageTable
from reviewer.model.graph import Graph
from reviewer.progress import Progress
from reviewer.resources import resource

_CODE = Path(__file__).resolve().parents[3]


def kept_read_graph(root: Path, table: PackageTable, progress: Progress) -> Graph:
    """As `read_graph`, which is asked only where something that it rests on has changed. Raises CancelledError."""
    key = _key(root, table)
    place = project_cache(root) / "graph-read.json"
    kept = load_kept(place, key) if key else None
    if kept is not None:
        return kept
    from reviewer.ecosystems.zig.reading.graph import read_graph

    graph = read_graph(root, table, progress)
    if key:
        keep(graph, place, key)
    return graph


def _key(root: Path, table: PackageTable) -> str | None:
    """What the graph rests on: the packages and what they hold, the project's own files, and the code that reads. None where a package
    has no digest, so that nothing says what it holds."""
    if any(p.folder is not None and p.table_name and p.package.digest is None for p in table.packages):
        return None
    whole = hashlib.sha256(repr(table).encode("utf-8", "surrogateescape"))
    for folder in (_CODE / "model", _CODE / "ecosystems/zig"):
        for file in sorted(folder.rglob("*.py")):
            whole.update(file.read_bytes())
    for name in ("review.zig", "review_open.zig"):
        whole.update(resource(f"zig/{name}").read_bytes())
    return f"{whole.hexdigest()} {content_of(root, table)}"
