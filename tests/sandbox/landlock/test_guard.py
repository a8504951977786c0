"""The guard ends all that came of a command, whatever that does against it."""

import os
import secrets
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from reviewer.sandbox.landlock import landlock
from reviewer.sandbox.policy import Limits
from reviewer.sandbox.result import Outcome
from tests.sandbox.conftest import PYTHON, Caller, processes_with

pytestmark = pytest.mark.skipif(not Path(PYTHON).exists(), reason=f"the scripts are written for {PYTHON}")

_DAEMON = """
import ctypes, os, struct, sys
libc = ctypes.CDLL(None)
def daemon(prepare):
    reading, writing = os.pipe()
    if os.fork() == 0:
        os.setsid()
        prepare()
        if os.fork() == 0:
            os.close(writing)
            for fd in (0, 1, 2): os.close(fd)
            os.execv("/bin/sleep", ["/bin/sleep", sys.argv[1]])
        os._exit(0)
    os.close(writing)
    os.read(reading, 1)
"""


def marker() -> str:
    return f"{secrets.randbelow(10**9) + 1000}.25"


def await_true(condition: Callable[[], object]) -> None:
    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.mark.parametrize(
    "prepare",
    [
        "lambda: None",
        "lambda: libc.prctl(36, 1)",
        "lambda: libc.prctl(4, 0)",
        "lambda: [os.kill(os.getppid(), 19), None]",
        "lambda: libc.syscall(446, libc.syscall(444, struct.pack('QQQ', 8, 0, 3), 24, 0), 0)",
        "lambda: os.nice(0)",
    ],
    ids=[
        "plainly",
        "a reaper of its own",
        "not to be looked into",
        "stops its parent",
        "in a domain of its own",
        "nice",
    ],
)
def test_a_daemon_ends_with_its_run_however_it_detaches(caller: Caller, prepare: str) -> None:
    seconds = marker()
    result = caller.python(f"{_DAEMON}\ndaemon({prepare})", seconds, limits=Limits(wall_seconds=3))
    assert result.outcome in (Outcome.FINISHED, Outcome.TIMED_OUT)
    assert processes_with(seconds) == []


def test_the_guard_and_its_parent_cannot_be_reached(caller: Caller) -> None:
    script = """
import os, signal
refused = 0
for pid in (os.getppid(), int(open("reviewer").read())):
    for number in (0, signal.SIGSTOP, signal.SIGTERM, signal.SIGKILL):
        try: os.kill(pid, number)
        except PermissionError: refused += 1
print(refused)
"""
    (caller.out / "reviewer").write_text(str(os.getpid()))
    assert caller.python(script).stdout == b"8\n"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_whoever_ends_the_guard_ends_the_run(caller: Caller, number: int) -> None:
    seconds = marker()
    running = threading.Thread(
        target=caller.python, args=(f"{_DAEMON}\ndaemon(lambda: None)\nimport time; time.sleep(60)", seconds)
    )
    running.start()
    await_true(lambda: any(_name(pid) == "sleep" for pid in processes_with(seconds)))
    (guard,) = (pid for pid in processes_with(seconds) if str(landlock._START).encode() in _words(pid))
    os.kill(guard, number)
    running.join(10)
    assert processes_with(seconds) == []


def _name(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


def _words(pid: int) -> list[bytes]:
    return Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
