"""A reviewer wants to know what the hidden run step does, and has it run in the sandbox: a thief, with the lines that gave it away."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QLabel, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from reviewer.model.graph import Evidence
from reviewer.model.json import graph_to_json
from reviewer.model.observation import Observation
from reviewer.progress import Progress
from reviewer.resources import resource
from reviewer.review.open import open_review
from reviewer.ui.panel.grants import GrantsDialog
from reviewer.ui.panel.observed import ObservedCard
from reviewer.ui.shell.window import Window
from reviewer.ui.shell.workspace import Workspace
from reviewer.ui.state.worker import tasks
from tests.ecosystems.zig.observing.test_observe import EVIL
from tests.ui.hands import CONTROL, click, press

pytestmark = pytest.mark.skipif(shutil.which("strace") is None, reason="there is no strace")

SUPER = "zig:super@1.0.0#deps/super"
HOUR = 3_600_000


@pytest.fixture(scope="module")
def thief(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One project for all: what was observed of it stays known."""
    project = Path(shutil.copytree(resource("demo"), tmp_path_factory.mktemp("thief") / "terminal-app"))
    (project / "deps/super/evil.zig").write_text(EVIL)
    return project


@pytest.fixture
def configured(qtbot: QtBot, window: Window) -> Callable[[Path], Workspace]:
    """Open a project that may be configured."""

    def open_(project: Path) -> Workspace:
        with qtbot.waitSignal(window.loaded, timeout=HOUR):
            window.open_project(project, Evidence.CONFIGURED)
        assert window.workspace is not None
        return window.workspace

    return open_


def said(card: ObservedCard) -> str:
    QApplication.processEvents()
    told = [label.text() for label in card.findChildren(QLabel) if not label.isHidden()]
    return "\n".join([*told, *(button.text() for button in card.rows.findChildren(QPushButton))])


def seen(work: Workspace) -> Observation:
    step = work.session.run_step
    assert step is not None
    found = work.session.observing.of(step).now
    assert found is not None
    return found


def agree() -> None:
    box = QApplication.activeModalWidget()
    assert isinstance(box, QMessageBox)
    assert "decoys in the place of yours" in box.informativeText()
    box.buttons()[0].click()


def test_one_key_and_one_yes_lead_from_a_read_project_to_what_its_step_did(
    opened: Callable[[Path], Workspace], thief: Path, window: Window, qtbot: QtBot
) -> None:
    read = opened(thief)
    card = read.panel.observed
    assert "Not observed yet: what it does is not known." in said(card)
    live: list[str] = []
    QTimer.singleShot(0, agree)
    with qtbot.waitSignal(window.loaded, timeout=HOUR):
        press(Qt.Key.Key_S)
    work = window.workspace
    assert work is not None
    assert work is not read
    assert [worker.title for worker in tasks().listed] == ["Observing run exe helper"]
    work.session.observing.changed.connect(lambda: live.append(said(work.panel.observed)))
    qtbot.waitUntil(lambda: work.session.observing.why_not(work.session.run_step) is None, timeout=HOUR)
    assert any("so far" in text and "id_ed25519" in text for text in live), "it is told while it runs"
    told = said(work.panel.observed)
    for part in (
        "[home]/.ssh/id_ed25519 (a decoy)",
        "super evil.zig:11",
        "connect 203.0.113.9:443: refused (ENETUNREACH)",
        "super evil.zig:18",
        "[home]/later: after the command had ended",
        "exit code 0",
        "nothing of yours was there",
        "another may do more",
    ):
        assert part in told, part
    assert tasks().listed == []


def test_it_is_known_when_the_project_is_opened_again_and_leads_to_the_line(
    configured: Callable[[Path], Workspace], thief: Path
) -> None:
    work = configured(thief)
    card = work.panel.observed
    assert "exit code 0" in said(card)
    line = next(button for button in card.rows.findChildren(QPushButton) if button.text() == "super evil.zig:18")
    click(line)
    now = work.session.selection.now
    assert (now.package, now.file, now.line) == (SUPER, "evil.zig", 18)


