"""The system calls that the guard needs and Python lacks. By the standard library alone: the guard runs without site-packages.

Numbers of landlock_*: the same on every architecture (include/uapi/asm-generic/unistd.h); structures: linux/landlock.h, linux/seccomp.h,
linux/capability.h, linux/openat2.h.
"""

import contextlib
import ctypes
import errno
import os
import signal
import struct
import sys

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_PIDFD_SEND_SIGNAL = 424
_TGKILL = {"x86_64": 234, "aarch64": 131}
_PIDFD_OPEN, _OPENAT2, _PIDFD_GETFD = 434, 437, 438
_SECCOMP = {"x86_64": 317, "aarch64": 277}
_CAPSET = {"x86_64": 126, "aarch64": 91}

_VERSION_FLAG = 1
_PATH_BENEATH = 1

# Rights on files and folders, by bit: linux/landlock.h. All that the kernel knows of them are handled, so all but the ones granted are
# refused.
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR, _REMOVE_DIR, _REMOVE_FILE = (1 << bit for bit in range(6))
_MAKE_DIR, _MAKE_REG, _MAKE_FIFO, _MAKE_SYM, _REFER, _TRUNCATE = (1 << bit for bit in (7, 8, 10, 12, 13, 14))
_ALL_FILES, _ALL_BEFORE_DEVICES = (1 << 16) - 1, (1 << 15) - 1
_ALL_TCP = 0b11
_ABSTRACT_SOCKETS_AND_SIGNALS = 0b11
_DEVICES_SINCE, _TCP_SINCE, SIGNALS_SINCE = 5, 4, 6
"""Versions of Landlock."""

READ = _EXECUTE | _READ_FILE | _READ_DIR
WRITE = (
    READ
    | _WRITE_FILE
    | _REMOVE_DIR
    | _REMOVE_FILE
    | _MAKE_DIR
    | _MAKE_REG
    | _MAKE_FIFO
    | _MAKE_SYM
    | _REFER
    | _TRUNCATE
)
USE = _READ_FILE | _WRITE_FILE
"""For devices: no ioctl, which Landlock calls a right of its own."""
_OF_FILES = _EXECUTE | _READ_FILE | _WRITE_FILE | _TRUNCATE

_PR_SET_PDEATHSIG, _PR_CAPBSET_DROP, _PR_SET_SECUREBITS = 1, 24, 28
_PR_SET_CHILD_SUBREAPER, _PR_SET_NO_NEW_PRIVS, _PR_CAP_AMBIENT = 36, 38, 47
_CAP_AMBIENT_CLEAR_ALL = 4
_LOCKED_SECURE_BITS = (
    0b11101111  # root is nobody: linux/securebits.h, NOROOT, NO_SETUID_FIXUP, KEEP_CAPS_LOCKED, NO_CAP_AMBIENT_RAISE
)
_CAPABILITY_VERSION_3 = 0x20080522

_SET_MODE_FILTER = 1
_NEW_LISTENER, _WAIT_KILLABLE = 1 << 3, 1 << 5

_RESOLVE_NO_MAGICLINKS, _RESOLVE_BENEATH = 0x02, 0x08
_TRIES = 100

if sys.platform == "linux":
    _libc = ctypes.CDLL(None, use_errno=True)
    _libc.syscall.restype = ctypes.c_long


def landlock_version() -> int:
    """The kernel's Landlock ABI; 0 where there is none, or it is switched off."""
    try:
        return _call(_CREATE_RULESET, None, 0, _VERSION_FLAG)
    except OSError:
        return 0


class Walls:
    """Landlock rules in the making, of this version: nothing is allowed but what is added."""

    def __init__(self, version: int, *, tcp: bool) -> None:
        files = _ALL_FILES if version >= _DEVICES_SINCE else _ALL_BEFORE_DEVICES
        connections = _ALL_TCP if version >= _TCP_SINCE and not tcp else 0
        scoped = _ABSTRACT_SOCKETS_AND_SIGNALS if version >= SIGNALS_SINCE else 0
        attributes = struct.pack("=QQQ", files, connections, scoped)
        self._ruleset = _call(_CREATE_RULESET, attributes, len(attributes), 0)

    def allow(self, path: str, rights: int) -> None:
        """These rights on a file, or on a folder and everything below. Raises OSError."""
        fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
        try:
            if not os.path.isdir(f"/proc/self/fd/{fd}"):  # noqa: PTH112 -- the guard starts for every run
                rights &= _OF_FILES
            _call(_ADD_RULE, self._ruleset, _PATH_BENEATH, struct.pack("=Qi", rights, fd), 0)
        finally:
            os.close(fd)

    def close_in(self) -> None:
        """Put them around this process and all that it starts, for ever. Raises OSError."""
        _call(_RESTRICT_SELF, self._ruleset, 0)
        os.close(self._ruleset)


