"""A project that asks for a zig which is not here: read it meanwhile, install with a click, go on with the exact graph.

In the place of the installer stand programs that hang, fail, or put the very zig that the tests of all versions installed.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from reviewer.ecosystems.zig.toolchains import install
from reviewer.model.graph import Evidence
from reviewer.ui.shell.window import Window
from reviewer.ui.shell.workspace import Workspace
from tests.ecosystems.zig.configured.test_four_versions import copy_of_four
from tests.ecosystems.zig.conftest import toolchain_of
from tests.ui.hands import click


@pytest.fixture
def zig_015() -> Path:
    """The folder of its wheel."""
    return toolchain_of("0.15").zig.parent


@pytest.fixture
def toolchains(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("REVIEWER_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("REVIEWER_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    return tmp_path / "cache/toolchains"


@pytest.fixture
def work(tmp_path: Path, toolchains: Path, window: Window, qtbot: QtBot) -> Iterator[Workspace]:
    """The project, opened to be configured."""
    project = copy_of_four(tmp_path)
    manifest = project / "build.zig.zon"
    manifest.write_text(manifest.read_text().replace("0.14.0", "0.15.1"))
    with qtbot.waitSignal(window.loaded, timeout=20_000):
        window.open_project(project, Evidence.CONFIGURED)
    assert window.workspace is not None
    yield window.workspace
    window.close()


def installer(monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    monkeypatch.setattr(install, "_installer", lambda: (sys.executable, "-c", program))


def test_what_reading_tells_is_shown_and_the_toolchain_is_offered(work: Workspace) -> None:
    assert work.session.review.graph.evidence is Evidence.READ
    assert work.install.isVisible()
    assert work.install.go.text() == "Install zig 0.15.2"
    assert "read from the source" in work.install.text.text()
    assert "asks for 0.15.1" in work.install.text.text()
    click(work.install.close_button)
    assert not work.install.isVisible()


def test_installing_can_be_cancelled_and_leaves_nothing(
    work: Workspace, toolchains: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    installer(monkeypatch, "import os, sys, time; os.makedirs(sys.argv[2]); time.sleep(600)")
    click(work.install.go)
    qtbot.waitUntil(lambda: "MB so far" in work.install.text.text(), timeout=10_000)
    click(work.install.stop)
    qtbot.waitUntil(work.install.go.isVisible, timeout=10_000)
    assert "cancelled" in work.install.text.text()
    assert list(toolchains.iterdir()) == []


def test_a_failure_is_told_and_it_can_be_tried_again(
    work: Workspace, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    installer(monkeypatch, "import sys; sys.exit('no <b>network</b>')")
    click(work.install.go)
    qtbot.waitUntil(work.install.go.isVisible, timeout=10_000)
    assert "could not be installed: no <b>network</b>" in work.install.text.text()


def test_once_installed_the_project_is_configured_with_it(
    work: Workspace, window: Window, zig_015: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    installer(
        monkeypatch, f"import os, sys; os.mkdir(sys.argv[2]); os.symlink({str(zig_015)!r}, sys.argv[2] + '/ziglang')"
    )
    with qtbot.waitSignals([window.loaded], timeout=120_000, raising=False):
        click(work.install.go)
    assert window.workspace is not None
    graph = window.workspace.session.review.graph
    assert (graph.evidence, graph.toolchain) == (Evidence.CONFIGURED, "0.15.2")
    assert not window.workspace.install.isVisible()
