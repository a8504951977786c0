"""Judges, outside, what neither Landlock nor a filter can: changes of modes, owners and times, which both let pass for every file of the
user's, and which build tools need for their own.

The kernel holds such a call (seccomp user notification) until it is answered. It is not let go on, for the path could be another one by
then: the guard opens the file that is meant, looks where that lies, and makes the change itself on what it holds open, with no more
rights than the caller has. A file can only get below a folder that may be written by being made there: Landlock lets none be linked or
moved in from elsewhere. Nothing else is ever looked up, so that no path, such as one on a network disk, can keep the guard waiting.
"""

import contextlib
import errno
import fcntl
import os
import struct
from collections.abc import Callable, Sequence

from reviewer.sandbox.landlock.signals import CALLS as SIGNALS
from reviewer.sandbox.landlock.signals import judge_signal
from reviewer.sandbox.landlock.system import open_below, set_times
from reviewer.sandbox.notification import CONTINUE, IS_VALID, NOTIFICATION, RECEIVE, RESPONSE, SEND

_AT_FDCWD = -100
_AT_SYMLINK_NOFOLLOW, _AT_EMPTY_PATH = 0x100, 0x1000
_PATH_MAX = 4096
_END_OF_MEMORY = 1 << 63
_MOST_LINKS = 40  # as the kernel has it
_TIMES = 32  # bytes of two `struct timespec`

_CALLS = {
    "x86_64": {
        90: "chmod",
        91: "fchmod",
        268: "fchmodat",
        452: "fchmodat2",
        92: "chown",
        94: "lchown",
        93: "fchown",
        260: "fchownat",
    }
    | {132: "utime", 235: "utimes", 261: "futimesat", 280: "utimensat"},
    "aarch64": {52: "fchmod", 53: "fchmodat", 452: "fchmodat2", 55: "fchown", 54: "fchownat", 88: "utimensat"},
}
"""Those of `calls.JUDGED`. All others that are asked for are signals, or make a new process."""


class Judge:
    """Answers what `listener` tells, for changes below `folders` only."""

    def __init__(self, listener: int, folders: Sequence[str]) -> None:
        self._listener = listener
        self._folders = _Folders(folders)
        self._names = _CALLS[os.uname().machine]
        self._signals = SIGNALS[os.uname().machine]

    def answer(self) -> None:
        """Take one call, if its process is still there, and answer it."""
        told = bytearray(NOTIFICATION.size)
        try:
            fcntl.ioctl(self._listener, RECEIVE, told)
        except OSError:  # ended meanwhile
            return
        number, pid, _, call, _, _, *arguments = NOTIFICATION.unpack(told)
        error, flags = 0, 0
        try:
            if call in self._names:
                self._do(self._names[call], _Caller(self._listener, number, pid, self._folders), arguments)
            elif call not in self._signals or judge_signal(self._signals[call], pid, arguments):
                flags = CONTINUE  # the arguments are in registers, which nobody else can change
        except OSError as refused:
            error = refused.errno or errno.EPERM
        except (ValueError, OverflowError):
            error = errno.EINVAL
        with contextlib.suppress(OSError):  # ended meanwhile
            fcntl.ioctl(self._listener, SEND, RESPONSE.pack(number, 0, -error, flags))

    def _do(self, name: str, caller: "_Caller", arguments: Sequence[int]) -> None:
        first, second, third, fourth, fifth = arguments[:5]
        if name == "chmod":
            self._change(caller, _AT_FDCWD, first, 0, _mode(second))
        elif name == "fchmod":
            self._change_open(caller, first, _mode(second))
        elif name in ("fchmodat", "fchmodat2"):
            self._change(caller, first, second, fourth if name == "fchmodat2" else 0, _mode(third))
        elif name in ("chown", "lchown"):
            flags = _AT_SYMLINK_NOFOLLOW if name == "lchown" else 0
            self._change(caller, _AT_FDCWD, first, flags, _owner(second, third))
        elif name == "fchown":
            self._change_open(caller, first, _owner(second, third))
        elif name == "fchownat":
            self._change(caller, first, second, fifth, _owner(third, fourth))
        elif name == "utimensat":
            times = _times(caller.read(third, _TIMES) if third else None)
            if second:
                self._change(caller, first, second, fourth, times)
            else:  # futimens
                self._change_open(caller, first, times)
        elif name == "utime":
            self._change(caller, _AT_FDCWD, first, 0, _times(_of_seconds(caller, second)))
        elif name == "utimes":
            self._change(caller, _AT_FDCWD, first, 0, _times(_of_microseconds(caller, second)))
        elif name == "futimesat":
            self._change(caller, first, second, 0, _times(_of_microseconds(caller, third)))

    def _change(self, caller: "_Caller", folder: int, path: int, flags: int, make: Callable[[str], None]) -> None:
        self._judge(caller.open(_signed(folder), caller.text(path), _signed(flags)), caller, make)

    def _change_open(self, caller: "_Caller", fd: int, make: Callable[[str], None]) -> None:
        self._judge(caller.open_fd(_signed(fd)), caller, make)

    def _judge(self, held: int, caller: "_Caller", make: Callable[[str], None]) -> None:
        """Make the change on what is held open, if it lies where the caller may write."""
        try:
            path = f"/proc/self/fd/{held}"
            place = os.readlink(os.fsencode(path))  # noqa: PTH115 -- bytes
            caller.require_there()
            self._folders.around(place)
            make(path)
        finally:
            os.close(held)


