"""Noticing that someone else changed a project's files, or review.lock."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal

from reviewer.lock.imports import copy_name
from reviewer.lock.policy import POLICY_FILE
from reviewer.lock.signing import SIGNERS_FILE

if TYPE_CHECKING:
    from reviewer.review.review import Review

MOST = 2_000
"""Files that are watched; those of the project itself come first."""

_CALM = 400
"""Milliseconds without a further change after which a burst of changes is told as one."""

_AT_ONCE = 40

Stamp = tuple[int, int, int] | None


class Watch(QObject):
    """Watches what a review was made from. `lock_changed`, and `files_changed` with the changed paths relative to the project.

    `files` are the absolute paths to watch (`watched_files`), `lock` that of review.lock, in a project at `root`.
    """

    lock_changed = Signal()
    files_changed = Signal(list)

    def __init__(self, root: Path, lock: Path, files: Mapping[str, Stamp], parent: QObject) -> None:
        super().__init__(parent)
        self._root, self._lock = root, str(lock)
        self._stamps = dict(files)
        self._lock_stamp = stamp(self._lock)
        self._watcher = QFileSystemWatcher(self)
        self._calm = _timer(self, _CALM, self._compare)
        self._watcher.fileChanged.connect(self._calm.start)
        self._watcher.directoryChanged.connect(self._calm.start)
        self._missing: list[str] = []
        self._adding = _timer(self, 0, self._add_some)
        self._watch()

    def _watch(self) -> None:
        """Files that were replaced are no longer watched until they are named again; folders tell of new and renamed ones."""
        watched = {*self._watcher.files(), *self._watcher.directories()}
        wanted = {path for path, was in self._stamps.items() if was is not None}
        wanted |= {os.path.dirname(path) for path in (*self._stamps, self._lock)}  # noqa: PTH120 - thousands, often
        if self._lock_stamp is not None:
            wanted.add(self._lock)
        self._missing = sorted(wanted - watched)
        self._adding.start()

    def _add_some(self) -> None:
        """A few at a time, so that the window answers meanwhile; then a look at what changed before they were watched."""
        some, self._missing = self._missing[:_AT_ONCE], self._missing[_AT_ONCE:]
        refused = self._watcher.addPaths(some) if some else []
        if self._missing:
            self._adding.start()
        elif len(refused) < len(some):
            self._calm.start()

    def _compare(self) -> None:
        now = {path: stamp(path) for path in self._stamps}
        changed = [path for path, was in self._stamps.items() if now[path] != was]
        self._stamps = now
        lock = stamp(self._lock)
        if lock != self._lock_stamp:
            self._lock_stamp = lock
            self.lock_changed.emit()
        self._watch()
        if changed:
            self.files_changed.emit([os.path.relpath(path, self._root) for path in changed])


def _timer(parent: QObject, milliseconds: int, act: Callable[[], None]) -> QTimer:
    made = QTimer(parent)
    made.setSingleShot(True)
    made.setInterval(milliseconds)
    made.timeout.connect(act)
    return made


def watched_files(review: "Review") -> dict[str, Stamp]:
    """The files to read of every package that lies in the project's own folder; fetched ones never change under their pin. And what says
    which decisions count, besides review.lock.

    Slow where a project is large: for a worker.
    """
    root = review.graph.root
    local = sorted((p for p in review.graph.packages if p.fetched and _is_inside(p.root, root)), key=lambda p: p.root)
    paths = [os.path.join(package.root, file.path) for package in local for file in review.reading(package.id)]  # noqa: PTH118
    rules = [POLICY_FILE, SIGNERS_FILE, *(copy_name(source.name) for source in review.policy.imports)]
    paths = [os.path.join(root, name) for name in rules] + paths  # noqa: PTH118
    return {path: stamp(path) for path in paths[:MOST]}


def _is_inside(path: str, root: str) -> bool:
    return path == root or path.startswith(root.rstrip(os.sep) + os.sep)


def stamp(path: str) -> Stamp:
    """What changes whenever a file is written or replaced; None where there is none."""
    try:
        found = os.stat(path)  # noqa: PTH116 - thousands, often
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
