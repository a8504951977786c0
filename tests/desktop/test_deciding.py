"""A reviewer at a desk: keys and mouse in, review.lock and the exit code out."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from reviewer.ui.look.theme import load_theme
from tests.desktop.desk import Desk, Window, wait_for

pytestmark = pytest.mark.desktop


def decisions(project: Path) -> dict[str, str]:
    """Package id to decision, as review.lock has it now."""
    lock = project / "review.lock"
    if not lock.exists():
        return {}
    return {package: entry["decision"] for package, entry in json.loads(lock.read_text())["packages"].items()}


def decided(project: Path, count: int) -> dict[str, str]:
    """The decisions on disk, once there are exactly so many."""

    def answer() -> dict[str, str] | None:
        found = decisions(project)
        return found if len(found) == count else None

    return wait_for(f"{count} decisions in review.lock", answer)


def opened(desk: Desk, project: Path) -> Window:
    """The window, once the project is loaded into it."""
    window = desk.reviewer("open", project, "--evidence", "read")
    wait_for("the project to be loaded", lambda: project.name in window.title)
    return window


def test_a_decision_is_on_disk_at_once_and_undo_takes_it_back(desk: Desk, demo: Path) -> None:
    window = opened(desk, demo)

    window.press("t")
    assert list(decided(demo, 1).values()) == ["trusted"]

    window.press("ctrl+z")
    decided(demo, 0)

    window.press("ctrl+q")
    assert window.exit_code() == 0, desk.log()


def test_the_keyboard_alone_reviews_a_project_until_check_passes(desk: Desk, demo: Path) -> None:
    window = opened(desk, demo)
    for count in range(1, 5):
        window.press("t")
        decided(demo, count)
    window.press("ctrl+q")
    assert window.exit_code() == 0, desk.log()

    check = (Path(sys.executable).with_name("reviewer"), "check", "--evidence", "read", demo)
    done = subprocess.run(check, env=desk.environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_click_decides_as_a_key_does(desk: Desk, demo: Path) -> None:
    window = opened(desk, demo)
    window.click(load_theme("dark").color("trust"))
    assert list(decided(demo, 1).values()) == ["trusted"]
