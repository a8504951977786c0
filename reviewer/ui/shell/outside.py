"""What others change on disk while a review is open, taken over or offered."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from reviewer.errors import ReviewerError
from reviewer.lock.decision import Lock
from reviewer.ui.look.text import listed
from reviewer.ui.shell.watch import Stamp, Watch
from reviewer.ui.state.job import Job

if TYPE_CHECKING:
    from reviewer.ui.shell.workspace import Workspace


class Outside(QObject):
    """Watches the files of one open review. `reload` when the user wants changed files to be loaded again."""

    reload = Signal()

    def __init__(self, workspace: "Workspace", watched: dict[str, Stamp] | None) -> None:
        """`watched` None: the user does not want it; then only `reread_lock` does anything."""
        super().__init__(workspace)
        self._notice, self._review = workspace.notice, workspace.session.review
        self._reader: Job[Lock | None] | None = None
        self._before = self._review.lock
        if watched is not None and self._review.lock_path is not None:
            watch = Watch(Path(self._review.graph.root), self._review.lock_path, watched, parent=self)
            watch.lock_changed.connect(self.reread_lock)
            watch.files_changed.connect(self._offer_reload)

    def reread_lock(self) -> None:
        """Take over what someone else wrote to review.lock, and tell it. It is read and its signatures verified off this thread."""
        told = self.tr("Reading review.lock") if self._review.signatures else ""  # without any it is there at once
        self._reader, self._before = Job(told, self._review.read_lock), self._review.lock
        self._reader.finished.connect(self._arrived)
        self._reader.begin()

    @Slot()
    def _arrived(self) -> None:
        reader = self._reader
        if reader is None or not reader.isFinished():
            return  # a later one was begun
        if reader.error is not None:
            self._notice.tell(str(reader.error))
        elif reader.result is not None and self._review.lock is not self._before:
            self.reread_lock()  # something was decided meanwhile
        elif reader.result is not None:
            self._tell(reader.result)

    def _tell(self, found: Lock) -> None:
        packages = self._review.graph.package
        try:
            changed = self._review.take_lock(found)
        except ReviewerError as error:
            self._notice.tell(str(error))
            return
        if changed:
            names = listed([packages[p].name if p in packages else p for p in changed])
            self._notice.tell(self.tr("review.lock was changed by someone else: {names}").format(names=names))

    def _offer_reload(self, files: list[str]) -> None:
        changed = self.tr("{files} changed on disk. What you see is how it was before.").format(files=listed(files))
        self._notice.offer(changed, self.tr("Load again (F5)"), self.reload.emit)
