"""Judges signals where the kernel's Landlock cannot hold them back (before version 6, Linux 6.12): they reach what the command started.

Sent by the guard, on handles that stay true when a process number is used again; let go on only where a process signals itself.
"""

import errno
import os
from collections.abc import Sequence

from reviewer.sandbox.landlock.system import open_process, send_signal, send_to_thread, take_file

CALLS = {
    "x86_64": {62: "kill", 200: "tkill", 234: "tgkill", 129: "rt_sigqueueinfo", 297: "rt_tgsigqueueinfo"}
    | {424: "pidfd_send_signal"},
    "aarch64": {129: "kill", 130: "tkill", 131: "tgkill", 138: "rt_sigqueueinfo", 240: "rt_tgsigqueueinfo"}
    | {424: "pidfd_send_signal"},
}
"""Those of `calls.SIGNALS`."""


def judge_signal(name: str, thread: int, arguments: Sequence[int]) -> bool:
    """Send what this thread asks for; True where it may send it itself. Raises OSError."""
    try:
        return _judge(name, thread, arguments)
    except FileNotFoundError as error:
        raise ProcessLookupError(errno.ESRCH, "ended") from error


def _judge(name: str, thread: int, arguments: Sequence[int]) -> bool:
    first, second = (_signed(argument) for argument in arguments[:2])
    own = _number(thread, "Tgid")
    if name in ("tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo"):
        if first == own:
            return True
        raise PermissionError(errno.EPERM, "another process")
    if name == "tkill":
        send_to_thread(own, first, second)
    elif name == "pidfd_send_signal":
        handle = take_file(own, first)
        try:
            _send(handle, second)
        finally:
            os.close(handle)
    elif first > 0:
        _send_to(first, second)
    else:
        _send_to_group(own, first, second)
    return False


def _send_to(pid: int, number: int) -> None:
    handle = open_process(pid)
    try:
        _send(handle, number)
    finally:
        os.close(handle)


def _send_to_group(own: int, group: int, number: int) -> None:
    """-1: all but the caller; 0: its own group; else the group of that number."""
    wanted = os.getpgid(own) if group == 0 else -group
    found = False
    for pid in _descendants(os.getpid()):
        try:
            if (group == -1 and pid != own) or (group != -1 and os.getpgid(pid) == wanted):
                _send_to(pid, number)
                found = True
        except ProcessLookupError:
            continue
    if not found:
        raise ProcessLookupError(errno.ESRCH, "nobody")


def _send(handle: int, number: int) -> None:
    """Raises OSError unless the process came of the command."""
    with open(f"/proc/self/fdinfo/{handle}") as file:  # noqa: PTH123 -- the guard starts for every run
        told = dict(line.split(":", 1) for line in file.read().splitlines() if ":" in line)
    pid = int(told.get("Pid", "-1"))
    if pid <= 0:
        raise ProcessLookupError(errno.ESRCH, "ended")
    if not _is_descendant(pid):
        raise PermissionError(errno.EPERM, "outside")
    send_signal(handle, number)


def _is_descendant(pid: int) -> bool:
    while pid > 1:
        pid = _number(pid, "PPid")
        if pid == os.getpid():
            return True
    return False


def _descendants(pid: int) -> list[int]:
    found: list[int] = []
    waiting = [pid]
    while waiting:
        try:
            for thread in os.listdir(f"/proc/{waiting[-1]}/task"):  # noqa: PTH208
                with open(f"/proc/{waiting[-1]}/task/{thread}/children") as file:  # noqa: PTH123
                    found += (children := [int(word) for word in file.read().split()])
                waiting[:0] = children
        except FileNotFoundError:  # ended since
            pass
        waiting.pop()
    return found


def _number(pid: int, name: str) -> int:
    """Raises OSError where there is no such process."""
    with open(f"/proc/{pid}/status") as file:  # noqa: PTH123
        for line in file:
            if line.startswith(f"{name}:"):
                return int(line.split()[1])
    raise ProcessLookupError(errno.ESRCH, "ended")


def _signed(value: int) -> int:
    return (value & 0xFFFFFFFF) - ((value & 0x80000000) << 1)
