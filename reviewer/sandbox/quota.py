"""What a run may fill while it runs: its output folders up to a limit, and this machine up to a reserve; for root, its processes too.

Looked at from outside, a little at a time, so that output and cancelling never wait for it. Counting walks the folders and so sees
neither a file that was deleted while open, nor one that is moved out of the walk's way; the reserve holds whatever is tried.
"""

import os
import time
from collections.abc import Iterator
from pathlib import Path

from reviewer.sandbox.policy import Policy
from reviewer.sandbox.result import Outcome

_MIB = 1 << 20

_LOOK = 0.02
"""Seconds between looks at what the machine has left."""
_REST = 0.5
"""Seconds between two walks; three times as long as the last one took, if that is longer."""
_SLICE = 0.01
"""Seconds of computing, walking at a time."""

_RESERVE = 0.05
"""Of all memory and of each disk, kept free for everything else …"""
_MOST_MEMORY, _MOST_DISK = 512 * _MIB, 1024 * _MIB
"""… up to so many bytes; and never more than half of what is free when the run begins, or nothing could run on a full machine."""


class Quota:
    """The folders that a policy lets a run write, watched."""

    def __init__(self, policy: Policy) -> None:
        now = time.monotonic()
        self._folders = [bind.host for bind in policy.writable if bind.host.is_dir()]
        self._limits = policy.limits
        self._memory = min(_MOST_MEMORY, int(_memory("MemTotal") * _RESERVE), _memory("MemAvailable") // 2)
        self._disks = [(folder, _disk_reserve(folder)) for folder in self._folders]
        self._next_look, self._next_walk = now, now + _REST
        self._walk: Iterator[int] | None = None
        self._files = self._bytes = 0
        self._spent = 0.0
        self._processes = ""

    def count_processes(self, first: int) -> None:
        """Count those of the namespace in which `first` is the first, where the kernel does not: for root its limit means nothing."""
        if os.geteuid() == 0:
            self._processes = f"/proc/{first}/root/proc"

    def look(self) -> Outcome | None:
        """How the run must end; None if it may go on. Takes some milliseconds at most."""
        now = time.monotonic()
        if now < self._next_look:
            return None
        self._next_look = now + _LOOK
        if _memory("MemAvailable") < self._memory or any(_disk_left(*disk) < 0 for disk in self._disks):
            return Outcome.MACHINE_FULL
        if self._processes and _processes(self._processes) > self._limits.processes:
            return Outcome.TOO_MANY_PROCESSES
        if self._walk is None and now >= self._next_walk:
            self._walk = _entries(self._folders)
            self._files = self._bytes = 0
            self._spent = 0.0
        return self._go_on()

    def _go_on(self) -> Outcome | None:
        began = time.thread_time()
        for size in self._walk or ():
            self._files += 1
            self._bytes += size
            if size < 0 or self._files > self._limits.written_files or self._bytes > self._limits.written_bytes:
                return Outcome.TOO_MUCH_WRITTEN
            if self._files % 64 == 0 and time.thread_time() - began > _SLICE:
                self._spent += time.thread_time() - began
                return None
        if self._walk is not None:
            self._walk = None
            self._spent += time.thread_time() - began
            self._next_walk = time.monotonic() + max(_REST, 3 * self._spent)
        return None


def _entries(folders: list[Path]) -> Iterator[int]:
    """The bytes that each file and folder below occupies on disk; -1 where one cannot be looked into, so that nothing is hidden there."""
    waiting = [str(folder) for folder in folders]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    try:
                        yield entry.stat(follow_symlinks=False).st_blocks * 512
                        if entry.is_dir(follow_symlinks=False):
                            waiting.append(entry.path)
                    except FileNotFoundError:
                        continue
        except (FileNotFoundError, NotADirectoryError):  # gone since
            continue
        except OSError:
            yield -1


def _processes(folder: str) -> int:
    """How many a /proc shows; 0 once it is gone."""
    try:
        return sum(name.isdigit() for name in os.listdir(folder))  # noqa: PTH208 -- fifty times a second
    except OSError:
        return 0


def _memory(name: str) -> int:
    """Bytes, by the kernel's account."""
    with open("/proc/meminfo", "rb") as file:  # noqa: PTH123 -- fifty times a second
        for line in file:
            if line.startswith(name.encode() + b":"):
                return int(line.split()[1]) << 10
    return 0


def _disk_reserve(folder: Path) -> tuple[int, int]:
    """Bytes and files to be left free on the folder's disk."""
    disk = os.statvfs(folder)
    free = disk.f_bavail * disk.f_frsize
    wanted = min(_MOST_DISK, int(disk.f_blocks * disk.f_frsize * _RESERVE), free // 2)
    return wanted, min(int(disk.f_files * _RESERVE), disk.f_favail // 2)


def _disk_left(folder: Path, reserve: tuple[int, int]) -> int:
    """Below 0 where the folder's disk has less left than the reserve."""
    disk = os.statvfs(folder)
    return min(disk.f_bavail * disk.f_frsize - reserve[0], disk.f_favail - reserve[1])
