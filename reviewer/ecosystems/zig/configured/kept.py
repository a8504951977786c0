"""The configured graph of a project, kept until something that it rests on changes."""

import hashlib
import json
import os
from pathlib import Path

from reviewer.ecosystems.zig.configured.configure import BuildCodeError, configure
from reviewer.ecosystems.zig.configured.overlay import make_overlay
from reviewer.ecosystems.zig.configured.sandboxed import project_cache
from reviewer.ecosystems.zig.packages.table import PackageTable
from reviewer.ecosystems.zig.toolchains.find import Toolchain, find_toolchains
from reviewer.errors import ReviewerError
from reviewer.model.graph import Graph
from reviewer.model.json import graph_from_json, graph_to_json
from reviewer.progress import Progress

_GENERATED_FOLDERS = frozenset({".git", ".zig-cache", "zig-cache", "zig-out", "zig-pkg"})


def configured_graph(
    root: Path, table: PackageTable, progress: Progress, *, zig: Path | None = None, options: tuple[str, ...] = ()
) -> Graph:
    """The kept graph, or a new one from the sandbox, made with these options by `zig` or else the first toolchain that can.

    Raises ReviewerError or CancelledError.
    """
    content = _content(root, table)
    for toolchain in find_toolchains(table.minimum_zig_version, zig):
        kept = _load(_place(root, toolchain, options), _key(toolchain, content))
        if kept is not None:
            return kept
    failure: BuildCodeError | None = None
    for toolchain in find_toolchains(table.minimum_zig_version, zig):
        try:
            graph = configure(root, table, toolchain, progress, options=options)
        except BuildCodeError as error:
            failure = failure or error
            continue
        _save(graph, _place(root, toolchain, options), _key(toolchain, content))
        return graph
    assert failure is not None, "there is at least one toolchain"
    raise failure


def _place(root: Path, toolchain: Toolchain, options: tuple[str, ...]) -> Path:
    made_by = hashlib.sha256(repr((toolchain.version, options)).encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return project_cache(root) / f"graph-{made_by}.json"


def _load(saved: Path, key: str) -> Graph | None:
    try:
        value = json.loads(saved.read_bytes())
        if value["key"] == key:
            return graph_from_json(value["graph"], where=str(saved))
    except (OSError, ValueError, KeyError, TypeError, ReviewerError):
        pass  # not there, or of another time: it can be made again
    return None


def _save(graph: Graph, saved: Path, key: str) -> None:
    unfinished = saved.with_suffix(f".{os.getpid()}")
    unfinished.write_text(json.dumps({"key": key, "graph": graph_to_json(graph)}))
    unfinished.replace(saved)


def _key(toolchain: Toolchain, content: str) -> str:
    """Everything that a configured graph rests on beside its options: the toolchain, our hook, how its report is read, and `content`."""
    return f"{toolchain} {make_overlay(toolchain).folder.name} {_readers()} {content}"


def _readers() -> str:
    """A digest of the code beside this, so that a newer Reviewer does not show what an older one read."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _content(root: Path, table: PackageTable) -> str:
    """A digest of every package's content, and of the root's own zig files."""
    digest = hashlib.sha256(f"{root}\n".encode("utf-8", "surrogateescape"))
    for package in table.packages:
        digest.update(f"{package.package.id} {package.package.digest}\n".encode("utf-8", "surrogateescape"))
    for folder, subfolders, files in os.walk(root):
        subfolders[:] = sorted(name for name in subfolders if name not in _GENERATED_FOLDERS)
        for name in sorted(files):
            if name.endswith((".zig", ".zon")):
                path = Path(folder, name)
                digest.update(f"{path.relative_to(root)}\0".encode("utf-8", "surrogateescape"))
                digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
