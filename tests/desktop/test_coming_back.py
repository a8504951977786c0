"""A whole review by keyboard alone, ended and taken up again; seen from outside, as pictures of the screen and files on disk."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from tests.desktop.desk import Desk, wait_for
from tests.desktop.test_deciding import decided, decisions, opened

pytestmark = pytest.mark.desktop

PARTS = {
    "list": (0, 45, 325, 820),
    "map": (335, 45, 770, 290),
    "code": (335, 350, 770, 500),
    "panel": (1112, 45, 320, 820),
}
"""Parts of the screen as left, top, width, height: without the lines between them, and without the bars above and below."""


def part(picture: QImage, place: tuple[int, int, int, int]) -> QImage:
    return picture.copy(*place)


def still(desk: Desk) -> QImage:
    """The screen once it does not change any more."""
    before = desk.picture()

    def same() -> QImage | None:
        nonlocal before
        last, before = before, desk.picture()
        return before if before == last else None

    return wait_for("a screen that does not change", same)


def ink(picture: QImage) -> int:
    """How many colours there are: an empty region has one or two."""
    return len({picture.pixel(x, y) for x in range(0, picture.width(), 2) for y in range(0, picture.height(), 2)})


def test_the_whole_demo_by_keyboard_then_undo_quit_reopen_and_everything_is_where_it_was(
    desk: Desk, demo: Path
) -> None:
    window = opened(desk, demo)
    wait_for("every part to show something", lambda: all(ink(part(desk.picture(), p)) > 12 for p in PARTS.values()))

    window.press("n", "p", "bracketright", "v")
    window.press("e")
    desk.xdotool("type", "--delay", "30", "runs a helper that nobody named")
    window.press("ctrl+Return", "r")
    found = decided(demo, 1)
    assert list(found.values()) == ["rejected"]
    for count in (2, 3, 4):
        window.press("t")
        decided(demo, count)
    window.press("u")
    decided(demo, 3)
    window.press("ctrl+shift+z")
    decided(demo, 4)
    window.press("2", "bracketright")
    before = still(desk)

    window.press("ctrl+q")
    assert window.exit_code() == 0, desk.log()

    opened(desk, demo)

    def differing() -> list[str]:
        after = desk.picture()
        return [name for name, place in PARTS.items() if part(after, place) != part(before, place)]

    wait_for("everything to be where it was", lambda: not differing())


def test_a_second_start_opens_its_project_in_the_running_program(desk: Desk, demo: Path, read_only_demo: Path) -> None:
    window = opened(desk, demo)
    second = subprocess.run(
        [Path(sys.executable).with_name("reviewer"), "open", read_only_demo, "--evidence", "read"],
        env=desk.environment,
        timeout=30,
        check=False,
    )
    assert second.returncode == 0
    wait_for("two windows", lambda: len(desk.windows_of(window)) == 2)


def test_the_end_of_the_session_loses_no_note(desk: Desk, demo: Path) -> None:
    window = opened(desk, demo)
    window.press("e")
    desk.xdotool("type", "--delay", "30", "half a thought")
    still(desk)
    window.signal(signal.SIGTERM)
    assert window.exit_code() == 0, desk.log()
    assert decisions(demo) == {}

    again = opened(desk, demo)
    again.press("t")
    decided(demo, 1)
    (entry,) = json.loads((demo / "review.lock").read_text())["packages"].values()
    assert entry["note"] == "half a thought"
