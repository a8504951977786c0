"""Opens files to read: small ones at once, others in a worker, the newest wish only."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from reviewer.content.read import read_part
from reviewer.errors import ReviewerError
from reviewer.progress import CancelledError
from reviewer.review.document import Document, open_document
from reviewer.ui.state.worker import Worker

AT_ONCE = 128 << 10
"""Bytes of a file that are opened before the eye notices."""


class _Opener(Worker):
    """Opens one file."""

    def __init__(self, folder: Path, path: str, *, as_bytes: bool | None) -> None:
        super().__init__()
        self._wish = (folder, path)
        self._as_bytes = as_bytes
        self.document: Document | None = None
        self.error: ReviewerError | None = None

    def run(self) -> None:
        """Open it."""
        try:
            self.document = open_document(*self._wish, as_bytes=self._as_bytes, progress=self.progress)
        except ReviewerError as error:
            self.error = error
        except CancelledError:
            pass


class Opening(QObject):
    """`opened` with a Document, `failed` with a ReviewerError, for the last `open` only; `waiting` where it takes a moment."""

    opened = Signal(object)
    failed = Signal(object)
    waiting = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._worker: _Opener | None = None

    def open(self, folder: Path, path: str, *, as_bytes: bool | None = None) -> None:
        """Open a file of the package in `folder`."""
        self.forget()
        try:
            if read_part(folder, path, 0, 0)[1] <= AT_ONCE:
                self.opened.emit(open_document(folder, path, as_bytes=as_bytes))
                return
        except ReviewerError as error:
            self.failed.emit(error)
            return
        self.waiting.emit()
        worker = self._worker = _Opener(folder, path, as_bytes=as_bytes)
        worker.finished.connect(lambda: self._done(worker))
        worker.begin()

    @property
    def busy(self) -> bool:
        """Whether a file is still being opened."""
        return self._worker is not None

    def forget(self) -> None:
        """Nobody waits for it any more."""
        if self._worker is not None:
            self._worker.cancel()
            self._worker = None

    def _done(self, worker: _Opener) -> None:
        if worker is not self._worker:
            return
        self._worker = None
        if worker.document is not None:
            self.opened.emit(worker.document)
        elif worker.error is not None:
            self.failed.emit(worker.error)
