"""Several projects, each in a window of its own."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from reviewer.model.graph import Evidence
from reviewer.ui.look.settings import Settings
from reviewer.ui.look.theme import Look
from reviewer.ui.program.handover import Request
from reviewer.ui.program.windows import Windows
from reviewer.ui.shell.window import Window
from tests.ui.hands import CONTROL, SHIFT, press


@pytest.fixture
def windows(look: Look) -> Iterator[Windows]:
    made = Windows(look)
    yield made
    for window in list(made.all):
        window.close()


def opened(qtbot: QtBot, windows: Windows, project: Path) -> Window:
    window = windows.open(Request(project, Evidence.READ))
    qtbot.waitUntil(lambda: window.workspace is not None, timeout=20_000)
    return window


def test_a_project_that_is_open_already_comes_to_the_front(windows: Windows, demo: Path, qtbot: QtBot) -> None:
    first = opened(qtbot, windows, demo)
    assert windows.open(Request(demo / ".")) is first
    assert len(windows.all) == 1


def test_another_project_gets_a_window_of_its_own_unless_one_is_empty(
    windows: Windows, demo: Path, read_only_demo: Path, qtbot: QtBot
) -> None:
    empty = windows.open(Request(None))
    first = opened(qtbot, windows, demo)
    assert first is empty
    second = opened(qtbot, windows, read_only_demo)
    assert second is not first
    assert len(windows.all) == 2

    second.close()
    assert windows.all == [first]


def test_a_start_without_a_project_brings_back_the_windows_that_were_open(
    windows: Windows, look: Look, demo: Path, read_only_demo: Path, qtbot: QtBot
) -> None:
    opened(qtbot, windows, demo)
    opened(qtbot, windows, read_only_demo)
    QApplication.closeAllWindows()
    qtbot.waitUntil(lambda: not windows.all)
    qtbot.wait(20)

    for settings, found in ((Settings(), [demo, read_only_demo]), (Settings(restore=False), [None])):
        look.use(settings)
        after = Windows(look)
        after.open_first(Request(None))
        assert [window.path for window in after.all] == found
        qtbot.waitUntil(partial(settled, after), timeout=20_000)
        QApplication.closeAllWindows()
    look.use(Settings())


def settled(windows: Windows) -> bool:
    return all(window.path is None or window.workspace is not None for window in windows.all)


def test_a_new_window_by_key(windows: Windows, demo: Path, qtbot: QtBot) -> None:
    first = opened(qtbot, windows, demo)
    qtbot.waitUntil(first.isActiveWindow)
    press(Qt.Key.Key_N, CONTROL | SHIFT)
    assert len(windows.all) == 2
    assert windows.all[1].path is None


def test_a_dropped_folder_opens_here_if_nothing_is_open_and_else_elsewhere(
    windows: Windows, demo: Path, read_only_demo: Path, qtbot: QtBot
) -> None:
    window = windows.open(Request(None))
    drop(window, demo)
    qtbot.waitUntil(lambda: window.workspace is not None, timeout=20_000)
    drop(window, read_only_demo)
    assert [each.path for each in windows.all] == [demo, read_only_demo]
    drop(window, demo / "build.zig")
    assert len(windows.all) == 2


def drop(window: Window, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    event = QDropEvent(
        QPoint(100, 100).toPointF(), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier(0)
    )
    window.dropEvent(event)
