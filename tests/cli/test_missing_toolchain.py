"""A project that asks for a zig which is not here, as a new user meets it in a terminal."""

import io
import sys
from pathlib import Path

import pytest

from reviewer.cli import main
from reviewer.ecosystems.zig.toolchains import install


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def project(demo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("REVIEWER_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("REVIEWER_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    manifest = demo / "build.zig.zon"
    manifest.write_text(manifest.read_text().replace("0.17.0", "0.15.1"))
    return demo


def at_a_terminal(monkeypatch: pytest.MonkeyPatch, answer: str) -> Terminal:
    told = Terminal()
    monkeypatch.setattr(sys, "stdin", Terminal(answer))
    monkeypatch.setattr(sys, "stderr", told)
    return told


def test_without_a_terminal_the_command_that_helps_is_named(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(project), "--evidence", "configured"]) == 2
    assert "run `reviewer toolchain install 0.15.2`" in capsys.readouterr().err


def test_from_then_on_what_reading_tells_is_shown_with_the_reason(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["check", str(project), "--evidence", "configured"])
    capsys.readouterr()
    assert main(["check", str(project)]) == 1
    out, err = capsys.readouterr()
    assert "build blocked: 4 need review" in out
    assert "nothing was executed" in err
    assert "`reviewer toolchain install 0.15.2`" in err


def test_at_a_terminal_it_is_asked_and_no_is_taken_for_an_answer(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = at_a_terminal(monkeypatch, "n\n")
    assert main(["check", str(project), "--evidence", "configured"]) == 2
    assert "Install zig 0.15.2 from PyPI (about 100 MB) for Reviewer's own use? [y/N]" in told.getvalue()


def test_yes_begins_the_installation_and_its_failure_is_told(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(install, "_installer", lambda: (sys.executable, "-c", "import sys; sys.exit('no such index')"))
    told = at_a_terminal(monkeypatch, "y\n")
    assert main(["check", str(project), "--evidence", "configured"]) == 2
    assert "zig 0.15.2 could not be installed: no such index" in told.getvalue()
