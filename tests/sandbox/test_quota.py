"""What a run may fill: its output folders up to a limit, and the machine up to a reserve."""

import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from reviewer.sandbox import quota
from reviewer.sandbox.policy import Bind, Limits, Policy
from reviewer.sandbox.result import Outcome
from reviewer.sandbox.run import run
from tests.sandbox.conftest import Caller

_MANY = """
import os
for folder in range(1000):
    os.mkdir(f"d{folder}")
    for file in range(1000): open(f"d{folder}/{file}", "w").close()
"""


def test_many_small_files_are_stopped(caller: Caller) -> None:
    result = caller.python(_MANY, limits=Limits(written_files=1000, wall_seconds=60))
    assert (result.outcome, result.exit_code) == (Outcome.TOO_MUCH_WRITTEN, None)
    assert sum(len(files) for _, _, files in os.walk(caller.out)) < 500_000


def test_many_bytes_in_many_files_are_stopped(caller: Caller) -> None:
    script = """
import itertools
for number in itertools.count():
    open(f"f{number}", "wb").write(bytes(1 << 16))
    if number > 5000: import time; time.sleep(60)
"""
    result = caller.python(script, limits=Limits(written_bytes=8 << 20, wall_seconds=60))
    assert result.outcome is Outcome.TOO_MUCH_WRITTEN


def test_what_an_earlier_run_left_counts(caller: Caller) -> None:
    for number in range(200):
        (caller.out / f"old{number}").touch()
    result = caller.run("/bin/sleep", "60", limits=Limits(written_files=100, wall_seconds=60))
    assert result.outcome is Outcome.TOO_MUCH_WRITTEN


@pytest.mark.parametrize(
    "hiding",
    [
        "mkdir d; : >d/file; chmod 0 d; sleep 60",
        # deeper than a path may be long
        "n=0; while [ $n -lt 30 ]; do mkdir %s; cd %s; n=$((n+1)); done; : >file; sleep 60" % (("d" * 200,) * 2),
    ],
    ids=["closed folder", "too deep a folder"],
)
def test_what_cannot_be_counted_is_stopped(caller: Caller, hiding: str) -> None:
    if caller.is_root and "chmod" in hiding:
        pytest.skip("nothing is closed to root")
    result = caller.run("/bin/sh", "-c", hiding, limits=Limits(wall_seconds=60))
    assert result.outcome is Outcome.TOO_MUCH_WRITTEN
    subprocess.run(["rm", "-rf", *caller.out.iterdir()], check=True)


def test_ordinary_writing_is_left_alone(caller: Caller) -> None:
    script = "n=0; while [ $n -lt 300 ]; do : >f$n; rm -f f$((n-1)); n=$((n+1)); done; sleep 1.2; ln -s / out; : >end"
    result = caller.run("/bin/sh", "-c", script, limits=Limits(written_files=100, wall_seconds=60))
    assert (result.outcome, result.exit_code) == (Outcome.FINISHED, 0)
    assert (caller.out / "end").exists()


def test_counting_a_large_folder_keeps_nothing_waiting(room: Path) -> None:
    out = room / "out"
    for folder in range(20):
        (out / str(folder)).mkdir()
        for file in range(500):
            (out / str(folder) / str(file)).touch()
    policy = Policy(writable=(Bind(out, out),), limits=Limits(written_files=10_000))
    watched = quota.Quota(policy)
    looks = 0
    while (end := watched.look()) is None:
        looks += 1
        time.sleep(quota._LOOK)
    assert end is Outcome.TOO_MUCH_WRITTEN
    assert looks > 2, "counted a little at a time"


@pytest.fixture
def small_disk(room: Path) -> Iterator[Path]:
    folder = room / "out"
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "none", folder], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip("only root may mount a small disk")
    yield folder
    subprocess.run(["umount", folder], check=True)


def test_a_deleted_file_that_fills_the_disk_is_stopped_at_its_reserve(small_disk: Path) -> None:
    script = "exec 3>filler; rm filler; head -c 4100000 /dev/zero >&3; sleep 60"
    policy = Policy(writable=(Bind(small_disk, small_disk),), workdir=small_disk, limits=Limits(wall_seconds=60))
    assert run(policy, ("/bin/sh", "-c", script)).outcome is Outcome.MACHINE_FULL
    assert os.statvfs(small_disk).f_bavail == os.statvfs(small_disk).f_blocks


def test_a_machine_that_runs_out_of_memory_keeps_its_reserve(monkeypatch: pytest.MonkeyPatch) -> None:
    left = iter([8 << 30] * 5 + [100 << 20] * 1000)
    monkeypatch.setattr(quota, "_memory", lambda name: 16 << 30 if name == "MemTotal" else next(left))
    assert run(Policy(limits=Limits(wall_seconds=60)), ("/bin/sleep", "60")).outcome is Outcome.MACHINE_FULL
