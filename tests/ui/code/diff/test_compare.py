"""Any two versions compared in the window, and what a bump would bring: nothing is decided, and nothing of the project touched."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from reviewer.cli import main
from reviewer.ui.code.diff.chooser import Chooser
from reviewer.ui.code.diff.rows import Kind
from reviewer.ui.shell.workspace import Workspace
from tests.ui.hands import press

Opened = Callable[[Path], Workspace]
RUN = "    const run = b.addRunArtifact(helper);\n"


@pytest.fixture
def chooser(opened: Opened, demo: Path, qtbot: QtBot, capsys: pytest.CaptureFixture[str]) -> Chooser:
    """The page that asks for two versions of `super`, which was trusted and then changed."""
    assert main(["trust", "super", "--project", str(demo), "--evidence", "read", "--yes"]) == 0
    capsys.readouterr()
    build = demo / "deps/super/build.zig"
    build.write_text(build.read_text().replace(RUN, RUN + "    _ = b.addRunArtifact(helper);\n"))
    work = opened(demo)
    assert work.session.review.graph.package[work.session.selection.now.package or ""].name == "super"
    press(Qt.Key.Key_C)
    page = QApplication.activeModalWidget()
    assert isinstance(page, Chooser)
    qtbot.waitUntil(lambda: page.new.list.count() > 0, timeout=10_000)
    return page


def work_of(chooser: Chooser) -> Workspace:
    found = chooser.window().parent()
    while not isinstance(found, Workspace):
        assert found is not None
        found = found.parent()
    return found


def test_the_versions_that_are_here_are_offered_with_who_decided_and_when(chooser: Chooser) -> None:
    told = [version.told for version in chooser.old.versions]
    assert told[0] == "in this project"
    assert told[1].startswith("trusted 20")
    assert (chooser.old.list.currentRow(), chooser.new.list.currentRow()) == (1, 0)
    chooser.new.list.setCurrentRow(1)
    assert not chooser.compare.isEnabled()
    chooser.reject()


def test_two_versions_are_compared_and_nothing_is_asked(chooser: Chooser, demo: Path, qtbot: QtBot) -> None:
    work, lock = work_of(chooser), (demo / "review.lock").read_bytes()
    press(Qt.Key.Key_Return)
    view = work.code.changes.compared.view
    qtbot.waitUntil(lambda: len(view.rows) > 1, timeout=20_000)
    work.window().activateWindow()  # which a desktop does by itself
    qtbot.waitUntil(view.hasFocus)
    assert not [row for row in view.rows if row.kind in (Kind.CONSEQUENCE, Kind.UNVIEWED)]
    assert any(row.text.startswith("!  run step added: ") for row in view.rows)
    press(Qt.Key.Key_M)
    assert work.code.changes.compared.state.text().startswith(
        "1 of 1 change viewed \u00b7 1 consequence; nothing is decided"
    )
    assert work.session.upgrades.questions(work.session.selection.now.package or "") != ()
    assert (demo / "review.lock").read_bytes() == lock


def test_an_archive_shows_what_a_bump_would_bring(chooser: Chooser, demo: Path, tmp_path: Path, qtbot: QtBot) -> None:
    work = work_of(chooser)
    newer = Path(shutil.copytree(demo / "deps/super", tmp_path / "super-2"))
    (newer / "root.zig").write_text((newer / "root.zig").read_text() + "// version 2\n")
    chooser.old.list.setCurrentRow(0)
    chooser.new.give(shutil.make_archive(str(tmp_path / "super"), "xztar", tmp_path, "super-2"))
    chooser.compare.click()
    page = work.code.changes.compared
    qtbot.waitUntil(lambda: len(page.view.rows) > 1, timeout=20_000)
    work.window().activateWindow()
    qtbot.waitUntil(page.view.hasFocus)
    assert page.title(work.session.selection.now.package or "") == "Compare: 1.0.0 \u2192 super.tar.xz"
    assert [row.text for row in page.view.rows if row.kind is Kind.NEW] == ["// version 2"]
    press(Qt.Key.Key_M)
    assert page.view.viewed == [(True,)]


def test_what_cannot_be_compared_says_why(chooser: Chooser, tmp_path: Path, qtbot: QtBot) -> None:
    work = work_of(chooser)
    (tmp_path / "no.zip").write_bytes(b"PK\x03\x04 and nothing more")
    chooser.new.give(str(tmp_path / "no.zip"))
    chooser.compare.click()
    view = work.code.changes.compared.view
    qtbot.waitUntil(lambda: "damaged" in view.rows[0].text, timeout=20_000)