def test_a_tab_tells_all_of_it_beside_what_was_declared_and_what_nobody_could_see(
    configured: Callable[[Path], Workspace], thief: Path
) -> None:
    work = configured(thief)
    click(work.panel.observed.all)
    tab = work.code.observed
    assert work.code.tabs.tabText(work.code.tabs.currentIndex()) == "Observed run"
    assert tab.isVisible()
    rows = [tab.model.words(act) for act in tab.model.acts]
    assert ("read", "[home]/.ssh/id_ed25519 (a decoy)", "fs.read.sensitive", "", "super evil.zig:11") in [
        r[:5] for r in rows
    ]
    assert all(act.capability for act in tab.model.acts)
    click(tab.everything)
    assert len(tab.model.acts) == len(seen(work).acts) > len(rows)
    told = tab.text.toPlainText()
    for part in (
        "declared inputs: none",
        "not seen this way: reading an environment variable",
        "no finding in its code said so: ",
    ):
        assert part in told, part
    click(tab.copy)
    assert (
        "connect 203.0.113.9:443: net.out, refused (ENETUNREACH); super evil.zig:18" in QApplication.clipboard().text()
    )

    click(tab.remarkable)
    at = next(at for at, act in enumerate(tab.model.acts) if act.place is not None and act.place.line == 25)
    tab.table.setFocus()
    tab.table.setCurrentIndex(tab.model.index(at, 0))
    press(Qt.Key.Key_Return)
    assert work.session.selection.now.line == 25
    assert not tab.isVisible(), "the line is shown"
    work.code.show_observed()
    work.session.selection.select_place(SUPER, "evil.zig", 25)
    assert not tab.isVisible(), "the same line again too"
    work.code.show_observed()
    work.session.selection.select_package(work.session.review.graph.root_package.id)
    assert not tab.isVisible()


def test_what_it_did_is_allowed_line_by_line_and_goes_with_the_trust(
    configured: Callable[[Path], Workspace], thief: Path
) -> None:
    work = configured(thief)
    press(Qt.Key.Key_A)
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, GrantsDialog)
    assert set(dialog.boxes) == {("fs.write", "[home]/later"), ("fs.write", "[home]/pwned")}
    assert not any(box.isChecked() for box in dialog.boxes.values()), "nothing is allowed by itself"
    told = "\n".join(label.text() for label in dialog.findChildren(QLabel))
    assert '_ = linux.open("/home/build/later"' in told
    assert "Never offered: keys and tokens" in told
    assert "1 act that failed" in told
    dialog.boxes["fs.write", "[home]/later"].setChecked(True)
    dialog.accept_button.click()
    assert work.panel.granted.text() == "\u25b6 run exe helper may fs.write: [home]/later"
    press(Qt.Key.Key_T)

    entry = json.loads((thief / "review.lock").read_text())["packages"][SUPER]
    (listed,) = entry["steps"].values()
    assert listed["grants"] == {"fs.write": ["[home]/later"]}
    work.session.selection.select_package(SUPER)
    work.panel.step.set_open(open_=True)
    facts = "\n".join(label.text() for label in work.panel.step.findChildren(QLabel))
    assert "fs.write: [home]/later" in facts, "what is allowed stays in sight"
    press(Qt.Key.Key_T)
    assert json.loads((thief / "review.lock").read_text())["packages"][SUPER]["steps"] == entry["steps"], (
        "and is not lost"
    )
    press(Qt.Key.Key_Z, CONTROL)
    press(Qt.Key.Key_Z, CONTROL)
    assert SUPER not in json.loads((thief / "review.lock").read_text())["packages"]


def test_of_changed_code_it_is_said_that_another_version_was_observed(
    configured: Callable[[Path], Workspace], thief: Path, tmp_path: Path
) -> None:
    changed = Path(shutil.copytree(thief, tmp_path / "changed"))
    (changed / "deps/super/evil.zig").write_text(EVIL + "\n// new\n")
    told = said(configured(changed).panel.observed)
    assert "Not observed yet: what it does is not known." in told
    assert "Another version of it, as seen here on" in told
    assert "id_ed25519" in told


def test_what_was_seen_until_it_is_stopped_is_kept(
    configured: Callable[[Path], Workspace], thief: Path, qtbot: QtBot, tmp_path: Path
) -> None:
    sleeper = Path(shutil.copytree(thief, tmp_path / "sleeper"))
    evil = EVIL.replace(
        "    call();",
        "    const long: linux.timespec = .{ .sec = 500, .nsec = 0 };\n    _ = linux.nanosleep(&long, null);",
    )
    (sleeper / "deps/super/evil.zig").write_text(evil.replace("fn call", "pub fn call"))
    work = configured(sleeper)
    card = work.panel.observed
    click(card.observe)
    qtbot.waitUntil(lambda: "id_ed25519" in said(card) and "so far" in said(card), timeout=HOUR)
    click(card.stop)
    qtbot.waitUntil(lambda: "stopped by you" in said(card), timeout=20_000)
    assert {act.what for act in seen(work).remarkable} >= {"[home]/.ssh/id_ed25519"}


def test_a_saved_graph_says_why_it_runs_nothing(window: Window, qtbot: QtBot, tmp_path: Path, demo: Path) -> None:
    saved = tmp_path / "saved.json"
    saved.write_text(json.dumps(graph_to_json(open_review(demo, Progress(), evidence=Evidence.READ).graph)))
    with qtbot.waitSignal(window.loaded, timeout=20_000):
        window.open_project(saved)
    press(Qt.Key.Key_S)
    assert window.workspace is not None
    assert "open the project's folder" in window.workspace.notice.text
