"""A reviewer's stories, told to the real window on the real demo project."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from reviewer.model.graph import Evidence
from reviewer.ui.packages.rows import Chip
from reviewer.ui.shell.window import Window
from reviewer.ui.shell.workspace import Workspace
from tests.ui.hands import CONTROL, SHIFT, click, press, type_into

Open = Callable[[Path], Workspace]
SUPER = "zig:super@1.0.0#deps/super"


def entries(project: Path) -> dict[str, dict[str, object]]:
    lock = project / "review.lock"
    return dict(json.loads(lock.read_text())["packages"]) if lock.exists() else {}


def shown_packages(work: Workspace) -> list[str]:
    return [row.name for row in work.list.model.rows if row.package]


def test_the_demo_opens_on_the_hidden_run_step_and_the_line_that_creates_it(opened: Open, demo: Path) -> None:
    work = opened(demo)
    now = work.session.selection.now
    assert (now.package, now.file) == (SUPER, "build.zig")
    assert "addRunArtifact" in work.code.code.shown_text(now.line)
    assert "no inputs and no outputs" in (work.code.code.explanation_under(now.line) or "")
    assert "module super" in work.map.headline.text()
    assert work.panel.status.text() == "unreviewed"


def test_trust_with_t_is_on_disk_at_once_and_ctrl_z_takes_it_back(opened: Open, demo: Path) -> None:
    work = opened(demo)
    press(Qt.Key.Key_T)
    assert entries(demo)[SUPER]["decision"] == "trusted"
    assert work.session.selection.now.package != SUPER, "the next package is shown"

    press(Qt.Key.Key_Z, CONTROL)
    assert entries(demo) == {}
    assert work.session.selection.now.package == SUPER, "undo shows what it was about"

    press(Qt.Key.Key_Z, CONTROL | SHIFT)
    assert entries(demo)[SUPER]["decision"] == "trusted"


def test_the_whole_demo_is_reviewed_with_one_key_for_each_package(opened: Open, demo: Path, window: Window) -> None:
    work = opened(demo)
    for _ in range(4):
        press(Qt.Key.Key_T)
    assert {entry["decision"] for entry in entries(demo).values()} == {"trusted"}
    assert len(entries(demo)) == 4
    assert window.header.verdict.text() == "build passes"
    assert work.list.chips[Chip.NEEDS_REVIEW].text() == "Needs review 0"


def test_later_is_recorded_as_such(opened: Open, demo: Path) -> None:
    opened(demo)
    press(Qt.Key.Key_L)
    assert entries(demo)[SUPER]["decision"] == "deferred"


def test_rejecting_asks_why_and_enter_confirms(opened: Open, demo: Path, window: Window) -> None:
    work = opened(demo)
    press(Qt.Key.Key_R)
    assert work.panel.deciding.question.isVisible()
    press(Qt.Key.Key_Return)
    assert entries(demo) == {}
    assert "needs a reason" in work.panel.deciding.question.text()
    type_into(work.panel.note, "runs a helper that nobody asked for")
    press(Qt.Key.Key_Return)
    assert entries(demo)[SUPER]["decision"] == "rejected"
    assert entries(demo)[SUPER]["note"] == "runs a helper that nobody asked for"
    assert "1 rejected" in window.header.verdict.text()
    assert work.list.view.hasFocus(), "the keyboard is back where it was"
    assert work.session.selection.now.package != SUPER


def test_escape_takes_a_rejection_back_before_it_is_one(opened: Open, demo: Path) -> None:
    work = opened(demo)
    press(Qt.Key.Key_R)
    type_into(work.panel.note, "hm")
    press(Qt.Key.Key_Escape)
    assert entries(demo) == {}
    assert work.panel.note.toPlainText() == ""
    assert not work.panel.deciding.question.isVisible()
    assert work.list.view.hasFocus()
    press(Qt.Key.Key_T)
    assert entries(demo)[SUPER]["note"] == ""


def test_a_note_that_was_written_is_the_reason(opened: Open, demo: Path) -> None:
    work = opened(demo)
    press(Qt.Key.Key_E)
    type_into(work.panel.note, "too clever")
    press(Qt.Key.Key_Escape)
    press(Qt.Key.Key_R)
    assert entries(demo)[SUPER]["decision"] == "rejected"


def test_next_and_previous_decide_nothing(opened: Open, demo: Path) -> None:
    work = opened(demo)
    press(Qt.Key.Key_N)
    assert work.session.selection.now.package != SUPER
    press(Qt.Key.Key_P)
    assert work.session.selection.now.package == SUPER
    assert entries(demo) == {}


def test_letters_typed_into_the_note_do_not_decide_but_travel_with_the_decision(opened: Open, demo: Path) -> None:
    work = opened(demo)
    press(Qt.Key.Key_E)
    assert QApplication.focusWidget() is work.panel.note
    type_into(work.panel.note, "trusted rln?/ tested")
    assert entries(demo) == {}
    assert work.session.selection.now.package == SUPER

    press(Qt.Key.Key_Return, CONTROL)
    assert QApplication.focusWidget() is not work.panel.note
    press(Qt.Key.Key_T)
    assert entries(demo)[SUPER]["note"] == "trusted rln?/ tested"
    assert work.panel.note.toPlainText() == ""


def test_a_note_stays_with_its_package_while_others_are_looked_at(opened: Open, demo: Path) -> None:
    work = opened(demo)
    work.panel.note.setPlainText("why does it run?")
    press(Qt.Key.Key_N)
    assert work.panel.note.toPlainText() == ""
    press(Qt.Key.Key_P)
    assert work.panel.note.toPlainText() == "why does it run?"


def test_letters_typed_into_the_search_filter_and_do_not_decide(opened: Open, demo: Path) -> None:
    work = opened(demo)
    press(Qt.Key.Key_Slash)
    assert QApplication.focusWidget() is work.list.search
    type_into(work.list.search, "ring")
    assert shown_packages(work) == ["ring-buffer"]
    assert entries(demo) == {}
    press(Qt.Key.Key_Escape)
    assert len(shown_packages(work)) == 4


def test_the_buttons_do_what_the_keys_do(opened: Open, demo: Path) -> None:
    work = opened(demo)
    work.panel.ship.setChecked(True)
    click(work.panel.trust)
    assert entries(demo)[SUPER]["criteria"] == ["ship"]
    click(work.footer.undo)
    assert entries(demo) == {}


def test_chips_show_only_what_they_say(opened: Open, demo: Path) -> None:
    work = opened(demo)
    click(work.list.chips[Chip.RUNS_CODE])
    assert shown_packages(work) == ["super", "unicode-tables"]
    click(work.list.chips[Chip.CHANGED])
    assert shown_packages(work) == []


def test_a_damaged_lock_loses_neither_the_file_nor_the_note(opened: Open, demo: Path) -> None:
    work = opened(demo)
    damaged = "<<<<<<< ours\n"
    (demo / "review.lock").write_text(damaged)
    work.panel.note.setPlainText("looked at every line")
    press(Qt.Key.Key_T)
    assert "review.lock" in work.notice.text
    assert (demo / "review.lock").read_text() == damaged
    assert work.panel.note.toPlainText() == "looked at every line"
    assert work.session.selection.now.package == SUPER


def test_list_map_tabs_and_panel_follow_one_selection(opened: Open, demo: Path) -> None:
    work = opened(demo)
    row = shown_packages(work).index("unicode-tables")
    index = work.list.model.index(row)
    click(work.list.view.viewport(), work.list.view.visualRect(index).center())
    assert "generate" in work.map.headline.text()
    assert work.code.tabs.tabText(0) == "unicode-tables/build.zig"
    assert work.panel.accessibleName() == "unicode-tables 16.0.2"

    box = next(box for box in work.map.map.boxes() if box.label == "event-loop")
    click(work.map.map, work.map.map.place_of(box.id).toPoint())
    assert work.panel.accessibleName() == "event-loop 0.9.3"
    assert work.list.view.currentIndex().data() == "event-loop"
    assert work.code.tabs.tabText(0) == "event-loop/build.zig"
    assert "no run steps" in work.map.headline.text()


def test_a_file_can_be_marked_viewed(opened: Open, demo: Path) -> None:
    work = opened(demo)
    press(Qt.Key.Key_V)
    assert work.code.tabs.tabText(0).endswith("\u2713")
    press(Qt.Key.Key_V)
    assert not work.code.tabs.tabText(0).endswith("\u2713")


def test_the_palette_goes_to_a_package_by_a_few_letters(opened: Open, demo: Path, window: Window) -> None:
    work = opened(demo)
    press(Qt.Key.Key_K, CONTROL)
    type_into(window.goto.palette.field, "ring")
    QTest.keyClick(window.goto.palette.field, Qt.Key.Key_Return)
    assert window.goto.palette.isHidden()
    assert work.panel.accessibleName() == "ring-buffer 1.2.0"
    assert entries(demo) == {}


def test_a_folder_that_is_no_project_says_what_happened_and_how_to_go_on(
    window: Window, tmp_path: Path, demo: Path, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(window.failed, timeout=10_000):
        window.open_project(tmp_path)
    page = window.failure
    assert page.what.text()
    assert str(tmp_path) in page.where.text()
    assert page.try_again.isVisible()
    assert page.open_another.isVisible()

    (tmp_path / "build.zig").write_text("pub fn build(_: anytype) void {}\n")
    with qtbot.waitSignal(window.loaded, timeout=10_000):
        click(page.read)
    assert window.workspace is not None
    assert window.workspace.list._empty.text() == "This project has no dependencies."


def test_a_load_can_be_cancelled(window: Window, demo: Path, qtbot: QtBot) -> None:
    window.open_project(demo, Evidence.READ)
    click(window.loading.stop)
    qtbot.waitUntil(lambda: window.pages.currentWidget() is not window.loading, timeout=10_000)


def test_reload_comes_back_to_the_same_place(opened: Open, demo: Path, qtbot: QtBot, window: Window) -> None:
    work = opened(demo)
    work.session.selection.select_place(SUPER, "evil.zig", 4)
    with qtbot.waitSignal(window.loaded, timeout=20_000):
        press(Qt.Key.Key_F5)
    assert window.workspace is not None
    now = window.workspace.session.selection.now
    assert (now.package, now.file, now.line) == (SUPER, "evil.zig", 4)


def test_a_decision_made_before_a_reload_can_still_be_undone(
    opened: Open, demo: Path, qtbot: QtBot, window: Window
) -> None:
    opened(demo)
    press(Qt.Key.Key_T)
    with qtbot.waitSignal(window.loaded, timeout=20_000):
        press(Qt.Key.Key_F5)
    press(Qt.Key.Key_U)
    assert entries(demo) == {}


def test_configuring_asks_first_and_cancel_changes_nothing(
    opened: Open, demo: Path, window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = opened(demo)
    asked: list[str] = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: asked.append(box.informativeText()))
    click(window.header.evidence)
    assert "sandbox" in asked[0]
    assert window.workspace is work


def test_without_a_project_the_window_offers_what_was_opened_before(opened: Open, demo: Path, window: Window) -> None:
    opened(demo)
    window.show_start()
    assert str(demo) in [window.start.recent.model().index(0, 0).data()]
    assert not window.actions_["trust"].isEnabled()