class _Folders:
    """Those that may be written, held open, by all their names."""

    def __init__(self, folders: Sequence[str]) -> None:
        self._held: dict[bytes, int] = {}
        for folder in folders:
            fd = os.open(folder, os.O_PATH | os.O_CLOEXEC)
            for name in (folder, os.path.realpath(folder)):
                self._held[os.fsencode(name)] = fd

    def around(self, path: bytes) -> tuple[int, bytes]:
        """The innermost that holds this absolute path, and how it goes on from there. Raises OSError."""
        found = [folder for folder in self._held if path == folder or path.startswith(folder + b"/")]
        if not found:
            raise PermissionError(errno.EPERM, "lies outside")
        folder = max(found, key=len)
        return self._held[folder], path[len(folder) + 1 :] or b"."

    def open(self, path: bytes, flags: int) -> int:
        """What lies at this absolute path, by links that stay in these folders. Raises OSError."""
        for _ in range(_MOST_LINKS):
            top, rest = self.around(os.path.normpath(path))
            try:
                return open_below(top, rest, flags)
            except OSError as error:
                if error.errno != errno.EXDEV:
                    raise
            path = _past_link(path, top, rest)
        raise OSError(errno.ELOOP, "too many links")


def _past_link(path: bytes, top: int, rest: bytes) -> bytes:
    """The same path with the first link on the way from `top` followed."""
    here, parts = os.path.normpath(path)[: -len(rest)], rest.split(b"/")
    for number, name in enumerate(parts):
        fd = open_below(top, b"/".join(parts[: number + 1]), os.O_NOFOLLOW)
        try:
            target = os.readlink(b"", dir_fd=fd)
        except OSError:  # no link
            here += name + b"/"
            continue
        finally:
            os.close(fd)
        return os.path.join(here, target, *parts[number + 1 :])  # noqa: PTH118 -- bytes
    raise PermissionError(errno.EPERM, "leads outside")


