"""The configured graph of a project, kept until something that it rests on changes."""

import hashlib
import json
import os
from pathlib import Path

from reviewer.ecosystems.zig.configured.configure import configure, project_cache
from reviewer.ecosystems.zig.configured.overlay import make_overlay
from reviewer.ecosystems.zig.packages.table import PackageTable
from reviewer.ecosystems.zig.toolchains.find import Toolchain, find_toolchain
from reviewer.errors import ReviewerError
from reviewer.model.graph import Graph
from reviewer.model.json import graph_from_json, graph_to_json
from reviewer.progress import Progress

_GENERATED_FOLDERS = frozenset({".git", ".zig-cache", "zig-cache", "zig-out", "zig-pkg"})


def configured_graph(
    root: Path, table: PackageTable, progress: Progress, *, zig: Path | None = None, options: tuple[str, ...] = ()
) -> Graph:
    """The kept graph, or a new one from the sandbox, made with these options by `zig` or else the toolchain that fits.

    Raises ReviewerError or CancelledError.
    """
    toolchain = find_toolchain(table.minimum_zig_version, zig)
    made_by = hashlib.sha256(repr((toolchain.version, options)).encode("utf-8", "surrogateescape")).hexdigest()[:16]
    saved = project_cache(root) / f"graph-{made_by}.json"
    key = _key(root, table, toolchain)
    try:
        value = json.loads(saved.read_bytes())
        if value["key"] == key:
            return graph_from_json(value["graph"], where=str(saved))
    except (OSError, ValueError, KeyError, TypeError, ReviewerError):
        pass  # not there, or of another time: it can be made again
    graph = configure(root, table, toolchain, progress, options=options)
    unfinished = saved.with_suffix(f".{os.getpid()}")
    unfinished.write_text(json.dumps({"key": key, "graph": graph_to_json(graph)}))
    unfinished.replace(saved)
    return graph


def _key(root: Path, table: PackageTable, toolchain: Toolchain) -> str:
    """Everything that a configured graph rests on: the toolchain, our hook, every package's content, and the root's own zig files."""
    digest = hashlib.sha256()
    digest.update(f"{toolchain}\n{make_overlay(toolchain).folder.name}\n{root}\n".encode("utf-8", "surrogateescape"))
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
