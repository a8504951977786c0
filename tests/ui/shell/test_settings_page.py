"""The settings are seen at once, kept in a plain file, and reachable by keyboard."""

import json
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QCheckBox, QComboBox
from pytestqt.qtbot import QtBot

from reviewer.places import remember, state_dir
from reviewer.ui.look.settings import Settings, load_settings
from reviewer.ui.look.theme import Look, load_theme
from reviewer.ui.shell.settings_page import SettingsPage
from reviewer.ui.shell.window import Window
from tests.ui.hands import CONTROL, press


@pytest.fixture
def free_look(look: Look) -> Iterator[Look]:
    """A look that follows its settings."""
    look.fix(None)
    look.use(Settings())
    yield look
    look.use(Settings())
    look.fix("dark")


def test_a_choice_is_seen_at_once_and_kept(window: Window, free_look: Look, qtbot: QtBot) -> None:
    page = SettingsPage(window, free_look)
    qtbot.addWidget(page)
    page.theme.setCurrentIndex(page.theme.findData("contrast-light"))
    page.ui_size.setValue(18)
    assert free_look.theme is load_theme("contrast-light")
    page.accept()
    assert json.loads((state_dir() / "settings.json").read_text())["theme"] == "contrast-light"
    assert load_settings() == Settings(theme="contrast-light", ui_size=18)


def test_cancel_takes_it_back(window: Window, free_look: Look, qtbot: QtBot) -> None:
    page = SettingsPage(window, free_look)
    qtbot.addWidget(page)
    page.theme.setCurrentIndex(page.theme.findData("light"))
    page.reject()
    assert free_look.settings.theme == "system"


def test_tab_reaches_every_field(window: Window, look: Look, qtbot: QtBot) -> None:
    page = SettingsPage(window, look)
    qtbot.addWidget(page)
    page.open()
    qtbot.waitUntil(page.isActiveWindow)
    fields = {
        field
        for field in page.findChildren(QComboBox) + page.findChildren(QAbstractSpinBox) + page.findChildren(QCheckBox)
        if field.accessibleName() or isinstance(field, QCheckBox)
    }
    seen = set()
    page.theme.setFocus()
    for _ in range(20):
        widget = QApplication.focusWidget()
        assert widget is not None
        seen.add(widget)
        QTest.keyClick(widget, Qt.Key.Key_Tab)
    assert fields <= seen


def test_text_grows_and_shrinks_by_key(window: Window, look: Look) -> None:
    window.start.open.setFocus()
    press(Qt.Key.Key_Plus, CONTROL)
    press(Qt.Key.Key_Plus, CONTROL)
    assert (look.settings.ui_size, look.settings.code_size) == (15, 15)
    press(Qt.Key.Key_Minus, CONTROL)
    assert load_settings().ui_size == 14
    press(Qt.Key.Key_0, CONTROL)
    assert look.settings.ui_size == 13


values = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5), st.lists(st.integers(), max_size=2))


@given(st.dictionaries(st.sampled_from([*Settings._fields, "other"]), values) | values)
def test_a_file_of_settings_that_makes_no_sense_is_a_new_users(value: object) -> None:
    remember("settings.json", value)
    loaded = load_settings()
    assert loaded.ui_size in range(10, 33)
    assert loaded.scale in range(100, 301)
    assert loaded.theme in ("system", "dark", "light", "contrast-dark", "contrast-light")
