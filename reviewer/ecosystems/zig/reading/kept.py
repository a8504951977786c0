"""The graph that was read of a project, kept: reading all of a large project takes seconds, and mostly nothing of it has changed."""

import hashlib
from pathlib import Path

from reviewer.content.read import read_text
from reviewer.ecosystems.zig.packages.kept import keep, load_kept, project_cache
from reviewer.ecosystems.zig.packages.table import PackageTable
from reviewer.errors import ReviewerError
from reviewer.model.graph import BuildOption, Graph
from reviewer.progress import Progress
from reviewer.resources import resource

_CODE = Path(__file__).resolve().parents[3]


def kept_read_graph(root: Path, table: PackageTable, content: str, progress: Progress) -> Graph:
    """As `read_graph`, with the options that the project declares; read only where something that it rests on has changed.

    `content` is that of `content_of`. Raises CancelledError.
    """
    key = _key(table, content)
    place = project_cache(root) / "graph-read.json"
    kept = load_kept(place, key) if key else None
    if kept is not None:
        return kept
    from reviewer.ecosystems.zig.reading.graph import read_graph

    graph = read_graph(root, table, progress)._replace(declared_options=_declared(root))
    if key:
        keep(graph, place, key)
    return graph


def _declared(root: Path) -> tuple[BuildOption, ...]:
    """The options that the project's own build.zig declares, as far as its source tells them."""
    from reviewer.ecosystems.zig.reading.options import read_options

    try:
        return read_options(read_text(root, "build.zig"))
    except ReviewerError:  # which is a problem of the graph already
        return ()


def _key(table: PackageTable, content: str) -> str | None:
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
    return f"{whole.hexdigest()} {content}"
