"""Threads for long work, and the one thing that Python and Qt disagree about.

Python's cycle collector runs in whichever thread allocates, and would destroy forgotten widgets there; Qt allows that in the window's
thread only and crashes. So the collector rests while a worker runs.
"""

import gc
from functools import cache

from PySide6.QtCore import QObject, QThread, Slot


class Worker(QThread):
    """A thread that stays alive until its work is over, even if nobody holds it any more. Override `run`; start it with `begin`."""

    def begin(self) -> None:
        """Start the work."""
        _keeper().keep(self)
        self.start()


def wait_for_workers(milliseconds: int) -> None:
    """Let what is under way come to its end before the program does; each worker may take so long."""
    for worker in list(_keeper().running):
        worker.wait(milliseconds)


class _Keeper(QObject):
    """Lives in the window's thread, so that its slot is called there."""

    def __init__(self) -> None:
        super().__init__()
        self.running: set[Worker] = set()

    def keep(self, worker: Worker) -> None:
        gc.disable()
        self.running.add(worker)
        worker.finished.connect(self.let_go)

    @Slot()
    def let_go(self) -> None:
        self.running = {worker for worker in self.running if not worker.isFinished()}
        if not self.running:
            gc.enable()


@cache
def _keeper() -> _Keeper:
    return _Keeper()
