r"""strace's log of a run, and what it says.

strace runs inside the sandbox, as its first process: so the process ids that it writes are those that the programs themselves are given,
and hostile programs, whose debug information it reads, are read where they can do no harm. Nothing there can end it, change it or write to
its log (supervise.py, Tracer). `-xx` writes every string as `\x…`, so that no file name can forge a line. Symbol names (`-k`) come from the
traced programs themselves, as they are: a hostile program can add lines through them. None of these takes away what another line tells: who
belongs to the command, and what began, is kept whatever is claimed later.
"""

import contextlib
import functools
import re
import shutil
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from reviewer.errors import ReviewerError

MAX_LOG_BYTES = 512 << 20
_MAX_LINE = 1 << 20
_MAX_FRAMES = 64

_PLACES = "/usr/bin:/bin"
_OF_UNREADABLE = Path("/proc/sys/fs/suid_dumpable")

INJECTIONS = ("ptrace", "process_vm_readv")
"""Calls that the tracer needs and the sandbox's filter therefore lets pass: it is strace that refuses them to all others."""

CALLS = (
    *("open", "openat", "openat2", "creat", "unlink", "unlinkat", "rmdir", "rename", "renameat", "renameat2"),
    *("mkdir", "mkdirat", "link", "linkat", "symlink", "symlinkat", "mknod", "mknodat", "truncate"),
    *("chmod", "fchmod", "fchmodat", "chown", "fchownat", "setxattr"),
    *("execve", "execveat", "memfd_create", "connect", "bind", "sendto", "sendmsg", "sendmmsg"),
    *("chdir", "fchdir", "fork", "vfork", "clone", "clone3", "kill"),
    *INJECTIONS,
)
"""What matters of what a program does: files by name, programs, connections, processes. `?`: not every architecture has all."""


FORKS = ("fork", "vfork", "clone", "clone3")
EXIT = "exit"
"""What a Call that tells the end of a process is named; its result is the exit code, its error the signal that ended it."""


class Call(NamedTuple):
    """One system call that ended. `words` are its arguments as strace writes them; `result` its number, `error` like `ENOENT` or empty.

    `returned` is the path of the file descriptor that it gave, if it did; `stack` the frames, innermost first, as `Frame`.
    """

    pid: int
    name: str
    words: tuple[str, ...]
    result: int
    error: str
    returned: str
    stack: tuple["Frame", ...]


class Frame(NamedTuple):
    """A place in the program `file`, `offset` bytes into it; `symbol` may be empty and is the program's own word."""

    file: str
    symbol: str
    offset: int


def find_tracer() -> Path:
    """Where strace is. Raises ReviewerError, with what to do, where it is not, or could be tampered with by what it traces."""
    strace = shutil.which("strace", path=_PLACES)
    if strace is None:
        raise ReviewerError("there is no strace, which observing needs", cure="`sudo apt-get install strace`")
    # 1, which no system has as it comes, shows the memory also of programs that cannot be read (proc_sys_fs(5)).
    if _OF_UNREADABLE.read_bytes().strip() == b"1":
        told = "this kernel shows everybody the memory of protected programs, so what is observed could change what is told of it"
        raise ReviewerError(told, where=str(_OF_UNREADABLE), cure="`sudo sysctl fs.suid_dumpable=0`")
    return Path(strace)


def trace_options(*, stacks: bool = True) -> tuple[str, ...]:
    """strace's options, before the command whose calls it is to write to its stderr.

    `stacks`: with the frames of each, which takes some 25 ms a call in programs that start many others.
    """
    wanted = ",".join(f"?{name}" for name in CALLS)
    frames = ("-k",) if stacks else ()
    # To a file, though it is stderr: only so does each line begin with its process. No signal from inside interrupts it.
    options = (*frames, "-f", "--seccomp-bpf", "-I", "4", "-q", "-y", "-xx", "-s", "65536", "-o", "/proc/self/fd/2")
    refused = ",".join(f"?{name}" for name in INJECTIONS)
    return (*options, "-e", "signal=none", "-e", f"trace={wanted}", "-e", f"inject={refused}:error=EPERM")


