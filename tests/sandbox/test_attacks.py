"""What build code that nobody read tries, and what comes of it (the table of attacks that the sandbox was designed against)."""

import ctypes
import errno
import io
import json
import os
import platform
import resource
import secrets
import select
import socket
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from reviewer.sandbox.landlock.calls import landlock_deny_list
from reviewer.sandbox.policy import Limits, Network, Policy
from reviewer.sandbox.result import Outcome
from reviewer.sandbox.run import Streams, run
from reviewer.sandbox.seccomp import DENY_LIST, Machine, Match
from tests.sandbox.conftest import PYTHON, Caller, processes_with

pytestmark = pytest.mark.skipif(not Path(PYTHON).exists(), reason=f"the attacks are written for {PYTHON}")

# Runs each attempt and reports its result, or the name of the error that it met.
_TRY = """
import ctypes, errno, json, os, socket, sys
results = {}
def attempt(name, function, *arguments):
    try:
        value = function(*arguments)
        results[name] = value if isinstance(value, (str, int)) else "done"
    except OSError as error:
        results[name] = errno.errorcode.get(error.errno, str(error))
libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
def call(number, *arguments):
    if libc.syscall(ctypes.c_long(number), *map(ctypes.c_long, arguments)) < 0:
        raise OSError(ctypes.get_errno(), "")
"""


def attempts(caller: Caller, script: str, *arguments: object, network: Network = Network.NONE) -> dict[str, str | int]:
    policy = replace(caller.policy(), network=network)
    words = (PYTHON, "-I", "-c", _TRY + script + "\nprint(json.dumps(results))", *map(str, arguments))
    result = caller.do(lambda: run(policy, words, sandbox=caller.sandbox))
    assert result.exit_code == 0, result.stderr.decode()
    answer: dict[str, str | int] = json.loads(result.stdout)
    return answer


def test_a_secret_cannot_be_read_by_any_path(caller: Caller) -> None:
    secret = caller.room / "secret"
    (caller.project / "link").symlink_to(secret)
    shown = caller.project / "build.zig"
    paths = [
        shown,
        secret,
        caller.project / "link",
        f"/proc/self/root{secret}",
        f"/proc/1/root{secret}",
        "/proc/2/cwd/../secret",
    ]
    results = attempts(caller, "for path in sys.argv[1:]: attempt(path, lambda: open(path).read())", *paths)
    assert results.pop(str(shown)) == "shown"
    assert set(results.values()) <= {"ENOENT", "EACCES"}


def test_nothing_of_the_host_can_be_written(caller: Caller) -> None:
    shown, outside = caller.project / "build.zig", caller.room / "new"
    targets = [
        "/usr/new",
        "/usr/bin/new",
        "/etc/new",
        "/etc/ld.so.cache",
        "/dev/new",
        "/new",
        "/run/new",
        "/proc/sys/kernel/core_pattern",
    ]
    script = """
for path in sys.argv[1:]: attempt(path, open, path, "w")
attempt("remove", os.remove, sys.argv[1])
attempt("chmod", os.chmod, sys.argv[1], 0o777)
attempt("own", open, "mine", "w")
for device in ("null", "zero", "full", "random", "urandom", "tty"): attempt(device, os.chmod, "/dev/" + device, 0o666)
attempt("use a device", lambda: open("/dev/null", "w").write("x"))
for folder, _, names in os.walk("/proc/sys"):
    for name in names:
        if os.access(f"{folder}/{name}", os.W_OK): attempt(f"{folder}/{name}", open, f"{folder}/{name}", "w")
"""
    results = attempts(caller, script, shown, caller.project / "new", outside, *targets)
    assert results.pop("own") == "done"
    assert results.pop("use a device") == 1
    assert (caller.out / "mine").exists()
    if not caller.shares:
        assert results.pop(str(outside)) == "EROFS", "though it lies in /tmp, which the sandbox has of its own"
    assert set(results.values()) <= {"EROFS", "EACCES", "ENOENT", "EPERM"}
    assert shown.read_text() == "shown"
    assert not outside.exists()


