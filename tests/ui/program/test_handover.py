"""A second start hands over to the program that runs; nobody else can, and no caller can harm it."""

import contextlib
import json
import socket
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from reviewer.model.graph import Evidence
from reviewer.ui.program.handover import MAX_BYTES, Request, hand_over, meeting_place, understood, written
from reviewer.ui.program.listener import Listener


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    tmp_path.chmod(0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    found = meeting_place()
    assert found is not None
    return found


@pytest.fixture
def listener(place: str, qapp: QApplication) -> Iterator[Listener]:
    made = Listener(place)
    assert made.listening
    yield made
    made.close()


def call(request: Request) -> tuple[threading.Thread, list[bool]]:
    """A second start, which waits for its answer."""
    answers: list[bool] = []
    thread = threading.Thread(target=lambda: answers.append(hand_over(request)))
    thread.start()
    return thread, answers


def test_what_was_asked_for_arrives_whole(listener: Listener, qtbot: QtBot) -> None:
    request = Request(Path("/some/project"), Evidence.READ, Path("/opt/zig"), ("-Doptimize=ReleaseSafe",), "token_1")
    with qtbot.waitSignal(listener.asked) as asked:
        thread, answers = call(request)
    qtbot.waitUntil(lambda: bool(answers))
    thread.join()
    assert asked.args == [request]
    assert answers == [True]


def test_without_a_running_program_nobody_takes_it(place: str) -> None:
    assert not hand_over(Request(None))


def test_what_a_killed_program_left_behind_is_no_obstacle(place: str, qtbot: QtBot) -> None:
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(place)
    assert not hand_over(Request(None))
    listener = Listener(place)
    assert listener.listening
    listener.close()


def test_the_door_is_this_users_only(listener: Listener, place: str) -> None:
    assert stat.S_IMODE(Path(place).stat().st_mode) & 0o077 == 0
    assert stat.S_IMODE(Path(place).parent.stat().st_mode) == 0o700


def test_in_a_folder_that_others_can_enter_nobody_meets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    (tmp_path / "reviewer").mkdir()
    (tmp_path / "reviewer").chmod(0o755)
    assert meeting_place() is None
    assert not hand_over(Request(None))


def test_rude_callers_are_hung_up_on_and_polite_ones_still_served(listener: Listener, place: str, qtbot: QtBot) -> None:
    asked: list[Request] = []
    listener.asked.connect(asked.append)
    rude = []
    for words in (b"", b"\xff" * 100 + b"\n", b'{"path": "relative"}\n', b"x" * (MAX_BYTES * 2)):
        caller = socket.socket(socket.AF_UNIX)
        caller.setblocking(False)
        caller.connect(place)
        with contextlib.suppress(BlockingIOError):
            caller.sendall(words)
        rude.append(caller)
    qtbot.wait(50)
    with qtbot.waitSignal(listener.asked):
        thread, answers = call(Request(Path("/polite")))
    qtbot.waitUntil(lambda: bool(answers))
    thread.join()
    assert asked == [Request(Path("/polite"))]
    for caller in rude:
        caller.close()


@given(st.binary(max_size=60) | st.recursive(st.none() | st.text(max_size=4), lambda s: st.lists(s) | st.dictionaries(
    st.sampled_from(["path", "evidence", "toolchain", "options", "token"]), s)).map(lambda v: json.dumps(v).encode()))  # fmt: skip
def test_nonsense_is_never_a_request(line: bytes) -> None:
    request = understood(line)
    assert request is None or understood(written(request)) == request
