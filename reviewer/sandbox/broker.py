"""Runs each step of an enforced build in a sandbox of its own, as the launcher inside the build's sandbox asks for it.

The launcher stands where a step's program would (resources/zig/launch.zig). It connects to a unix socket, hands over its streams and says
what it was told to run; the answer is how that ended. What is asked for comes from where untrusted code runs, so it is only ever
compared with what was approved: `Serving` makes the policy. One thread for each connection; one that closes ends its run.
"""

import contextlib
import fcntl
import os
import select
import socket
import stat
import struct
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Protocol, Self

from reviewer.errors import ReviewerError
from reviewer.sandbox.asker import asker_of
from reviewer.sandbox.connect_gate import ConnectGate
from reviewer.sandbox.policy import Policy
from reviewer.sandbox.requests import PATIENCE, STREAMS, Room, RunRequest, receive, run_request
from reviewer.sandbox.result import STOPPED, Outcome, RunResult
from reviewer.sandbox.run import run
from reviewer.sandbox.supervise import Streams

__all__ = ["SOCKET", "Allowed", "Broker", "Refused", "RunRequest", "Serving"]

if sys.platform == "linux":
    import resource

SOCKET = "broker"
"""Its name in the broker's folder."""

_MAX_CONNECTIONS = 256
_MAX_DESCRIPTORS = 16384
_SIGNALLED = 256


class Allowed(NamedTuple):
    """How to run it; `connect`: what it may connect to. `after` hears of the result before anybody else; a text from it is told on the
    step's stderr, and the step fails."""

    policy: Policy
    command: tuple[str, ...]
    connect: ConnectGate | None = None
    after: Callable[[RunResult], str] | None = None


class Refused(NamedTuple):
    """Why not, to be told on the step's stderr, in one line."""

    text: str


class Serving(Protocol):
    """Who decides. Called on the broker's threads, several at a time."""

    def run(self, request: RunRequest, asker: int) -> Allowed | Refused:
        """How to run a step, for a process that asks for it: anything in the build's sandbox can."""

    def failed(self, why: str) -> None:
        """A step could not be run as it was allowed: perhaps somebody tries until it can be run otherwise."""

    def configured(self) -> bool:
        """Whether the build may go on, now that its graph is made."""

    def listener(self, what: str, listener: int) -> bool:
        """Take a seccomp listener, which is now the callee's to close; False for one that is not wanted, which is not."""


class Broker:
    """Listens in `folder` while it is entered; leaving ends all runs and waits for them."""

    def __init__(self, folder: Path, serving: Serving) -> None:
        self._path = folder / SOCKET
        self._serving = serving
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._threads: set[threading.Thread] = set()
        self._room = Room()
        self._stopped = False

    def __enter__(self) -> Self:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
        self._path.unlink(missing_ok=True)
        try:
            # By a short name: the path of a socket has room for 107 bytes.
            folder = os.open(self._path.parent, os.O_PATH | os.O_DIRECTORY)
            try:
                self._socket.bind(f"/proc/self/fd/{folder}/{self._path.name}")
            finally:
                os.close(folder)
            self._path.chmod(0o600)
            self._socket.listen(_MAX_CONNECTIONS)
            _make_room_for_descriptors()
        except OSError as error:
            self._socket.close()
            raise ReviewerError(f"cannot listen for the build's steps ({error})", where=str(self._path)) from error
        self._accepting = threading.Thread(target=self._accept, name="broker")
        self._accepting.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        with self._lock:
            self._stopped = True
            for connection in self._open:
                _shut(connection)
        _shut(self._socket)  # wakes who waits in accept
        self._accepting.join()
        self._socket.close()
        with self._lock:
            threads = list(self._threads)
        for thread in threads:
            thread.join()
        self._path.unlink(missing_ok=True)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                if self._stopped:
                    return
                time.sleep(0.01)  # no file descriptor is left, say
                continue
            with self._lock:
                if self._stopped or len(self._open) >= _MAX_CONNECTIONS:
                    connection.close()
                    continue
                self._open.add(connection)
                thread = threading.Thread(target=self._serve, args=(connection,), name="broker-step", daemon=True)
                self._threads.add(thread)
                thread.start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            with contextlib.ExitStack() as stack:
                stack.callback(connection.close)
                fields, given = receive(connection, stack, self._room)
                answer = self._answer(connection, fields, given)
                connection.settimeout(PATIENCE)
                connection.sendall(struct.pack("<I", answer))
        except (OSError, ValueError, EOFError):
            pass  # a launcher that is gone, or that is none: closed without an answer it fails its step
        finally:
            with self._lock:
                self._open.discard(connection)
                self._threads.discard(threading.current_thread())

    def _answer(self, connection: socket.socket, fields: list[str], given: list[int]) -> int:
        match fields:
            case ["run", *rest] if len(given) == STREAMS:
                return self._run(connection, run_request(rest), Streams(given[0], given[1], given[2]))
            case ["configured"] if not given:
                return 0 if self._serving.configured() else 1
            case ["listener", what] if len(given) == 1:
                listener = os.dup(given[0])
                if self._serving.listener(what, listener):
                    return 0
                os.close(listener)
                return 1
        raise ValueError("not a request")

    def _run(self, connection: socket.socket, request: RunRequest, streams: Streams) -> int:
        for fd in (streams.stdin, streams.stdout, streams.stderr):
            _require_stream(fd)
        answer = self._serving.run(request, asker_of(connection))
        if isinstance(answer, Refused):
            return _fail(streams, answer.text)
        try:
            start = answer.connect.run if answer.connect else run
            result = start(answer.policy, answer.command, streams=streams, until=connection.fileno())
            told = answer.after(result) if answer.after else ""
        except ReviewerError as error:
            self._serving.failed(str(error))
            return _fail(streams, str(error))
        if told:
            return _fail(streams, told, result.exit_code or 1)
        if result.outcome is not Outcome.FINISHED:
            return _fail(streams, STOPPED[result.outcome])
        return _SIGNALLED + result.signal if result.signal is not None else result.exit_code or 0


def _make_room_for_descriptors() -> None:
    """As many steps run at a time as the machine has cores, each with a dozen of descriptors; a thousand is what is usual."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MAX_DESCRIPTORS if hard == resource.RLIM_INFINITY else min(_MAX_DESCRIPTORS, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _require_stream(fd: int) -> None:
    """A step's streams lead to zig, to nowhere, or to where Reviewer's own lead: a folder would be a way out of the sandbox, and a file
    may be one that the step must not see. Raises ValueError."""
    if fcntl.fcntl(fd, fcntl.F_GETFL) & os.O_PATH:
        raise ValueError("not a stream")
    status = os.fstat(fd)
    if stat.S_ISFIFO(status.st_mode):
        return
    if stat.S_ISCHR(status.st_mode) and status.st_rdev == _NULL:
        return
    for own in range(STREAMS):
        with contextlib.suppress(OSError):
            if os.path.samestat(os.fstat(own), status) and not stat.S_ISDIR(status.st_mode):
                return
    raise ValueError("not a stream")


_NULL = os.makedev(1, 3)


def _fail(streams: Streams, text: str, code: int = 1) -> int:
    """Tell why, and fail. `text` is fit to be shown."""
    data = f"reviewer: {text}\n".encode("utf-8", "replace")
    ready = select.poll()
    ready.register(streams.stderr, select.POLLOUT)
    while data and ready.poll(PATIENCE * 1000):  # then a pipe takes so much without making us wait
        try:
            data = data[os.write(streams.stderr, data[: select.PIPE_BUF]) :]
        except OSError:
            break
    return code


def _shut(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
