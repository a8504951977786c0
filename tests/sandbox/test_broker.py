"""What launchers ask for, and what hostile ones get."""

import array
import os
import secrets
import shutil
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from reviewer.sandbox.asker import is_started_by
from reviewer.sandbox.broker import SOCKET, Allowed, Broker, Refused, RunRequest
from reviewer.sandbox.policy import Bind, Policy
from reviewer.sandbox.requests import MAX_MESSAGE
from reviewer.sandbox.result import RunResult
from tests.sandbox.conftest import processes_with

SHELL = ("/bin/sh", "-c")


class Steps:
    """Approves the commands that it is told of, step by step, and remembers what it was asked."""

    def __init__(self, *approved: Sequence[str], policy: Policy | None = None) -> None:
        self.approved = [tuple(command) for command in approved]
        self.policy = policy or Policy()
        self.after: Callable[[RunResult], str] | None = None
        self.requests: list[RunRequest] = []
        self.askers: list[int] = []
        self.failures: list[str] = []
        self.listeners: list[tuple[str, int]] = []

    def run(self, request: RunRequest, asker: int) -> Allowed | Refused:
        self.requests.append(request)
        self.askers.append(asker)
        if request.step >= len(self.approved) or request.command != self.approved[request.step]:
            return Refused("not what was approved")
        return Allowed(self.policy, request.command, after=self.after)

    def failed(self, why: str) -> None:
        self.failures.append(why)

    def configured(self) -> bool:
        return True

    def listener(self, what: str, listener: int) -> bool:
        self.listeners.append((what, listener))
        return what == "outer"


def message(*fields: str) -> bytes:
    data = b"".join(os.fsencode(field) + b"\0" for field in fields)
    return struct.pack("<I", len(data)) + data


def run_message(index: int, *command: str, inputs: Sequence[str] = (), environment: Sequence[str] = ()) -> bytes:
    words = [str(len(inputs)), *inputs, str(len(command)), *command]
    return message("run", str(index), "/project", *words, *environment)


class Client:
    """A launcher, well behaved or not."""

    def __init__(self, folder: Path) -> None:
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.connect(str(folder / SOCKET))
        self.socket.settimeout(30)

    def begin(self, fds: Sequence[int] = (), first: bytes = b"R") -> None:
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))] if fds else []
        self.socket.sendmsg([first], rights)

    def answer(self) -> int | None:
        """None where it was closed without one."""
        try:
            data = self.socket.recv(4)
        except ConnectionError:
            return None
        return struct.unpack("<I", data)[0] if data else None

    def ask(self, data: bytes, fds: Sequence[int] = ()) -> int | None:
        try:
            self.begin(fds)
            self.socket.sendall(data)
        except BrokenPipeError:  # it was not waited for
            return None
        return self.answer()


@pytest.fixture
def streams() -> Iterator[tuple[list[int], Callable[[], tuple[bytes, bytes]]]]:
    """stdin, stdout and stderr as zig makes them; then what came out of the last two."""
    stdin = os.open("/dev/null", os.O_RDONLY)
    out, out_end = os.pipe()
    err, err_end = os.pipe()
    given = [stdin, out_end, err_end]

    def told() -> tuple[bytes, bytes]:
        while given:
            os.close(given.pop())
        with os.fdopen(out, "rb", closefd=False) as stdout, os.fdopen(err, "rb", closefd=False) as stderr:
            return stdout.read(), stderr.read()

    yield given, told
    for fd in (*given, out, err):
        os.close(fd)


Streams = tuple[list[int], Callable[[], tuple[bytes, bytes]]]


def test_a_step_runs_with_the_streams_of_its_launcher(room: Path, streams: Streams) -> None:
    fds, told = streams
    command = (*SHELL, "echo out; echo err >&2; exit 7")
    steps = Steps(command)
    with Broker(room, steps):
        request = run_message(0, *command, inputs=("a", ""), environment=("A=b=c",))
        assert Client(room).ask(request, fds) == 7
    assert told() == (b"out\n", b"err\n")
    assert steps.requests == [RunRequest(0, "/project", ("a", ""), command, {"A": "b=c"})]


