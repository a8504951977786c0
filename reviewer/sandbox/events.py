"""What a traced run did, in words that a reviewer knows: from system calls to events, each with the process that did it."""

import functools
import posixpath
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum
from typing import NamedTuple

from reviewer.sandbox.trace import EXIT, FORKS, Call, Frame, descriptor_path, string, strings

MAX_ARGUMENTS = 64
MAX_TEXT = 4096


class EventKind(StrEnum):
    """What was done, or tried."""

    READ = "read"
    WRITE = "write"
    MAKE_EXECUTABLE = "make executable"
    DELETE = "delete"
    START = "start"
    CONNECT = "connect"
    LISTEN = "listen"
    UNIX = "unix socket"
    IN_MEMORY = "file in memory"
    SIGNAL = "signal"
    INSPECT = "look into a process"
    LEAK = "secret in"
    """A decoy's secret turned up there."""


class Process(NamedTuple):
    """A process of the run. `number` counts from 1 in the order of their start, `parent` is 0 for the first; `program` what it executes,
    `command` its words (bounded)."""

    number: int
    parent: int
    program: str
    command: tuple[str, ...] = ()


class Event(NamedTuple):
    """One thing that happened. `what` is a path, `host:port` or a program; `refused` the error's name, empty where it was done.

    `detail`: the name asked for (DNS), the path renamed to, where a secret is from. `late`: the command itself had ended already.
    `stack` is innermost first and empty where it could not be followed.
    """

    kind: EventKind
    what: str
    refused: str
    process: Process
    detail: str = ""
    late: bool = False
    stack: tuple[Frame, ...] = ()


More = Callable[[Call, Sequence[Event], Process], Iterable[Event]]
"""A call, the events that it was, and its process: further events."""


class Events:
    """Turns calls into events; knows which process started which, and in which folder each is.

    What a process does before it is told who made it waits for that. `cwd` is the folder of the first, which `begin` names. `more` may find
    further events in a call of which these were told. `processes` are all that there ever were, by their numbers.
    """

    def __init__(self, cwd: str = "/", more: More | None = None) -> None:
        self.processes: dict[int, Process] = {}
        self._cwd: dict[int, str] = {0: cwd}
        self._more = more
        self._running: dict[int, Process] = {}
        self._waiting: dict[int, list[tuple[Call, bool]]] = {}

    def begin(self, pid: int) -> Iterator[Event]:
        """This is the first process, or one whose maker nobody will tell any more."""
        self._run(pid, Process(len(self.processes) + 1, 0, ""))
        yield from self._take(self._waiting.pop(pid, ()))

    def of(self, call: Call, *, late: bool) -> Iterator[Event]:
        """What one call did, and what waited for it."""
        yield from self._take([(call, late)])

    def end(self) -> Iterator[Event]:
        """What still waits, as by processes of unknown origin; no more calls will come."""
        while self._waiting:
            yield from self.begin(next(iter(self._waiting)))

    def _take(self, calls: Iterable[tuple[Call, bool]]) -> Iterator[Event]:
        pending = deque(calls)
        while pending:
            call, late = pending.popleft()
            process = self._running.get(call.pid)
            if process is None:
                self._waiting.setdefault(call.pid, []).append((call, late))
                continue
            yield from self._did(call, process, late=late)
            if call.name in FORKS and not call.error:
                pending.extendleft(reversed(self._waiting.pop(call.result, ())))

    def _did(self, call: Call, process: Process, *, late: bool) -> Iterator[Event]:
        cwd = self._cwd.get(process.number, self._cwd[0])
        if call.name in FORKS:
            if not call.error:
                self._began(call, process, cwd)
            return
        if call.name == EXIT:
            del self._running[call.pid]  # another may get its number
            return
        if call.name in ("chdir", "fchdir"):
            if not call.error:
                self._cwd[process.number] = _path(call.words, cwd)
            return
        events = []
        for kind, what, detail in _told_soon(call, cwd):
            if kind in (EventKind.SIGNAL, EventKind.INSPECT):
                what = self._named(what, process)
            if kind is EventKind.START and not call.error:
                command = tuple(word[:MAX_TEXT] for word in strings(call.words[-2])[:MAX_ARGUMENTS])
                process = process._replace(program=what, command=command)
                self._run(call.pid, process)
            events.append(Event(kind, what[:MAX_TEXT], call.error, process, detail[:MAX_TEXT], late, call.stack))
        yield from events
        if self._more is not None:
            yield from self._more(call, events, process)

    def _began(self, call: Call, process: Process, cwd: str) -> None:
        if any(
            "CLONE_THREAD" in word for word in call.words
        ):  # the same process: it gets the number of whoever made it
            self._running[call.result] = process
        else:
            child = process._replace(number=len(self.processes) + 1, parent=process.number)
            self._run(call.result, child)
            self._cwd[child.number] = cwd

    def _run(self, pid: int, process: Process) -> None:
        self._running[pid] = self.processes[process.number] = process

    def _named(self, pid: str, process: Process) -> str:
        """The process of a number by its program, which another run gives another number."""
        number = int(pid) if re.fullmatch(r"-?\d{1,9}", pid) else 0
        if number < 0:
            return "all processes" if number == -1 else "a group of processes"
        target = self._running.get(number)
        if target is not None and target.number == process.number:
            return "itself"
        return (target.program or "a process of its own") if target is not None else "a process of the sandbox"


