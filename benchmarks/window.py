"""How long the window takes to appear."""

import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.ratio import Ratio, compare, program

_END_AT_FIRST_PAINT = """
import os, sys
from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication
class FirstPaint(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint:
            QTimer.singleShot(0, lambda: os._exit(0))
        return False
def watch(application):
    application.first = FirstPaint()
    application.installEventFilter(application.first)
"""
_EMPTY = """
from PySide6.QtWidgets import QMainWindow
application = QApplication(sys.argv[:1])
watch(application)
window = QMainWindow()
window.resize(1440, 900)
window.show()
application.exec()
"""
_OURS = """
os.chdir("/")
run = QApplication.exec
QApplication.exec = lambda self=None: (watch(QApplication.instance()), run())[1]
from reviewer.cli import main
main([])
"""


def first_paint() -> Ratio:
    """`reviewer` in a folder without a project, on a display: from the start of the process until the first page is painted."""
    with tempfile.TemporaryDirectory() as folder, _display(folder) as display:
        env = {name: value for name, value in os.environ.items() if not name.startswith(("QT_", "WAYLAND_"))}
        env |= {"REVIEWER_CACHE_DIR": f"{folder}/cache", "REVIEWER_STATE_DIR": f"{folder}/state", "DISPLAY": display}
        env |= {"PYTHONPATH": os.pathsep.join([str(Path.cwd()), *sys.path])}
        return compare(
            ("reviewer, until its window is painted", _python(_OURS, env)),
            ("an empty PySide6 window", _python(_EMPTY, env)),
            aim=1.6,
        )


@contextlib.contextmanager
def _display(folder: str) -> Iterator[str]:
    """A virtual display of its own, the same for both sides."""
    told, tells = os.pipe()
    argv = ("Xvfb", "-displayfd", str(tells), "-screen", "0", "1440x900x24", "-nolisten", "tcp", "-noreset")
    with Path(folder, "xvfb.log").open("wb") as log, subprocess.Popen(argv, pass_fds=[tells], stderr=log) as server:
        os.close(tells)
        try:
            with os.fdopen(told) as answer:
                yield f":{answer.readline().strip()}"
        finally:
            server.terminate()


def _python(code: str, env: dict[str, str]) -> Callable[[], None]:
    return program([sys.executable, "-c", _END_AT_FIRST_PAINT + code], env=env)
