"""What a team does with review.lock, in the window: each act opens a page that first shows and then does, in real repositories."""

import os
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtCore import Qt, QTimer
from pytestqt.qtbot import QtBot

from reviewer.lock.decision import Verdict
from reviewer.lock.signing import sign
from reviewer.lock.storage import load, save
from reviewer.model.graph import Evidence
from reviewer.ui.palette.box import act_targets
from reviewer.ui.palette.targets import rank
from reviewer.ui.shell.team.page import TeamPage
from reviewer.ui.shell.window import Window
from reviewer.ui.shell.workspace import Workspace
from tests.cli.test_sign import make_key
from tests.lock.test_merge import decided
from tests.ui.hands import press

GONE = "zig:gone@1.0.0#deps/gone"


@pytest.fixture(autouse=True)
def ada(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ada decides here, with a key of her own."""
    make_key(tmp_path / "key")
    settings = {"user.name": "Ada", "user.email": "ada@example.org", "user.signingkey": str(tmp_path / "key")}
    monkeypatch.setenv("GIT_CONFIG_COUNT", str(len(settings)))
    for number, (key, value) in enumerate(settings.items()):
        monkeypatch.setenv(f"GIT_CONFIG_KEY_{number}", key)
        monkeypatch.setenv(f"GIT_CONFIG_VALUE_{number}", value)


@pytest.fixture
def page(qtbot: QtBot, window: Window) -> Callable[[Workspace, str], TeamPage]:
    """Do an act, and wait until its page shows what it found."""

    def open_(work: Workspace, act: str) -> TeamPage:
        with qtbot.waitSignal(work.team.opened, timeout=20_000) as opened:
            window.actions_[act].trigger()
        found = cast(TeamPage, opened.args[0])
        qtbot.waitUntil(lambda: not found.stop.isVisible(), timeout=20_000)
        return found

    return open_


def package(work: Workspace, name: str) -> str:
    return next(p.id for p in work.session.review.graph.packages if p.name == name)


def badges(work: Workspace, name: str) -> list[str]:
    row = next(row for row in work.list.model.rows if row.name == name)
    return [badge.text for badge in row.badges]


@pytest.mark.parametrize(
    ("words", "act"),
    [("log", "log"), ("import", "import"), ("lock sign", "sign"), ("lock prune", "prune"), ("lock merge", "driver")],
)
def test_the_words_of_the_command_line_find_the_act(
    opened: Callable[[Path], Workspace], window: Window, demo: Path, words: str, act: str
) -> None:
    opened(demo)
    assert rank(words, act_targets(window.actions_))[0].act == act


def test_import_shows_what_came_writes_it_and_whose_it_is(
    opened: Callable[[Path], Workspace],
    window: Window,
    page: Callable[[Workspace, str], TeamPage],
    demo: Path,
    tmp_path: Path,
    qtbot: QtBot,
) -> None:
    other = opened(Path(shutil.copytree(demo, tmp_path / "other")))
    review = other.session.review
    review.decide([package(other, "super"), package(other, "ring-buffer")], Verdict.TRUSTED, note="read it")
    review.decide([package(other, "event-loop")], Verdict.REJECTED, note="calls home")
    (demo / "review.toml").write_text('version = 1\n[imports.ben]\npath = "../other"\ncriteria = ["run"]\n')
    # What was never brought here could hold a reject: nothing is opened without it.
    with qtbot.waitSignal(window.failed, timeout=20_000):
        window.open_project(demo, Evidence.READ)
    assert window.failure.what.text() == "review.toml imports it, and it is not here"
    window.failure.import_.click()
    found = window.findChild(TeamPage)
    assert isinstance(found, TeamPage)
    qtbot.waitUntil(found.act.isVisible, timeout=20_000)
    shown = found.text.toPlainText()
    assert "ben: ../other, accepted for run" in shown
    assert "super@1.0.0#deps/super: trusted by Ada <ada@example.org>" in shown
    assert "event-loop@0.9.3#deps/event-loop: rejected by Ada" in shown
    with qtbot.waitSignal(window.loaded, timeout=20_000):
        found.act.click()
    work = window.workspace
    assert work is not None
    assert not (demo / "review.lock").exists()
    assert work.session.review.status(package(work, "super")) == "trusted"
    assert badges(work, "super")[0] == "from ben"
    assert badges(work, "event-loop")[0] == "\u2717 rejected in ben"
    work.session.selection.select_package(package(work, "super"))
    assert "by Ada" in work.panel.earlier.text()
    assert ", imported from ben\nread it" in work.panel.earlier.text()
    work.session.selection.select_package(package(work, "event-loop"))
    assert work.panel.alarms.text().startswith("Rejected at 0.9.3 by Ada, ")
    assert work.panel.alarms.text().endswith(", in import ben\ncalls home")
    # Again nothing is new, and there is nothing to write.
    found = page(work, "import")
    assert "nothing changed" in found.text.toPlainText()
    assert not found.act.isVisible()


def test_an_import_that_never_comes_can_be_cancelled(
    opened: Callable[[Path], Workspace],
    window: Window,
    demo: Path,
    tmp_path: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waiting = tmp_path / "ssh"
    waiting.write_text("#!/bin/sh\nexec sleep 100\n")
    waiting.chmod(0o755)
    monkeypatch.setenv("GIT_SSH_COMMAND", str(waiting))
    work = opened(demo)
    (demo / "review.toml").write_text(
        'version = 1\n[imports.far]\ngit = "ssh://host/there"\nrevision = "main"\ncriteria = ["run"]\n'
    )
    with qtbot.waitSignal(work.team.opened) as page:
        window.actions_["import"].trigger()
    found = page.args[0]
    qtbot.waitUntil(lambda: found.doing.text() == "Fetching far", timeout=20_000)
    assert found.bar.isVisible()
    with qtbot.waitSignal(found.ended, timeout=20_000):
        found.stop.click()
    assert found.doing.text() == "Cancelled: nothing was changed."
    assert not (demo / "review.imports").exists()


def test_a_project_without_imports_says_how_to_name_one(
    opened: Callable[[Path], Workspace], page: Callable[[Workspace, str], TeamPage], demo: Path
) -> None:
    found = page(opened(demo), "import")
    assert "nothing is imported; name one with `[imports.NAME]` there" in found.doing.text()
    assert not found.act.isVisible()


def test_prune_drops_what_is_gone_and_undo_brings_it_back(
    opened: Callable[[Path], Workspace], page: Callable[[Workspace, str], TeamPage], demo: Path, qtbot: QtBot
) -> None:
    lock = demo / "review.lock"
    gone = decided(GONE, Verdict.TRUSTED)
    refused = decided("zig:refused@1.0.0#deps/refused", Verdict.REJECTED)
    save(lock, load(lock), load(lock).with_decisions([gone, refused]))
    work = opened(demo)
    found = page(work, "prune")
    assert found.text.toPlainText().splitlines() == [
        "keep: zig:refused@1.0.0#deps/refused (it is rejected; `reviewer forget` removes it)",
        f"drop: {GONE} (trusted for run by Ada at 2026-01-01T00:00:00Z)",
    ]
    assert found.act.text() == "Drop 1 entry"
    press(Qt.Key.Key_Return)
    assert list(load(lock).decisions) == ["zig:refused@1.0.0#deps/refused"]
    work.session.undo()
    assert load(lock).decisions[GONE] == gone
    assert "drop" in page(work, "prune").text.toPlainText()


def test_the_log_of_a_package_tells_who_decided_what_and_when(
    opened: Callable[[Path], Workspace], page: Callable[[Workspace, str], TeamPage], demo: Path
) -> None:
    work = opened(demo)
    work.session.selection.select_package(package(work, "super"))
    assert "is in no git repository" in page(work, "log").doing.text()
    subprocess.run(["git", "init", "--quiet", "-b", "main"], cwd=demo, check=True)
    work.session.review.decide([package(work, "super")], Verdict.DEFERRED, note="not today")
    for words in (("add", "review.lock"), ("commit", "--quiet", "-m", "x")):
        subprocess.run(["git", *words], cwd=demo, check=True)
    work.session.review.decide([package(work, "super")], Verdict.TRUSTED, note="read \x1b[31m it")
    lines = page(work, "log").text.toPlainText().splitlines()
    assert lines[0].endswith("#deps/super  (not committed)")
    assert lines[1].startswith("    trusted for run by Ada <ada@example.org> at ")
    assert lines[3] == "    note: read \u27e6ESC\u27e7[31m it"
    assert lines[5].endswith(", Ada <ada@example.org>)")


def test_signing_makes_a_demanded_trust_count_and_undo_takes_the_signature_away(
    opened: Callable[[Path], Workspace],
    page: Callable[[Workspace, str], TeamPage],
    demo: Path,
    tmp_path: Path,
    qtbot: QtBot,
) -> None:
    public = " ".join((tmp_path / "key.pub").read_text().split()[:2])
    (demo / "review.signers").write_text(f"ada@example.org {public}\n")
    (demo / "review.toml").write_text("version = 1\n[policy]\nsigned = true\n")
    work = opened(demo)
    assert "An older decision that was put back could go unnoticed: " in work.notice.accessibleName()
    assert "There is no unsigned decision by Ada" in page(work, "sign").doing.text()
    name = package(work, "super")
    work.session.selection.select_package(name)
    with qtbot.waitSignal(work.session.told) as told:
        work.panel.trust.click()
    assert told.args == ["Trusted; it counts once it is signed (Shift S)."]
    work.session.selection.select_package(name)
    assert badges(work, "super")[0] == "not signed"
    assert work.panel.earlier.text().endswith(", not signed")
    found = page(work, "sign")
    assert found.text.toPlainText().startswith(f"sign: {name} (trusted, ")
    with qtbot.waitSignal(found.ended, timeout=20_000):
        found.act.click()
    assert work.session.review.status(name) == "trusted"
    assert "not signed" not in badges(work, "super")
    assert work.panel.earlier.text().endswith(", signed")
    work.session.undo()
    assert work.session.review.status(name) == "unreviewed"
    assert load(demo / "review.lock").decisions[name].signature == ""


def test_signatures_that_somebody_else_wrote_are_verified_while_the_window_answers(
    opened: Callable[[Path], Workspace], demo: Path, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    public = " ".join((tmp_path / "key.pub").read_text().split()[:2])
    (demo / "review.signers").write_text(f"ada@example.org {public}\n")
    work = opened(demo)
    name = package(work, "super")
    decision = work.session.review.decision(name, Verdict.TRUSTED)
    made = sign(decision, str(tmp_path / "key"))
    # An agent that thinks for two seconds, as some do.
    slow, real = tmp_path / "bin" / "ssh-keygen", shutil.which("ssh-keygen")
    slow.parent.mkdir()
    slow.write_text(f'#!/bin/sh\nsleep 2\nexec {real} "$@"\n')
    slow.chmod(0o755)
    monkeypatch.setenv("PATH", f"{slow.parent}:{os.environ['PATH']}")
    longest, last = 0.0, time.monotonic()

    def beat() -> None:
        nonlocal longest, last
        now = time.monotonic()
        longest, last = max(longest, now - last), now

    timer = QTimer()
    timer.timeout.connect(beat)
    timer.start(5)
    save(demo / "review.lock", load(demo / "review.lock"), load(demo / "review.lock").with_decisions([made]))
    qtbot.waitUntil(lambda: work.session.review.status(name) == "trusted", timeout=30_000)
    assert longest < 2, "the window stood still for as long as ssh-keygen took"
    work.session.selection.select_package(name)
    assert work.panel.earlier.text().endswith(", signed")


def test_a_second_reviewer_is_told_whose_trust_the_same_trust_confirms(
    opened: Callable[[Path], Workspace], demo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (demo / "review.toml").write_text("version = 1\n[policy]\nreviewers = 2\n")
    work = opened(demo)
    name = package(work, "super")
    work.session.review.decide([name], Verdict.TRUSTED, note="read it")
    # It waits for somebody else now: for Ada it comes last.
    assert work.session.review.queue[-1] == name
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "Ben")
    monkeypatch.setenv("GIT_CONFIG_VALUE_1", "ben@example.org")
    work = opened(demo)
    assert work.session.review.queue[0] == name
    assert "1 of 2 reviewers" in badges(work, "super")
    work.session.selection.select_package(name)
    assert work.panel.confirms.text() == "Trusted by Ada: the same trust makes you a reviewer too."
    work.panel.note.setPlainText("so did I")
    work.panel.trust.click()
    entry = load(demo / "review.lock").decisions[name]
    assert sorted([entry.note, *(other.note for other in entry.also)]) == ["read it", "so did I"]
    assert work.session.review.status(name) == "trusted"
    work.session.selection.select_package(name)
    assert len([line for line in work.panel.earlier.text().splitlines() if line.startswith("Trusted to run")]) == 2
    work.session.undo()
    assert load(demo / "review.lock").decisions[name].also == ()


def test_the_merge_driver_is_shown_and_installed(
    opened: Callable[[Path], Workspace], page: Callable[[Workspace, str], TeamPage], demo: Path, qtbot: QtBot
) -> None:
    work = opened(demo)
    assert "not a git repository" in page(work, "driver").doing.text()
    subprocess.run(["git", "init", "--quiet"], cwd=demo, check=True)
    found = page(work, "driver")
    assert "+review.lock merge=reviewer" in found.text.toPlainText()
    assert not (demo / ".gitattributes").exists()
    with qtbot.waitSignal(found.ended, timeout=20_000):
        found.act.click()
    assert (demo / ".gitattributes").read_text() == "review.lock merge=reviewer\n"
    assert "already" in page(work, "driver").doing.text()


def test_leaving_a_page_stops_what_it_does_and_leaves_nothing(
    opened: Callable[[Path], Workspace], page: Callable[[Workspace, str], TeamPage], demo: Path, qtbot: QtBot
) -> None:
    work = opened(demo)
    found = page(work, "log")
    press(Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not _alive(found), timeout=20_000)
    assert os.listdir(demo)  # noqa: PTH208 - it is still there, and so is the window
    assert work.isVisible()


def _alive(page: TeamPage) -> bool:
    try:
        return page.isVisible()
    except RuntimeError:  # Qt deleted it
        return False