def test_nothing_of_the_users_files_can_be_changed(caller: Caller) -> None:
    """Not only their content: modes, owners, times, attributes, names and number of names."""
    shown, secret = caller.project / "build.zig", caller.room / "secret"
    before = [path.lstat() for path in (shown, secret, Path("/dev/null"), caller.project)]
    script = """
import fcntl
nothing = ctypes.addressof(ctypes.create_string_buffer(b""))
def times(path): os.utime(path, (1, 1))
def with_fd(function, path, *arguments, flags=os.O_RDONLY):
    fd = os.open(path, flags)
    try: function(fd, *arguments)
    finally: os.close(fd)
def exchange(one, other):
    if libc.renameat2(-100, one.encode(), -100, other.encode(), 2): raise OSError(ctypes.get_errno(), "")
def through_link(function, path, *arguments):
    link = "link" + str(len(results))
    os.symlink(path, link)
    function(link, *arguments)
open("mine", "w").close()
for path in sys.argv[1:4]:
    folder, name = os.path.split(path)
    for attack, change in (
        ("chmod", lambda: os.chmod(path, 0o777)),
        ("chmod by a link", lambda: through_link(os.chmod, path, 0o777)),
        ("chmod by /proc", lambda: with_fd(lambda fd: os.chmod(f"/proc/self/fd/{fd}", 0o777), path)),
        ("chmod by /dev", lambda: with_fd(lambda fd: os.chmod(f"/dev/fd/{fd}", 0o777), path, flags=os.O_PATH)),
        ("chmod by a folder", lambda: with_fd(lambda fd: os.chmod(name, 0o777, dir_fd=fd), folder, flags=os.O_PATH)),
        ("chmod by the parent", lambda: os.chmod(os.path.relpath(path), 0o777)),
        ("fchmod", lambda: with_fd(os.fchmod, path, 0o777)),
        ("fchmodat2", lambda: with_fd(lambda fd: call(452, fd, nothing, 0o777, 0x1000), path, flags=os.O_PATH)),
        ("chown", lambda: os.chown(path, os.getuid(), os.getgid())),
        ("lchown", lambda: os.lchown(path, os.getuid(), os.getgid())),
        ("fchown", lambda: with_fd(os.fchown, path, os.getuid(), os.getgid())),
        ("utime", lambda: times(path)),
        ("utime by a link", lambda: through_link(times, path)),
        ("futimens", lambda: with_fd(times, path)),
        ("now", lambda: os.utime(path)),
        ("setxattr", lambda: os.setxattr(path, b"user.x", b"x")),
        ("fsetxattr", lambda: with_fd(lambda fd: os.setxattr(fd, b"user.x", b"x"), path)),
        ("flags", lambda: with_fd(lambda fd: fcntl.ioctl(fd, 0x40086602, (64).to_bytes(8, "little")), path)),
        ("lease", lambda: with_fd(lambda fd: fcntl.fcntl(fd, 1024, fcntl.F_RDLCK), path)),
        ("truncate", lambda: os.truncate(path, 0)),
        ("remove", lambda: os.remove(path)),
        ("rename", lambda: os.rename(path, path + "2")),
        ("move here", lambda: os.rename(path, "moved")),
        ("exchange", lambda: exchange(path, os.path.abspath("mine"))),
        ("replace", lambda: os.rename("mine", path)),
        ("another name", lambda: os.link(path, "name" + str(len(results)))),
        ("another name by fd", lambda: with_fd(lambda fd: os.link(f"/proc/self/fd/{fd}", "n", follow_symlinks=True), path)),
    ):
        attempt(f"{attack} of {path}", change)
attempt("a mode that was its own", lambda: os.chmod("mine", 0o600))
"""
    results = attempts(caller, script, shown, secret, "/dev/null")
    assert results.pop("a mode that was its own") == "done"
    done = {attack for attack, result in results.items() if result == "done"}
    assert done <= (set() if caller.shares else {"now of /dev/null"}), "what writing to it does too"
    for path, was in zip((shown, secret, Path("/dev/null"), caller.project), before, strict=True):
        now = path.lstat()
        assert (now.st_mode, now.st_uid, now.st_nlink, now.st_ino) == (
            was.st_mode,
            was.st_uid,
            was.st_nlink,
            was.st_ino,
        )
        assert (now.st_mtime_ns, now.st_ctime_ns) == (was.st_mtime_ns, was.st_ctime_ns) or path == Path("/dev/null")
    assert secret.read_text() == "key"