def test_stdin_is_the_launchers(room: Path, streams: Streams) -> None:
    fds, told = streams
    reading, writing = os.pipe()
    os.write(writing, b"from zig")
    os.close(writing)
    with Broker(room, Steps(("/bin/cat",))):
        assert Client(room).ask(run_message(0, "/bin/cat"), [reading, *fds[1:]]) == 0
    os.close(reading)
    assert told() == (b"from zig", b"")


def test_a_signal_is_told_as_one(room: Path, streams: Streams) -> None:
    command = (*SHELL, "kill -SEGV $$")
    with Broker(room, Steps(command)):
        assert Client(room).ask(run_message(0, *command), streams[0]) == 256 + 11


def test_many_steps_run_at_once(room: Path, streams: Streams) -> None:
    commands = [(*SHELL, f"sleep 0.05; exit {number}") for number in range(24)]
    with Broker(room, Steps(*commands)), ThreadPoolExecutor(8) as pool:
        asked = [
            pool.submit(Client(room).ask, run_message(n, *command), streams[0]) for n, command in enumerate(commands)
        ]
        assert [each.result() for each in asked] == list(range(24))


def test_what_was_not_approved_does_not_run(room: Path, streams: Streams) -> None:
    fds, told = streams
    out = room / "out"
    approved = ("/bin/touch", str(out / "approved"))
    with Broker(room, Steps(approved, policy=Policy(writable=(Bind(out, out),)))):
        assert Client(room).ask(run_message(0, "/bin/touch", str(out / "other")), fds) == 1
        assert Client(room).ask(run_message(1, *approved), fds) == 1
        assert list(out.iterdir()) == []
        assert Client(room).ask(run_message(0, *approved), fds) == 0
    assert [path.name for path in out.iterdir()] == ["approved"]
    assert told()[1] == b"reviewer: not what was approved\n" * 2


def test_what_is_found_after_the_run_fails_it(room: Path, streams: Streams) -> None:
    fds, told = streams
    steps = Steps(("/bin/true",))
    steps.after = lambda result: f"a link leads out (exit code {result.exit_code})"
    with Broker(room, steps):
        assert Client(room).ask(run_message(0, "/bin/true"), fds) == 1
    assert told()[1] == b"reviewer: a link leads out (exit code 0)\n"


def test_a_policy_that_cannot_be_set_up_fails_the_step_and_says_why(room: Path, streams: Streams) -> None:
    fds, told = streams
    with Broker(room, Steps(("/bin/true",), policy=Policy(workdir=Path("/no/such/folder")))):
        assert Client(room).ask(run_message(0, "/bin/true"), fds) == 1
    assert b"/no/such/folder" in told()[1]


def test_a_launcher_that_is_killed_takes_its_step_with_it(room: Path, streams: Streams) -> None:
    seconds = f"{secrets.randbelow(10**9) + 1000}.25"
    command = ("/bin/sleep", seconds)
    with Broker(room, Steps(command)):
        client = Client(room)
        client.begin(streams[0])
        client.socket.sendall(run_message(0, *command))
        wait_until(lambda: any(name(pid) == "sleep" for pid in processes_with(seconds)))
        client.socket.close()
        wait_until(lambda: not processes_with(seconds))


def test_leaving_the_broker_ends_what_runs(room: Path, streams: Streams) -> None:
    seconds = f"{secrets.randbelow(10**9) + 1000}.25"
    command = (*SHELL, f"setsid sleep {seconds} & sleep {seconds}")
    with Broker(room, Steps(command)):
        client = Client(room)
        client.begin(streams[0])
        client.socket.sendall(run_message(0, *command))
        wait_until(lambda: any(name(pid) == "sleep" for pid in processes_with(seconds)))
    assert processes_with(seconds) == []
    assert not (room / SOCKET).exists()


