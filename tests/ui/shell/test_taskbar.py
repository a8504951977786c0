"""Long work is listed, tells how far it is, and can be stopped."""

import sys
from threading import Event

from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from reviewer.progress import CancelledError
from reviewer.ui.shell.taskbar import TaskBar, TaskList
from reviewer.ui.state.worker import Worker
from tests.ui.hands import click


class Work(Worker):
    """Counts until it is told to stop."""

    def __init__(self, title: str) -> None:
        super().__init__(title)
        self.go_on = Event()

    def run(self) -> None:
        try:
            for done in range(1, 1000):
                self.progress.report("Counting", done, 1000)
                self.go_on.wait(0.01)
        except CancelledError:
            return


def test_what_is_under_way_shows_with_its_progress_and_stops_on_cancel(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.show()
    bar = TaskBar(parent)
    assert bar.isHidden()
    first, second = Work("Installing zig 0.15.2"), Work("Scanning packages")
    first.begin()
    second.begin()
    qtbot.waitUntil(lambda: bar.bar.value() > 0)
    assert bar.text.text() == "Installing zig 0.15.2: Counting and 1 more"
    listed = TaskList(bar)
    qtbot.addWidget(listed)
    names = {button.accessibleName() for button in listed.findChildren(QPushButton)}
    assert names == {"Cancel: Installing zig 0.15.2", "Cancel: Scanning packages"}

    click(bar.stop)
    qtbot.waitUntil(first.isFinished)
    qtbot.waitUntil(lambda: bar.text.text().startswith("Scanning packages"))
    second.cancel()
    qtbot.waitUntil(bar.isHidden)


def test_work_may_tell_how_far_it_is_as_often_as_it_likes(qtbot: QtBot) -> None:
    before = sys.getrefcount(True)
    talkative = Work("Counting")
    for done in range(1_000):
        talkative.reported.emit("Counting", done, 1_000)
    assert talkative.said == ("Counting", 999, 1_000)
    assert sys.getrefcount(True) > before - 500, "each report takes a reference to True away: in the end Python ends"