@pytest.mark.parametrize("flipped", ["the words of the path", "a link on the way"])
def test_a_path_that_changes_while_it_is_looked_up_changes_nothing_outside(caller: Caller, flipped: str) -> None:
    """Without mounts the guard looks the path up, once, and what it found is what it changes."""
    shown, secret = caller.project / "build.zig", caller.room / "secret"
    script = """
import ctypes, os, sys, threading, time
libc = ctypes.CDLL(None)
own, other, flipped = sys.argv[1].encode(), sys.argv[2].encode(), sys.argv[3]
open(own, "w").close()
end = time.monotonic() + 1.5
if flipped == "a link on the way":
    path = ctypes.create_string_buffer(b"now")
    os.symlink(own, "now")
    if os.fork() == 0:
        while time.monotonic() < end:
            for target in (other, own):
                os.symlink(target, "next")
                os.rename("next", "now")
        os._exit(0)
else:
    path = ctypes.create_string_buffer(own, 4096)
    def flip():
        while time.monotonic() < end:
            ctypes.memmove(path, other + b"\\0", len(other) + 1)
            ctypes.memmove(path, own + b"\\0", len(own) + 1)
    threading.Thread(target=flip, daemon=True).start()
done = refused = 0
while time.monotonic() < end:
    if libc.chmod(path, 0o640 + done % 8): refused += 1
    else: done += 1
    libc.utimensat(-100, path, bytes(32), 0)
print(done, refused)
"""
    before = [path.stat() for path in (shown, secret)]
    result = caller.python(script, caller.out / "own", shown, flipped)
    done, refused = map(int, result.stdout.split())
    assert done > 10
    assert refused > 10, "both were tried"
    after = [path.stat() for path in (shown, secret)]
    assert [(s.st_mode, s.st_ctime_ns) for s in after] == [(s.st_mode, s.st_ctime_ns) for s in before]


def test_no_socket_of_any_family_reaches_anything(caller: Caller) -> None:
    path, name = caller.project / "editor.sock", f"\0reviewer-{secrets.token_hex(4)}"
    with socket.socket(socket.AF_UNIX) as by_path, socket.socket(socket.AF_UNIX) as abstract:
        by_path.bind(str(path))
        by_path.listen()
        path.chmod(0o777)
        abstract.bind(name)
        abstract.listen()
        script = """
def connect(address):
    with socket.socket(socket.AF_UNIX) as s: s.connect(address)
attempt("unix socket by path", connect, sys.argv[1])
attempt("abstract unix socket", connect, "\\0" + sys.argv[2])
attempt("TCP", socket.create_connection, ("127.0.0.1", 9), 1)
attempt("UDP", lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", 9)))
attempt("IPv6", socket.socket, socket.AF_INET6)
attempt("netlink", socket.socket, socket.AF_NETLINK, socket.SOCK_RAW)
attempt("packet", socket.socket, socket.AF_PACKET, socket.SOCK_RAW)
attempt("vsock", socket.socket, 40, socket.SOCK_STREAM)
attempt("high bits", call, SOCKET, 1 << 32 | 2, 1, 0)
attempt("pair of another family", call, SOCKETPAIR, 2, 1, 0, 0)
attempt("datagram from one of a pair", lambda: socket.socketpair(type=socket.SOCK_DGRAM)[0].sendto(b"x", sys.argv[1]))
attempt("raw, which is the same", lambda: socket.socketpair(type=socket.SOCK_RAW | socket.SOCK_CLOEXEC)[0].sendto(b"x", sys.argv[1]))
attempt("pair", socket.socketpair)
attempt("pair of packets", lambda: socket.socketpair(type=socket.SOCK_SEQPACKET | socket.SOCK_NONBLOCK))
"""
        numbers = {rule.name: rule.number(Machine[platform.machine()]) for rule in DENY_LIST}
        script = script.replace("SOCKETPAIR", str(numbers["socketpair"])).replace("SOCKET,", f"{numbers['socket']},")
        results = attempts(caller, script, path, name[1:])
    assert {results.pop("pair"), results.pop("pair of packets")} == {"done"}, (
        "build tools use pairs of sockets as pipes"
    )
    assert set(results.values()) == {"EPERM"}