_RESUMED = re.compile(r"<\.\.\. (?P<name>\w+) resumed>(?P<words>.*)", re.DOTALL)
_END = re.compile(r"\+\+\+ (?:exited with (?P<code>\d{1,3})|killed by (?P<signal>SIG\w+)(?: \(core dumped\))?) \+\+\+")
_ENDED = re.compile(
    r"(?P<words>.*)\) += (?P<result>-?\d+|\?|0x[0-9a-f]+)(?:<(?P<path>[^>]*)>)?"
    r"(?: (?P<error>E\w+))?.*",
    re.DOTALL,
)


def _frame(line: str) -> Frame | None:
    """A line of a stack. Its symbol may be of any length and hold anything, so it is found from both ends and by no expression that could
    try it again and again."""
    if not line.startswith(" > "):
        return None
    where, _, offset = line[3:].rstrip().removesuffix("]").rpartition(" [0x")
    if not _OFFSET.fullmatch(offset):
        return None
    file, _, symbol = where.partition("(") if where.endswith(")") else (where, "", "")
    return Frame(file, symbol.removesuffix(")").rpartition("+0x")[0][:_MAX_SYMBOL], int(offset, 16))


_OFFSET = re.compile(r"[0-9a-f]{1,16}")
_MAX_SYMBOL = 4096


class Log:
    """Reads a log as it grows: lines go in, calls come out."""

    def __init__(self) -> None:
        self._open: dict[int, list[str]] = {}
        self._ended_once: set[int] = set()
        self._call: Call | None = None
        self._stack: list[Frame] = []

    def read(self, lines: Iterable[str]) -> Iterator[Call]:
        """The calls that these lines end; what is not understood is passed over."""
        for line in lines:
            frame = _frame(line)
            if frame is not None:
                if len(self._stack) < _MAX_FRAMES:
                    self._stack.append(frame)
                continue
            yield from self.end()
            *others, self._call = self._ended(line[:_MAX_LINE]) or [None]
            yield from (other for other in others if other is not None)

    def end(self) -> Iterator[Call]:
        """The last call, once nothing more can be said of it."""
        if self._call is not None:
            yield self._call._replace(stack=tuple(self._stack)) if self._stack else self._call
        self._call = None
        self._stack.clear()

    def _ended(self, line: str) -> list[Call | None]:
        """The calls that a line ends: more than one where a line, perhaps a forged one, told of another beginning or end of it before."""
        number, _, text = line.partition(" ")
        if not (number.isascii() and number.isdigit()):
            return []
        pid, text = int(number), text.strip()
        if text.startswith("+++ ") and (end := _END.fullmatch(text)) is not None:
            return [Call(pid, EXIT, (), int(end["code"] or -1), end["signal"] or "", "", ())]
        if text.startswith("<... ") and (resumed := _RESUMED.fullmatch(text)) is not None:
            self._ended_once.add(pid)
            begun = [call for call in self._open.get(pid, ()) if call.startswith(f"{resumed['name']}(")]
            return [self._call_of(pid, call + resumed["words"]) for call in begun]
        if text.endswith(" <unfinished ...>"):
            if pid in self._ended_once:
                self._ended_once.remove(pid)
                self._open[pid] = []
            self._open.setdefault(pid, []).append(text.removesuffix(" <unfinished ...>"))
            return []
        return [self._call_of(pid, text)]

    def _call_of(self, pid: int, text: str) -> Call | None:
        call = _short_call(text) if len(text) <= _SHORT else _call(text)
        return None if call is None else Call(pid, *call[1:])


def _call(text: str) -> Call | None:
    """Of no process yet."""
    name, bracket, rest = text.partition("(")
    ended = _ENDED.fullmatch(rest)
    if not bracket or not name.isidentifier() or ended is None or ended["result"] == "?":
        return None
    return Call(
        pid=0,
        name=name,
        words=tuple(split_words(ended["words"])),
        result=int(ended["result"], 0),
        error=ended["error"] or "",
        returned=unhex(ended["path"] or ""),
        stack=(),
    )


