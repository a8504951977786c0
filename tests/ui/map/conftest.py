"""A map on its own, on the project of the design picture."""

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from reviewer.lock.decision import Criteria, Verdict
from reviewer.model.graph import Graph
from reviewer.review.review import Review
from reviewer.ui.look.theme import Look
from reviewer.ui.map.pane import MapPane
from reviewer.ui.map.picture import Box
from reviewer.ui.state.actions import Actions
from reviewer.ui.state.session import Session

Show = Callable[[Session], MapPane]


@pytest.fixture
def show(qtbot: QtBot, look: Look) -> Show:
    """Show a session's map as wide as in a window, with the keyboard on it."""
    windows = []

    def show_(session: Session) -> MapPane:
        window = QMainWindow()
        windows.append(window)
        actions = Actions(window)
        actions.review_is_open(open_=True)
        pane = MapPane(session, look, actions)
        actions.bind(
            {
                "trust": lambda: session.decide(Verdict.TRUSTED, (Criteria.RUN,), ""),
                "everything": pane.show_everything,
                "outline": pane.toggle_outline,
                "back": session.selection.back,
                "forward": session.selection.forward,
                "fit": pane.map.fit,
            }
        )
        window.setCentralWidget(pane)
        window.resize(780, 300)
        window.show()
        qtbot.addWidget(window)
        qtbot.waitExposed(window)
        window.activateWindow()
        pane.take_keyboard()
        return pane

    return show_


@pytest.fixture
def pane(show: Show, session: Session) -> MapPane:
    return show(session)


def session_of(graph: Graph) -> Session:
    """A session on a graph, as if it had been saved."""
    made = Session(Review(graph, None))
    made.open_first()
    return made


def box(pane: MapPane, label: str) -> Box:
    """The box with this label."""
    return next(box for box in pane.map.boxes() if box.label == label)


def labels(pane: MapPane) -> set[str]:
    return {box.label for box in pane.map.boxes()}
