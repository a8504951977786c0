"""The window in all its looks: nothing empty, nothing on top of something else, no text cut, whatever the size, theme or direction."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from reviewer.ui.look.settings import THEMES, Settings
from reviewer.ui.look.theme import Look
from reviewer.ui.shell.settings_page import SettingsPage
from reviewer.ui.shell.window import Window
from reviewer.ui.shell.workspace import Workspace
from tests.ui.regions import clipped, colours, overlapping

Open = Callable[[Path], Workspace]
DESIGN, SMALL = QSize(1440, 900), QSize(1000, 650)
TWICE, THRICE = QSize(720, 450), QSize(480, 300)
"""What a screen of the design's size has room for where everything is shown at two and three times its size."""


@pytest.fixture
def settings(look: Look) -> Iterator[Look]:
    look.fix(None)
    yield look
    look.use(Settings())
    look.fix("dark")


@pytest.mark.parametrize(
    ("size", "text"), [(DESIGN, 13), (SMALL, 13), (DESIGN, 18), (SMALL, 18), (TWICE, 13), (THRICE, 13)]
)
def test_nothing_is_empty_covered_or_cut(
    opened: Open, demo: Path, window: Window, settings: Look, qtbot: QtBot, size: QSize, text: int
) -> None:
    work = opened(demo)
    settings.use(Settings(theme="dark", ui_size=text, code_size=text))
    window.setMinimumSize(1, 1)  # as on a screen that has no more
    window.resize(size)
    qtbot.wait(150)
    assert window.size() == size
    for part in (work.list, work.map, work.code, work.panel, work.footer, window.header):
        assert colours(part) > 8, f"{part} is empty"
    assert overlapping(window) == []
    assert clipped(window) == []


@pytest.mark.parametrize("theme", THEMES)
def test_every_theme_shows_the_start_page_and_the_settings(
    window: Window, settings: Look, theme: str, qtbot: QtBot
) -> None:
    settings.use(Settings(theme=theme))
    page = SettingsPage(window, settings)
    qtbot.addWidget(page)
    page.show()
    qtbot.wait(20)
    for shown in (window, page):
        assert colours(shown) > 8
        assert overlapping(shown) == []
        assert clipped(shown) == []


def test_from_right_to_left_everything_changes_sides_and_still_fits(
    opened: Open, demo: Path, window: Window, qapp: QApplication, qtbot: QtBot
) -> None:
    work = opened(demo)
    left = work.list.mapToGlobal(work.list.rect().center()).x()
    qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    try:
        qtbot.wait(100)
        assert work.list.mapToGlobal(work.list.rect().center()).x() > left
        assert work.panel.x() < work.list.x()
        assert overlapping(window) == []
        assert clipped(window) == []
        assert "addRunArtifact" in work.code.code.shown_text(work.session.selection.now.line)
    finally:
        qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


def test_a_screen_reader_hears_a_name_for_everything_that_takes_the_keyboard(
    opened: Open, demo: Path, window: Window
) -> None:
    opened(demo)
    unnamed = [said for said in walk(QAccessible.queryAccessibleInterface(window)) if not said[1]]
    assert unnamed == []


def walk(thing: QAccessibleInterface | None) -> Iterator[tuple[str, str]]:
    """(kind, name) of everything visible that can have the keyboard, from the top."""
    if thing is None or thing.state().invisible:
        return
    if thing.state().focusable and isinstance(thing.object(), QWidget):
        yield type(thing.object()).__name__, thing.text(QAccessible.Text.Name)
    for number in range(min(thing.childCount(), 200)):
        yield from walk(thing.child(number))


def test_tab_goes_around_through_everything_that_takes_the_keyboard(opened: Open, demo: Path, window: Window) -> None:
    opened(demo)
    start = window.focusWidget()
    assert start is not None
    seen, widget = {start}, start.nextInFocusChain()
    while widget is not start and widget is not None:
        seen.add(widget)
        widget = widget.nextInFocusChain()
    wanted = {w for w in window.findChildren(QWidget) if w.focusPolicy() & Qt.FocusPolicy.TabFocus and w.isVisible()}
    assert wanted <= seen
