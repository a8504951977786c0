"""Windows for tests: drawn offscreen, on real projects in temporary folders."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from reviewer.model.graph import Evidence
from reviewer.places import state_dir
from reviewer.review.review import Review
from reviewer.ui.look.theme import Look
from reviewer.ui.shell.window import Window
from reviewer.ui.shell.workspace import Workspace
from reviewer.ui.state.session import Session
from tests.ui.sample import sample_review

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@pytest.fixture(scope="session")
def look(qapp: QApplication) -> Look:
    return Look(qapp, fixed="dark")


@pytest.fixture(autouse=True)
def nothing_viewed() -> None:
    """Marks of one test, which are kept by content, do not show in another."""
    (state_dir() / "viewed.json").unlink(missing_ok=True)


@pytest.fixture
def window(qtbot: QtBot, look: Look) -> Iterator[Window]:
    """An empty window on screen."""
    made = Window(look)
    made.resize(1440, 900)
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    yield made
    made.deleteLater()


@pytest.fixture
def opened(qtbot: QtBot, window: Window) -> Callable[[Path], Workspace]:
    """Open a project by reading it, and wait until it is shown."""

    def open_(project: Path) -> Workspace:
        with qtbot.waitSignal(window.loaded, timeout=20_000):
            window.open_project(project, Evidence.READ)
        assert window.workspace is not None
        return window.workspace

    return open_


@pytest.fixture
def review(tmp_path: Path) -> Review:
    """The review of the design picture's project."""
    root = tmp_path / "terminal-app"
    root.mkdir()
    return sample_review(root)


@pytest.fixture
def session(review: Review, qapp: QApplication) -> Session:
    made = Session(review)
    made.open_first()
    return made
