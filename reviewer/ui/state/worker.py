"""Threads for long work, and the list of what is under way."""

import atexit
from functools import cache

from PySide6.QtCore import QObject, QThread, Signal, Slot

from reviewer.progress import Progress
from reviewer.ui.state import garbage


class Worker(QThread):
    """A thread that stays alive until its work is over, even if nobody holds it any more. Override `run`; start it with `begin`.

    Work with a `title` is listed for the user (`tasks`), who may cancel it: pass `progress` down into it. `reported(text, done, total)`
    tells how far it is.
    """

    reported = Signal(str, int, int)

    def __init__(self, title: str = "") -> None:
        super().__init__()
        self.title = title
        self.said: tuple[str, int, int] = ("", 0, 0)
        self.progress = Progress(self.reported.emit)
        self.reported.connect(self._keep)

    @Slot(str, int, int)
    def _keep(self, text: str, done: int, total: int) -> None:
        self.said = (text, done, total)

    def begin(self) -> None:
        """Start the work."""
        tasks().keep(self)
        self.start()

    def cancel(self) -> None:
        """Ask the work to stop; it does at its next report or check."""
        self.progress.cancel()


class Tasks(QObject):
    """The workers that run. Lives in the window's thread, so that its slots are called there."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.running: list[Worker] = []

    @property
    def listed(self) -> list[Worker]:
        """The work that the user is told of, oldest first."""
        return [worker for worker in self.running if worker.title]

    def keep(self, worker: Worker) -> None:
        """Hold a worker until its work is over."""
        garbage.rest()
        self.running.append(worker)
        worker.finished.connect(self._let_go)
        if worker.title:
            worker.reported.connect(self._tell)
            self.changed.emit()

    @Slot()
    def _let_go(self) -> None:
        self.running = [worker for worker in self.running if not worker.isFinished()]
        if not self.running:
            garbage.resume()
        self.changed.emit()

    @Slot()
    def _tell(self) -> None:
        self.changed.emit()


@cache
def tasks() -> Tasks:
    """The one list of what is under way."""
    # However the program ends: Qt aborts it where a thread is destroyed that still runs.
    atexit.register(stop_workers, 20_000)
    return Tasks()


def stop_workers(milliseconds: int) -> None:
    """End what is under way before the program ends; each worker may take so long."""
    running = list(tasks().running)
    for worker in running:
        worker.cancel()
    for worker in running:
        worker.wait(milliseconds)
