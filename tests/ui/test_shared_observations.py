"""Ada saved what she saw of the hidden run step; Grace opens the project, sees whose word it is, runs it herself and saves that too."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QLabel

from reviewer.model.graph import Location
from reviewer.model.observation import Act, Observation
from reviewer.review.observations import keep_observation
from reviewer.review.shared_observations import FOLDER, save_observation
from reviewer.ui.panel.grants import GrantsDialog
from reviewer.ui.panel.observed import ObservedCard
from reviewer.ui.shell.workspace import Workspace
from tests.ui.hands import click

ADA = "Ada <ada@example.org>"
SUPER = "zig:super@1.0.0#deps/super"
KEY = Act(
    "read",
    "[home]/.ssh/id_ed25519",
    "fs.read.sensitive",
    detail="a decoy",
    place=Location(SUPER, "evil.zig", 12),
    by=("[cache]/helper",),
)
CALL = Act("connect", "203.0.113.9:443", "net.out", refused="ENETUNREACH", by=("[cache]/helper", "/usr/bin/curl"))
LEAK = Act(
    "secret in", "stdout", "fs.read.sensitive", detail="$GITHUB_TOKEN in what is printed", by=("[cache]/helper",)
)


@pytest.fixture(autouse=True)
def another_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REVIEWER_STATE_DIR", str(tmp_path / "state of Grace"))


def seen(work: Workspace, *acts: Act, at: str = "2026-11-23T09:30:00Z") -> Observation:
    graph = work.session.review.graph
    step = next(step for step in graph.run_steps if step.package == SUPER)
    assert step.run is not None
    package = graph.package[step.run.executes or step.package]
    return Observation(
        step.id, step.run.fingerprint, package.id, package.digest, at, "zig 0.17.1", "exit code 0", 0.2, acts
    )


def grants_offered(work: Workspace) -> list[tuple[str, str]]:
    step = work.session.run_step
    assert step is not None
    dialog = GrantsDialog(work, work.session, step, work.session.observing.of(step).now)
    return list(dialog.boxes)


def said(card: ObservedCard) -> str:
    QApplication.processEvents()
    return "\n".join(label.text() for label in card.findChildren(QLabel) if not label.isHidden())


def test_what_a_colleague_saw_is_shown_as_her_word_and_grants_nothing(
    opened: Callable[[Path], Workspace], demo: Path
) -> None:
    save_observation(demo, seen(opened(demo), KEY, CALL), ADA)
    work = opened(demo)
    told = said(work.panel.observed)
    assert f"Not observed here; as {ADA} says to have seen on 2026-11-23" in told
    assert "[home]/.ssh/id_ed25519" in told
    assert grants_offered(work) == []
    assert work.panel.observed.observe.isVisible()
    click(work.panel.observed.all)
    tab = work.code.observed
    assert f"as {ADA} says to have seen on 2026-11-23" in tab.told.text()
    assert not tab.save.isVisible(), "it is not one's own"


def test_ones_own_run_is_set_beside_hers_and_can_be_saved_for_others(
    opened: Callable[[Path], Workspace], demo: Path
) -> None:
    work = opened(demo)
    save_observation(demo, seen(work, KEY, CALL), ADA)
    keep_observation(work.session.review.graph, seen(work, KEY, LEAK, at="2026-11-24T10:00:00Z"))
    work = opened(demo)
    click(work.panel.observed.all)
    tab = work.code.observed
    lines = tab.text.toPlainText().splitlines()
    assert lines[0] == f"as {ADA} says to have seen on 2026-11-23: something else"
    assert lines[1].startswith("  seen there and not here: connect 203.0.113.9:443")
    assert lines[2].startswith("  seen here and not there: secret in stdout ($GITHUB_TOKEN in what is printed)")
    heard: list[str] = []
    work.session.told.connect(heard.append)
    (demo / FOLDER).rename(demo / "before")
    click(tab.save)
    (saved,) = (demo / FOLDER).iterdir()
    assert heard == [f"Saved as {saved.relative_to(demo)}: commit it for all who review this project"]
    assert json.loads(saved.read_text())["acts"][1]["what"] == "stdout"
