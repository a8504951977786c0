"""The configured graph of a project, kept until something that it rests on changes."""

import hashlib
from pathlib import Path

from reviewer.ecosystems.zig.configured.alone import alone
from reviewer.ecosystems.zig.configured.configure import BuildCodeError, configure
from reviewer.ecosystems.zig.configured.overlay import make_overlay
from reviewer.ecosystems.zig.packages.kept import content_of, keep, load_kept, project_cache
from reviewer.ecosystems.zig.packages.table import PackageTable
from reviewer.ecosystems.zig.toolchains.find import Toolchain, find_toolchains
from reviewer.model.graph import Graph
from reviewer.progress import Progress


def configured_graph(
    root: Path,
    table: PackageTable,
    progress: Progress,
    *,
    zig: Path | None = None,
    options: tuple[str, ...] = (),
    content: str | None = None,
) -> Graph:
    """The kept graph, or a new one from the sandbox, made with these options by `zig` or else the first toolchain that can.

    `content` is that of `content_of`, where it is known. Raises ReviewerError or CancelledError.
    """
    content = content or content_of(root, table)
    if (kept := _kept(root, table, content, zig, options)) is not None:
        return kept
    with alone(root, progress):
        if (kept := _kept(root, table, content, zig, options)) is not None:  # whoever had the turn before made it
            return kept
        failure: BuildCodeError | None = None
        for toolchain in find_toolchains(table.minimum_zig_version, zig):
            try:
                graph = configure(root, table, toolchain, progress, options=options)
            except BuildCodeError as error:
                failure = failure or error
                continue
            keep(graph, _place(root, toolchain, options), _key(toolchain, content))
            return graph
        assert failure is not None, "there is at least one toolchain"
        raise failure


def _kept(root: Path, table: PackageTable, content: str, zig: Path | None, options: tuple[str, ...]) -> Graph | None:
    for toolchain in find_toolchains(table.minimum_zig_version, zig):
        kept = load_kept(_place(root, toolchain, options), _key(toolchain, content))
        if kept is not None:
            return kept
    return None


def _place(root: Path, toolchain: Toolchain, options: tuple[str, ...]) -> Path:
    made_by = hashlib.sha256(repr((toolchain.version, options)).encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return project_cache(root) / f"graph-{made_by}.json"


def _key(toolchain: Toolchain, content: str) -> str:
    """Everything that a configured graph rests on beside its options: the toolchain, our hook, how its report is read, and `content`."""
    return f"{toolchain} {make_overlay(toolchain).folder.name} {_readers()} {content}"


def _readers() -> str:
    """A digest of the code beside this, so that a newer Reviewer does not show what an older one read."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
