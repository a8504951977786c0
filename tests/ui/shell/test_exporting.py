"""A report leaves the window in the format that its file's name says, or the reviewer is told why not."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from reviewer.ui.shell.workspace import Workspace


@pytest.fixture
def workspace(opened: Callable[[Path], Workspace], demo: Path) -> Workspace:
    return opened(demo)


def choose(monkeypatch: pytest.MonkeyPatch, path: Path | str, kind: str = "") -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), kind))


@pytest.mark.parametrize(
    ("name", "kind", "written", "begins"),
    [
        ("r.html", "", "r.html", "<!DOCTYPE html>"),
        ("R.MD", "", "R.MD", "## Review of `terminal-app`"),
        ("r.cdx.json", "", "r.cdx.json", '{\n  "$schema"'),
        ("r", "Markdown for a pull request (*.md)", "r.md", "## Review of"),
        ("r", "", "r.html", "<!DOCTYPE html>"),
    ],
)
def test_export_writes_what_the_name_says(
    workspace: Workspace,
    tmp_path: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    kind: str,
    written: str,
    begins: str,
) -> None:
    choose(monkeypatch, tmp_path / name, kind)
    with qtbot.waitSignals([workspace.exporting.saved, workspace.session.told], timeout=20_000):
        workspace.exporting.ask()
    assert (tmp_path / written).read_text().startswith(begins)
    assert not list(tmp_path.glob(".*.tmp"))


def test_what_cannot_be_written_is_said_and_asking_may_be_left(
    workspace: Workspace, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(monkeypatch, "")
    workspace.exporting.ask()
    choose(monkeypatch, tmp_path / "missing" / "r.html")
    with qtbot.waitSignal(workspace.session.failed, timeout=20_000) as told:
        workspace.exporting.ask()
    assert "the report cannot be written (No such file or directory); choose a folder" in told.args[0]
