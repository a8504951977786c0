"""Handles on processes that stay true when a process id is used again. Through the C library: Pythons built on old systems lack them."""

import ctypes
import os
import select
import signal

# Linux 5.3; the same numbers on every architecture (include/uapi/asm-generic/unistd.h).
_PIDFD_SEND_SIGNAL = 424
_PIDFD_OPEN = 434
_PIDFD_GETFD = 438  # Linux 5.6


def open_process(pid: int) -> int:
    """A file descriptor that stands for the process and becomes readable when it has ended. Raises OSError."""
    return _call(_PIDFD_OPEN, pid, 0)


def kill_process(pidfd: int) -> None:
    """SIGKILL, unless it has ended already."""
    try:
        _call(_PIDFD_SEND_SIGNAL, pidfd, signal.SIGKILL, 0, 0)
    except ProcessLookupError:
        return


def wait_for_end(pidfd: int, seconds: float) -> bool:
    """Whether the process ended in this time."""
    poll = select.poll()
    poll.register(pidfd, select.POLLIN)
    return bool(poll.poll(seconds * 1000))


def copy_descriptor(pid: int, number: int) -> int:
    """A copy of a file descriptor of another process that one may trace. Raises OSError."""
    process = open_process(pid)
    try:
        return _call(_PIDFD_GETFD, process, number, 0)
    finally:
        os.close(process)


def _call(number: int, *values: int) -> int:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    result = int(libc.syscall(ctypes.c_long(number), *(ctypes.c_long(value) for value in values)))
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))
    return result
