"""An upgrade reviewed in the window: what follows from it first, then what changed, read and confirmed by keyboard."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from reviewer.cli import main
from reviewer.review.upgrading import UNVIEWED
from reviewer.ui.code.diff.rows import Kind, Row
from reviewer.ui.shell.workspace import Workspace
from tests.ui.hands import SHIFT, press

Opened = Callable[[Path], Workspace]
MORE = '    const also = b.addRunArtifact(helper);\n    also.addArg("--quiet");\n    run.step.dependOn(&also.step);\n'


@pytest.fixture
def trusted(demo: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """The demo with everything trusted."""
    names = ("super", "unicode-tables", "event-loop", "ring-buffer")
    assert main(["trust", *names, "--project", str(demo), "--evidence", "read", "--yes"]) == 0
    capsys.readouterr()
    return demo


def bump(demo: Path) -> None:
    """A version of `super` with a run step more behind the same module."""
    build = demo / "deps/super/build.zig"
    text = build.read_text()
    run = "    const run = b.addRunArtifact(helper);\n"
    assert run in text
    build.write_text(text.replace(run, run + MORE).replace('"dummy"', '"other"'))


def see_changes(qtbot: QtBot, work: Workspace) -> list[Row]:
    """Press D, and wait for the comparison."""
    press(Qt.Key.Key_D)
    view = work.code.changes.diff.view
    qtbot.waitUntil(lambda: len(view.rows) > 1, timeout=20_000)
    return list(view.rows)


def test_what_follows_stands_above_what_changed(opened: Opened, trusted: Path, qtbot: QtBot) -> None:
    bump(trusted)
    rows = see_changes(qtbot, opened(trusted))
    assert [row.text for row in rows[:3]] == [
        "1.0.0 as it was trusted \u2192 1.0.0",
        "run steps: 1 added; new code since 1.0.0 as it was trusted: 4 lines",
        "files: 1 altered; lines: +4 \u22121",
    ]
    assert rows[3].kind is Kind.CONSEQUENCE
    assert rows[3].text == "Runs \u201crun exe helper\u201d, which it did not before, hidden (build.zig:11)"
    assert [row.text.split("  ")[0] for row in rows if row.kind is Kind.FILE] == ["build.zig"]
    assert [row.text for row in rows if row.kind is Kind.NEW][:3] == MORE.splitlines()
    at = next(at for at, row in enumerate(rows) if row.kind is Kind.SAME)
    assert [row.text for row in rows[at : at + 2]] == [
        "=  \u201crun exe helper\u201d runs what it ran: reach unchanged",
        "files compared (1): super/evil.zig",
    ]


def test_unchanged_parts_are_folded_until_enter_opens_them(opened: Opened, trusted: Path, qtbot: QtBot) -> None:
    bump(trusted)
    work = opened(trusted)
    rows = see_changes(qtbot, work)
    at, fold = next((at, row) for at, row in enumerate(rows) if row.kind is Kind.FOLD)
    work.code.changes.diff.view.move_to(at)
    press(Qt.Key.Key_Return)
    now = work.code.changes.diff.view.rows
    assert len(now) == len(rows) + fold.hidden - 1
    assert now[at].text == 'const std = @import("std");'


def test_j_goes_from_change_to_change_and_enter_reads_it_in_its_file(
    opened: Opened, trusted: Path, qtbot: QtBot
) -> None:
    bump(trusted)
    work = opened(trusted)
    see_changes(qtbot, work)
    press(Qt.Key.Key_J)
    assert work.code.changes.diff.view.row is not None
    assert work.code.changes.diff.view.row.text == MORE.splitlines()[0]
    press(Qt.Key.Key_Return)
    assert work.code.changes.shown is None
    assert (work.session.selection.now.file, work.code.code.current_line) == ("build.zig", 11)


def test_old_and_new_can_stand_beside_each_other(opened: Opened, trusted: Path, qtbot: QtBot) -> None:
    bump(trusted)
    work = opened(trusted)
    see_changes(qtbot, work)
    press(Qt.Key.Key_D, SHIFT)
    rows = work.code.changes.diff.view.rows
    pair = next(row for row in rows if row.kind is Kind.BOTH and row.old and row.new)
    assert ('"dummy"' in (pair.partner or ""), '"other"' in pair.text) == (True, True)
    assert all(row.partner == row.text for row in rows if row.kind is Kind.EQUAL)


def test_white_space_can_be_left_out(opened: Opened, trusted: Path, qtbot: QtBot) -> None:
    root = trusted / "deps/super/root.zig"
    root.write_text(root.read_text().replace("pub const", "pub  const"))
    work = opened(trusted)
    assert [row.kind for row in see_changes(qtbot, work) if row.kind in (Kind.OLD, Kind.NEW)] == [Kind.OLD, Kind.NEW]
    work.code.changes.diff.blanks.click()
    (fold,) = (row for row in work.code.changes.diff.view.rows if row.kind is Kind.BLANKS)
    assert fold.text.startswith("1 line that differs in white space only")
    assert not any(row.kind is Kind.NEW for row in work.code.changes.diff.view.rows)
    press(Qt.Key.Key_M)
    assert work.code.changes.diff.state.text().startswith("1 of 1 change viewed")


def test_what_was_trusted_in_the_window_is_there_to_compare_with(opened: Opened, demo: Path, qtbot: QtBot) -> None:
    from reviewer.upgrade.store import Store

    work = opened(demo)
    package = work.session.selection.now.package
    press(Qt.Key.Key_T)
    digest = json.loads((demo / "review.lock").read_text())["packages"][package]["digest"]
    qtbot.waitUntil(lambda: digest in Store(), timeout=20_000)


def test_without_a_decision_all_of_it_is_new(opened: Opened, demo: Path) -> None:
    work = opened(demo)
    heard: list[str] = []
    work.session.told.connect(heard.append)
    press(Qt.Key.Key_D)
    assert "all of it is new" in heard[0]


def decided(project: Path, name: str) -> str:
    entries = json.loads((project / "review.lock").read_text())["packages"]
    return next(str(entry["digest"]) for package, entry in entries.items() if f":{name}@" in package)


def test_an_upgrade_is_trusted_only_when_each_consequence_is_confirmed(
    opened: Opened, trusted: Path, qtbot: QtBot
) -> None:
    bump(trusted)
    before = decided(trusted, "super")
    work = opened(trusted)
    see_changes(qtbot, work)
    questions = work.session.upgrades.questions(work.session.selection.now.package or "")
    assert questions[1:] == (UNVIEWED,)
    for question in questions:
        press(Qt.Key.Key_T)
        assert decided(trusted, "super") == before
        assert work.code.changes.diff.view.row is not None
        assert work.code.changes.diff.view.row.text == question
        press(Qt.Key.Key_Return)
    press(Qt.Key.Key_T)
    assert decided(trusted, "super") != before
    assert work.session.review.queue == ()


def test_one_key_approves_what_has_no_consequences_once_every_change_was_viewed(
    opened: Opened, trusted: Path, qtbot: QtBot
) -> None:
    root = trusted / "deps/super/root.zig"
    root.write_text(root.read_text() + "// more words\n")
    before = decided(trusted, "super")
    work = opened(trusted)
    rows = see_changes(qtbot, work)
    press(Qt.Key.Key_T)
    assert decided(trusted, "super") == before
    work.code.changes.diff.view.move_to(next(at for at, row in enumerate(rows) if row.kind is Kind.FILE) + 1)
    press(Qt.Key.Key_V)
    assert work.code.changes.diff.view.viewed == [(True,)]
    press(Qt.Key.Key_T)
    assert decided(trusted, "super") != before


def edit(file: Path, *lines: int) -> None:
    """Alter some lines of a file."""
    text = file.read_text().splitlines()
    for at in lines:
        text[at] += "  // altered"
    file.write_text("\n".join(text) + "\n")


@pytest.fixture
def long(demo: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A source file of the demo's `super` with room for several changes; everything is trusted."""
    file = demo / "deps/super/root.zig"
    file.write_text(file.read_text() + "".join(f"pub const value_{number} = {number};\n" for number in range(60)))
    names = ("super", "unicode-tables", "event-loop", "ring-buffer")
    assert main(["trust", *names, "--project", str(demo), "--evidence", "read", "--yes"]) == 0
    capsys.readouterr()
    return file


