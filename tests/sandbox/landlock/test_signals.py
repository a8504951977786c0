"""Where the kernel's Landlock does not hold signals back, the guard does: they reach what the command started, and nothing else."""

import json
import os
import platform
import signal
import subprocess
from pathlib import Path

import pytest

from tests.sandbox.conftest import PYTHON, Caller

pytestmark = pytest.mark.skipif(
    not Path(PYTHON).exists() or platform.machine() != "x86_64",
    reason=f"written for {PYTHON} and the numbers of x86_64",
)

_TRY = """
import ctypes, errno, fcntl, json, os, signal, subprocess, sys, threading, time
libc = ctypes.CDLL(None, use_errno=True)
results = {}
def attempt(name, function, *arguments):
    try:
        value = function(*arguments)
        results[name] = value if isinstance(value, (str, int)) else "done"
    except OSError as error:
        results[name] = errno.errorcode.get(error.errno, str(error))
def call(number, *arguments):
    if libc.syscall(number, *arguments) < 0: raise OSError(ctypes.get_errno(), "")
"""


def attempts(caller: Caller, script: str, *words: object) -> dict[str, str | int]:
    result = caller.python(f"{_TRY}{script}\nprint(json.dumps(results))", *words)
    assert result.exit_code == 0, result.stderr.decode()
    answer: dict[str, str | int] = json.loads(result.stdout)
    return answer


def test_no_process_outside_can_be_signalled_by_any_call(old_caller: Caller) -> None:
    victim = old_caller.do(lambda: subprocess.Popen(["/bin/sleep", "60"], start_new_session=True).pid)
    script = """
victim, guard, reviewer = map(int, sys.argv[1:])
for name, pid in (("outside", victim), ("the guard", os.getppid()), ("Reviewer", reviewer)):
    for number in (0, 9, 19):
        attempt(f"kill {name} {number}", os.kill, pid, number)
    attempt(f"the group of {name}", os.killpg, pid, 9)
    attempt(f"tkill {name}", call, 200, pid, 9)
    attempt(f"tgkill {name}", call, 234, pid, pid, 9)
    attempt(f"queue for {name}", call, 129, pid, 9, ctypes.create_string_buffer(128))
    attempt(f"queue for a thread of {name}", call, 297, pid, pid, 9, ctypes.create_string_buffer(128))
    attempt(f"by handle {name}", lambda: signal.pidfd_send_signal(os.pidfd_open(pid), 9))
    attempt(f"by a pipe {name}", lambda: fcntl.fcntl(os.pipe()[0], 8, pid))
attempt("all", os.kill, -1, 9)
"""
    try:
        results = attempts(old_caller, script, victim, 0, os.getpid())
        assert results.pop("all") == "ESRCH", "there is nobody else in the sandbox"
        assert set(results.values()) <= {"EPERM", "ESRCH"}
        assert Path("/proc", str(victim), "stat").read_text().split()[2] == "S"
    finally:
        os.kill(victim, signal.SIGKILL)


def test_what_it_started_can_be_signalled_in_every_way(old_caller: Caller) -> None:
    script = """
def ended(how, **options):
    child = subprocess.Popen(["/bin/sleep", "60"], **options)
    how(child.pid)
    return child.wait(10)
attempt("kill", ended, lambda pid: os.kill(pid, 15))
attempt("exists", lambda: ended(lambda pid: (os.kill(pid, 0), os.kill(pid, 9))))
attempt("group", lambda: ended(lambda pid: os.killpg(pid, 9), start_new_session=True))
attempt("handle", lambda: ended(lambda pid: signal.pidfd_send_signal(os.pidfd_open(pid), 9)))
attempt("all", lambda: ended(lambda pid: os.kill(-1, 9)))
attempt("nobody", os.kill, 999999, 9)
got = []
signal.signal(signal.SIGUSR1, lambda *_: got.append(1))
signal.raise_signal(signal.SIGUSR1)
os.kill(os.getpid(), signal.SIGUSR1)
signal.pthread_kill(threading.get_ident(), signal.SIGUSR1)
call(200, threading.get_native_id(), int(signal.SIGUSR1))
time.sleep(0.05)
results["own"] = len(got)
os.setpgid(0, 0) if os.getpid() != os.getsid(0) else None
os.kill(0, signal.SIGUSR1)
time.sleep(0.05)
results["own group"] = len(got)
results["abort"] = subprocess.run([sys.executable, "-c", "import os; os.abort()"]).returncode
results["timeout"] = subprocess.run(["timeout", "0.1", "sleep", "60"]).returncode
"""
    assert attempts(old_caller, script) == {
        "kill": -15,
        "exists": -9,
        "group": -9,
        "handle": -9,
        "all": -9,
        "nobody": "ESRCH",
        "own": 4,
        "own group": 5,
        "abort": -6,
        "timeout": 124,
    }


def test_reading_and_writing_is_held_as_on_newer_kernels(old_caller: Caller) -> None:
    script = """
project, secret = sys.argv[1:]
attempt("secret", lambda: open(secret).read())
attempt("shown", lambda: open(project).read())
attempt("write", open, project, "w")
attempt("cut", os.truncate, project, 0)
attempt("mode", os.chmod, project, 0o777)
attempt("own", lambda: open("own", "w").write("x"))
import socket
attempt("socket", socket.socket)
"""
    results = attempts(old_caller, script, old_caller.project / "build.zig", old_caller.room / "secret")
    refused = {"secret": "EACCES", "write": "EACCES", "cut": "EACCES", "mode": "EPERM", "socket": "EPERM"}
    assert results == {**refused, "shown": "shown", "own": 1}


def test_no_call_whatever_its_arguments_ends_the_guard(old_caller: Caller) -> None:
    script = """
import random
libc.syscall.argtypes = [ctypes.c_long] + [ctypes.c_ulong] * 4
signal.signal(signal.SIGUSR1, signal.SIG_IGN)
own = [os.getpid(), os.getppid(), os.getpid() + 2**32, 0, 1, 2, 2**31, 2**31 - 1, 2**32 - 1, 2**64 - 1, 2**64 - os.getpid()]
own += [os.pidfd_open(os.getpid()), os.pidfd_open(os.getppid()), os.open("/dev/null", os.O_RDONLY)]
numbers = [0, int(signal.SIGUSR1), 65, 2**31, 2**32 - 1, 2**64 - 1]
random.seed(7)
for number in (62, 424):
    for _ in range(400): libc.syscall(number, random.choice(own), random.choice(numbers), 0, random.choice((0, 1, 2**64 - 1)))
for _ in range(400): libc.syscall(200, random.choice(own), random.choice(numbers), 0, 0)
for number in (234, 297):
    for _ in range(400): libc.syscall(number, random.choice(own), random.choice(own), random.choice(numbers), random.choice((0, 2**64 - 1)))
results["alive"] = "done"
"""
    assert attempts(old_caller, script) == {"alive": "done"}