def _told(call: Call, cwd: str) -> Iterator[tuple[EventKind, str, str]]:
    words, name = call.words, call.name
    if name in ("open", "openat", "openat2", "creat"):
        yield from _opened(call, cwd)
    elif name in ("unlink", "rmdir", "unlinkat"):
        yield EventKind.DELETE, _path(words, cwd), ""
    elif name in ("rename", "renameat", "renameat2", "link", "linkat"):
        paths = _paths(words, cwd)
        if len(paths) == 2:
            yield EventKind.WRITE, paths[1], f"from {paths[0]}"
            if name.startswith("rename"):
                yield EventKind.DELETE, paths[0], f"renamed to {paths[1]}"
    elif name in ("symlink", "symlinkat"):
        target = strings(words[0])[:1] if words else []
        yield EventKind.WRITE, _path(words[1:], cwd), f"link to {target[0] if target else '?'}"
    elif name in ("mkdir", "mkdirat", "mknod", "mknodat", "truncate", "setxattr", "chown", "fchownat"):
        yield EventKind.WRITE, _path(words, cwd), ""
    elif name in ("chmod", "fchmod", "fchmodat"):
        yield (EventKind.MAKE_EXECUTABLE if _gives_exec(words) else EventKind.WRITE), _path(words, cwd), ""
    elif name in ("execve", "execveat"):
        yield EventKind.START, _path(words, cwd), ""
    elif name == "memfd_create":
        yield EventKind.IN_MEMORY, string(words[0]) or "" if words else "", ""
    elif name == "bind":
        yield from _address(words[1:2], EventKind.LISTEN, "")
    elif name == "connect":
        yield from _address(words[1:2], EventKind.CONNECT, "")
    elif name in ("sendto", "sendmsg", "sendmmsg"):
        name = _asked_name(words)
        if name:
            yield EventKind.CONNECT, name, "asked for its address"
        yield from _address([word for word in words[1:] if "sa_family=" in word], EventKind.CONNECT, name)
    elif name == "kill" and words and words[0] != "0":
        yield EventKind.SIGNAL, words[0], words[1] if len(words) > 1 else ""
    elif name == "ptrace" and len(words) > 1:
        yield EventKind.INSPECT, "0" if words[0] == "PTRACE_TRACEME" else words[1], words[0]
    elif name == "process_vm_readv" and words:
        yield EventKind.INSPECT, words[0], "its memory"


_WRITES = re.compile(r"\bO_(?:WRONLY|RDWR|CREAT|TRUNC|APPEND|TMPFILE)\b")


def _opened(call: Call, cwd: str) -> Iterator[tuple[EventKind, str, str]]:
    path = call.returned or _path(call.words, cwd)
    text = " ".join(call.words)
    if "O_PATH" in text:
        return
    if call.name == "creat" or _WRITES.search(text):
        yield EventKind.WRITE, path, ""
    if call.name != "creat" and "O_WRONLY" not in text:
        yield EventKind.READ, path, ""


def _told_soon(call: Call, cwd: str) -> Iterable[tuple[EventKind, str, str]]:
    """A program opens the same files again and again."""
    if sum(map(len, call.words)) > _SHORT:
        return _told(call, cwd)
    return _told_once(Call(0, call.name, call.words, 0, call.error, call.returned, ()), cwd)


_SHORT = 2048


@functools.lru_cache(4096)
def _told_once(call: Call, cwd: str) -> tuple[tuple[EventKind, str, str], ...]:
    return tuple(_told(call, cwd))


def _paths(words: tuple[str, ...] | list[str], cwd: str) -> list[str]:
    """The paths that a call names, each joined to the folder that its descriptor stands for, or else to that of its process."""
    found: list[str] = []
    folder = cwd
    for word in words:
        at = descriptor_path(word)
        if at is not None:
            folder = at
        elif (path := string(word)) is not None:
            found.append(posixpath.normpath(posixpath.join(folder, path)) if path else folder)
            folder = cwd
    return found


def _path(words: tuple[str, ...] | list[str], cwd: str) -> str:
    paths = _paths(words, cwd)
    if paths:
        return paths[0]
    return next((path for word in words if (path := descriptor_path(word))), "?")


def _gives_exec(words: tuple[str, ...]) -> bool:
    mode = next((word for word in words if re.fullmatch(r"0[0-7]+", word)), "0")
    return bool(int(mode, 8) & 0o111)


_PORT = re.compile(r"sin6?_port=htons\((\d+)\)")
_HOST = re.compile(r'(?:inet_addr\(|inet_pton\(AF_INET6, )"((?:[^"\\]|\\.)*)"')


def _address(words: list[str] | tuple[str, ...], kind: EventKind, name: str) -> Iterator[tuple[EventKind, str, str]]:
    for word in words:
        if "sa_family=AF_UNIX" in word:
            path = strings(word)
            yield EventKind.UNIX, ("@" if "sun_path=@" in word else "") + (path[0] if path else ""), ""
        elif (port := _PORT.search(word)) is not None:
            host = _HOST.search(word)
            address = strings(f'"{host[1]}"')[0] if host else "?"
            yield kind, f"[{address}]:{port[1]}" if ":" in address else f"{address}:{port[1]}", name
        elif "AF_UNSPEC" not in word and "AF_NETLINK" not in word:
            yield kind, word[:200], name


def _asked_name(words: tuple[str, ...]) -> str:
    """The name in a DNS question (RFC 1035, 4.1), where one is sent; empty otherwise."""
    for text in strings(" ".join(words[1:])):
        data = text.encode("utf-8", "surrogateescape")
        if len(data) < 17 or data[2:4] not in (b"\x01\x00", b"\x01\x20") or data[4:6] != b"\x00\x01":
            continue
        labels, at = [], 12
        while at < len(data) and 0 < data[at] < 64:
            labels.append(data[at + 1 : at + 1 + data[at]])
            at += 1 + data[at]
        return b".".join(labels).decode("ascii", "replace")
    return ""
