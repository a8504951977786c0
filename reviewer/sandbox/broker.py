"""Runs each step of an enforced build in a sandbox of its own, as the launcher inside the build's sandbox asks for it.

The launcher stands where a step's program would (resources/zig/launch.zig). It connects to a unix socket, hands over its streams and says
what it was told to run; the answer is how that ended. What is asked for comes from where untrusted code runs, so it is only ever
compared with what was approved: `Serving` makes the policy. One thread for each connection; one that closes ends its run.

A message: one byte `R`, with file descriptors beside it; the length of what follows as u32; fields, each ended by NUL. The first field
says what is wanted:
- `run`, with stdin, stdout and stderr: the step's number, cwd, n and n further inputs, m and m words of the command, then NAME=value …
- `configured`: the build's graph is made; may it be executed?
- `listener`, with one file descriptor, and what it hears of: a seccomp listener (notify.py)
The answer is a u32: an exit code up to 255, or 256 + the number of the signal that ended it; for the last two 0 means: go on. Numbers are
little-endian.
"""

import array
import contextlib
import fcntl
import itertools
import os
import select
import socket
import stat
import struct
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Protocol, Self

from reviewer.errors import ReviewerError
from reviewer.sandbox.connect_gate import ConnectGate
from reviewer.sandbox.policy import Policy
from reviewer.sandbox.result import STOPPED, Outcome, RunResult
from reviewer.sandbox.run import run
from reviewer.sandbox.supervise import Streams

SOCKET = "broker"
"""Its name in the broker's folder."""

MAX_MESSAGE = 8 << 20
"""Bytes. A launcher gets what it passes on as its own words, for which the kernel has room for 6 MiB."""
_MAX_FIELDS = 1 << 18
_MAX_MESSAGES = 64 << 20
"""Bytes of the messages of all connections that are open."""
_MAX_CONNECTIONS = 256
_PATIENCE = 10.0
"""Seconds for a message to be there as a whole."""
_SIGNALLED = 256
_STREAMS = 3


class RunRequest(NamedTuple):
    """What a launcher was told to run. Nothing of it is believed: `step` is the step's number in the build's graph."""

    step: int
    cwd: str
    inputs: tuple[str, ...]
    command: tuple[str, ...]
    environment: dict[str, str]


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

    def run(self, request: RunRequest) -> Allowed | Refused:
        """How to run a step."""

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
        self._kept = 0
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
                fields, given = self._receive(connection, stack)
                answer = self._answer(connection, fields, given)
                connection.settimeout(_PATIENCE)
                connection.sendall(struct.pack("<I", answer))
        except (OSError, ValueError, EOFError):
            pass  # a launcher that is gone, or that is none: closed without an answer it fails its step
        finally:
            with self._lock:
                self._open.discard(connection)
                self._threads.discard(threading.current_thread())

    def _receive(self, connection: socket.socket, stack: contextlib.ExitStack) -> tuple[list[str], list[int]]:
        """The fields of a message, and the file descriptors beside it, closed with the stack."""
        deadline = time.monotonic() + _PATIENCE
        connection.settimeout(_PATIENCE)
        room = socket.CMSG_SPACE(_STREAMS * array.array("i").itemsize)
        first, extra, flags, _ = connection.recvmsg(1, room, socket.MSG_CMSG_CLOEXEC)
        given = [fd for level, kind, data in extra for fd in _descriptors(level, kind, data)]
        for fd in given:
            stack.callback(_close, fd)
        if first != b"R" or flags & (socket.MSG_CTRUNC | socket.MSG_TRUNC):
            raise ValueError("not a message")
        (length,) = struct.unpack("<I", self._read(connection, 4, deadline))
        if length > MAX_MESSAGE:
            raise ValueError("too long")
        stack.enter_context(self._reserve(length))  # as long as anything of it is kept
        data = self._read(connection, length, deadline)
        if not data.endswith(b"\0") or data.count(b"\0") > _MAX_FIELDS:
            raise ValueError("not whole, or of too many fields")
        return data.decode("utf-8", "surrogateescape").split("\0")[:-1], given

    @contextlib.contextmanager
    def _reserve(self, length: int) -> Iterator[None]:
        with self._lock:
            if self._kept + length > _MAX_MESSAGES:
                raise ValueError("too much at a time")
            self._kept += length
        try:
            yield
        finally:
            with self._lock:
                self._kept -= length

    def _read(self, connection: socket.socket, length: int, deadline: float) -> bytes:
        data = bytearray()
        while len(data) < length:
            connection.settimeout(max(deadline - time.monotonic(), 0.001))
            chunk = connection.recv(min(length - len(data), 1 << 16))
            if not chunk:
                raise EOFError
            data += chunk
        return bytes(data)

    def _answer(self, connection: socket.socket, fields: list[str], given: list[int]) -> int:
        match fields:
            case ["run", *rest] if len(given) == _STREAMS:
                return self._run(connection, _request(rest), Streams(given[0], given[1], given[2]))
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
        answer = self._serving.run(request)
        if isinstance(answer, Refused):
            return _fail(streams, answer.text)
        try:
            start = answer.connect.run if answer.connect else run
            result = start(answer.policy, answer.command, streams=streams, until=connection.fileno())
            told = answer.after(result) if answer.after else ""
        except ReviewerError as error:
            return _fail(streams, str(error))
        if told:
            return _fail(streams, told, result.exit_code or 1)
        if result.outcome is not Outcome.FINISHED:
            return _fail(streams, STOPPED[result.outcome])
        return _SIGNALLED + result.signal if result.signal is not None else result.exit_code or 0


def _request(fields: list[str]) -> RunRequest:
    """Raises ValueError for what no launcher says."""
    waiting = iter(fields)

    def number() -> int:
        text = next(waiting, "")
        if not (text.isascii() and text.isdecimal() and len(text) <= 9):
            raise ValueError("not a number")
        return int(text)

    def take(count: int) -> tuple[str, ...]:
        taken = tuple(itertools.islice(waiting, count))
        if len(taken) != count:
            raise ValueError("not so many")
        return taken

    step = number()
    (cwd,) = take(1)
    inputs = take(number())
    command = take(number())
    environment = dict(variable.split("=", 1) for variable in waiting if "=" in variable)
    if not command:
        raise ValueError("no command")
    return RunRequest(step, cwd, inputs, command, environment)


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
    for own in range(_STREAMS):
        with contextlib.suppress(OSError):
            if os.path.samestat(os.fstat(own), status) and not stat.S_ISDIR(status.st_mode):
                return
    raise ValueError("not a stream")


_NULL = os.makedev(1, 3)


def _fail(streams: Streams, text: str, code: int = 1) -> int:
    """Tell why, and fail. `text` is fit to be shown."""
    data = f"reviewer: {text}\n".encode("utf-8", "replace")
    while (
        data and select.select([], [streams.stderr], [], _PATIENCE)[1]
    ):  # then a pipe takes so much without making us wait
        try:
            data = data[os.write(streams.stderr, data[: select.PIPE_BUF]) :]
        except OSError:
            break
    return code


def _descriptors(level: int, kind: int, data: bytes) -> list[int]:
    if level != socket.SOL_SOCKET or kind != socket.SCM_RIGHTS:
        return []
    found = array.array("i")
    found.frombytes(data[: len(data) - len(data) % found.itemsize])
    return list(found)


def _close(fd: int) -> None:
    with contextlib.suppress(OSError):
        os.close(fd)


def _shut(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