def test_m_marks_change_after_change_and_then_one_key_approves(
    opened: Opened, long: Path, demo: Path, qtbot: QtBot
) -> None:
    edit(long, 10, 25, 40)
    before = decided(demo, "super")
    work = opened(demo)
    see_changes(qtbot, work)
    page = work.code.changes.diff
    assert page.state.text() == "0 of 3 changes viewed (M) \u00b7 no consequences"
    for count in (1, 2, 3):
        press(Qt.Key.Key_M)
        assert page.state.text().startswith(f"{count} of 3 changes viewed")
    assert page.view.viewed == [(True, True, True)]
    press(Qt.Key.Key_T)
    assert decided(demo, "super") != before


def test_a_mark_is_taken_back_and_the_next_change_that_was_not_viewed_found(
    opened: Opened, long: Path, demo: Path, qtbot: QtBot
) -> None:
    edit(long, 10, 25, 40)
    work = opened(demo)
    see_changes(qtbot, work)
    view = work.code.changes.diff.view
    press(Qt.Key.Key_M)
    press(Qt.Key.Key_M)
    press(Qt.Key.Key_K)
    press(Qt.Key.Key_K)
    press(Qt.Key.Key_M, SHIFT)
    assert view.viewed == [(False, True, False)]
    press(Qt.Key.Key_J, SHIFT)
    assert view.row is not None
    assert view.row.change == 2


