"""However large a project is, the window answers."""

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from reviewer.model.graph import Evidence
from reviewer.ui.shell.window import Window
from reviewer.ui.state.garbage import tidy_when_nobody_looks
from tests.ui.big import big_project
from tests.ui.hands import CONTROL, press, type_into
from tests.ui.watchdog import Watchdog


@pytest.fixture(scope="module")
def big(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return big_project(tmp_path_factory.mktemp("big") / "project")


@pytest.fixture
def dog() -> Iterator[Watchdog]:
    with Watchdog() as made:
        yield made


def test_two_thousand_packages_are_reviewed_without_the_window_ever_standing_still(
    window: Window, big: Path, qtbot: QtBot, dog: Watchdog, qapp: QApplication
) -> None:
    tidy_when_nobody_looks(qapp)
    with qtbot.waitSignal(window.loaded, timeout=120_000):
        window.open_project(big, Evidence.READ)
    work = window.workspace
    assert work is not None
    assert len(work.session.review.graph.packages) == 2_001
    qtbot.wait(300)

    for key in (Qt.Key.Key_N, Qt.Key.Key_P, Qt.Key.Key_V, Qt.Key.Key_T, Qt.Key.Key_U):
        for _ in range(3):
            dog.during(f"key {key.name}", partial(press, key))
            qtbot.wait(20)
    for key in (Qt.Key.Key_2, Qt.Key.Key_3, Qt.Key.Key_4, Qt.Key.Key_1):
        dog.during(f"key {key.name}", partial(press, key))
        qtbot.wait(400)
    dog.during("palette", lambda: press(Qt.Key.Key_K, CONTROL))
    for letter in "lib_17":
        dog.during("typing into the palette", partial(type_into, window.goto.palette.field, letter))
        qtbot.wait(10)
    dog.during("palette", lambda: press(Qt.Key.Key_Return))
    dog.during("filter", lambda: press(Qt.Key.Key_Slash))
    for letter in "part_19":
        dog.during("typing into the filter", partial(type_into, work.list.search, letter))
        qtbot.wait(10)
    dog.during("Esc", lambda: press(Qt.Key.Key_Escape))
    qtbot.wait(200)
    assert dog.too_long() == {}
    assert json.loads((big / "review.lock").read_text())["packages"] == {}
