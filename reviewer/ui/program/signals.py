"""The system's wish that the program ends (a logout, `kill`, Ctrl+C in its terminal) closes the windows as a user would."""

import signal
import socket
from types import FrameType

from PySide6.QtCore import QObject, QSocketNotifier
from PySide6.QtWidgets import QApplication

_ENDS = (signal.SIGTERM, signal.SIGINT)


class Signals(QObject):
    """Python notices a signal only when its own code runs; a socket wakes Qt's loop, and with it Python."""

    def __init__(self, application: QApplication) -> None:
        super().__init__(application)
        self._woken, self._wakes = socket.socketpair()
        for end in (self._woken, self._wakes):
            end.settimeout(0)
        signal.set_wakeup_fd(self._wakes.fileno())
        self._before = {number: signal.signal(number, _leave_it_to_the_loop) for number in _ENDS}
        self._notifier = QSocketNotifier(self._woken.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._end)

    def _end(self) -> None:
        self._woken.recv(64)
        QApplication.closeAllWindows()

    def close(self) -> None:
        """Give the signals back."""
        self._notifier.setEnabled(False)
        signal.set_wakeup_fd(-1)
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._woken.close()
        self._wakes.close()


def _leave_it_to_the_loop(_number: int, _frame: FrameType | None) -> None:
    """The socket tells the loop."""
