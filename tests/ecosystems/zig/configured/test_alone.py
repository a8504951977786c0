"""Two windows, or a window and the command line, work on one project: the second waits for the first, says so, and can be stopped."""

import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from reviewer.ecosystems.zig.configured.alone import alone
from reviewer.progress import CancelledError, Progress

ANOTHER = """
import sys, time
from pathlib import Path
from reviewer.ecosystems.zig.configured.alone import alone
from reviewer.progress import Progress
with alone(Path(sys.argv[1]), Progress()):
    print("begun", flush=True)
    time.sleep(600)
"""


def test_the_second_waits_and_says_so_until_the_first_is_ready(tmp_path: Path) -> None:
    said: list[str] = []
    heard = threading.Event()

    def hear(text: str, done: int, total: int) -> None:
        said.append(text)
        heard.set()

    turns: list[str] = []

    def second() -> None:
        with alone(tmp_path, Progress(hear)):
            turns.append("second")

    with alone(tmp_path, Progress()):
        thread = threading.Thread(target=second)
        thread.start()
        assert heard.wait(10)
        turns.append("first")
    thread.join(10)
    assert turns == ["first", "second"]
    assert "another Reviewer" in said[0]


def test_waiting_can_be_stopped_and_other_projects_wait_for_nobody(tmp_path: Path) -> None:
    progress = Progress(lambda text, done, total: progress.cancel())
    with alone(tmp_path, Progress()):
        with alone(tmp_path / "another", Progress()):
            pass
        with pytest.raises(CancelledError), alone(tmp_path, progress):
            pass


def test_the_turn_of_a_reviewer_that_was_killed_is_over(tmp_path: Path) -> None:
    another = subprocess.Popen([sys.executable, "-c", ANOTHER, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert another.stdout is not None
    assert another.stdout.readline() == "begun\n"
    another.send_signal(signal.SIGKILL)
    another.wait()
    another.stdout.close()
    with alone(tmp_path, Progress()):
        pass