def test_with_a_network_for_fetching_nothing_else_is_open(caller: Caller) -> None:
    path, name = caller.project / "editor.sock", f"\0reviewer-{secrets.token_hex(4)}"
    with (
        socket.socket(socket.AF_UNIX) as by_path,
        socket.socket(socket.AF_UNIX) as abstract,
        socket.create_server(("127.0.0.1", 0)) as server,
    ):
        by_path.bind(str(path))
        by_path.listen()
        path.chmod(0o777)
        abstract.bind(name)
        abstract.listen()
        script = """
def connect(address):
    with socket.socket(socket.AF_UNIX) as s: s.connect(address)
attempt("unix socket by path", connect, sys.argv[1])
attempt("abstract unix socket", connect, "\\0" + sys.argv[2])
attempt("netlink", socket.socket, socket.AF_NETLINK, socket.SOCK_RAW)
attempt("packet", socket.socket, socket.AF_PACKET, socket.SOCK_RAW)
attempt("vsock", socket.socket, 40, socket.SOCK_STREAM)
attempt("raw", socket.socket, socket.AF_INET, socket.SOCK_RAW, 1)
attempt("secret", open, sys.argv[4])
attempt("TCP", socket.create_connection, ("127.0.0.1", int(sys.argv[3])), 5)
"""
        port = server.getsockname()[1]
        results = attempts(caller, script, path, name[1:], port, caller.room / "secret", network=Network.HOST)
    assert results.pop("TCP") == "done"
    assert results.pop("secret") == ("EACCES" if caller.shares else "ENOENT")
    assert set(results.values()) == {"EPERM"}


def test_no_network_interface_is_there(caller: Caller) -> None:
    result = caller.run("/bin/cat", "/proc/net/dev")
    if caller.shares:
        assert b"Permission denied" in result.stderr
        return
    names = [line.split(":")[0].strip() for line in result.stdout.decode().splitlines()[2:]]
    assert names == ["lo"]


def test_nothing_can_be_typed_into_a_terminal(caller: Caller) -> None:
    script = """
import fcntl
attempt("the terminal of Reviewer", open, "/dev/tty")
terminal = 0
attempt("TIOCSTI", fcntl.ioctl, terminal, 0x5412, b"x")
attempt("TIOCSTI, high bits", call, int(sys.argv[1]), terminal, 1 << 32 | 0x5412, 0)
attempt("TIOCLINUX", fcntl.ioctl, terminal, 0x541C, b"\\3")
attempt("TIOCSETD", fcntl.ioctl, terminal, 0x5423, b"\\1\\0\\0\\0")
attempt("size", fcntl.ioctl, terminal, 0x5413, bytes(8))
"""
    ioctl = next(rule for rule in DENY_LIST if rule.name == "ioctl").number(Machine[platform.machine()])
    master, terminal = os.openpty()
    with (caller.out / "told").open("w+b") as told, io.FileIO(terminal):
        words = (PYTHON, "-I", "-c", f"{_TRY}{script}\nprint(json.dumps(results))", str(ioctl))
        caller.run(*words, streams=Streams(terminal, told.fileno(), told.fileno()))
        told.seek(0)
        results = json.load(told)
        assert select.select([terminal], [], [], 0)[0] == [], "nothing was typed"
    os.close(master)
    assert results.pop("size") == "done", "ordinary use of terminals works"
    assert results.pop("the terminal of Reviewer") in ("ENXIO", "EACCES")
    assert set(results.values()) <= {"EPERM", "ENOTTY"}