_SHORT = 2048
_short_call = functools.lru_cache(4096)(_call)
"""A program opens the same files again and again."""


def split_words(text: str) -> list[str]:
    """The arguments of a call, divided where no bracket or quote is open."""
    words: list[str] = []
    depth, quoted, start = 0, False, 0
    for found in _DIVIDERS.finditer(text):
        char = found[0]
        if char == '"':
            quoted = not quoted
        elif quoted:
            continue
        elif char in "([{<":
            depth += 1
        elif char in ")]}>":
            depth -= depth > 0
        elif not depth:
            words.append(text[start : found.start()].strip())
            start = found.end()
    if text[start:].strip():
        words.append(text[start:].strip())
    return words


_DIVIDERS = re.compile(r'["(\[{<)\]}>,]')
_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"(?:\.\.\.)?', re.DOTALL)
_HEX = re.compile(r"\\x([0-9a-f]{2})")
_FD = re.compile(r"(?:AT_FDCWD|\d+)<(?P<path>.*)>", re.DOTALL)


def strings(word: str) -> list[str]:
    """All strings in an argument."""
    return [unhex(found[1]) for found in _STRING.finditer(word)]


def string(word: str) -> str | None:
    """The string that an argument is."""
    found = _STRING.fullmatch(word)
    return None if found is None else unhex(found[1])


def descriptor_path(word: str) -> str | None:
    """What a file descriptor in an argument stands for."""
    found = _FD.fullmatch(word)
    return None if found is None else unhex(found["path"])


def unhex(text: str) -> str:
    r"""What strace wrote as `\x2f…`; bytes that are not UTF-8 are kept by surrogateescape."""
    digits = text.replace("\\x", "")
    if 2 * len(digits) == len(text) and text.isascii() and digits.isalnum():  # all of it, which is the rule
        with contextlib.suppress(ValueError):
            return bytes.fromhex(digits).decode("utf-8", "surrogateescape")
    data = bytearray()
    at = 0
    for found in _HEX.finditer(text):
        data += text[at : found.start()].encode("utf-8", "surrogateescape")
        data.append(int(found[1], 16))
        at = found.end()
    data += text[at:].encode("utf-8", "surrogateescape")
    return data.decode("utf-8", "surrogateescape")


class Start:
    """Tells the calls of the command, and of what it starts, from those of the sandbox itself.

    The first process that is traced becomes the `keeper` shell; the first process that this one starts is the command, and the others
    only wait for what the command has left running. `command` is the process of the command, once it is known.
    """

    def __init__(self, keeper: Sequence[str]) -> None:
        self._keeper_words = list(keeper)
        self._first: int | None = None
        self._keeper: int | None = None
        self.command: int | None = None
        self._waiters: set[int] = set()
        self._followed: set[int] = set()
        self.command_has_ended = False
        self.all_has_ended = False

    def is_past(self, call: Call) -> bool:
        """Whether the call belongs to the command; calls are asked about in their order."""
        if call.name == EXIT and call.pid in (self._keeper, self.command):
            self.command_has_ended = True
            self.all_has_ended |= call.pid == self._keeper
            return False
        if call.pid == self._keeper:
            if call.name in FORKS and not call.error:
                if self.command is None:
                    self.command = call.result
                    self._followed.add(call.result)
                elif call.result not in self._followed:  # or it is a forged line, to hide what the command does
                    self._waiters.add(call.result)
            return False
        if self._keeper is not None:
            if call.pid in self._waiters:
                return False
            if call.name in FORKS and not call.error:
                self._followed.add(call.result)
                self._waiters.discard(call.result)
            return True
        self._first = self._first or call.pid
        if call.pid == self._first and call.name == "execve" and not call.error and len(call.words) > 1:
            words = strings(call.words[1])
            if words[: len(self._keeper_words)] == self._keeper_words:
                self._keeper = call.pid
        return False
