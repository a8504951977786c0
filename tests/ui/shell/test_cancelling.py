"""A first configure takes its time: the window says what is being done, and Cancel ends it."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from reviewer.model.graph import Evidence
from reviewer.ui.shell.taskbar import TaskBar
from reviewer.ui.shell.window import Window
from reviewer.ui.state.worker import tasks
from tests.ecosystems.zig.configured.test_cancelling import processes_in
from tests.ecosystems.zig.configured.test_four_versions import copy_of_four
from tests.ecosystems.zig.conftest import toolchain_of
from tests.ui.hands import click


def test_a_first_configure_can_be_cancelled(
    window: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    monkeypatch.setenv("REVIEWER_CACHE_DIR", str(tmp_path / "cache"))
    window.open_project(copy_of_four(tmp_path), Evidence.CONFIGURED, toolchain_of("0.16").zig)
    qtbot.waitUntil(lambda: "Preparing zig 0.16" in window.loading.text.text(), timeout=20_000)
    assert window.loading.bar.maximum() == 0  # it moves, but does not pretend to know how far it is
    click(window.loading.stop)
    qtbot.waitUntil(window.start.isVisible, timeout=20_000)
    assert processes_in(tmp_path) == []


def test_while_a_project_is_configured_its_source_can_be_read(
    window: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    monkeypatch.setenv("REVIEWER_CACHE_DIR", str(tmp_path / "cache"))
    window.open_project(copy_of_four(tmp_path), Evidence.CONFIGURED, toolchain_of("0.16").zig)
    qtbot.waitUntil(lambda: "Preparing zig 0.16" in window.loading.text.text(), timeout=20_000)
    with qtbot.waitSignal(window.loaded, timeout=20_000):
        click(window.loading.read)
    assert window.workspace is not None
    assert window.workspace.session.review.graph.evidence is Evidence.READ
    qtbot.waitUntil(lambda: bool(tasks().listed), timeout=20_000)  # and it is configured meanwhile
    bar = window.workspace.footer.findChild(TaskBar)
    assert bar is not None
    click(bar.stop)
    qtbot.waitUntil(lambda: not tasks().running, timeout=20_000)
    assert window.workspace.isVisible()