def test_outside_processes_are_out_of_sight_and_reach(caller: Caller) -> None:
    victim = caller.do(lambda: subprocess.Popen(["/bin/sleep", "60"], start_new_session=True).pid)
    try:
        before = caller.do(lambda: (os.getpriority(os.PRIO_PROCESS, victim), os.sched_getaffinity(victim)))
        files = caller.do(lambda: resource.prlimit(victim, resource.RLIMIT_NOFILE))
        script = """
import fcntl, resource, signal
victim = int(sys.argv[1])
attempt("kill", os.kill, victim, 9)
attempt("kill its group", os.killpg, victim, 9)
attempt("kill by handle", lambda: signal.pidfd_send_signal(os.pidfd_open(victim), 9))
def by_signal_of_a_pipe():
    reading, writing = os.pipe()
    fcntl.fcntl(reading, 8, victim) # F_SETOWN
    fcntl.fcntl(reading, 10, 9) # F_SETSIG: SIGKILL
    fcntl.fcntl(reading, fcntl.F_SETFL, fcntl.fcntl(reading, fcntl.F_GETFL) | os.O_ASYNC)
    os.write(writing, b"x")
    raise PermissionError(1, "not told")
attempt("kill by a pipe", by_signal_of_a_pipe)
attempt("priority", os.setpriority, os.PRIO_PROCESS, victim, 5)
attempt("priority of all", os.setpriority, os.PRIO_USER, os.getuid(), 5) if len(sys.argv) > 2 else None
attempt("limits", resource.prlimit, victim, resource.RLIMIT_NOFILE, (5, 5))
attempt("processors", os.sched_setaffinity, victim, {0})
attempt("schedule", os.sched_setscheduler, victim, os.SCHED_IDLE, os.sched_param(0))
for name in ("environ", "cmdline", "mem", "maps", "status", "cwd/x", "root/etc/passwd", "fd/0", "oom_score_adj"):
    attempt(name, open, f"/proc/{victim}/{name}")
attempt("its files", os.listdir, f"/proc/{victim}/fd")
attempt("its program", os.readlink, f"/proc/{victim}/exe")
attempt("kill all", os.kill, -1, 9)
attempt("seen", lambda: len([name for name in os.listdir("/proc") if name.isdigit()]))
"""
        results = attempts(caller, script, victim, *("all" for _ in range(caller.shares)))
        assert results.pop("seen") == ("EACCES" if caller.shares else 2), "the sandbox's own first process and this one"
        results.pop("kill all")
        assert set(results.values()) <= {"ESRCH", "ENOENT", "EPERM", "EACCES", "ENOSYS", "EBADF"}
        assert Path("/proc", str(victim), "comm").read_text() == "sleep\n"
        assert caller.do(lambda: (os.getpriority(os.PRIO_PROCESS, victim), os.sched_getaffinity(victim))) == before
        assert caller.do(lambda: resource.prlimit(victim, resource.RLIMIT_NOFILE)) == files
    finally:
        os.kill(victim, 9)


def test_a_daemon_ends_with_its_run(caller: Caller) -> None:
    marker = f"{secrets.randbelow(10**9)}.5"
    script = """
import os, sys
reading, writing = os.pipe()
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        open("started", "w").close()
        os.close(writing)
        for fd in (0, 1, 2): os.close(fd)
        os.execv("/bin/sleep", ["/bin/sleep", sys.argv[1]])
    os._exit(0)
os.close(writing)
os.read(reading, 1)
"""
    result = caller.python(script, marker)
    assert result.exit_code == 0
    assert (caller.out / "started").exists()
    assert processes_with(marker) == []


def test_a_process_that_is_another_one_at_every_moment_ends_with_its_run(caller: Caller) -> None:
    marker = f"{secrets.randbelow(10**9)}.5"
    script = """
import os, sys
if os.fork() == 0:
    os.setsid()
    for fd in (0, 1, 2): os.close(fd)
    while True:
        if os.fork(): os._exit(0)
"""
    result = caller.python(script, marker)
    assert (result.outcome, result.exit_code) == (Outcome.FINISHED, 0)
    time.sleep(0.2)
    assert processes_with(marker) == []


def test_memory_and_queues_that_others_share_are_not_there(caller: Caller) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    key = secrets.randbelow(2**31)
    shared = libc.shmget(key, 4096, 0o1666)  # IPC_CREAT
    name = f"/reviewer-{secrets.token_hex(4)}"
    file = Path("/dev/shm", name[1:])
    file.write_text("shared")
    file.chmod(0o666)
    script = """
key, number, name = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
def c(result):
    if result == -1: raise OSError(ctypes.get_errno(), "")
attempt("memory by key", lambda: c(libc.shmget(key, 4096, 0)))
libc.shmat.restype = ctypes.c_long
attempt("memory by number", lambda: c(libc.shmat(number, None, 0)))
attempt("memory removed", lambda: c(libc.shmctl(number, 0, None)))
attempt("memory by name", open, "/dev/shm" + name)
attempt("queue of the user", lambda: c(libc.msgget(key, 0)))
attempt("semaphores", lambda: c(libc.semget(key, 1, 0)))
attempt("queue by name", lambda: c(libc.mq_open(name.encode(), 0)))
"""
    try:
        results = attempts(caller, script, key, shared, name)
    finally:
        removed = libc.shmctl(shared, 0, None)
        file.unlink()
    assert removed == 0, "it was still there"
    assert set(results.values()) <= {"ENOENT", "EINVAL", "EACCES", "ENOSYS"}


