"""What may start in the build's own sandbox, before its graph is made and after."""

import contextlib
import json
import os
import shutil
import socket
import struct
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from reviewer.sandbox.bubblewrap import machine
from reviewer.sandbox.exec_gate import ExecGate
from reviewer.sandbox.policy import Bind, Limits, Policy
from reviewer.sandbox.run import run
from reviewer.sandbox.supervise import Streams
from tests.sandbox.conftest import PYTHON
from tests.sandbox.test_broker import wait_until

pytestmark = pytest.mark.skipif(not Path(PYTHON).exists(), reason=f"the stand-in for the launcher needs {PYTHON}")

LAUNCHER = Path(__file__).with_name("launcher.py")

# Before: everything starts. Then the one outside is told, and each start is tried again.
BUILD = """
import errno, json, os, subprocess, sys, threading
built, listed = sys.argv[1:]
def start(function):
    pid = os.fork()
    if pid == 0:
        os.dup2(os.open("/dev/null", os.O_WRONLY), 1)
        try: function()
        except OSError as error: os._exit(error.errno)
        os._exit(200)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return errno.errorcode[code] if code in (errno.ENOENT, errno.EACCES) else code
def in_memory(by_name=False):
    held = os.memfd_create("x", 0)
    os.write(held, open("/usr/bin/true", "rb").read())
    os.execve(f"/proc/self/fd/{held}" if by_name else held, ["true"], {})
def relative():
    os.chdir(os.path.dirname(built))
    os.execv("./" + os.path.basename(built), ["built", "/usr/bin/true"])
tries = {
    "built": lambda: os.execv(built, ["built", "/usr/bin/true"]),
    "relative": relative,
    "detour": lambda: os.execv("/usr/../" + built, ["built", "/usr/bin/true"]),
    "system": lambda: os.execv("/usr/bin/true", ["true"]),
    "system starts system": lambda: os.execv("/bin/sh", ["sh", "-c", "/usr/bin/true; exit $?"]),
    "listed": lambda: os.execv(listed, ["listed"]),
    "listed starts system": lambda: os.execv(listed, ["listed", "/usr/bin/true"]),
    "missing": lambda: os.execv("/no/such/program", ["x"]),
    "memory": in_memory,
    "memory by name": lambda: in_memory(by_name=True),
}
def results(): return {name: start(function) for name, function in tries.items()}
before = results()
# Left running before the graph was made.
left = "(until [ -e go ]; do :; done; /usr/bin/true && echo >started; echo >tried) &"
subprocess.run(["/bin/sh", "-c", left], cwd=os.path.dirname(built))
print(json.dumps(before), flush=True)
sys.stdin.readline()
print(json.dumps(results()), flush=True)
while not os.path.exists(os.path.dirname(built) + "/tried"): pass
"""


@pytest.fixture
def programs(room: Path) -> Iterator[tuple[Path, Path]]:
    """Two programs in a folder that the build writes: one that it built, one that belongs to zig. Both start what their words say."""
    built, listed = room / "out" / "built", room / "out" / "listed"
    for program in (built, listed):
        shutil.copy("/usr/bin/env", program)
    yield built, listed


def test_nothing_built_starts_once_the_graph_is_made(room: Path, programs: tuple[Path, Path]) -> None:
    built, listed = programs
    table = machine()
    assert table is not None
    refused: list[str] = []
    gates: list[ExecGate] = []
    ours, theirs = socket.socketpair()
    stdin, tell = os.pipe()
    out, stdout = os.pipe()

    def take() -> None:
        _, given, _, _ = socket.recv_fds(ours, 1, 1)
        gates.append(
            ExecGate(given[0], table, zig=os.path.realpath(PYTHON), programs=[str(listed)], refused=refused.append)
        )
        ours.sendall(struct.pack("<I", 0))

    def follow() -> None:
        with os.fdopen(out, closefd=False) as lines:
            before.update(json.loads(lines.readline()))
            gates[0].tighten()
            (room / "out" / "go").touch()
            os.write(tell, b"\n")
            after.update(json.loads(lines.readline()))

    before: dict[str, int | str] = {}
    after: dict[str, int | str] = {}
    threads = [threading.Thread(target=take), threading.Thread(target=follow)]
    for thread in threads:
        thread.start()
    policy = Policy(
        read_only=(Bind(LAUNCHER, Path("/run/launch")),),
        writable=(Bind(room / "out", room / "out"),),
        limits=Limits(wall_seconds=60),
    )
    command = ("/run/launch", "exec", str(theirs.fileno()), "--", PYTHON, "-I", "-c", BUILD, str(built), str(listed))
    with contextlib.ExitStack() as stack:
        for fd in (stdin, tell, out, stdout):
            stack.callback(os.close, fd)
        result = run(policy, command, streams=Streams(stdin, stdout, 2, (theirs.fileno(),)))
        for thread in threads:
            thread.join(10)
        gates[0].close()
    ours.close()
    theirs.close()
    assert result.exit_code == 0
    everything = dict.fromkeys(before, 0)
    assert before == everything | {"missing": "ENOENT"}
    assert after == everything | {
        "built": "EACCES",
        "relative": "EACCES",
        "detour": "EACCES",
        "listed starts system": 126,  # as env says that it may not
        "missing": "ENOENT",
        "memory": "EACCES",
        "memory by name": "EACCES",
    }
    wait_until(lambda: (room / "out" / "tried").exists())
    assert not (room / "out" / "started").exists(), "what build code left running starts nothing either"
    zig = os.path.realpath(PYTHON)
    assert [text for text in refused if text.startswith(zig)][:3] == [f"{zig} tried to start {built}"] * 3
    assert any(text.endswith("/dash tried to start /usr/bin/true") or "/sh tried" in text for text in refused)
    assert any(text == f"{listed} tried to start /usr/bin/true" for text in refused)
    assert any("memfd:x" in text for text in refused)