def test_the_next_version_keeps_the_marks_that_still_apply(
    opened: Opened, long: Path, demo: Path, qtbot: QtBot
) -> None:
    edit(long, 10, 40)
    work = opened(demo)
    see_changes(qtbot, work)
    press(Qt.Key.Key_M)
    press(Qt.Key.Key_M)
    edit(long, 25)
    work = opened(demo)
    see_changes(qtbot, work)
    assert work.code.changes.diff.view.viewed == [(True, False, True)]
    press(Qt.Key.Key_M)
    press(Qt.Key.Key_T)
    assert work.session.review.queue == ()


def test_a_file_that_was_read_whole_needs_no_more_marks(opened: Opened, long: Path, demo: Path, qtbot: QtBot) -> None:
    edit(long, 10, 40)
    work = opened(demo)
    work.session.selection.select_place(work.session.selection.now.package or "", "root.zig")
    press(Qt.Key.Key_V)
    see_changes(qtbot, work)
    assert work.code.changes.diff.view.viewed == [(True, True)]


def test_an_upgrade_that_was_put_off_is_still_compared_with_what_was_trusted(
    opened: Opened, trusted: Path, qtbot: QtBot
) -> None:
    manifest = trusted / "deps/super/build.zig.zon"
    lock = trusted / "review.lock"
    lock.write_text(lock.read_text().replace("super@1.0.0", "super@0.9.0"))
    manifest.write_text(manifest.read_text() + "\n")
    work = opened(trusted)
    press(Qt.Key.Key_L)
    assert work.session.review.is_upgrade("zig:super@1.0.0#deps/super")
    work.session.selection.select_package("zig:super@1.0.0#deps/super")
    tabs = work.code.tabs
    assert "Diff: since 0.9.0" in [tabs.tabText(at) for at in range(tabs.count())]
    see_changes(qtbot, work)
    press(Qt.Key.Key_T)
    assert work.session.review.queue != ()
    press(Qt.Key.Key_V)
    press(Qt.Key.Key_T)
    entries = json.loads(lock.read_text())["packages"]
    assert entries["zig:super@1.0.0#deps/super"]["from"] == "zig:super@0.9.0#deps/super"


def test_a_large_file_is_folded_until_somebody_wants_to_read_it(opened: Opened, trusted: Path, qtbot: QtBot) -> None:
    (trusted / "deps/super/tables.zig").write_text("const a = 1;\n" * 5_000)
    work = opened(trusted)
    rows = see_changes(qtbot, work)
    assert len(rows) < 100
    fold = next(at for at, row in enumerate(rows) if row.text.startswith("5,000 changed lines in one stretch"))
    press(Qt.Key.Key_J)
    work.code.changes.diff.view.move_to(fold)
    press(Qt.Key.Key_Return)
    assert sum(row.kind is Kind.NEW for row in work.code.changes.diff.view.rows) == 5_000


def test_rejecting_an_upgrade_asks_for_nothing_to_be_confirmed(opened: Opened, trusted: Path, qtbot: QtBot) -> None:
    bump(trusted)
    work = opened(trusted)
    see_changes(qtbot, work)
    press(Qt.Key.Key_L)
    entries = json.loads((trusted / "review.lock").read_text())["packages"]
    assert [entry["decision"] for package, entry in entries.items() if ":super@" in package] == ["deferred"]