def test_nobody_is_watched(caller: Caller) -> None:
    script = """
import struct
fd = libc.inotify_init1(0)
def watch(path):
    if fd < 0 or libc.inotify_add_watch(fd, path.encode(), 0xfff) < 0: raise OSError(ctypes.get_errno() or 38, "")
attempt("inotify", watch, sys.argv[1] + "/secret")
attempt("fanotify", lambda: call(int(sys.argv[2]), 0, 0))
import fcntl
attempt("dnotify", lambda: fcntl.fcntl(os.open(sys.argv[1] + "/project", os.O_RDONLY), 1026, 1))
"""
    fanotify = next(rule for rule in DENY_LIST if rule.name == "fanotify_init").number(Machine[platform.machine()])
    results = attempts(caller, script, caller.room, fanotify)
    assert results == {"inotify": "ENOSYS" if caller.shares else "ENOENT", "fanotify": "EPERM", "dnotify": "EPERM"}


@pytest.mark.parametrize("folder", ["$TMPDIR", "/dev/shm", "$HOME"])
def test_temporary_folders_fill_up(caller: Caller, folder: str) -> None:
    script = """
import os, sys, time
written = 0
try:
    with open(os.path.expandvars(sys.argv[1]) + "/filler", "wb", buffering=0) as file:
        while written < 64 << 20: written += file.write(bytes(1 << 16))
        time.sleep(60)
except OSError as error:
    print(error.errno, written)
"""
    mib = 1 << 20
    limits = Limits(tmp_bytes=mib, shm_bytes=mib, home_bytes=mib, wall_seconds=60)
    result = caller.python(script, folder, limits=limits)
    if caller.shares and folder.startswith("$"):
        assert result.outcome is Outcome.TOO_MUCH_WRITTEN
        return
    number, written = map(int, result.stdout.split())
    assert number == (errno.EACCES if caller.shares else errno.ENOSPC)
    assert written <= mib


def test_every_refused_system_call_is_refused(caller: Caller) -> None:
    machine = Machine[platform.machine()]
    every = landlock_deny_list(Policy(), 6) if caller.shares else DENY_LIST
    refused = [rule for rule in every if rule.match is Match.ALWAYS and not rule.judged]
    rules = [rule for rule in refused if rule.number(machine) is not None]
    script = "\nfor word in sys.argv[1:]: attempt(word, call, int(word), 0, 0, 0, 0, 0, 0)"
    results = attempts(caller, script, *(rule.number(machine) for rule in rules))
    expected = {str(rule.number(machine)): errno.errorcode[rule.error] for rule in rules}
    assert results == expected


def test_no_namespace_can_be_made(caller: Caller) -> None:
    flags = [0x00020000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000]
    numbers = {rule.name: rule.number(Machine[platform.machine()]) for rule in DENY_LIST}
    script = """
unshare, clone, *flags = map(int, sys.argv[1:])
for flag in flags:
    attempt(f"unshare {flag:x}", call, unshare, flag)
    attempt(f"unshare with others {flag:x}", call, unshare, flag | 0x400)
    attempt(f"clone {flag:x}", call, clone, flag | 17, 0, 0, 0, 0)
attempt("unshare time", call, unshare, 0x80)
attempt("unshare files", call, unshare, 0x400)
"""
    results = attempts(caller, script, numbers["unshare"], numbers["clone"], *flags)
    assert results.pop("unshare files") == "done"
    assert set(results.values()) == {"EPERM"}


@pytest.mark.skipif(platform.machine() != "x86_64", reason="only x86_64 has 32-bit and x32 calls")
class TestOtherCallTables:
    def test_a_32_bit_call_ends_the_process(self, caller: Caller) -> None:
        # mov eax, 20 (getpid); int 0x80; ret
        script = """
import ctypes, mmap
code = mmap.mmap(-1, 4096, prot=7)
code.write(bytes.fromhex("b814000000cd80c3"))
print("reached", flush=True)
ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(code)))()
print("survived")
"""
        result = caller.python(script)
        assert result.stdout == b"reached\n"
        assert result.signal == 31

    def test_an_x32_call_does_not_exist(self, caller: Caller) -> None:
        assert attempts(caller, 'attempt("getpid", call, 0x40000000 | 39)') == {"getpid": "ENOSYS"}


