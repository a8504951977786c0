"""What a run may fill while it runs: its output folders up to a limit, and this machine up to a reserve; for root, its processes too.

Looked at from outside, a little at a time, so that output and cancelling never wait for it. Counting walks the folders and so sees
neither a file that was deleted while open, nor one that is moved out of the walk's way; the reserve holds whatever is tried.
"""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from reviewer.sandbox.policy import Policy
from reviewer.sandbox.result import Outcome

_MIB = 1 << 20

_LOOK = 0.02
"""Seconds between looks at what the machine has left."""
_REST = 0.5
"""Seconds between two walks; nine times as long as the last one took, if that is longer, so that it costs a tenth of one core."""
_SLICE = 0.01
"""Seconds of computing, walking at a time."""

_RESERVE = 0.05
"""Of all memory and of each disk, kept free for everything else …"""
_MOST_MEMORY, _MOST_DISK = 512 * _MIB, 1024 * _MIB
"""… up to so many bytes; and never more than half of what is free when the run begins, or nothing could run on a full machine."""


@dataclass(slots=True)
class _Share:
    """Folders that may hold so much together."""

    folders: list[Path]
    most_files: int
    most_bytes: int
    files: int = 0
    bytes: int = 0

    def add(self, size: int) -> bool:
        """Count one more; True if it is too much, or cannot be counted."""
        self.files += 1
        self.bytes += size
        return size < 0 or self.files > self.most_files or self.bytes > self.most_bytes


class Quota:
    """The folders that a policy lets a run write, watched, and `temporary` ones that may each hold so many bytes."""

    def __init__(self, policy: Policy, temporary: Sequence[tuple[Path, int]] = ()) -> None:
        now = time.monotonic()
        limits = policy.limits
        written = [bind.host for bind in policy.writable if bind.host.is_dir()]
        self._shares = [
            _Share(written, limits.written_files, limits.written_bytes),
            *(_Share([folder], limits.written_files, most) for folder, most in temporary),
        ]
        self._most_processes = limits.processes
        self._memory = min(_MOST_MEMORY, int(_memory("MemTotal") * _RESERVE), _memory("MemAvailable") // 2)
        self._disks = [(folder, _disk_reserve(folder)) for share in self._shares for folder in share.folders]
        self._next_look, self._next_walk = now, now + _REST
        self._walk: Iterator[bool] | None = None
        self._spent = 0.0
        self._processes: Callable[[], int] = lambda: 0

    def count_processes(self, count: Callable[[], int]) -> None:
        """Count the run's processes so, where the kernel does not."""
        self._processes = count

    def look(self) -> Outcome | None:
        """How the run must end; None if it may go on. Takes some milliseconds at most."""
        now = time.monotonic()
        if now < self._next_look:
            return None
        self._next_look = now + _LOOK
        if _memory("MemAvailable") < self._memory or any(_disk_left(*disk) < 0 for disk in self._disks):
            return Outcome.MACHINE_FULL
        if self._processes() > self._most_processes:
            return Outcome.TOO_MANY_PROCESSES
        if self._walk is None and now >= self._next_walk:
            self._walk = self._count()
            self._spent = 0.0
        return self._go_on()

    def _go_on(self) -> Outcome | None:
        began = time.thread_time()
        for number, too_much in enumerate(self._walk or ()):
            if too_much:
                return Outcome.TOO_MUCH_WRITTEN
            if number % 64 == 63 and time.thread_time() - began > _SLICE:
                self._spent += time.thread_time() - began
                return None
        if self._walk is not None:
            self._walk = None
            self._spent += time.thread_time() - began
            self._next_walk = time.monotonic() + max(_REST, 9 * self._spent)
        return None

    def _count(self) -> Iterator[bool]:
        """For each file and folder whether it is one too many."""
        for share in self._shares:
            share.files = share.bytes = 0
            for size in _entries(share.folders):
                yield share.add(size)


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
    try:
        disk = os.statvfs(folder)
    except FileNotFoundError:  # a temporary folder, at the end of its run
        return 0
    return min(disk.f_bavail * disk.f_frsize - reserve[0], disk.f_favail - reserve[1])
