"""Which sandbox is active is always in sight: quietly where it is the best kind, marked where it is not, with holes and cure."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from reviewer.sandbox import probe
from reviewer.sandbox.bubblewrap import find_bubblewrap
from reviewer.sandbox.landlock import landlock
from reviewer.ui.shell.doctor_page import DoctorPage
from reviewer.ui.shell.sandbox_pill import SandboxPill
from reviewer.ui.shell.window import Window
from reviewer.ui.shell.workspace import Workspace

Open = Callable[[Path], Workspace]


@pytest.fixture
def refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bubblewrap that AppArmor does not let make namespaces."""
    program = tmp_path / "bin" / "bwrap"
    program.parent.mkdir()
    program.write_text(
        "#!/bin/sh\n[ $1 = --help ] || { echo 'bwrap: setting up uid map: Permission denied' >&2; exit 1; }\n"
    )
    program.chmod(0o755)
    monkeypatch.setattr(probe, "_passed", None)
    monkeypatch.setattr(probe, "find_bubblewrap", lambda: find_bubblewrap(str(program.parent)))


def pill_of(window: Window, qtbot: QtBot) -> SandboxPill:
    pill = window.header.sandbox
    qtbot.waitUntil(pill.isVisible, timeout=20_000)
    return pill


def test_the_best_kind_is_named_and_gives_way_where_there_is_little_room(
    window: Window, opened: Open, read_only_demo: Path, qtbot: QtBot
) -> None:
    opened(read_only_demo)
    window.showNormal()  # another test may have left the project otherwise
    window.resize(1440, 900)
    pill = pill_of(window, qtbot)
    assert pill.text() == "sandbox: bubblewrap"
    assert "Known hole: a program may execute code that it keeps in memory only" in pill.toolTip()
    window.resize(1000, 650)
    qtbot.waitUntil(lambda: not pill.isVisible())


def test_the_second_best_kind_is_marked_with_its_holes_and_the_cure(
    refused: None, window: Window, opened: Open, read_only_demo: Path, qtbot: QtBot
) -> None:
    opened(read_only_demo)
    pill = pill_of(window, qtbot)
    assert (pill.text(), pill.property("pill")) == ("sandbox: Landlock", "action")
    for text in (
        "setting up uid map: Permission denied",
        "Not possible in it: observing steps",
        "Known hole: that a file exists",
        "What to do: AppArmor forbids",
    ):
        assert text in pill.toolTip()
    window.resize(1000, 650)
    qtbot.waitUntil(pill.isVisible)
    pill.click()
    page = window.findChild(DoctorPage)
    assert page is not None
    qtbot.waitUntil(page.copy.isEnabled, timeout=20_000)
    assert "Landlock, which held" in page.text.toPlainText()
    page.close()


def test_where_there_is_none_it_says_so(
    refused: None, monkeypatch: pytest.MonkeyPatch, window: Window, opened: Open, read_only_demo: Path, qtbot: QtBot
) -> None:
    monkeypatch.setattr(landlock, "landlock_version", lambda: 0)
    opened(read_only_demo)
    pill = pill_of(window, qtbot)
    assert (pill.text(), pill.property("pill")) == ("no sandbox", "action")
    assert "No build script is run" in pill.toolTip()


def test_a_cure_is_seen_when_a_project_is_opened_again(
    refused: None, window: Window, opened: Open, read_only_demo: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    opened(read_only_demo)
    pill = pill_of(window, qtbot)
    monkeypatch.setattr(probe, "find_bubblewrap", find_bubblewrap)
    opened(read_only_demo)
    qtbot.waitUntil(lambda: pill.text() == "sandbox: bubblewrap", timeout=20_000)