def test_no_privilege_is_left_or_can_be_gained(caller: Caller) -> None:
    marker = f"{secrets.randbelow(10**9)}.5"
    # Looked at from outside, where /proc cannot be read inside.
    running = threading.Thread(
        target=caller.run, args=("/bin/sleep", marker), kwargs={"limits": Limits(wall_seconds=3)}
    )
    running.start()
    status: dict[str, str] = {}
    while running.is_alive() and status.get("Name") != "sleep":
        for pid in processes_with(marker):
            lines = Path("/proc", str(pid), "status").read_text().splitlines()
            status = dict(line.split(":\t", 1) for line in lines if ":\t" in line)
    running.join()
    names = ["CapInh", "CapPrm", "CapEff", "CapAmb"]
    if caller.is_root or not caller.shares:
        names.append("CapBnd")  # of no use to an ordinary user without new privileges, and only root can empty it
    assert {status[name] for name in names} == {"0" * 16}
    assert status["NoNewPrivs"] == "1"
    assert status["Seccomp"] == "2"


def test_the_environment_outside_is_not_readable_inside(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("API_KEY", "canary-value")
    result = caller.run("/bin/sh", "-c", "cat /proc/*/environ; env; echo end")
    assert b"canary" not in result.stdout
    assert sorted(line.split(b"=")[0] for line in result.stdout.splitlines()[-6:-1]) == [
        b"HOME",
        b"LANG",
        b"PATH",
        b"PWD",
        b"TMPDIR",
    ]
    assert result.stdout.endswith(b"end\n")


def test_what_the_policy_says_is_not_on_any_command_line(caller: Caller) -> None:
    result = caller.run("/bin/sh", "-c", "cat /proc/*/cmdline")
    assert b"--ro-bind" not in result.stdout


def test_no_open_file_of_reviewer_is_inherited(caller: Caller) -> None:
    with (caller.room / "secret").open() as secret:
        os.set_inheritable(secret.fileno(), True)
        result = caller.python(
            """
import os
for fd in range(1024):
    try: print(fd, os.fstat(fd).st_ino)
    except OSError: pass
"""
        )
    assert [int(line.split()[0]) for line in result.stdout.splitlines()] == [0, 1, 2]


def test_too_long_a_file_ends_the_process(caller: Caller) -> None:
    script = "import signal; signal.signal(25, signal.SIG_DFL); open('big', 'wb').write(bytes(1 << 20))"
    result = caller.python(script, limits=Limits(file_bytes=1 << 16))
    assert result.signal == 25
    assert (caller.out / "big").stat().st_size == 1 << 16


def test_memory_and_open_files_of_a_process_are_limited(caller: Caller) -> None:
    limits = Limits(address_space_bytes=256 << 20, open_files=32)
    script = """
try: bytearray(512 << 20)
except MemoryError: print("memory")
try: files = [open("/dev/null") for _ in range(64)]
except OSError as error: print(error.errno)
"""
    assert caller.python(script, limits=limits).stdout == b"memory\n24\n"


def test_endless_computation_is_ended(caller: Caller) -> None:
    assert caller.python("while True: pass", limits=Limits(cpu_seconds=1, wall_seconds=60)).signal == 24


def test_a_fork_bomb_is_bounded(caller: Caller) -> None:
    script = """
import os, time
children = 0
try:
    while children < 100:
        if os.fork() == 0: time.sleep(60)
        children += 1
    time.sleep(60)
except BlockingIOError: pass
print(children)
"""
    result = caller.python(script, limits=Limits(processes=20, wall_seconds=60))
    if result.outcome is Outcome.FINISHED:
        assert not caller.is_root, "whose processes the kernel does not count"
        assert 10 < int(result.stdout) < (40 if caller.shares else 20)
    else:
        assert result.outcome is Outcome.TOO_MANY_PROCESSES


def test_the_tests_of_attacks_run_the_attacks() -> None:
    """The same attempts do succeed without a sandbox: a broken script would not pass for a safe sandbox."""
    script = (
        _TRY
        + "attempt('socket', socket.socket); attempt('secret', lambda: open(sys.argv[1]).read()); print(json.dumps(results))"
    )
    ran = subprocess.run([sys.executable, "-I", "-c", script, __file__], capture_output=True, check=True)
    results = json.loads(ran.stdout)
    assert results["socket"] == "done"
    assert results["secret"].startswith('"""What build code')
