"""Several upgrades at once: a summary, read one after another, and approved together where nothing follows from them."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from reviewer.cli import main
from reviewer.ui.code.upgrades import UpgradesModel
from reviewer.ui.shell.workspace import Workspace
from tests.ui.hands import CONTROL, SHIFT, press

Opened = Callable[[Path], Workspace]
NAMES = ("super", "unicode-tables", "event-loop")
RUN = "    const run = b.addRunArtifact(helper);\n"


@pytest.fixture
def bumped(demo: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """The demo after three upgrades: of these only that of `super` has consequences."""
    names = (*NAMES, "ring-buffer")
    assert main(["trust", *names, "--project", str(demo), "--evidence", "read", "--yes"]) == 0
    capsys.readouterr()
    build = demo / "deps/super/build.zig"
    build.write_text(build.read_text().replace(RUN, RUN + "    _ = b.addRunArtifact(helper);\n"))
    for file in ("deps/event-loop/src/event_loop.zig", "deps/unicode-tables/build.zig"):
        (demo / file).write_text((demo / file).read_text() + "// more words\n")
    return demo


def table(model: UpgradesModel) -> dict[str, list[str]]:
    """What the summary shows, by name."""
    rows = [[model.index(row, at).data() for at in range(model.columnCount())] for row in range(model.rowCount())]
    return {name: cells for name, *cells in rows}


@pytest.fixture
def listed(opened: Opened, bumped: Path, qtbot: QtBot) -> Workspace:
    """The summary, once everything is compared."""
    work = opened(bumped)
    press(Qt.Key.Key_Q)
    model = work.code.changes.upgrades.model
    qtbot.waitUntil(lambda: model.rowCount() == 3 and "comparing\u2026" not in str(table(model)), timeout=20_000)
    return work


def test_the_summary_tells_of_each_what_follows_how_much_changed_and_what_was_viewed(listed: Workspace) -> None:
    found = table(listed.code.changes.upgrades.model)
    assert found["event-loop"] == ["nothing", "0 of 1", "1", "+1 \u22120", "0.9.3, other content"]
    assert found["super"][0] == "1 consequence"
    assert (
        listed.code.changes.upgrades.state.text() == "3 upgrades \u00b7 0 ready: no consequences, every change viewed"
    )


def test_the_cursor_of_the_summary_is_on_what_a_decision_would_be_about(listed: Workspace) -> None:
    page = listed.code.changes.upgrades
    for _ in range(3):
        row = page.table.currentIndex().row()
        assert listed.session.selection.now.package == page.model.packages[row]
        press(Qt.Key.Key_Down)
    assert page.isVisible()


def test_what_was_viewed_and_changes_nothing_is_trusted_together_and_undone_at_once(
    listed: Workspace, bumped: Path, qtbot: QtBot
) -> None:
    session, lock = listed.session, bumped / "review.lock"
    before = lock.read_bytes()
    press(Qt.Key.Key_T, SHIFT)
    assert lock.read_bytes() == before, "nothing was viewed yet"
    for name in ("event-loop", "unicode-tables", "super"):
        package = next(package for package in session.review.graph.package if f":{name}@" in package)
        session.selection.select_package(package)
        press(Qt.Key.Key_D)
        press(Qt.Key.Key_V)
    press(Qt.Key.Key_Q)
    qtbot.waitUntil(listed.code.changes.upgrades.trust.isEnabled, timeout=5_000)
    press(Qt.Key.Key_T, SHIFT)
    assert [session.review.graph.package[package].name for package in session.review.upgrades] == ["super"]
    assert json.loads(lock.read_text()) != json.loads(before)
    press(Qt.Key.Key_Z, CONTROL)
    assert lock.read_bytes() == before


def test_after_one_upgrade_is_trusted_the_changes_of_the_next_are_shown(listed: Workspace) -> None:
    press(Qt.Key.Key_Return)
    first = listed.session.selection.now.package
    assert listed.code.changes.shown is not None
    while first == listed.session.selection.now.package:
        press(Qt.Key.Key_T)
        press(Qt.Key.Key_Return)
    assert listed.code.changes.shown is not None
    assert listed.session.selection.now.package in listed.session.review.upgrades


def test_chosen_together_only_those_are_trusted_that_have_no_consequences(listed: Workspace, bumped: Path) -> None:
    session, lock = listed.session, bumped / "review.lock"
    before = lock.read_bytes()
    held = session.review.upgrades
    for package in held:
        for question in session.upgrades.questions(package):
            session.upgrades.confirm(package, question)
    told: list[str] = []
    session.told.connect(told.append)
    session.choose(held)
    press(Qt.Key.Key_T)
    assert lock.read_bytes() == before
    assert told == [
        "3 upgrades left out: together only those are trusted that have no consequences and were viewed. Trust the others one by one."
    ]
