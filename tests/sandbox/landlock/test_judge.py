"""Without mounts, changes of modes, owners and times are made by the guard: as asked for in the run's own folders, and nowhere else."""

import platform
import subprocess
from pathlib import Path

import pytest

from tests.sandbox.conftest import PYTHON, Caller

pytestmark = pytest.mark.skipif(not Path(PYTHON).exists(), reason=f"the scripts are written for {PYTHON}")

SHELL = ("/bin/sh", "-c")


def test_each_way_to_change_a_mode_does_it(caller: Caller) -> None:
    script = """
import ctypes, os
libc = ctypes.CDLL(None)
for name in "abcdefg": open(name, "w").close()
os.mkdir("folder")
folder = os.open("folder", os.O_RDONLY)
open("folder/file", "w").close()
os.chmod("a", 0o741)
os.chmod(os.path.abspath("b"), 0o742)
with open("c") as file: os.fchmod(file.fileno(), 0o743)
os.chmod("file", 0o744, dir_fd=folder)
with open("d") as file: os.chmod(f"/proc/self/fd/{file.fileno()}", 0o745)
with open("e") as file: os.chmod(f"/dev/fd/{file.fileno()}", 0o746)
fd = os.open("f", os.O_PATH)
libc.syscall(452, fd, b"", 0o747, 0x1000)
os.symlink("g", "link")
os.chmod("link", 0o750)
os.chmod(folder, 0o751)
os.symlink(os.path.abspath("folder"), "to-folder")
os.symlink(os.path.abspath("to-folder/../to-folder/second"), "far-link")
open("folder/second", "w").close()
os.chmod("far-link", 0o752)
"""
    result = caller.python(script)
    assert (result.exit_code, result.stderr) == (0, b"")
    names = ("a", "b", "c", "folder/file", "d", "e", "f", "g", "folder", "folder/second")
    modes = [oct((caller.out / name).stat().st_mode & 0o7777) for name in names]
    assert modes == ["0o741", "0o742", "0o743", "0o744", "0o745", "0o746", "0o747", "0o750", "0o751", "0o752"]


@pytest.mark.skipif(platform.machine() != "x86_64", reason="other machines have no utime and utimes")
def test_each_way_to_change_times_does_it(caller: Caller) -> None:
    script = """
import ctypes, os, struct
libc = ctypes.CDLL(None)
for name in "abcdefg": open(name, "w").close()
os.utime("a", ns=(1_000_000_001, 2_000_000_002))
fd = os.open("b", os.O_RDONLY)
os.utime(fd, (3, 4))
os.utime("c", (5, 6), dir_fd=os.open(".", os.O_RDONLY))
os.symlink("d", "link")
os.utime("link", (7, 8), follow_symlinks=False)
libc.syscall(132, b"e", struct.pack("qq", 9, 10))
libc.syscall(235, b"f", struct.pack("4q", 11, 0, 12, 0))
libc.utimensat(-100, b"g", struct.pack("4q", 13, 0, 0, 0x3FFFFFFE), 0) # UTIME_OMIT
os.utime("d")
"""
    result = caller.python(script)
    assert (result.exit_code, result.stderr) == (0, b"")

    def times(name: str) -> tuple[int, int]:
        status = (caller.out / name).lstat()
        return status.st_atime_ns, status.st_mtime_ns

    second = 10**9
    assert times("a") == (1_000_000_001, 2_000_000_002)
    assert times("b") == (3 * second, 4 * second)
    assert times("c") == (5 * second, 6 * second)
    assert times("link")[1] == 8 * second
    assert times("e") == (9 * second, 10 * second)
    assert times("f") == (11 * second, 12 * second)
    assert times("g")[0] == 13 * second
    assert times("g")[1] > 10**18
    assert times("d")[1] > 10**18


