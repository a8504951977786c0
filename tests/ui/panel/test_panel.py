"""The panel: what matters first, everything else one key away, and all of it can be copied."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from reviewer.lock.decision import Verdict
from reviewer.model.graph import Finding, Problem, Severity
from reviewer.review.review import Review
from reviewer.ui.panel.fold import Fold
from reviewer.ui.panel.pane import ReviewPanel
from reviewer.ui.shell.workspace import Workspace
from reviewer.ui.state.session import Session
from tests.ui.hands import SHIFT, click, press
from tests.ui.sample import package_id

SUPER, CHANGED = package_id("super"), package_id("wayland-gen")
Shown = Callable[..., ReviewPanel]


@pytest.fixture
def shown(qtbot: QtBot, review: Review) -> Shown:
    """The panel on a package of the sample, whose graph has a finding and a problem more."""
    kept: list[object] = []

    def show(package: str) -> ReviewPanel:
        graph = review.graph._replace(
            findings=(Finding(SUPER, "net.out", "evil.zig", 4, 5, "opens a connection"),),
            problems=(Problem(Severity.WARNING, "png-decoder", "its manifest is odd"),),
        )
        session = Session(Review(graph, review.lock_path))
        panel = ReviewPanel(session)
        kept.extend((session, panel))
        qtbot.addWidget(panel)
        panel.resize(330, 1_400)
        panel.show()
        session.selection.select_package(package)
        return panel

    return show


def texts(fold: Fold) -> str:
    found = links(fold)
    return "\n".join([*(label.text() for label in fold.findChildren(QLabel)), *found])


def links(fold: Fold) -> dict[str, QPushButton]:
    QApplication.processEvents()
    return {button.text(): button for button in fold.rows.findChildren(QPushButton) if not button.isHidden()}


def opened_fold(fold: Fold) -> Fold:
    QApplication.processEvents()
    click(fold.header)
    assert fold.is_open
    return fold


def test_the_panel_says_why_the_package_is_in_the_queue(shown: Shown) -> None:
    assert shown(SUPER).reason.text().startswith("Hides 1 run step \u201crun exe helper\u201d")


def test_files_with_findings_and_reach_come_first_and_lead_to_the_code(shown: Shown) -> None:
    panel = shown(SUPER)
    names = [text.split()[1] for text in links(panel.files)]
    assert names == ["evil.zig", "build.zig"]
    click(links(panel.files)["\u25cb evil.zig"])
    assert panel.files.session.selection.now.file == "evil.zig"


def test_viewed_files_are_marked_and_counted(shown: Shown) -> None:
    panel = shown(SUPER)
    panel.files.session.selection.select_place(SUPER, "evil.zig")
    panel.files.session.toggle_viewed()
    assert "\u2713 evil.zig" in links(panel.files)
    assert panel.files.header.accessibleName() == "What to read 1 of 2 viewed"


def test_findings_lead_to_their_line(shown: Shown) -> None:
    panel = shown(SUPER)
    fold = opened_fold(panel.findings)
    assert "opens a connection" in texts(fold)
    click(links(fold)["net.out  evil.zig:4"])
    now = fold.session.selection.now
    assert (now.file, now.line) == ("evil.zig", 4)


def test_everything_about_the_step_is_there(shown: Shown) -> None:
    fold = opened_fold(shown(SUPER).step)
    told = texts(fold)
    for part in (
        "run exe helper",
        "[helper]",
        "none declared",
        "nothing set",
        "sha256:",
        "install \u2192",
        "super/build.zig:8",
    ):
        assert part in told, part


def test_a_fingerprint_is_copied_with_its_button(shown: Shown) -> None:
    fold = opened_fold(shown(SUPER).step)
    step = fold.session.review.graph.step[fold.session.selection.now.step or ""]
    click(next(b for b in fold.findChildren(QPushButton) if b.accessibleName() == "Copy fingerprint"))
    assert step.run is not None
    assert QGuiApplication.clipboard().text() == step.run.fingerprint


def test_a_package_tells_its_source_dependents_licence_and_decisions(shown: Shown, review: Review) -> None:
    folder = Path(review.graph.package[package_id("ring-buffer")].root)
    (folder / "LICENSE").write_text("Do <b>what</b> you want.\n")
    fold = opened_fold(shown(package_id("ring-buffer")).about)
    told = texts(fold)
    for part in ("path:deps/ring-buffer", "event-loop", "Do <b>what</b> you want.", "Trusted to run at 1.2.0"):
        assert part in told, part


def test_what_changed_since_the_last_decision_is_open_where_something_did(shown: Shown, qtbot: QtBot) -> None:
    panel = shown(CHANGED)
    assert panel.since.is_open
    assert "its content differs from what was trusted" in texts(panel.since)
    qtbot.waitUntil(lambda: "The old content is not here" in texts(panel.since), timeout=20_000)


def test_problems_lead_to_what_they_are_about(shown: Shown) -> None:
    fold = opened_fold(shown(SUPER).problems)
    click(links(fold)["warning: png-decoder"])
    assert fold.session.selection.now.package == package_id("png-decoder")


def test_an_open_card_stays_open_for_the_next_package(shown: Shown) -> None:
    panel = shown(SUPER)
    opened_fold(panel.about)
    panel.about.session.selection.select_package(package_id("toml-parser"))
    assert "path:deps/toml-parser" in texts(panel.about)


def test_a_hostile_path_is_neither_shown_nor_copied_as_it_is(shown: Shown, review: Review) -> None:
    panel = shown(SUPER)
    panel.about.rows.fact("id", "a\u202eb", copied="a\u202eb")
    click([b for b in panel.about.findChildren(QPushButton) if b.accessibleName() == "Copy id"][-1])
    assert "\u202e" not in QGuiApplication.clipboard().text()


def test_the_keyboard_copies_the_id_and_shows_what_changed(opened: Callable[[Path], Workspace], demo: Path) -> None:
    work = opened(demo)
    press(Qt.Key.Key_I, Qt.KeyboardModifier.ControlModifier | SHIFT)
    assert QGuiApplication.clipboard().text() == work.session.selection.now.package
    press(Qt.Key.Key_L)
    press(Qt.Key.Key_U)
    work.session.review.decide([work.session.review.queue[0]], Verdict.DEFERRED)
    work.session.selection.select_package(work.session.review.queue[-1])
    press(Qt.Key.Key_D)
    assert work.code.changes.shown is not None
    assert work.code.changes.diff.view.hasFocus()


def test_several_packages_are_named_together(opened: Callable[[Path], Workspace], demo: Path) -> None:
    work = opened(demo)
    press(Qt.Key.Key_Down, SHIFT)
    assert work.panel.accessibleName() == "2 packages"
    assert "super, unicode-tables" in work.panel.reason.text()
    press(Qt.Key.Key_Down)
    assert work.panel.accessibleName() != "2 packages"
