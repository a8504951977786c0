"""A reviewer reads: finds, jumps, opens any file, sees what hides. The real window on the real demo project."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QToolTip
from pytestqt.qtbot import QtBot

from reviewer.ui.shell.workspace import Workspace
from tests.ui.hands import CONTROL, SHIFT, press, type_into

Open = Callable[[Path], Workspace]
ALT = Qt.KeyboardModifier.AltModifier
SUPER = "zig:super@1.0.0#deps/super"


@pytest.fixture
def reading(opened: Open, demo: Path) -> Workspace:
    """The demo with some more files to read in one package, and the keyboard in the code."""
    folder = demo / "deps/super"
    (folder / "long.zig").write_text("".join(f"const value{n} = {n};\n" for n in range(1, 5_001)))
    (folder / "hostile.zig").write_text('const ok = "\u202e";\n' + "x = 1;" + " " * 300 + "evil();\n", "utf-8")
    (folder / "tool").write_bytes(b"\x7fELF" + bytes(range(256)) * 2_000)
    work = opened(demo)
    work.code.code.setFocus()
    return work


def test_find_goes_from_match_to_match_around_the_end_and_counts(reading: Workspace, qtbot: QtBot) -> None:
    code, bar = reading.code.code, reading.code.findbar
    reading.session.selection.select_place(SUPER, "long.zig", 1)
    press(Qt.Key.Key_F, CONTROL)
    type_into(bar.field, "value499")
    qtbot.waitUntil(lambda: bar.finder.is_done)
    assert bar.count.text() == "1 of 11"
    assert code.current_line == 499
    press(Qt.Key.Key_Return)
    assert (code.current_line, bar.count.text()) == (4_990, "2 of 11")
    press(Qt.Key.Key_F3, SHIFT)
    press(Qt.Key.Key_F3, SHIFT)
    assert (code.current_line, bar.count.text()) == (4_999, "11 of 11")
    press(Qt.Key.Key_F3)
    assert code.current_line == 499
    assert code.caret.text == "value499"

    press(Qt.Key.Key_Escape)
    assert bar.isHidden()
    assert QApplication.focusWidget() is code
    press(Qt.Key.Key_F3)
    qtbot.waitUntil(lambda: code.current_line == 4_990)  # the last search goes on


def test_what_is_not_there_is_told_and_case_matters_when_it_is_typed(reading: Workspace) -> None:
    bar = reading.code.findbar
    press(Qt.Key.Key_F, CONTROL)
    type_into(bar.field, "ADDRUNARTIFACT")
    assert bar.count.text() == "nothing found"
    bar.field.setText("addrunartifact")
    assert bar.count.text() == "1 of 1"


def test_a_match_is_found_though_its_line_is_cut_for_showing(reading: Workspace, demo: Path) -> None:
    (demo / "deps/super/wide.zig").write_text("x" * 1_997 + "needle" + "x" * 5_000 + "needle\n")
    reading.session.selection.select_place(SUPER, "wide.zig")
    press(Qt.Key.Key_F, CONTROL)
    type_into(reading.code.findbar.field, "needle")
    assert reading.code.findbar.count.text() == "1 of 2"
    assert reading.code.code.caret.text == "needle"
    press(Qt.Key.Key_Return)
    press(Qt.Key.Key_Return)
    assert reading.code.findbar.count.text() == "1 of 2"
    press(Qt.Key.Key_Return, SHIFT)
    assert reading.code.findbar.count.text() == "2 of 2"


def test_a_name_is_followed_to_its_declaration_into_another_package_and_back(reading: Workspace) -> None:
    code, root = reading.code.code, reading.session.review.graph.root_package.id
    reading.session.selection.select_place(root, "src/main.zig", 4)
    QTest.keyClick(code, Qt.Key.Key_End)
    for _ in range(5):
        press(Qt.Key.Key_Left)
    press(Qt.Key.Key_F12)
    assert reading.session.selection.now.package == "zig:event-loop@0.9.3#deps/event-loop"
    assert code.page.document.path == "src/event_loop.zig"
    press(Qt.Key.Key_Left, ALT)
    assert (code.page.document.path, code.current_line) == ("src/main.zig", 4)


def test_ctrl_click_on_the_line_that_creates_a_run_step_opens_its_program(reading: Workspace) -> None:
    code = reading.code.code
    place = code.page.rows.row_of(*code.page.place(code.current_line))
    y = code.page.rows.top(place) - code.verticalScrollBar().value() + 15
    QTest.mouseClick(code.viewport(), Qt.MouseButton.LeftButton, CONTROL, QPoint(60, y))
    assert code.page.document.path == "evil.zig"


def test_a_name_that_leads_nowhere_says_so(reading: Workspace) -> None:
    reading.session.selection.select_place(SUPER, "build.zig", 1)
    QTest.keyClick(reading.code.code, Qt.Key.Key_End)
    QTest.keyClick(reading.code.code, Qt.Key.Key_Left)
    QTest.keyClick(reading.code.code, Qt.Key.Key_Left)
    QTest.keyClick(reading.code.code, Qt.Key.Key_Left)
    press(Qt.Key.Key_F12)
    assert "is not known" in QToolTip.text()
    assert reading.session.selection.now.file == "build.zig"


def test_a_hidden_character_can_be_searched_by_its_name(reading: Workspace) -> None:
    reading.session.selection.select_place(SUPER, "hostile.zig", 1)
    press(Qt.Key.Key_F, CONTROL)
    type_into(reading.code.findbar.field, "RLO")
    assert reading.code.findbar.count.text() == "1 of 1"


def test_a_line_is_gone_to_by_number_and_back_returns(reading: Workspace) -> None:
    code = reading.code.code
    reading.session.selection.select_place(SUPER, "long.zig", 7)
    press(Qt.Key.Key_G, CONTROL)
    type_into(reading.code.findbar.field, "6000")
    press(Qt.Key.Key_Return)
    assert "1 to 5,000" in reading.code.findbar.count.text()
    reading.code.findbar.field.setText("4321:7")
    press(Qt.Key.Key_Return)
    assert (code.current_line, code.current_column) == (4_321, 7)
    assert QApplication.focusWidget() is code
    press(Qt.Key.Key_Left, ALT)
    assert code.current_line == 7


def test_any_file_of_a_package_opens_in_a_tab_of_its_own(reading: Workspace) -> None:
    tabs = reading.code.tabs
    before = tabs.count()
    reading.session.selection.select_place(SUPER, "long.zig", 3)
    assert tabs.count() == before + 1
    assert tabs.tabText(tabs.currentIndex()) == "long.zig"
    assert reading.code.code.shown_text(3) == "const value3 = 3;"


def test_hostile_text_is_announced_and_each_place_is_one_key_away(reading: Workspace) -> None:
    code = reading.code.code
    reading.session.selection.select_place(SUPER, "hostile.zig", 1)
    assert "2 places may show something else" in reading.code.facts.said.text()
    press(Qt.Key.Key_J)
    assert "goes on at column 307" in code.accessibleDescription()
    press(Qt.Key.Key_K)
    assert "RIGHT-TO-LEFT OVERRIDE" in code.accessibleDescription()


def test_a_program_is_shown_as_bytes_with_what_it_is(reading: Workspace, qtbot: QtBot) -> None:
    code = reading.code.code
    reading.session.selection.select_place(SUPER, "tool")
    qtbot.waitUntil(lambda: code.page.document.path == "tool")
    assert reading.code.facts.said.text() == "ELF program or library \u00b7 512.0 kB \u00b7 entropy 8.0 of 8 bits"
    assert code.shown_text(1).endswith(".ELF............")
    press(Qt.Key.Key_X)
    qtbot.waitUntil(lambda: not code.page.document.is_bytes)
    assert "\u27e6NUL\u27e7" in code.shown_text(1)
    press(Qt.Key.Key_X)
    qtbot.waitUntil(lambda: code.page.document.is_bytes)


def test_a_reference_to_what_is_read_is_copied(reading: Workspace) -> None:
    reading.session.selection.select_place(SUPER, "long.zig", 12)
    press(Qt.Key.Key_C, CONTROL | SHIFT)
    assert QGuiApplication.clipboard().text() == "super/long.zig:12"
    QTest.keyClick(reading.code.code, Qt.Key.Key_Down, SHIFT)
    QTest.keyClick(reading.code.code, Qt.Key.Key_Down, SHIFT)
    QTest.keyClick(reading.code.code, Qt.Key.Key_End, SHIFT)
    press(Qt.Key.Key_C, CONTROL | SHIFT)
    assert QGuiApplication.clipboard().text() == "super/long.zig:12-14"


def test_a_file_of_a_hundred_thousand_lines_opens_while_the_window_stays_alive(
    reading: Workspace, demo: Path, qtbot: QtBot
) -> None:
    line = "    const value = b.path(" + '"x" ++ ' * 23 + '"y");\n'
    (demo / "deps/super/huge.zig").write_text(line * 100_000)
    reading.session.selection.select_place(SUPER, "huge.zig", 90_000)
    code = reading.code.code
    qtbot.waitUntil(lambda: code.page.document.path == "huge.zig", timeout=20_000)
    assert code.current_line == 90_000
    assert code.page.document.line_count == 100_000


def test_a_file_that_another_was_chosen_before_it_opened_does_not_come_up_later(
    reading: Workspace, demo: Path, qtbot: QtBot
) -> None:
    (demo / "deps/super/slow.zig").write_text("x\n" * 500_000)
    reading.session.selection.select_place(SUPER, "slow.zig")
    reading.session.selection.select_place(SUPER, "evil.zig", 2)
    qtbot.wait(300)
    assert reading.code.code.page.document.path == "evil.zig"


def test_folding_leaves_what_is_marked(reading: Workspace) -> None:
    code = reading.code.code
    reading.session.selection.select_place(SUPER, "build.zig")
    whole = code.page.rows.count
    press(Qt.Key.Key_Z)
    assert code.page.rows.count < whole
    assert "without marks" not in code.shown_text(code.current_line)
    press(Qt.Key.Key_Z)
    assert code.page.rows.count == whole


def test_the_menu_at_the_cursor_offers_what_can_be_done_there(reading: Workspace, qtbot: QtBot) -> None:
    code = reading.code.code
    event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(0, 0), QPoint(0, 0))
    QApplication.sendEvent(code, event)
    menu = next(menu for menu in reading.code.findChildren(QMenu) if menu.isVisible())
    offered = {action.text().partition("\t")[0]: action for action in menu.actions()}
    assert "Go to what is named here" in offered
    assert offered["Wrap long lines"].isChecked()
    offered["Wrap long lines"].trigger()
    assert not code.wraps
    menu.close()


def test_build_code_too_large_to_be_read_whole_is_still_shown_with_its_mark(
    reading: Workspace, demo: Path, qtbot: QtBot
) -> None:
    build = demo / "deps/super/build.zig"
    build.write_text(build.read_text() + "// padding\n" * (2 << 20))
    reading.session.selection.select_place(SUPER, "evil.zig")
    reading.session.selection.select_place(SUPER, "build.zig")
    code = reading.code.code
    qtbot.waitUntil(lambda: code.page.document.path == "build.zig", timeout=20_000)
    assert "only the first 20 MB are shown" in reading.code.facts.said.text()
    assert "no inputs and no outputs" in (code.explanation_under(10) or "")
