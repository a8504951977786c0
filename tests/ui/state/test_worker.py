"""Work in threads, and the end of the program."""

import os
import subprocess
import sys

_PROGRAM = """
import time
from PySide6.QtWidgets import QApplication
from reviewer.ui.state.worker import Worker

class Slow(Worker):
    def run(self):
        time.sleep(1)

application = QApplication([])
Slow().begin()
"""


def test_a_program_that_ends_while_a_thread_works_ends_in_order() -> None:
    env = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run([sys.executable, "-c", _PROGRAM], env=env, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