class _Caller:
    """The thread that waits for its call. What is read of it counts only while it is still there: its number may be another's."""

    def __init__(self, listener: int, number: int, pid: int, folders: _Folders) -> None:
        self._folders = folders
        self._listener = listener
        self._number = struct.pack("=Q", number)
        self._pid = pid

    def require_there(self) -> None:
        fcntl.ioctl(self._listener, IS_VALID, self._number)

    def read(self, address: int, size: int) -> bytes:
        """So many bytes of its memory."""
        found = self._up_to(address, size)
        if len(found) < size:
            raise OSError(errno.EFAULT, "not all there")
        return found

    def _up_to(self, address: int, size: int) -> bytes:
        if not 0 < address < _END_OF_MEMORY:
            raise OSError(errno.EFAULT, "no address")
        memory = os.open(f"/proc/{self._pid}/mem", os.O_RDONLY | os.O_CLOEXEC)
        try:
            self.require_there()
            return os.pread(memory, size, address)
        finally:
            os.close(memory)

    def text(self, address: int) -> bytes:
        """The path at this address."""
        path, end, _ = self._up_to(address, _PATH_MAX).partition(b"\0")
        if not end:
            raise OSError(errno.ENAMETOOLONG, "no end of the path")
        return path

    def open(self, folder: int, path: bytes, flags: int) -> int:
        """What this path means to it. Of /proc only its own open files can be named."""
        if not path:
            if not flags & _AT_EMPTY_PATH:
                raise OSError(errno.ENOENT, "no path")
            return self.open_fd(folder)
        folder_of_fds, _, name = path.rpartition(b"/")
        if name.isdigit() and folder_of_fds in (b"/dev/fd", b"/proc/self/fd", b"/proc/thread-self/fd"):
            return self.open_fd(int(name))
        if not path.startswith(b"/"):
            path = self._place(folder) + b"/" + path
        return self._folders.open(path, os.O_NOFOLLOW if flags & _AT_SYMLINK_NOFOLLOW else 0)

    def open_fd(self, fd: int) -> int:
        """What one of its file descriptors stands for; AT_FDCWD: its current folder."""
        try:
            return os.open(self._proc(fd), os.O_PATH | os.O_CLOEXEC)
        except FileNotFoundError:
            raise OSError(errno.EBADF, "not open") from None

    def _place(self, fd: int) -> bytes:
        try:
            return os.readlink(os.fsencode(self._proc(fd)))  # noqa: PTH115 -- bytes
        except FileNotFoundError:
            raise OSError(errno.EBADF, "not open") from None

    def _proc(self, fd: int) -> str:
        return f"/proc/{self._pid}/" + ("cwd" if fd == _AT_FDCWD else f"fd/{fd}")


def _mode(mode: int) -> Callable[[str], None]:
    return lambda path: os.chmod(path, mode & 0o7777)  # noqa: PTH101 -- the guard starts for every run


def _owner(user: int, group: int) -> Callable[[str], None]:
    return lambda path: os.chown(path, _number_or_none(user), _number_or_none(group))


def _number_or_none(value: int) -> int:
    value &= 0xFFFFFFFF
    return -1 if value == 0xFFFFFFFF else value


def _times(times: bytes | None) -> Callable[[str], None]:
    return lambda path: set_times(path, times)


def _of_seconds(caller: _Caller, address: int) -> bytes | None:
    """`struct utimbuf` as two `struct timespec`."""
    if not address:
        return None
    accessed, modified = struct.unpack("=qq", caller.read(address, 16))
    return struct.pack("=4q", accessed, 0, modified, 0)


def _of_microseconds(caller: _Caller, address: int) -> bytes | None:
    """Two `struct timeval` as two `struct timespec`."""
    if not address:
        return None
    seconds, micro, seconds_too, micro_too = struct.unpack("=4q", caller.read(address, 32))
    if not (0 <= micro < 10**6 and 0 <= micro_too < 10**6):
        raise OSError(errno.EINVAL, "no such time")
    return struct.pack("=4q", seconds, micro * 1000, seconds_too, micro_too * 1000)


def _signed(value: int) -> int:
    """The low 32 bits as the kernel's `int`."""
    return (value & 0xFFFFFFFF) - ((value & 0x80000000) << 1)