def test_what_is_wrong_is_told_as_the_kernel_would(caller: Caller) -> None:
    script = """
import ctypes, errno, os
libc = ctypes.CDLL(None, use_errno=True)
def error(result): return errno.errorcode[ctypes.get_errno()] if result else "done"
os.symlink("loop", "loop")
print(error(libc.chmod(b"missing", 0o600)), error(libc.chmod(b"loop", 0o600)), error(libc.fchmod(99, 0o600)),
      error(libc.chmod(None, 0o600)), error(libc.chmod(b"", 0o600)), error(libc.chmod(b"x" * 5000, 0o600)),
      error(libc.chmod(b"x" * 300, 0o600)), error(libc.fchmod(1, 0o600)))
"""
    assert caller.python(script).stdout.split() == [
        *(b"ENOENT", b"ELOOP", b"EBADF", b"EFAULT", b"ENOENT", b"ENAMETOOLONG", b"ENAMETOOLONG", b"EPERM"),
    ]


def test_no_call_whatever_its_arguments_ends_the_guard_or_reaches_outside(caller: Caller) -> None:
    shown, secret = caller.project / "build.zig", caller.room / "secret"
    script = """
import ctypes, mmap, os, random, signal, sys
libc = ctypes.CDLL(None)
libc.syscall.argtypes = [ctypes.c_long] + [ctypes.c_ulong] * 6
signal.signal(signal.SIGUSR1, signal.SIG_IGN)
open("own", "w").close()
os.symlink("own", "link")
page = mmap.mmap(-1, 4096)
words = [*sys.argv[2:], "own", "link", "", "/", "..", "/proc/self/fd/1", "/dev/fd/99999999999999999999", "x" * 5000]
held = [ctypes.create_string_buffer(os.fsencode(word)) for word in words]
files = [os.open("own", os.O_RDONLY), os.open(sys.argv[2], os.O_RDONLY), os.open(".", os.O_PATH)]
values = [ctypes.addressof(text) for text in held] + files
values += [0, 1, 2, 0x100, 0x1000, 0o777, 2**31, 2**32 - 1, 2**32 - 2, 2**32 - 100, 2**63, 2**64 - 1]
values += [ctypes.addressof(ctypes.c_char.from_buffer(page)) + offset for offset in (0, 4070, 4095)]
random.seed(int(sys.argv[1]))
for number in (90, 91, 268, 452, 92, 94, 93, 260, 132, 235, 261, 280):
    for _ in range(300): libc.syscall(number, *random.choices(values, k=6))
print("alive")
"""
    before = [path.stat() for path in (shown, secret)]
    result = caller.python(script, 7, shown, secret)
    assert (result.exit_code, result.stdout) == (0, b"alive\n"), result.stderr.decode()
    after = [path.stat() for path in (shown, secret)]
    assert [(s.st_mode, s.st_uid, s.st_ctime_ns) for s in after] == [
        (s.st_mode, s.st_uid, s.st_ctime_ns) for s in before
    ]


def test_the_tools_of_builds_work(caller: Caller) -> None:
    script = """set -e
printf '#!/bin/sh\\necho hello\\n' >program
install -m 755 program installed
install -d -m 700 folder
cp -a installed folder/copied
touch -d '2001-02-03 04:05:06 UTC' folder/copied
cp -p folder/copied kept
ln kept name
mkfifo -m 600 pipe && rm pipe
tar -cf folder.tar folder && mkdir unpacked && tar -C unpacked -xf folder.tar
./unpacked/folder/copied
chmod -R u+w,go-w unpacked && sed -i s/hello/hallo/ kept && ./kept
"""
    result = caller.run(*SHELL, script)
    assert (result.exit_code, result.stdout, result.stderr) == (0, b"hello\nhallo\n", b"")
    assert (caller.out / "unpacked/folder/copied").stat().st_mtime == 981173106


def test_a_compiler_and_make_work(caller: Caller) -> None:
    if subprocess.run(["which", "gcc", "make"], capture_output=True, check=False).returncode != 0:
        pytest.skip("there is no gcc and make")
    script = """set -e
printf '#include <stdio.h>\\nint main(void) { puts("made"); return 0; }\\n' >a.c
printf 'a: a.o\\n\\tgcc -o $@ $<\\na.o: a.c\\n\\tgcc -O2 -g -c -o $@ $<\\n' >Makefile
make -s -j2 a && ./a && ar rcs liba.a a.o && strip a && ./a
"""
    result = caller.run(*SHELL, script)
    assert (result.exit_code, result.stdout, result.stderr) == (0, b"made\nmade\n", b"")
