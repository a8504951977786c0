"""The window can be translated: in a made-up language, in which every text is marked, none is left unmarked."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QTranslator
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from reviewer.errors import ReviewerError
from reviewer.ui.look.theme import Look
from reviewer.ui.shell.help import KeysPage
from reviewer.ui.shell.settings_page import SettingsPage
from reviewer.ui.shell.window import Window

MARK = "\u00bb"
SAME = {"Reviewer", "review.lock"}
"""Names, which are the same in every language."""


class Marked(QTranslator):
    """A language in which every text is what it was, with a mark before it."""

    def isEmpty(self) -> bool:  # noqa: N802
        return False

    def translate(self, _context: str, source: str, _disambiguation: str | None = None, _n: int = -1) -> str:
        return MARK + source


@pytest.fixture
def marked(qapp: QApplication) -> Iterator[Marked]:
    made = Marked()
    qapp.installTranslator(made)
    yield made
    qapp.removeTranslator(made)


def texts(widget: QWidget) -> Iterator[str]:
    """What a widget shows or says."""
    if isinstance(widget, QLabel | QAbstractButton) and widget.property("keycap") != "true":
        yield widget.text()
    if isinstance(widget, QLineEdit):
        yield widget.placeholderText()
    yield widget.toolTip()
    yield widget.accessibleName()


def unmarked(*places: QWidget) -> list[str]:
    found = []
    for place in places:
        for widget in [place, *place.findChildren(QWidget)]:
            found += [text for text in texts(widget) if re.search("[A-Za-z]{2}", text) and MARK not in text]
    return sorted(set(found) - SAME)


def test_the_pages_before_a_review_and_the_dialogs(marked: Marked, look: Look, qtbot: QtBot) -> None:
    window = Window(look)
    qtbot.addWidget(window)
    window.failure.tell(ReviewerError("", where="", cure=""), can_read=True, can_go_back=True)
    settings, keys = SettingsPage(window, look), KeysPage(window)
    families = {settings.ui_font.itemText(at) for at in range(settings.ui_font.count())}
    left = set(unmarked(window.start, window.loading, window.failure, window.header, settings, keys)) - families
    assert {text for text in left if not text.endswith("%")} == set()


def test_every_act_in_the_menus(marked: Marked, look: Look, qtbot: QtBot) -> None:
    window = Window(look)
    qtbot.addWidget(window)
    names = [action.text() for action in window.findChildren(QAction) if action.text() and not action.isSeparator()]
    assert [name for name in names if MARK not in name] == []


def test_the_bar_below_a_review(marked: Marked, look: Look, demo: Path, qtbot: QtBot) -> None:
    window = Window(look)
    qtbot.addWidget(window)
    with qtbot.waitSignal(window.loaded, timeout=20_000):
        window.open_project(demo)
    assert window.workspace is not None
    assert unmarked(window.workspace.footer) == []
