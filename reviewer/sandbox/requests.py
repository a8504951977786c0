"""What launchers say (resources/zig/launch.zig), taken in as what it is: said by whoever is in a sandbox where untrusted code runs.

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
import itertools
import os
import socket
import struct
import threading
import time
from collections.abc import Iterator
from typing import NamedTuple

MAX_MESSAGE = 8 << 20
"""Bytes. A launcher gets what it passes on as its own words, for which the kernel has room for 6 MiB."""
_MAX_FIELDS = 1 << 18
_MAX_MESSAGES = 64 << 20
"""Bytes of the messages of all connections that are open."""
PATIENCE = 10.0
"""Seconds for a message to be there as a whole, and for what is told to be taken."""
STREAMS = 3


class RunRequest(NamedTuple):
    """What a launcher was told to run. Nothing of it is believed: `step` is the step's number in the build's graph."""

    step: int
    cwd: str
    inputs: tuple[str, ...]
    command: tuple[str, ...]
    environment: dict[str, str]


class Room:
    """What may be kept of messages, of all connections together."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept = 0

    @contextlib.contextmanager
    def reserve(self, length: int) -> Iterator[None]:
        """Raises ValueError where there is no room for so many bytes."""
        with self._lock:
            if self._kept + length > _MAX_MESSAGES:
                raise ValueError("too much at a time")
            self._kept += length
        try:
            yield
        finally:
            with self._lock:
                self._kept -= length


def receive(connection: socket.socket, stack: contextlib.ExitStack, room: Room) -> tuple[list[str], list[int]]:
    """The fields of a message, and the file descriptors beside it, closed with the stack.

    Raises OSError, ValueError for what is no message, or EOFError.
    """
    deadline = time.monotonic() + PATIENCE
    connection.settimeout(PATIENCE)
    space = socket.CMSG_SPACE(STREAMS * array.array("i").itemsize)
    first, extra, flags, _ = connection.recvmsg(1, space, socket.MSG_CMSG_CLOEXEC)
    given = [fd for level, kind, data in extra for fd in _descriptors(level, kind, data)]
    for fd in given:
        stack.callback(_close, fd)
    if first != b"R" or flags & (socket.MSG_CTRUNC | socket.MSG_TRUNC):
        raise ValueError("not a message")
    (length,) = struct.unpack("<I", _read(connection, 4, deadline))
    if length > MAX_MESSAGE:
        raise ValueError("too long")
    stack.enter_context(room.reserve(length))  # as long as anything of it is kept
    data = _read(connection, length, deadline)
    if not data.endswith(b"\0") or data.count(b"\0") > _MAX_FIELDS:
        raise ValueError("not whole, or of too many fields")
    return data.decode("utf-8", "surrogateescape").split("\0")[:-1], given


def _read(connection: socket.socket, length: int, deadline: float) -> bytes:
    data = bytearray()
    while len(data) < length:
        connection.settimeout(max(deadline - time.monotonic(), 0.001))
        chunk = connection.recv(min(length - len(data), 1 << 16))
        if not chunk:
            raise EOFError
        data += chunk
    return bytes(data)


def run_request(fields: list[str]) -> RunRequest:
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


def _descriptors(level: int, kind: int, data: bytes) -> list[int]:
    if level != socket.SOL_SOCKET or kind != socket.SCM_RIGHTS:
        return []
    found = array.array("i")
    found.frombytes(data[: len(data) - len(data) % found.itemsize])
    return list(found)


def _close(fd: int) -> None:
    with contextlib.suppress(OSError):
        os.close(fd)
