"""Filtering the list: by words with completion, mistakes told in place, and the queue walked within what is shown."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from reviewer.lock.status import Status
from reviewer.ui.packages.rows import Chip
from reviewer.ui.shell.workspace import Workspace
from tests.ui.hands import SHIFT, click, press, type_into

Open = Callable[[Path], Workspace]
SUPER = "zig:super@1.0.0#deps/super"
TABLES = "zig:unicode-tables@16.0.2#deps/unicode-tables"


def shown(work: Workspace) -> list[str]:
    return [row.name for row in work.list.model.rows if row.package]


def write(work: Workspace, text: str) -> None:
    press(Qt.Key.Key_Slash)
    type_into(work.list.search, text)


def test_words_filter_the_list(opened: Open, demo: Path) -> None:
    work = opened(demo)
    write(work, "runs:yes -hidden:yes")
    assert shown(work) == ["unicode-tables"]
    press(Qt.Key.Key_Return)
    assert work.session.selection.now.package == TABLES
    assert work.list.view.hasFocus()


def test_a_mistake_is_told_below_the_field_and_hides_nothing(opened: Open, demo: Path) -> None:
    work = opened(demo)
    write(work, "statsu:changed")
    assert len(shown(work)) == 4
    assert work.list.filter.mistake.isVisible()
    assert "did you mean status:?" in work.list.filter.mistake.text()
    press(Qt.Key.Key_Escape)
    press(Qt.Key.Key_Escape)
    assert not work.list.filter.mistake.isVisible()


def test_words_and_values_are_completed_with_the_keyboard(opened: Open, demo: Path) -> None:
    work = opened(demo)
    write(work, "hi")
    popup = work.list.filter._popup
    assert popup.isVisible()
    QTest.keyClick(popup, Qt.Key.Key_Down)
    QTest.keyClick(popup, Qt.Key.Key_Return)
    assert work.list.search.text() == "hidden:"
    QTest.keyClick(popup, Qt.Key.Key_Down)
    QTest.keyClick(popup, Qt.Key.Key_Return)
    assert work.list.search.text() == "hidden:yes"
    assert shown(work) == ["super"]


def test_decisions_stay_within_the_filter_and_say_when_it_is_done(opened: Open, demo: Path) -> None:
    work = opened(demo)
    write(work, "runs:yes")
    press(Qt.Key.Key_Return)
    press(Qt.Key.Key_T)
    assert work.session.selection.now.package == TABLES
    press(Qt.Key.Key_T)
    assert work.session.selection.now.package == TABLES
    assert "2 packages elsewhere" in work.notice.text
    press(Qt.Key.Key_Escape)
    assert len(shown(work)) == 4


def test_several_packages_are_decided_at_once_with_one_undo(opened: Open, demo: Path) -> None:
    work = opened(demo)
    press(Qt.Key.Key_Down, SHIFT)
    press(Qt.Key.Key_Down, SHIFT)
    assert len(work.session.chosen) == 3
    press(Qt.Key.Key_T)
    trusted = [p for p, a in work.session.review.assessments.items() if a.status is Status.TRUSTED]
    assert len(trusted) == 3
    assert list(work.session.review.queue) == [work.session.selection.now.package]
    assert list(work.session.chosen) == [work.session.selection.now.package]
    press(Qt.Key.Key_U)
    assert len(work.session.review.queue) == 4


def test_a_row_tells_why_it_is_in_the_queue(opened: Open, demo: Path) -> None:
    work = opened(demo)
    tip = work.list.model.data(work.list.model.index(0), Qt.ItemDataRole.ToolTipRole)
    assert "hides 1 run step" in str(tip)


def test_a_rows_menu_copies_its_id(opened: Open, demo: Path) -> None:
    work = opened(demo)
    work.list._offer_menu(work.list.view.visualRect(work.list.model.index(0)).center())
    menu = work.list.findChildren(QMenu)[0]
    next(action for action in menu.actions() if action.text() == "Copy id").trigger()
    assert QGuiApplication.clipboard().text() == SUPER


def test_a_chip_and_a_filter_are_both_taken_away_by_escape(opened: Open, demo: Path) -> None:
    work = opened(demo)
    click(work.list.chips[Chip.RUNS_CODE])
    write(work, "super")
    assert shown(work) == ["super"]
    press(Qt.Key.Key_Escape)
    assert len(shown(work)) == 4
