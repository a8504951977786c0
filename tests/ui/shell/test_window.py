"""What holds for the whole window: one table of acts, a name on every control, plain text only."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QAbstractScrollArea, QApplication, QLabel, QLineEdit, QTabBar, QWidget
from pytestqt.qtbot import QtBot

from reviewer.model.graph import Evidence
from reviewer.ui.look.theme import Look
from reviewer.ui.shell.help import KeysPage
from reviewer.ui.shell.window import Window
from reviewer.ui.shell.workspace import Workspace
from reviewer.ui.state.actions import ACTS, keycap_text
from reviewer.ui.state.session import Session


def test_no_two_acts_share_a_key() -> None:
    keys = [QKeySequence(key).toString() for act in ACTS for key in act.keys]
    assert len(keys) == len(set(keys))
    assert all(keys)


def test_every_act_does_something_once_a_review_is_open(
    opened: Callable[[Path], Workspace], demo: Path, window: Window
) -> None:
    assert not window.actions_["trust"].isEnabled()
    opened(demo)
    assert window.actions_.unbound() == []


def test_a_plus_that_is_a_key_of_its_own_is_shown() -> None:
    assert [keycap_text(key) for key in ("Ctrl+Z", "Ctrl++", "N")] == ["Ctrl Z", "Ctrl +", "N"]


def test_a_fault_while_a_review_is_shown_ends_the_load_and_is_told(
    window: Window, demo: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reviewer.ui.shell.window.remember_project", lambda _: [][1])
    with qtbot.captureExceptions() as told, qtbot.waitSignal(window.failed, timeout=20_000):
        window.open_project(demo, Evidence.READ)
    assert window.failure.isVisible()
    assert "IndexError" in window.failure.what.text()
    assert [kind for kind, *_ in told] == [IndexError]  # the crash handler hears of it too


def test_the_help_page_names_every_act_and_key(window: Window, qtbot: QtBot) -> None:
    page = KeysPage(window)
    qtbot.addWidget(page)
    texts = {label.text() for label in page.findChildren(QLabel)}
    for act in ACTS:
        assert act.text in texts
        assert {keycap_text(key) for key in act.keys} <= texts


def test_every_control_has_a_name(opened: Callable[[Path], Workspace], demo: Path, window: Window) -> None:
    opened(demo)
    window.goto.open()
    nameless = []
    for widget in window.findChildren(QWidget):
        control = isinstance(widget, QAbstractButton | QLineEdit | QTabBar | QAbstractScrollArea)
        if control and widget.isVisible() and widget.focusPolicy() != Qt.FocusPolicy.NoFocus:
            name = widget.accessibleName() or (widget.text() if isinstance(widget, QAbstractButton) else "")
            if not name:
                nameless.append(f"{type(widget).__name__} {widget.objectName()}")
    assert nameless == []


def test_no_label_ever_interprets_rich_text(opened: Callable[[Path], Workspace], demo: Path, window: Window) -> None:
    opened(demo)
    labels = window.findChildren(QLabel)
    assert labels
    assert {label.textFormat() for label in labels} == {Qt.TextFormat.PlainText}


def test_tab_reaches_list_map_code_and_decisions(opened: Callable[[Path], Workspace], demo: Path) -> None:
    work = opened(demo)
    seen = set()
    for _ in range(60):
        widget = QApplication.focusWidget()
        assert widget is not None
        seen.add(widget)
        QTest.keyClick(widget, Qt.Key.Key_Tab)
    wanted = {
        work.list.view,
        work.list.search,
        work.map.map,
        work.code.tabs,
        work.code.code,
        work.panel.note,
        work.panel.trust,
    }
    assert wanted <= seen


def test_a_note_that_looks_like_markup_is_shown_as_typed(
    session: Session, look: Look, window: Window, qtbot: QtBot
) -> None:
    work = Workspace(session, look, window.actions_)
    qtbot.addWidget(work)
    first = session.selection.now.package
    work.panel.note.setPlainText("<h1>big</h1> & so on")
    work.panel.later.click()
    session.selection.select_package(first)
    assert "<h1>big</h1> & so on" in work.panel.earlier.text()