def be_reaper() -> None:
    """Become the parent of every descendant that loses its own."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def die_with_parent() -> None:
    """Be killed when the parent is: for the case that somebody kills the guard."""
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def drop_privileges() -> None:
    """No new ones by any program, and for root none of the old ones: what is left of root is its number. Raises OSError."""
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)
    if os.geteuid() == 0:
        with contextlib.suppress(PermissionError):  # root of a container that may not; the probe looks what is left
            os.setgroups([])
            _prctl(_PR_SET_SECUREBITS, _LOCKED_SECURE_BITS)
            for capability in range(_last_capability() + 1):
                _prctl(_PR_CAPBSET_DROP, capability)
    _prctl(_PR_CAP_AMBIENT, _CAP_AMBIENT_CLEAR_ALL)
    _call(_CAPSET[os.uname().machine], struct.pack("=Ii", _CAPABILITY_VERSION_3, 0), bytes(24))


def filter_calls(program: bytes) -> int:
    """Put this seccomp program on; the file descriptor that tells of calls to be judged. Raises OSError."""
    instructions = ctypes.create_string_buffer(program, len(program))
    header = struct.pack("@HP", len(program) // 8, ctypes.addressof(instructions))
    number = _SECCOMP[os.uname().machine]
    return _call(number, _SET_MODE_FILTER, _NEW_LISTENER | _WAIT_KILLABLE, header)


def open_process(pid: int) -> int:
    """A handle that stays true. Raises OSError."""
    return _call(_PIDFD_OPEN, pid, 0)


def send_signal(process: int, number: int) -> None:
    """To the process that this is a handle on. Raises OSError."""
    _call(_PIDFD_SEND_SIGNAL, process, number, None, 0)


def send_to_thread(pid: int, thread: int, number: int) -> None:
    """To this thread of this process. Raises OSError."""
    _call(_TGKILL[os.uname().machine], pid, thread, number)


def take_file(pid: int, fd: int) -> int:
    """What a child has open under this number. Raises OSError."""
    process = open_process(pid)
    try:
        return _call(_PIDFD_GETFD, process, fd, 0)
    finally:
        os.close(process)


def open_below(folder: int, path: bytes, flags: int) -> int:
    """Open it as O_PATH, without ever leaving the folder on the way. Raises OSError: EXDEV where a link would."""
    how = struct.pack("=QQQ", os.O_PATH | os.O_CLOEXEC | flags, 0, _RESOLVE_NO_MAGICLINKS | _RESOLVE_BENEATH)
    for _ in range(_TRIES):
        try:
            return _call(_OPENAT2, folder, path, how, len(how))
        except BlockingIOError:  # something was renamed meanwhile
            continue
    raise OSError(errno.EAGAIN, "renamed again and again")


def set_times(path: str, times: bytes | None) -> None:
    """utimensat of this path, with two `struct timespec`; None: now. Raises OSError."""
    if _libc.utimensat(-100, os.fsencode(path), times, 0) < 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))


def _last_capability() -> int:
    with open("/proc/sys/kernel/cap_last_cap") as file:  # noqa: PTH123 -- the guard starts for every run
        return int(file.read())


def _prctl(option: int, *values: int) -> None:
    if _libc.prctl(option, *(ctypes.c_ulong(value) for value in (*values, 0, 0, 0, 0)[:4])) < 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))


def _call(number: int, *values: int | bytes | None) -> int:
    converted = (value if isinstance(value, bytes) or value is None else ctypes.c_long(value) for value in values)
    result = int(_libc.syscall(ctypes.c_long(number), *converted))
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))
    return result
