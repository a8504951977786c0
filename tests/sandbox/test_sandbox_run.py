"""What a run reports, how it is stopped, and that it leaves nothing behind."""

import os
import secrets
import signal
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from reviewer.errors import ReviewerError
from reviewer.progress import Progress
from reviewer.sandbox.kinds import Sandbox
from reviewer.sandbox.policy import Bind, Limits, Policy
from reviewer.sandbox.run import Outcome, Streams, run
from tests.sandbox.conftest import Caller, processes_with

SHELL = ("/bin/sh", "-c")


def marker() -> str:
    """A number of seconds to sleep that no other process has on its command line."""
    return f"{secrets.randbelow(10**9) + 1000}.25"


def folders_of(pid: int) -> list[Path]:
    """What a Reviewer made for its runs."""
    return [path for parent in ("/dev", tempfile.gettempdir()) for path in Path(parent).glob(f"reviewer-*-{pid}-*")]


def name_of(pid: int) -> str:
    try:
        return Path("/proc", str(pid), "comm").read_text().strip()
    except OSError:
        return ""


def test_output_and_exit_code_come_back(caller: Caller) -> None:
    result = caller.run(*SHELL, "echo out; echo err >&2; exit 3")
    assert (result.outcome, result.exit_code, result.signal) == (Outcome.FINISHED, 3, None)
    assert (result.stdout, result.stderr) == (b"out\n", b"err\n")
    assert result.duration > 0


def test_a_signal_is_reported_as_one(caller: Caller) -> None:
    result = caller.run(*SHELL, "kill -SEGV $$")
    assert (result.exit_code, result.signal) == (None, signal.SIGSEGV)


def test_an_exit_code_that_is_no_signal_stays_one(caller: Caller) -> None:
    assert caller.run(*SHELL, "exit 255").exit_code == 255


def test_a_missing_program_exits_as_in_a_shell(caller: Caller) -> None:
    assert caller.run("/usr/bin/no-such-program").exit_code == 127


def test_stdin_is_empty(caller: Caller) -> None:
    assert caller.run("/bin/cat").stdout == b""


def test_the_policy_sets_folder_and_environment(room: Path, sandbox: Sandbox) -> None:
    policy = Policy(read_only=(Bind(room, room),), workdir=room / "project", environment={"ZIG": "a b", "HOME": "/tmp"})
    assert (
        run(policy, (*SHELL, 'pwd; echo "$ZIG $HOME"'), sandbox=sandbox).stdout.decode()
        == f"{room}/project\na b /tmp\n"
    )


def test_words_reach_the_command_unchanged(caller: Caller) -> None:
    words = ["", "a b", "$HOME", "-x", "--", "'\"", "\n", "\udcff"]
    result = caller.run("/usr/bin/printf", "%s|", *words)
    assert result.stdout == b"".join(os.fsencode(word) + b"|" for word in words)


def test_a_run_is_stopped_at_its_time_limit(caller: Caller) -> None:
    seconds = marker()
    result = caller.run(*SHELL, f"echo first; trap '' TERM INT; sleep {seconds}", limits=Limits(wall_seconds=0.5))
    assert (result.outcome, result.exit_code, result.stdout) == (Outcome.TIMED_OUT, None, b"first\n")
    assert processes_with(seconds) == []


@pytest.mark.parametrize("stream", [1, 2])
def test_a_flood_is_stopped_at_the_cap(caller: Caller, stream: int) -> None:
    result = caller.run(*SHELL, f"yes >&{stream}", limits=Limits(output_bytes=100_000))
    assert result.outcome is Outcome.OUTPUT_FLOOD
    assert (len(result.stdout), len(result.stderr)) == ((100_000, 0) if stream == 1 else (0, 100_000))


def test_output_up_to_the_cap_is_no_flood(caller: Caller) -> None:
    result = caller.run(*SHELL, "head -c 100000 /dev/zero", limits=Limits(output_bytes=100_000))
    assert (result.outcome, len(result.stdout)) == (Outcome.FINISHED, 100_000)


