"""Noticing that someone else changed a project's files, or review.lock."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal

from reviewer.model.graph import Graph
from reviewer.review.review import Review

MOST = 2_000
"""Files that are watched; those of the project itself come first."""

_CALM = 400
"""Milliseconds without a further change after which a burst of changes is told as one."""

Stamp = tuple[int, int, int] | None


class Watch(QObject):
    """Watches what a review was made from. `lock_changed`, and `files_changed` with the changed paths relative to the project."""

    lock_changed = Signal()
    files_changed = Signal(list)

    def __init__(self, review: Review) -> None:
        super().__init__()
        self._root = Path(review.graph.root)
        self._lock = review.lock_path
        self._files = [] if self._lock is None else watched_files(review)
        self._stamps = _stamps(self._files)
        self._lock_stamp = _stamp(self._lock)
        self._watcher = QFileSystemWatcher(self)
        self._calm = QTimer(self)
        self._calm.setSingleShot(True)
        self._calm.setInterval(_CALM)
        self._calm.timeout.connect(self._compare)
        self._watcher.fileChanged.connect(self._calm.start)
        self._watcher.directoryChanged.connect(self._calm.start)
        self._watch()

    def _watch(self) -> None:
        """Files that were replaced are no longer watched until they are named again; folders tell of new and renamed ones."""
        if self._lock is None:
            return
        watched = {*self._watcher.files(), *self._watcher.directories()}
        wanted = {str(path) for path in (*self._files, self._lock) if path.exists()}
        wanted |= {str(path.parent) for path in (*self._files, self._lock) if path.parent.is_dir()}
        if missing := sorted(wanted - watched):
            self._watcher.addPaths(missing)

    def _compare(self) -> None:
        now = _stamps(self._files)
        changed = [path for path in self._files if now[path] != self._stamps[path]]
        self._stamps = now
        lock = _stamp(self._lock)
        self._watch()
        if lock != self._lock_stamp:
            self._lock_stamp = lock
            self.lock_changed.emit()
        if changed:
            self.files_changed.emit([os.path.relpath(path, self._root) for path in changed])


def watched_files(review: Review) -> list[Path]:
    """The files to read of every package that lies in the project's own folder; fetched ones never change under their pin."""
    graph = review.graph
    root = Path(graph.root)
    return [Path(package) / file.path for package, id_ in _local_packages(graph, root) for file in review.reading(id_)][
        :MOST
    ]


def _local_packages(graph: Graph, root: Path) -> list[tuple[str, str]]:
    local = [(p.root, p.id) for p in graph.packages if p.fetched and Path(p.root).is_relative_to(root)]
    return sorted(local, key=lambda item: (item[0] != str(root), item[0]))


def _stamps(paths: Iterable[Path]) -> Mapping[Path, Stamp]:
    return {path: _stamp(path) for path in paths}


def _stamp(path: Path | None) -> Stamp:
    """What changes whenever a file is written or replaced; None where there is none."""
    try:
        found = path.stat() if path is not None else None
    except OSError:
        return None
    return (found.st_mtime_ns, found.st_size, found.st_ino) if found is not None else None
