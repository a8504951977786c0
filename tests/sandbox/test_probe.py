"""Which sandbox there is, found out by running it; without one nothing runs, and what to do is said."""

import contextlib
import os
import platform
import subprocess
import sys
import time
from pathlib import Path

import pytest

from reviewer.errors import ReviewerError
from reviewer.progress import Progress
from reviewer.sandbox import probe
from reviewer.sandbox.abandoned import end_abandoned
from reviewer.sandbox.bubblewrap import Bubblewrap, find_bubblewrap
from reviewer.sandbox.landlock import landlock
from reviewer.sandbox.observe import observe
from reviewer.sandbox.policy import Policy
from reviewer.sandbox.run import run
from reviewer.sandbox.supervise import GATE_WORDS

# Follows bubblewrap's side of the start, and then runs the command as it is.
_NO_SANDBOX = f"""#!{sys.executable}
import json, os, sys
options = os.read(int(sys.argv[2]), 1 << 16).decode().split("\\0")
value = lambda name: int(options[options.index(name) + 1])
os.write(value("--info-fd"), json.dumps({{"child-pid": os.getpid()}}).encode())
os.close(value("--info-fd"))
os.read(value("--block-fd"), 1)
os.environ["PATH"] = "/usr/bin:/bin"
os.execv(sys.argv[4], sys.argv[4:])
"""


_NO_GUARD = _NO_SANDBOX.replace('os.environ["PATH"]', 'os.chdir(value("--chdir", 0)); os.environ["PATH"]').replace(
    "lambda name: int(options[options.index(name) + 1])",
    "lambda name, kind=1: (int if kind else str)(options[options.index(name) + 1])",
)


def program(folder: Path, text: str) -> Bubblewrap:
    path = folder / "bwrap"
    path.write_text(text)
    path.chmod(0o755)
    return Bubblewrap(path, sized=True, disables_userns=True)


def test_the_installed_sandbox_holds_and_its_holes_are_named() -> None:
    found = probe.find_sandbox()
    assert (found.kind, found.reason, found.cure) == ("bubblewrap", "", "")
    assert any("memory" in hole for hole in found.holes)
    assert any("processes" in hole for hole in found.holes) == (os.geteuid() == 0)


def test_a_bubblewrap_that_isolates_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReviewerError, match="does not hold") as refusal:
        probe.probe(program(tmp_path, _NO_SANDBOX))
    for text in ("a file that was not bound can be seen", "no system call is filtered", "new privileges are possible"):
        assert text in refusal.value.what


def test_an_older_bubblewrap_works_and_says_what_it_lacks() -> None:
    installed = find_bubblewrap()
    assert installed
    older = probe.probe(Bubblewrap(installed.program, sized=False, disables_userns=False))
    newer = probe.probe(installed)
    assert set(newer.holes) < set(older.holes) or not (installed.sized and installed.disables_userns)


@pytest.mark.parametrize(
    ("message", "cure"),
    [
        ("bwrap: setting up uid map: Permission denied", "bwrap-userns-restrict"),
        ("bwrap: loopback: Failed RTM_NEWADDR: Operation not permitted", "bwrap-userns-restrict"),
        (
            "bwrap: No permissions to create new namespace, likely because the kernel does not allow it",
            "user.max_user_namespaces",
        ),
        ("bwrap: Creating new namespace failed: Operation not permitted", "user.max_user_namespaces"),
        ("bwrap: Can't mount proc on /newroot/proc: Operation not permitted", "systempaths=unconfined"),
        ("bwrap: something else", "--evidence read"),
    ],
)
def test_each_refusal_of_the_system_has_its_cure(tmp_path: Path, message: str, cure: str) -> None:
    with pytest.raises(ReviewerError) as refusal:
        probe.probe(program(tmp_path, f'#!/bin/sh\necho "{message}" >&2\nexit 1\n'))
    assert message in refusal.value.what
    assert cure in refusal.value.cure


