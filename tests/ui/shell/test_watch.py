"""What others change on disk while a review is open."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from reviewer.lock.decision import Verdict
from reviewer.lock.status import Status
from reviewer.model.graph import Evidence
from reviewer.progress import Progress
from reviewer.review.open import open_review
from reviewer.ui.shell.window import Window
from reviewer.ui.shell.workspace import Workspace
from tests.ui.hands import CONTROL, click, press

Open = Callable[[Path], Workspace]
SUPER = "zig:super@1.0.0#deps/super"
LOOP = "zig:event-loop@0.9.3#deps/event-loop"


def test_a_decision_of_a_colleague_appears_without_a_reload(opened: Open, demo: Path, qtbot: QtBot) -> None:
    work = opened(demo)
    work.panel.note.setPlainText("still thinking")
    colleague = open_review(demo, Progress(), evidence=Evidence.READ)
    colleague.decide([LOOP], Verdict.TRUSTED)

    qtbot.waitUntil(lambda: work.session.review.status(LOOP) is Status.TRUSTED, timeout=10_000)
    assert "event-loop" in work.notice.text
    assert work.panel.note.toPlainText() == "still thinking"

    press(Qt.Key.Key_T)
    press(Qt.Key.Key_Z, CONTROL)
    assert work.session.review.status(LOOP) is Status.TRUSTED, "undo takes back our own decisions only"


def test_our_own_decisions_are_no_news(opened: Open, demo: Path, qtbot: QtBot) -> None:
    work = opened(demo)
    press(Qt.Key.Key_T)
    qtbot.wait(900)
    assert work.notice.text == ""


def test_changed_build_code_is_told_and_loaded_again_on_demand_with_the_note_kept(
    opened: Open, demo: Path, qtbot: QtBot, window: Window
) -> None:
    work = opened(demo)
    press(Qt.Key.Key_T)
    work.session.selection.select_package(LOOP)
    work.panel.note.setPlainText("nothing odd so far")
    file = demo / "deps/super/build.zig"
    file.write_text(file.read_text() + "// and more\n")

    qtbot.waitUntil(lambda: "deps/super/build.zig changed" in work.notice.text, timeout=10_000)
    with qtbot.waitSignal(window.loaded, timeout=20_000):
        click(work.notice.button)
    after = window.workspace
    assert after is not None
    assert after.session.review.status(SUPER) is Status.CHANGED
    assert "Changed content: super" in after.notice.text
    assert after.session.selection.now.package == LOOP
    assert after.panel.note.toPlainText() == "nothing odd so far"


def test_a_lock_damaged_by_others_is_told_and_what_was_known_stays(opened: Open, demo: Path, qtbot: QtBot) -> None:
    work = opened(demo)
    press(Qt.Key.Key_T)
    (demo / "review.lock").write_text("<<<<<<< ours\n")
    qtbot.waitUntil(lambda: "review.lock" in work.notice.text, timeout=10_000)
    assert work.session.review.status(SUPER) is Status.TRUSTED


def test_a_policy_that_others_wrote_is_told_and_holds_once_loaded_again(
    opened: Open, demo: Path, qtbot: QtBot, window: Window
) -> None:
    work = opened(demo)
    assert work.session.review.status(LOOP) is Status.UNREVIEWED
    (demo / "review.toml").write_text('version = 1\n[policy]\ndeclarative = "pass"\n')
    qtbot.waitUntil(lambda: "review.toml changed" in work.notice.text, timeout=10_000)
    with qtbot.waitSignal(window.loaded, timeout=20_000):
        click(work.notice.button)
    assert window.workspace is not None
    assert window.workspace.session.review.status(LOOP) is Status.POLICY
