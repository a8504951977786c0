"""When Reviewer itself fails: everything is saved, and the report tells nothing of a project."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

CALL = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QPlainTextEdit
from reviewer.model.graph import Evidence
from reviewer.ui import app
from reviewer.ui.program.windows import Windows

project, what = Path(sys.argv[1]), sys.argv[2]

def fail(window):
    window.workspace.panel.note.setPlainText("a thought worth keeping")
    print("notice:", window.notice.text, flush=True)
    if what == "error":
        QTimer.singleShot(0, lambda: {}[str(project)])
        QTimer.singleShot(300, lambda: print("after:", window.notice.text, flush=True))
        QTimer.singleShot(400, lambda: os._exit(9))
    elif what == "fault":
        window.keep_place()
        import faulthandler; faulthandler._sigsegv()
    else:
        print("note:", window.workspace.panel.note.toPlainText() and window.workspace.place().notes, flush=True)
        QTimer.singleShot(0, QApplication.closeAllWindows)

import os
make = Windows._make
def watched(self):
    window = make(self)
    if what == "look":
        window.loaded.connect(lambda: QTimer.singleShot(100, lambda: (print("found:", window.workspace.panel.notes),
            print("notice:", window.notice.text, flush=True), QApplication.closeAllWindows())))
    else:
        window.loaded.connect(lambda: QTimer.singleShot(100, lambda: fail(window)))
    return window
Windows._make = watched
sys.exit(app.run_window(project, evidence=Evidence.READ))
"""


def run(project: Path, state: Path, what: str) -> subprocess.CompletedProcess[str]:
    env = os.environ | {"QT_QPA_PLATFORM": "offscreen", "REVIEWER_STATE_DIR": str(state)}
    argv = (sys.executable, "-c", CALL, str(project), what)
    return subprocess.run(argv, env=env, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize("what", ["error", "fault"])
def test_nothing_is_lost_and_the_report_is_offered_at_the_next_start(demo: Path, tmp_path: Path, what: str) -> None:
    state = tmp_path / "state"
    failed = run(demo, state, what)
    if what == "error":
        assert "after: Something in Reviewer failed just now." in failed.stdout

    again = run(demo, state, "look")
    assert again.returncode == 0, again.stderr
    assert "a thought worth keeping" in again.stdout
    if what == "fault":
        assert "notice: Reviewer failed the last time" in again.stdout
    (report,) = (state / "crashes").glob("seen-*.txt")
    text = report.read_text()
    assert ("KeyError" if what == "error" else "Segmentation fault") in text
    for secret in (str(demo), demo.name, "super", "a thought", str(Path.home())):
        assert secret not in text
    assert not list((state / "crashes").glob("running-*"))

    third = run(demo, state, "look")
    assert "notice: \n" in third.stdout, "a report is offered once"