@pytest.mark.parametrize(
    ("answer", "cure"),
    [(None, "apt-get install bubblewrap"), ("setting up uid map: Permission denied", "bwrap-userns-restrict")],
    ids=["not installed", "refused by AppArmor"],
)
def test_where_bubblewrap_does_not_work_landlock_takes_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str | None, cure: str
) -> None:
    if answer:
        program(tmp_path, f'#!/bin/sh\n[ "$1" = --help ] || {{ echo "bwrap: {answer}" >&2; exit 1; }}\n')
    monkeypatch.setattr(probe, "_passed", None)
    monkeypatch.setattr(probe, "find_bubblewrap", lambda: find_bubblewrap(str(tmp_path)))
    found = probe.find_sandbox()
    assert found.kind == "Landlock"
    assert (answer or "there is no bubblewrap") in found.reason
    assert cure in found.cure
    assert any("that a file exists" in hole for hole in found.holes)
    assert run(Policy(), ("/bin/echo", "ran")).stdout == b"ran\n"
    with pytest.raises(ReviewerError, match="observing a step needs bubblewrap") as refusal:
        observe(Policy(), ("/bin/true",), Progress())
    assert cure in refusal.value.cure


def test_a_guard_that_isolates_nothing_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(landlock, "_START", program(tmp_path, _NO_GUARD).program)
    with pytest.raises(ReviewerError, match="does not hold") as refusal:
        probe.probe_landlock()
    for text in ("a file that was not allowed can be read", "processes outside can be", "no system call is filtered"):
        assert text in refusal.value.what


def test_without_either_nothing_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "_passed", None)
    monkeypatch.setattr(probe, "find_bubblewrap", lambda: find_bubblewrap(str(tmp_path)))
    monkeypatch.setattr(landlock, "landlock_version", lambda: 0)
    found = probe.find_sandbox()
    assert found.kind is None
    assert "apt-get install bubblewrap" in found.cure
    with pytest.raises(ReviewerError, match="no bubblewrap"):
        run(Policy(), ("/bin/touch", str(tmp_path / "ran")))
    assert not (tmp_path / "ran").exists()


def test_a_bubblewrap_that_a_killed_reviewer_left_half_started_is_ended(tmp_path: Path) -> None:
    script = program(tmp_path, "#!/bin/sh\nwhile :; do sleep 0.2; done\n").program
    words = f"echo{GATE_WORDS}true"
    inner = f"'{script}' --args 3 -- /bin/sh -c '{words}' >/dev/null 2>&1 & echo $!"
    told = subprocess.run(["/bin/sh", "-c", inner], stdout=subprocess.PIPE, check=True, text=True)
    orphan = int(told.stdout.split()[0])
    child = subprocess.Popen([script, "--args", "3", "--", "/bin/sh", "-c", words])
    with contextlib.ExitStack() as stack:
        stack.callback(child.wait)
        stack.callback(child.kill)
        while Path(f"/proc/{orphan}/comm").read_text() != "bwrap\n":
            time.sleep(0.01)
        end_abandoned(GATE_WORDS)
        for _ in range(200):
            if not Path(f"/proc/{orphan}").exists():
                break
            time.sleep(0.01)
        assert not Path(f"/proc/{orphan}").exists()
        assert child.poll() is None, "another Reviewer waits for it"


def test_on_an_unknown_machine_nothing_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")
    with pytest.raises(ReviewerError, match="x86_64 and aarch64"):
        probe.probe()


def test_on_another_system_nothing_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    with pytest.raises(ReviewerError, match="not available on darwin"):
        probe.probe()


def test_where_python_lacks_what_only_linux_has_reviewer_still_starts() -> None:
    script = """
import sys
class Lacking:
    def find_spec(self, name, path=None, target=None):
        if name in ("fcntl", "resource"): raise ImportError(name)
sys.meta_path.insert(0, Lacking())
sys.platform = "win32"
from reviewer.sandbox.probe import find_sandbox
print(find_sandbox().reason)
"""
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "not available on win32" in ran.stdout