def test_of_very_many_changes_the_rest_is_folded_and_nothing_folded_counts_as_viewed(
    opened: Opened, demo: Path, qtbot: QtBot, capsys: pytest.CaptureFixture[str]
) -> None:
    file = demo / "deps/super/table.zig"
    lines = [f"pub const value_{number} = {number};" for number in range(30_000)]
    file.write_text("\n".join(lines))
    assert main(["trust", "super", "--project", str(demo), "--evidence", "read", "--yes"]) == 0
    capsys.readouterr()
    file.write_text("\n".join(line + " //" if at % 20 == 0 else line for at, line in enumerate(lines)))
    work = opened(demo)
    rows = see_changes(qtbot, work)
    view = work.code.changes.diff.view
    assert len(rows) < 20_000
    assert rows[-1].text.endswith("not shown yet: Enter shows them")
    view.move_to(len(rows) - 1)
    press(Qt.Key.Key_M)
    assert not any(view.viewed[0])
    press(Qt.Key.Key_Return)
    assert len(view.rows) > len(rows)
    view.move_to(next(at for at, row in enumerate(view.rows) if row.kind is Kind.FILE))
    press(Qt.Key.Key_V)
    assert all(view.viewed[0])


def test_what_was_confirmed_holds_after_a_reload_of_the_same_content_and_of_no_other(
    opened: Opened, trusted: Path, qtbot: QtBot
) -> None:
    bump(trusted)
    work = opened(trusted)
    see_changes(qtbot, work)
    press(Qt.Key.Key_Return)
    package = work.session.selection.now.package or ""
    left = work.session.upgrades.questions(package)
    assert left == (UNVIEWED,)
    work = opened(trusted)
    see_changes(qtbot, work)
    assert work.session.upgrades.questions(package) == left
    evil = trusted / "deps/super/evil.zig"
    evil.write_text(evil.read_text() + "\n")
    work = opened(trusted)
    see_changes(qtbot, work)
    assert len(work.session.upgrades.questions(package)) > len(left)


def test_what_changed_while_it_was_shown_is_not_compared_as_if_it_had_been_loaded(
    opened: Opened, trusted: Path, qtbot: QtBot
) -> None:
    bump(trusted)
    work = opened(trusted)
    root = trusted / "deps/super/root.zig"
    root.write_text(root.read_text() + "\n")
    work.session.upgrades._found.clear()
    press(Qt.Key.Key_D)
    qtbot.waitUntil(lambda: "reload first" in work.code.changes.diff.view.rows[0].text, timeout=20_000)
    press(Qt.Key.Key_T)
    assert work.session.review.queue != ()


def test_h_gives_the_changes_the_room_of_the_map_and_g_brings_it_back(
    opened: Opened, trusted: Path, qtbot: QtBot
) -> None:
    bump(trusted)
    work = opened(trusted)
    see_changes(qtbot, work)
    before = work.code.height()
    press(Qt.Key.Key_H)
    qtbot.waitUntil(lambda: work.code.height() > before + 200)
    press(Qt.Key.Key_G)
    qtbot.waitUntil(lambda: work.map.isVisible() and work.code.height() <= before + 1)


def add_step(demo: Path) -> None:
    bump(demo)


def change_data(demo: Path) -> None:
    data = demo / "deps/unicode-tables/data/wide.txt"
    data.write_text(data.read_text() + "1F000\n")


def rename(demo: Path) -> None:
    (demo / "deps/super/root.zig").rename(demo / "deps/super/main.zig")
    build = demo / "deps/super/build.zig"
    build.write_text(build.read_text().replace("root.zig", "main.zig"))


@pytest.mark.parametrize(
    ("upgrade", "first", "files"),
    [
        (add_step, "run step added", ["build.zig  altered, build code, +4 \u22121"]),
        (
            change_data,
            "run step's code or data altered",
            ["data/wide.txt  altered, decides what a run step does, +1 \u22120"],
        ),
        (
            rename,
            None,
            ["build.zig  altered, build code, +1 \u22121", "main.zig  renamed, source, +0 \u22120, from root.zig"],
        ),
    ],
)
def test_upgrades_that_look_alike_are_told_apart(
    opened: Opened,
    trusted: Path,
    qtbot: QtBot,
    upgrade: Callable[[Path], None],
    first: str | None,
    files: list[str],
) -> None:
    upgrade(trusted)
    work = opened(trusted)
    rows = see_changes(qtbot, work)
    assert next((row.partner for row in rows if row.kind is Kind.CONSEQUENCE), None) == first
    assert [row.text for row in rows if row.kind is Kind.FILE] == files
    told = [row.text for row in rows if row.kind is Kind.SAME]
    assert (
        "\u2713  No consequences: what the build runs of it, what it can do and what it needs are as before." in told
    ) == (first is None)
    assert any(text.endswith("runs what it ran: reach unchanged") for text in told) == (upgrade is not change_data)
