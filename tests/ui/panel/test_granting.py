"""What run steps may do beyond what they declare: given in the window, and in sight wherever the step is."""

import json
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication, QLabel

from reviewer.ui.panel.grants import GrantsDialog
from reviewer.ui.shell.workspace import Workspace
from tests.ui.hands import press

SUPER = "zig:super@1.0.0#deps/super"


def dialog() -> GrantsDialog:
    press(Qt.Key.Key_A)
    found = QApplication.activeModalWidget()
    assert isinstance(found, GrantsDialog)
    return found


def step_facts(work: Workspace) -> str:
    work.panel.step.set_open(open_=True)
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    return "\n".join(label.text() for label in work.panel.step.findChildren(QLabel))


def granted(demo: Path) -> dict[str, object]:
    packages = json.loads((demo / "review.lock").read_text())["packages"]
    return {
        step["name"]: step["grants"]
        for entry in packages.values()
        for step in entry["steps"].values()
        if step["grants"]
    }


def test_the_escape_hatch_says_what_it_opens_and_is_recorded_with_the_trust(
    opened: Callable[[Path], Workspace], demo: Path
) -> None:
    work = opened(demo)
    work.session.selection.select_package(SUPER)
    given = dialog()
    told = "\n".join(label.text() for label in given.findChildren(QLabel))
    assert "observe it first, to allow it just that" in told
    assert "It has no network and no home" in told
    assert given.hatch.text() == "build.hook: held by the outer sandbox alone"
    assert not given.hatch.isChecked()
    given.hatch.setChecked(True)
    given.accept_button.click()
    assert work.panel.granted.text() == "\u25b6 run exe helper may build.hook: held by the outer sandbox alone"
    press(Qt.Key.Key_T)
    assert granted(demo) == {"run exe helper": {"build.hook": []}}

    work.session.selection.select_package(SUPER)
    assert "build.hook: held by the outer sandbox alone" in step_facts(work)
    (card,) = (mark for mark in work.session.review.marks(SUPER, "build.zig") if "is created here" in mark.explanation)
    assert "It may build.hook: held by the outer sandbox alone." in card.explanation
    again = dialog()
    assert again.hatch.isChecked()
    again.hatch.setChecked(False)
    again.accept_button.click()
    press(Qt.Key.Key_T)
    assert granted(demo) == {}


def test_a_step_of_the_project_itself_is_granted_something_at_once_and_that_can_be_undone(
    opened: Callable[[Path], Workspace], demo: Path
) -> None:
    work = opened(demo)
    own = work.session.review.graph.root_package.id
    step = next(step for step in work.session.review.graph.run_steps if step.package == own)
    work.session.selection.select_step(step.id)
    given = dialog()
    given.hatch.setChecked(True)
    given.accept_button.click()
    assert granted(demo) == {step.name: {"build.hook": []}}
    assert "build.hook: held by the outer sandbox alone" in step_facts(work)
    press(Qt.Key.Key_U)
    assert granted(demo) == {}
    assert "build.hook" not in step_facts(work)
