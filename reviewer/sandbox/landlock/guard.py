"""Starts one command behind Landlock and a filter, judges what it may not do by itself, and ends all that came of it.

A program of its own (`python -I -S landlock/ --args FD -- COMMAND`) which speaks to Reviewer as bubblewrap does: it says on --info-fd
which process it has set up, and lets it go when something comes from --block-fd.

Certain end. It is the reaper of all that the command starts: whoever loses a parent becomes its child. And no process is made without its
word (judge.py), which it gives no more once the end has begun: then it kills its children until it has none, however fast they were. The
command cannot signal the guard. Where Reviewer dies, --block-fd tells, and all ends.
"""

import contextlib
import os
import select
import signal
import sys
import time

from reviewer.sandbox.landlock.judge import Judge
from reviewer.sandbox.landlock.removal import remove
from reviewer.sandbox.landlock.system import (
    READ,
    USE,
    WRITE,
    Walls,
    be_reaper,
    die_with_parent,
    drop_privileges,
    filter_calls,
    take_file,
)

_FAILED = 1
_GONE = 125
_DYING = 0.001
"""Seconds between two looks at who is still there."""


class Order:
    """What Reviewer asks for: `--args FD -- COMMAND`, where the file holds options, each followed by its value, each ended by NUL."""

    def __init__(self, words: list[str]) -> None:
        self.command = words[3:]
        self.read: list[str] = []
        self.write: list[str] = []
        self.use: list[str] = []
        self.environment: dict[str, str] = {}
        several = {"--read": self.read, "--write": self.write, "--use": self.use}
        single: dict[str, str] = {}
        options = [os.fsdecode(option) for option in _content(int(words[1])).split(b"\0")]
        for name, value in zip(options[:-1:2], options[1::2], strict=True):
            if name in several:
                several[name].append(value)
            elif name == "--setenv":
                variable, _, text = value.partition("=")
                self.environment[variable] = text
            else:
                single[name] = value
        self.info = int(single["--info-fd"])
        self.block = int(single["--block-fd"])
        self.program = _content(int(single["--seccomp"]))
        self.private = single["--private"]
        self.workdir = single["--chdir"]
        self.version = int(single["--version"])
        self.tcp = single["--tcp"] == "all"


def main(words: list[str]) -> int:
    """The exit code: the command's, 128 + its signal, or 1 with the reason on stderr."""
    order = Order(words)
    try:
        drop_privileges()
        be_reaper()
        _children()
    except OSError as error:
        return _fail(error)
    wake, woken = os.pipe()
    for end in (wake, woken):
        os.set_blocking(end, False)
    signal.set_wakeup_fd(woken)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(_GONE))  # whoever ends the guard ends all
    told, tell = os.pipe()
    go, let_go = os.pipe()
    first = os.fork()
    if first == 0:
        os.close(told)
        os.close(let_go)
        _become(order, tell, go)
    os.close(tell)
    try:
        code = _watch(order, first, told, let_go, wake)
    finally:
        _end_all()
        remove(order.private)
    return code


def _content(fd: int) -> bytes:
    with open(fd, "rb") as file:
        return file.read()


def _become(order: Order, tell: int, go: int) -> None:
    """In the child: wait, close in, and become the command. Never returns."""
    try:
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGPIPE, signal.SIGXFSZ):
            signal.signal(number, signal.SIG_DFL)
        die_with_parent()
        os.setsid()
        os.close(order.info)
        os.close(order.block)
        if not os.read(go, 1):
            os._exit(_GONE)
        walls = Walls(order.version, tcp=order.tcp)
        for paths, rights in ((order.read, READ), (order.write, WRITE), (order.use, USE)):
            for path in paths:
                walls.allow(path, rights)
        os.chdir(order.workdir)
        walls.close_in()
        listener = filter_calls(order.program)
        os.write(tell, b"%d" % listener)
        os.read(go, 1)  # until the guard has it
        os.close(listener)
        os.execve(order.command[0], order.command, order.environment)  # noqa: S606 -- no shell is wanted
    except OSError as error:
        os._exit(_fail(error))
    finally:
        os._exit(_FAILED)


def _watch(order: Order, first: int, told: int, let_go: int, wake: int) -> int:
    """Let the command go and judge its calls until it ends, or Reviewer does. Its exit code."""
    os.write(order.info, b'{"child-pid": %d}' % first)
    os.close(order.info)
    if not os.read(order.block, 1):
        return _GONE
    os.write(let_go, b".")
    poll = select.poll()
    poll.register(order.block, 0)  # that Reviewer has closed it is told unasked
    poll.register(wake, select.POLLIN)
    poll.register(told, select.POLLIN)
    judge = None
    listener = -1
    while True:
        for fd, event in poll.poll():
            if fd == order.block and event & (select.POLLHUP | select.POLLERR):
                return _GONE
            if fd == wake:
                with contextlib.suppress(BlockingIOError):
                    os.read(wake, 1 << 10)
                if (code := _reap(first)) is not None:
                    return code
            elif fd == told:
                poll.unregister(told)
                if number := os.read(told, 16):
                    listener = take_file(first, int(number))
                    os.write(let_go, b".")
                    judge = Judge(listener, order.write)
                    poll.register(listener, select.POLLIN)
            elif fd == listener and judge is not None:
                if event & select.POLLIN:
                    judge.answer()
                else:  # nobody is left who could call
                    poll.unregister(listener)


def _reap(first: int) -> int | None:
    """Take leave of all that have ended. The exit code of the first, once that has."""
    code = None
    with contextlib.suppress(ChildProcessError):
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                break
            if pid == first:
                ended = os.waitstatus_to_exitcode(status)
                code = ended if ended >= 0 else 128 - ended
    return code


def _end_all() -> None:
    """Kill all that the command left running, and wait until they are gone: first its children, then those whose parents they were."""
    while True:
        for child in _children():  # nobody else takes leave of them, so the numbers are theirs
            os.kill(child, signal.SIGKILL)
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                continue
        except ChildProcessError:
            return
        time.sleep(_DYING)  # not until one has ended: the list may lack one that has just become its child


def _children() -> list[int]:
    """Raises OSError on a kernel that does not list them."""
    with open(f"/proc/self/task/{os.getpid()}/children") as file:  # noqa: PTH123
        return [int(word) for word in file.read().split()]


def _fail(error: OSError) -> int:
    place = f"{error.filename}: " if error.filename else ""
    os.write(2, f"Landlock: {place}{error.strerror}\n".encode("utf-8", "surrogateescape"))
    return _FAILED