def test_the_graph_and_listeners_are_asked_about(room: Path) -> None:
    steps = Steps()
    reading, writing = os.pipe()
    with Broker(room, steps):
        assert Client(room).ask(message("configured")) == 0
        assert Client(room).ask(message("listener", "outer"), [reading]) == 0
        assert Client(room).ask(message("listener", "other"), [reading]) == 1
    (_, kept), _ = steps.listeners
    os.write(writing, b"x")
    assert os.read(kept, 1) == b"x"
    for fd in (reading, writing, kept):
        os.close(fd)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xff\xff\xff",
        struct.pack("<I", MAX_MESSAGE + 1) + b"x" * 1000,
        struct.pack("<I", 5) + b"run\0x",
        message(),
        message("other"),
        message("configured"),
        message("run"),
        message("run", "-1", "/", "0", "1", "/bin/true"),
        message("run", "0", "/", "99999999999", "1", "/bin/true"),
        message("run", "0", "/", "0", "999999999", "/bin/true"),
        message("run", "0", "/", "0", "0"),
        message("run", "٣", "/", "0", "1", "/bin/true"),
        message("listener", "outer"),
    ],
)
def test_nonsense_is_closed_without_an_answer(
    room: Path, streams: Streams, data: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reviewer.sandbox.requests.PATIENCE", 0.3)
    steps = Steps(("/bin/true",))
    with Broker(room, steps):
        assert Client(room).ask(data, streams[0]) is None
        assert Client(room).ask(run_message(0, "/bin/true"), streams[0]) == 0, "others are served as before"
    assert len(steps.requests) == 1


def test_file_descriptors_that_lead_elsewhere_are_refused(room: Path, streams: Streams) -> None:
    fds, _ = streams
    secret = room / "secret"
    ours, theirs = socket.socketpair()
    elsewhere = [
        os.open(room, os.O_RDONLY),
        os.open(room, os.O_PATH),
        os.open(secret, os.O_RDWR),
        os.open("/dev/null", os.O_PATH),
        os.open("/dev/zero", os.O_RDONLY),
        ours.fileno(),
    ]
    held = len(list(Path("/proc/self/fd").iterdir()))
    with Broker(room, Steps((*SHELL, "ls /proc/self/fd/0/; cat <&0"))):
        for fd in elsewhere:
            for place in range(3):
                given = [*fds]
                given[place] = fd
                assert Client(room).ask(run_message(0, *SHELL, "ls /proc/self/fd/0/; cat <&0"), given) is None
        for number in (0, 1, 2, 4, 100):
            assert Client(room).ask(run_message(0, "/bin/true"), fds[:1] * number) is None
    assert len(list(Path("/proc/self/fd").iterdir())) == held, "none is kept"
    for fd in elsewhere[:-1]:
        os.close(fd)
    ours.close()
    theirs.close()


def test_clients_that_hang_or_flood_do_not_keep_others_out(
    room: Path, streams: Streams, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reviewer.sandbox.requests.PATIENCE", 0.5)
    with Broker(room, Steps(("/bin/true",))):
        hanging = []
        for number in range(300):
            client = Client(room)
            if number % 2:
                client.begin(streams[0])
                client.socket.sendall(struct.pack("<I", MAX_MESSAGE) + b"x" * 10)
            hanging.append(client)
        deadline = time.monotonic() + 20
        while Client(room).ask(run_message(0, "/bin/true"), streams[0]) != 0:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        for client in hanging:
            client.socket.close()
    assert [thread.name for thread in threading.enumerate() if thread.name.startswith("broker")] == []


def test_a_message_of_very_many_fields_is_refused_before_it_is_divided(room: Path, streams: Streams) -> None:
    steps = Steps(("/bin/true",))
    with Broker(room, steps):
        many = message("run", "0", "/", "0", "1", "/bin/true")[4:] + b"\0" * (1 << 20)
        assert Client(room).ask(struct.pack("<I", len(many)) + many, streams[0]) is None
    assert steps.requests == []


def test_messages_of_runs_that_last_are_counted_as_long_as_they_last(room: Path, streams: Streams) -> None:
    command = (*SHELL, "sleep 2")
    large = [f"V{number}={'x' * 1_000_000}" for number in range(7)]
    with Broker(room, Steps(command)), ThreadPoolExecutor(16) as threads:
        data = run_message(0, *command, environment=large)
        answers = list(threads.map(lambda _: Client(room).ask(data, streams[0]), range(16)))
    assert answers.count(0) == 9, "64 MiB of them"
    assert answers.count(None) == 7


def test_one_who_does_not_read_what_is_told_is_not_waited_for(
    room: Path, streams: Streams, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reviewer.sandbox.broker.PATIENCE", 0.3)
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    with pytest.raises(BlockingIOError):
        while True:
            os.write(writing, b"x" * 4096)
    os.set_blocking(writing, True)
    with Broker(room, Steps()):
        assert Client(room).ask(run_message(0, "/bin/true"), [*streams[0][:2], writing]) == 1
    os.close(reading)
    os.close(writing)


def test_who_asks_is_told_as_the_system_knows_it(room: Path, streams: Streams) -> None:
    steps = Steps(("/bin/true",))
    with Broker(room, steps):
        assert Client(room).ask(run_message(0, "/bin/true"), streams[0]) == 0
    assert steps.askers == [os.getpid()]


def test_only_a_child_of_who_makes_the_steps_is_taken_for_a_launcher() -> None:
    python, sleep = os.path.realpath(sys.executable), os.path.realpath(shutil.which("sleep") or "")
    child = subprocess.Popen([sleep, "30"])
    script = f"{sleep} 30 & echo $!; exec >&-; wait"
    with subprocess.Popen(["/bin/sh", "-c", script], stdout=subprocess.PIPE, text=True) as shell:
        assert shell.stdout is not None
        grandchild = int(shell.stdout.readline())
        deadline = time.monotonic() + 10
        while not is_started_by(grandchild, sleep, [os.path.realpath("/bin/sh")]):
            assert time.monotonic() < deadline
        assert is_started_by(child.pid, sleep, ["/other", python])
        assert not is_started_by(child.pid, "/other", [python])
        assert not is_started_by(grandchild, sleep, [python])
        os.kill(grandchild, signal.SIGKILL)
    child.kill()
    child.wait()
    assert not is_started_by(child.pid, sleep, [python])


def test_a_swapped_folder_is_not_shown(room: Path, streams: Streams) -> None:
    """Between being looked at and being mounted, a folder became a link."""
    fds, told = streams
    shown, secret = room / "out" / "shown", room / "private"
    for folder in (shown, secret):
        folder.mkdir()
        (folder / "key").write_text(folder.name)
    status = shown.stat()
    bind = Bind(shown, Path("/shown"), same=(status.st_dev, status.st_ino))
    command = ("/bin/cat", "/shown/key")
    steps = Steps(command, policy=Policy(read_only=(bind,)))
    with Broker(room, steps):
        assert Client(room).ask(run_message(0, *command), fds) == 0
        shown.rename(room / "out" / "moved")
        shown.symlink_to(secret)
        assert Client(room).ask(run_message(0, *command), fds) == 1
    stdout, stderr = told()
    assert stdout == b"shown"
    assert b"was changed while the sandbox was set up" in stderr
    assert len(steps.failures) == 1, "it is told, so that nobody can try it again and again"


def test_the_step_has_no_descriptor_of_reviewers(room: Path, streams: Streams) -> None:
    """Beside its streams it keeps the two dead pipes that it was started through."""
    fds, told = streams
    script = "import os\nfor fd in os.listdir('/proc/self/fd'):\n  try: print(os.readlink('/proc/self/fd/'+fd)[:5])\n  except OSError: pass"
    command = ("/usr/bin/python3", "-I", "-c", script)
    leaked = subprocess.Popen(["/bin/sleep", "0"], stdin=subprocess.PIPE)
    os.set_inheritable(fds[0], True)
    with Broker(room, Steps(command)):
        assert Client(room).ask(run_message(0, *command), fds) == 0
    leaked.communicate()
    assert sorted(told()[0].split()) == [b"/dev/", b"pipe:", b"pipe:", b"pipe:", b"pipe:"]


def name(pid: int) -> str:
    try:
        return Path("/proc", str(pid), "comm").read_text().strip()
    except OSError:
        return ""


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)
