"""What a command answers when it cannot do its work for a reason nobody foresaw."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from reviewer.cli import look, main


def test_a_fault_of_our_own_is_one_line_and_never_passes_for_a_verdict(
    demo: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(_: object) -> None:
        raise RuntimeError("two\nlines")

    monkeypatch.setattr(look, "load_review", broken)
    assert main(["check", str(demo)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "RuntimeError" in line
    assert "test_failing.py" in line


@pytest.mark.parametrize("display", ["", ":987"])
def test_where_no_display_answers_the_window_says_so(demo: Path, display: str) -> None:
    env = {name: value for name, value in os.environ.items() if name not in ("WAYLAND_DISPLAY", "QT_QPA_PLATFORM")}
    command = [sys.executable, "-m", "reviewer", "open", str(demo)]
    done = subprocess.run(command, env={**env, "DISPLAY": display}, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "--screenshot" in done.stderr