def test_cancelling_stops_a_run(room: Path, sandbox: Sandbox) -> None:
    progress, seconds = Progress(), marker()
    started = room / "out" / "started"

    def cancel_once_started() -> None:
        while not started.exists():
            time.sleep(0.01)
        progress.cancel()

    canceller = threading.Thread(target=cancel_once_started)
    canceller.start()
    policy = Policy(writable=(Bind(room / "out", room / "out"),), workdir=room / "out")
    result = run(policy, (*SHELL, f"touch started; sleep {seconds}"), progress, sandbox=sandbox)
    canceller.join()
    assert result.outcome is Outcome.CANCELLED
    assert processes_with(seconds) == []


def test_a_run_cancelled_before_it_starts_runs_nothing(room: Path) -> None:
    progress = Progress()
    progress.cancel()
    policy = Policy(writable=(Bind(room / "out", room / "out"),), workdir=room / "out")
    assert run(policy, ("/bin/touch", "started"), progress).outcome is Outcome.CANCELLED
    assert not (room / "out" / "started").exists()


def test_runs_from_many_threads_do_not_mix(sandbox: Sandbox) -> None:
    def echo(number: int) -> bytes:
        return run(Policy(), ("/bin/echo", str(number)), sandbox=sandbox).stdout

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(echo, range(20))) == [b"%d\n" % number for number in range(20)]


def test_a_run_leaves_no_file_open_and_no_process_behind(sandbox: Sandbox) -> None:
    def held() -> list[str]:
        return sorted(path.name for path in Path("/proc/self/fd").iterdir())

    endings: list[tuple[str, Limits]] = [
        ("true", Limits()),
        ("kill -9 $$", Limits()),
        ("yes", Limits(output_bytes=10)),
        ("sleep 60", Limits(wall_seconds=0.1)),
    ]
    run(Policy(), ("/bin/true",), sandbox=sandbox)
    before = held()
    for script, limits in endings:
        run(Policy(limits=limits), (*SHELL, script), sandbox=sandbox)
    with pytest.raises(ReviewerError):
        run(Policy(workdir=Path("/no/such/folder")), ("/bin/true",), sandbox=sandbox)
    assert held() == before
    assert folders_of(os.getpid()) == []


@pytest.mark.parametrize("streams", [None, Streams(0, 1, 2)], ids=["captured", "its own streams"])
@pytest.mark.parametrize("delay", [0.0, 0.002, 0.004, 0.006, 0.008, 0.01, 0.02, 0.03, 0.05, 0.1])
def test_a_killed_reviewer_takes_its_command_with_it(sandbox: Sandbox, delay: float, streams: Streams | None) -> None:
    """The command, or the shell before it. (A bubblewrap that loses its monitor while it starts may wait on, having started nothing.)"""

    def commands() -> list[int]:
        return [pid for pid in processes_with(seconds) if name_of(pid) in ("sh", "sleep")]

    seconds = marker()
    child = os.fork()
    if child == 0:
        try:
            command = ("/bin/sh", "-c", f"setsid sleep {seconds} & sleep {seconds}")
            run(Policy(), command, sandbox=sandbox, streams=streams)
        finally:
            os._exit(0)
    time.sleep(delay)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    for _ in range(500):
        if not commands():
            break
        time.sleep(0.01)
    assert commands() == []
    run(Policy(), ("/bin/true",), sandbox=sandbox)
    assert folders_of(child) == [], "the next run takes away what the killed one had to leave"


def test_what_cannot_be_set_up_is_said_and_not_run(room: Path, sandbox: Sandbox) -> None:
    policy = Policy(writable=(Bind(room / "out", room / "out"),), workdir=Path("/no/such/folder"))
    with pytest.raises(ReviewerError, match=r"could not be set up: .*/no/such/folder"):
        run(policy, ("/bin/touch", str(room / "out" / "started")), sandbox=sandbox)
    assert not (room / "out" / "started").exists()


def test_a_command_that_prints_like_bubblewrap_is_not_believed(caller: Caller) -> None:
    result = caller.run(*SHELL, 'echo "bwrap: Can\'t mount proc" >&2; exit 1')
    assert (result.outcome, result.exit_code) == (Outcome.FINISHED, 1)


@pytest.mark.parametrize("name", ["", "A=B", "A\0"])
def test_a_variable_that_cannot_be_set_is_refused(name: str, sandbox: Sandbox) -> None:
    with pytest.raises(ReviewerError, match="environment variable"):
        run(Policy(environment={name: "x"}), ("/bin/true",), sandbox=sandbox)
