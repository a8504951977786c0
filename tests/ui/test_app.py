"""The door to the window, as another program opens it."""

import os
import subprocess
import sys
from pathlib import Path

from PySide6.QtGui import QImage

CALL = """
import sys
from pathlib import Path
from reviewer.model.graph import Evidence
from reviewer.ui.app import run_window
sys.exit(run_window(Path(sys.argv[1]), evidence=Evidence.READ, screenshot=Path(sys.argv[2])))
"""


def draw(project: Path, picture: Path) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name not in {"DISPLAY", "QT_QPA_PLATFORM"}}
    argv = (sys.executable, "-c", CALL, str(project), str(picture))
    return subprocess.run(argv, env=environment, capture_output=True, text=True, check=False, timeout=60)


def test_a_picture_is_drawn_without_a_display(demo: Path, tmp_path: Path) -> None:
    done = draw(demo, tmp_path / "window.png")
    assert done.returncode == 0, done.stderr
    picture = QImage(str(tmp_path / "window.png"))
    assert (picture.width(), picture.height()) == (1440, 900)
    for x, y, width, height in ((0, 160, 320, 120), (340, 90, 700, 200), (340, 390, 700, 400), (1120, 90, 300, 400)):
        part = picture.copy(x, y, width, height)
        colors = {part.pixel(i, j) for i in range(0, width, 3) for j in range(0, height, 3)}
        assert len(colors) > 12, "this part of the window is empty"


def test_a_project_that_cannot_be_loaded_ends_with_two_and_one_line(tmp_path: Path) -> None:
    done = draw(tmp_path, tmp_path / "window.png")
    assert done.returncode == 2
    lines = [line for line in done.stderr.splitlines() if line.startswith("reviewer:")]
    assert len(lines) == 1
    assert not (tmp_path / "window.png").exists()
