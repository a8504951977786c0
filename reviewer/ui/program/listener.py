"""The running program's side of a handover: takes requests, however a caller behaves."""

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from reviewer.ui.program.handover import MAX_BYTES, understood

_MOST_CALLERS = 8
_PATIENCE = 2_000
"""Milliseconds that a caller has to say its line."""


class Listener(QObject):
    """`asked` with every Request that comes in. Callers that say nothing, too much or nonsense are hung up on."""

    asked = Signal(object)

    def __init__(self, place: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.setMaxPendingConnections(_MOST_CALLERS)
        self._server.newConnection.connect(self._answer_the_door)
        self._callers: set[QLocalSocket] = set()
        if not self._server.listen(place) and not _somebody_listens(place):
            QLocalServer.removeServer(place)  # left by a program that was killed
            self._server.listen(place)

    @property
    def listening(self) -> bool:
        """Whether requests can come in."""
        return self._server.isListening()

    def close(self) -> None:
        """Take no more requests; the next start is a program of its own."""
        self._server.close()

    def _answer_the_door(self) -> None:
        while (caller := self._server.nextPendingConnection()) is not None:
            if len(self._callers) >= _MOST_CALLERS:
                caller.abort()
                caller.deleteLater()
                continue
            caller.setReadBufferSize(MAX_BYTES + 1)
            self._callers.add(caller)
            caller.readyRead.connect(lambda caller=caller: self._listen(caller))
            caller.disconnected.connect(lambda caller=caller: self._forget(caller))
            QTimer.singleShot(_PATIENCE, caller, caller.abort)

    def _listen(self, caller: QLocalSocket) -> None:
        if not caller.canReadLine():
            if caller.bytesAvailable() > MAX_BYTES:
                caller.abort()
            return
        request = understood(bytes(caller.readLine(MAX_BYTES + 1).data()))
        if request is None:
            caller.abort()
            return
        caller.write(b"ok\n")
        caller.flush()
        caller.disconnectFromServer()
        self.asked.emit(request)

    def _forget(self, caller: QLocalSocket) -> None:
        self._callers.discard(caller)
        caller.deleteLater()


def _somebody_listens(place: str) -> bool:
    caller = QLocalSocket()
    caller.connectToServer(place)
    answered = caller.waitForConnected(200)
    caller.abort()
    return answered
