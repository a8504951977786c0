"""A project is found again as it was left, and nothing that was written is lost."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from reviewer.model.graph import Evidence
from reviewer.places import state_dir
from reviewer.ui.look.settings import Settings
from reviewer.ui.look.theme import Look
from reviewer.ui.map.picture import View
from reviewer.ui.packages.rows import Chip
from reviewer.ui.shell.remembered import Place, keep_place, place_of
from reviewer.ui.shell.window import Window
from reviewer.ui.shell.workspace import Workspace

Open = Callable[[Path], Workspace]
TABLES = "zig:unicode-tables@16.0.2#deps/unicode-tables"


@pytest.fixture
def again(qtbot: QtBot, look: Look) -> Open:
    """The next start of the program: another window on the same project."""

    def open_(project: Path) -> Workspace:
        window = Window(look)
        qtbot.addWidget(window)
        window.resize(1200, 800)
        window.show()
        with qtbot.waitSignal(window.loaded, timeout=20_000):
            window.open_project(project, Evidence.READ)
        assert window.workspace is not None
        return window.workspace

    return open_


def test_selection_filter_map_view_division_and_scroll_are_where_they_were(
    opened: Open, again: Open, demo: Path, window: Window, qtbot: QtBot
) -> None:
    work = opened(demo)
    work.list.show_chip(Chip.RUNS_CODE)
    work.map.show_view(View.MODULES)
    work.session.selection.select_place(TABLES, "build.zig", 3)
    work._whole.setSizes([400, 700, 300])
    work._whole.splitterMoved.emit(400, 1)
    window.close()

    after = again(demo)
    assert after.session.selection.now.package == TABLES
    assert after.session.selection.now.line == 3
    assert after.list.chip is Chip.RUNS_CODE
    assert after.map.view is View.MODULES
    qtbot.waitUntil(lambda: after.place().columns[:1] != (), timeout=2_000)


def test_a_long_file_which_takes_a_moment_to_open_is_scrolled_to_where_it_was(
    opened: Open, again: Open, demo: Path, window: Window, qtbot: QtBot
) -> None:
    long = demo / "deps/unicode-tables/long.zig"
    long.write_text("// a line of many\n" * 20_000)
    work = opened(demo)
    work.session.selection.select_place(TABLES, "long.zig", 9_000)
    qtbot.waitUntil(lambda: work.code.code.page.document.path == "long.zig", timeout=5_000)
    bar = work.code.code.verticalScrollBar()
    bar.setValue(bar.value() + 200)
    place = bar.value()
    window.close()

    after = again(demo)
    qtbot.waitUntil(lambda: after.code.code.verticalScrollBar().value() == place, timeout=5_000)


def test_a_note_that_no_decision_took_along_waits_for_the_next_start(
    opened: Open, again: Open, demo: Path, window: Window
) -> None:
    work = opened(demo)
    work.panel.note.setPlainText("ask upstream why it needs a helper")
    window.close()

    after = again(demo)
    assert after.panel.note.toPlainText() == "ask upstream why it needs a helper"
    after.panel.note.clear()
    assert after.panel.notes == {}


def test_who_does_not_want_that_starts_anew_but_keeps_the_note(
    opened: Open, again: Open, demo: Path, window: Window, look: Look
) -> None:
    work = opened(demo)
    look.use(Settings(restore=False))
    try:
        work.map.show_view(View.STEPS)
        work.panel.note.setPlainText("half a thought")
        window.close()
        assert place_of(demo).notes
        assert again(demo).map.view is View.WHY
    finally:
        look.use(Settings())


def test_whatever_the_file_of_a_place_holds_the_project_opens(demo: Path) -> None:
    keep_place(demo, Place(package="p", line=3))
    (file,) = [f for f in (state_dir() / "projects").iterdir() if json.loads(f.read_text())["project"] == str(demo)]
    for junk in ("[", "[]", '{"line": "x", "columns": [-1], "notes": {"a": 1}, "package": 7}', "[" * 100_000):
        file.write_text(junk)
        assert place_of(demo) == Place()
    file.write_text('{"line": 4, "columns": "no"}')
    assert place_of(demo) == Place(line=4)
