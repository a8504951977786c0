"""On systems without a sandbox everything that executes nothing works, and running says why it does not."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

# As Python is there: another name of the system, and none of the modules that only Linux, or only Unix, has. Paths and files stay Linux's.
_ELSEWHERE = """
import importlib.abc, json, sys
import ctypes, filelock, multiprocessing, platformdirs, selectors, subprocess, tempfile, PySide6  # know the system that they run on
system, missing, words = sys.argv[1], sys.argv[2].split(), sys.argv[3:]
class Missing(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name in missing:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Missing())
for name in missing:
    sys.modules.pop(name, None)
sys.platform = system
from reviewer.cli import main
sys.exit(main(words))
"""

SYSTEMS = pytest.mark.parametrize(("system", "missing"), [("darwin", ""), ("win32", "fcntl grp pwd resource termios")])


def reviewer(system: str, missing: str, *words: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", _ELSEWHERE, system, missing, *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


@SYSTEMS
def test_a_project_is_read_checked_and_decided_about(system: str, missing: str, demo: Path) -> None:
    told = reviewer(system, missing, "check", demo)
    assert (told.returncode, "hidden run step" in told.stdout) == (1, True), told.stderr
    assert reviewer(system, missing, "reject", "super", "--project", demo, "--yes").returncode == 0
    assert reviewer(system, missing, "check", demo).returncode == 3


@SYSTEMS
def test_running_says_that_it_is_not_available_there(system: str, missing: str, demo: Path) -> None:
    for words in (("graph", demo, "--evidence", "configured"), ("observe", "helper", "--project", demo)):
        told = reviewer(system, missing, *words)
        assert told.returncode == 2
        assert f"running build code in a sandbox is not available on {system}" in told.stderr


@SYSTEMS
def test_the_doctor_says_so_too(system: str, missing: str) -> None:
    told = reviewer(system, missing, "doctor", "--format", "json")
    assert told.returncode == 2, told.stderr
    sandbox = json.loads(told.stdout)["abilities"][0]
    assert f"not available on {system}" in sandbox["text"]
    assert "--evidence read" in sandbox["cure"]


@SYSTEMS
def test_the_window_opens(
    system: str, missing: str, demo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    picture = tmp_path / "window.png"
    told = reviewer(system, missing, "open", demo, "--screenshot", picture)
    assert told.returncode == 0, told.stderr
    assert picture.exists()
