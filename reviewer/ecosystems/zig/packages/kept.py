"""Graphs of a project, kept in the tool's cache until something that they rest on changes."""

import contextlib
import hashlib
import json
import os
from pathlib import Path

from reviewer.ecosystems.zig.packages.table import PackageTable
from reviewer.errors import ReviewerError
from reviewer.model.graph import Graph
from reviewer.model.json import graph_from_json, graph_to_json
from reviewer.places import cache_dir

_GENERATED_FOLDERS = frozenset({".git", ".zig-cache", "zig-cache", "zig-out", "zig-pkg"})
_LARGEST = 256 << 20


def project_cache(root: Path) -> Path:
    """The tool's own cache folder of one project. Not shared between projects: build code can write into parts of it."""
    return cache_dir() / "projects" / hashlib.sha256(str(root).encode("utf-8", "surrogateescape")).hexdigest()[:24]


def load_kept(saved: Path, key: str) -> Graph | None:
    """What was kept for this key; None where there is nothing, or what is there was kept for another."""
    try:
        value = json.loads(saved.read_bytes())
        if value["key"] == key:
            return graph_from_json(value["graph"], where=str(saved))
    except (OSError, ValueError, KeyError, TypeError, ReviewerError):
        pass  # not there, or of another time: it can be made again
    return None


def keep(graph: Graph, saved: Path, key: str) -> None:
    """For `load_kept`; nothing is kept where the folder cannot be written."""
    unfinished = saved.with_suffix(f".{os.getpid()}")
    with contextlib.suppress(OSError):
        saved.parent.mkdir(parents=True, exist_ok=True)
        unfinished.write_text(json.dumps({"key": key, "graph": graph_to_json(graph)}))
        unfinished.replace(saved)


def content_of(root: Path, table: PackageTable) -> str:
    """A digest of every package's content, the names of the root's own files, and the content of those that are zig."""
    digest = hashlib.sha256(f"{root}\n".encode("utf-8", "surrogateescape"))
    for package in table.packages:
        digest.update(f"{package.package.id} {package.package.digest}\n".encode("utf-8", "surrogateescape"))
    for folder, subfolders, files in os.walk(root):
        subfolders[:] = sorted(name for name in subfolders if name not in _GENERATED_FOLDERS)
        for name in sorted(files):
            path = Path(folder, name)
            digest.update(f"{path.relative_to(root)}\0".encode("utf-8", "surrogateescape"))
            if name.endswith((".zig", ".zon")):
                digest.update(_digest(path))
    return digest.hexdigest()


def _digest(path: Path) -> bytes:
    """What cannot be read, or is no file, is never the same as before."""
    try:
        if path.is_file() and path.stat().st_size <= _LARGEST:
            return hashlib.sha256(path.read_bytes()).digest()
    except OSError:
        pass
    return os.urandom(32)
