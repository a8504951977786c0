"""Seccomp user notification: system calls of sandboxed processes that wait for an answer from here. No helper program, no privileges.

Whoever installs a filter gets a listener, a file descriptor that it hands to Reviewer. Layouts and numbers: linux/seccomp.h. A call is
answered with a result, an error, or `CONTINUE`: the kernel then reads the call's arguments anew, and another thread may have changed
them. So what is let continue must be harmless whatever it says.
"""

import contextlib
import errno
import fcntl
import os
import select
import struct
import threading
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, Self

from reviewer.sandbox.notification import CONTINUE, IS_VALID, NOTIFICATION, RECEIVE, RESPONSE, SEND
from reviewer.sandbox.pidfd import copy_descriptor

_ADD = struct.Struct("=QIIII")  # id, flags, srcfd, newfd, newfd_flags
_ADD_DESCRIPTOR = 0x40182103
_REPLACE = 1  # SECCOMP_ADDFD_FLAG_SETFD

_PATH_MAX = 4096


class Call(NamedTuple):
    """A system call that waits. `thread` is the caller's id as it is seen from here; arguments are as the registers have them."""

    id: int
    thread: int
    number: int
    arguments: tuple[int, ...]


class Listener:
    """Answers the calls of one filter by `decide` on a thread, until all processes that have the filter are gone. Owns `listener`.

    `decide` must answer each call by one of the methods below, at once or later from any thread.
    """

    def __init__(self, listener: int, decide: Callable[["Listener", Call], None]) -> None:
        self._listener = listener
        self._decide = decide
        self._lock = threading.Lock()
        self._closed = False
        self._end, self._stop = os.pipe()
        self._thread = threading.Thread(target=self._serve, name="seccomp-listener", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Calls that still wait, and all that follow, then fail with ENOSYS."""
        os.close(self._stop)
        self._thread.join()
        os.close(self._end)
        with self._lock:
            self._closed = True
            os.close(self._listener)

    def _serve(self) -> None:
        poll = select.poll()
        poll.register(self._listener, select.POLLIN)
        poll.register(self._end, select.POLLIN)
        while True:
            ready = dict(poll.poll())
            if self._end in ready or ready.get(self._listener, 0) & ~select.POLLIN:
                return
            notification = bytearray(NOTIFICATION.size)
            try:
                fcntl.ioctl(self._listener, RECEIVE, notification)
            except OSError as error:
                if error.errno in (errno.ENOENT, errno.EINTR, errno.EAGAIN):  # it was killed while it waited
                    continue
                return
            number, thread, _, call, _, _, *arguments = NOTIFICATION.unpack(notification)
            waiting = Call(number, thread, call, tuple(arguments))
            try:
                self._decide(self, waiting)
            except (
                OSError,
                ValueError,
                OverflowError,
            ):  # what is to be read of the caller is gone, or nonsense, or beyond memory
                self.refuse(waiting, errno.EFAULT)

    def let(self, call: Call) -> None:
        """Let the kernel do it."""
        self._send(RESPONSE.pack(call.id, 0, 0, CONTINUE))

    def refuse(self, call: Call, error: int) -> None:
        """Fail it with this errno."""
        self._send(RESPONSE.pack(call.id, 0, -error, 0))

    def succeed(self, call: Call) -> None:
        """Say that it is done."""
        self._send(RESPONSE.pack(call.id, 0, 0, 0))

    def replace(self, call: Call, descriptor: int, ours: int, *, close_on_exec: bool) -> None:
        """Put a file descriptor of ours in the place of one of the caller's. Raises OSError."""
        flags = os.O_CLOEXEC if close_on_exec else 0
        self._tell(_ADD_DESCRIPTOR, _ADD.pack(call.id, _REPLACE, ours, descriptor, flags))

    def _send(self, response: bytes) -> None:
        with contextlib.suppress(OSError):  # it was killed, or got a signal and asks again
            self._tell(SEND, response)

    def _tell(self, request: int, data: bytes) -> None:
        with self._lock:
            if self._closed:
                raise OSError(errno.EBADF, "closed")
            fcntl.ioctl(self._listener, request, data)

    def require(self, call: Call) -> None:
        """Raises OSError where the caller is gone: another process may have its number, and what was read of it is not the caller's."""
        self._tell(IS_VALID, struct.pack("=Q", call.id))

    def read(self, call: Call, address: int, length: int) -> bytes:
        """Of the caller's memory, up to where there is none. Raises OSError."""
        with open(f"/proc/{call.thread}/mem", "rb", buffering=0) as memory:  # noqa: PTH123 -- once for each call
            self.require(call)
            return os.pread(memory.fileno(), length, address)

    def path(self, call: Call, address: int, folder: int | None = None) -> str:
        """A path in the caller's memory, joined to its current folder, or to the one that it has open as `folder`. Raises OSError."""
        page = 4096
        first = self.read(call, address, page - address % page)  # a string may end where the memory does
        data = first if b"\0" in first else first + self.read(call, address + len(first), _PATH_MAX)
        path, end, _ = data.partition(b"\0")
        if not end:
            raise OSError(errno.ENAMETOOLONG, "no path")
        if path.startswith(b"/"):
            return os.fsdecode(path)
        current = "cwd" if folder is None else f"fd/{folder}"
        base = str(Path(f"/proc/{call.thread}/{current}").readlink())
        self.require(call)
        return os.path.join(base, os.fsdecode(path)) if path else base  # noqa: PTH118 -- a string that may be any

    def program(self, call: Call) -> str:
        """What the caller executes. Raises OSError."""
        program = str(Path(f"/proc/{call.thread}/exe").readlink())
        self.require(call)
        return program

    def descriptor(self, call: Call, number: int) -> tuple[int, bool]:
        """A copy of a file descriptor of the caller's, to be closed; and whether the caller's is closed on exec. Raises OSError."""
        folder = Path("/proc", str(call.thread))
        process = _field(folder / "status", "Tgid:")
        flags = int(_field(folder / f"fdinfo/{number}", "flags:"), 8)
        copy = copy_descriptor(int(process), number)
        try:
            self.require(call)
        except OSError:
            os.close(copy)
            raise
        return copy, bool(flags & os.O_CLOEXEC)


def _field(file: Path, name: str) -> str:
    for line in file.read_text("ascii", "replace").splitlines():
        if line.startswith(name):
            return line.removeprefix(name).strip()
    raise OSError(errno.ESRCH, f"no {name} in {file}")
