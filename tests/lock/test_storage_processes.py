"""Saving with real processes: two at once, killed at any moment, without space, without rights."""

import os
import random
import resource
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import filelock  # noqa: F401  loaded before a child gives up its rights to read this environment
import pytest

from reviewer.lock.decision import Decision, Lock, Verdict
from reviewer.lock.format import render
from reviewer.lock.storage import load, save
from tests.lock.children import finish, in_child, kill, start

NOBODY = 65534


def decided(package: str, note: str = "") -> Decision:
    digest = "sha256:" + "0" * 64
    return Decision(
        package=package, digest=digest, verdict=Verdict.TRUSTED, by="Ada", at="2026-01-01T00:00:00Z", note=note
    )


# Larger than any buffer, so that a torn write would show.
OLD = Lock().with_decisions([decided("old", "o" * 100_000)])
NEW = Lock().with_decisions([decided("new", "n" * 150_000)])


def names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    return folder / "review.lock"


def test_processes_that_save_at_once_all_keep_their_decisions(path: Path) -> None:
    def work(name: str) -> None:
        held = load(path)
        for number in range(5):
            held = save(path, held, held.with_decisions([decided(f"{name}{number}")]))

    children = [start(lambda name=name: work(name)) for name in "abcd"]  # type: ignore[misc]
    assert [finish(child) for child in children] == ["ok"] * 4
    assert load(path).decisions.keys() == {f"{name}{number}" for name in "abcd" for number in range(5)}
    assert names(path.parent) == ["review.lock"]


def test_two_windows_that_loaded_the_same_file_both_keep_their_decision(path: Path) -> None:
    seen = save(path, Lock(), OLD)
    ready = os.pipe()

    def work(name: str) -> None:
        os.read(ready[0], 1)
        save(path, seen, seen.with_decisions([decided(name)]))

    children = [start(lambda name=name: work(name)) for name in "ab"]  # type: ignore[misc]
    os.write(ready[1], b"go")
    assert [finish(child) for child in children] == ["ok", "ok"]
    assert load(path).decisions.keys() == {"old", "a", "b"}


def killed_at(call: int, *, after: bool) -> Callable[[], None]:
    """Make this process kill itself before or after its n-th call that touches the disk."""
    seen = 0

    def wrapped(original: Callable[..., Any]) -> Callable[..., Any]:
        def wrapper(*words: Any, **named: Any) -> Any:
            nonlocal seen
            seen += 1
            mine = seen == call
            if mine and not after:
                os.kill(os.getpid(), signal.SIGKILL)
            try:
                return original(*words, **named)
            finally:
                if mine:
                    os.kill(os.getpid(), signal.SIGKILL)

        return wrapper

    def arm() -> None:
        for name in ("open", "fdopen", "fchmod", "fsync", "replace", "rename", "unlink", "close", "scandir"):
            setattr(os, name, wrapped(getattr(os, name)))

    return arm


@pytest.mark.parametrize("after", [False, True])
def test_killed_at_each_call_that_touches_the_disk(path: Path, after: bool) -> None:
    save(path, Lock(), OLD)
    found: list[bytes] = []
    for call in range(1, 100):
        path.write_bytes(render(OLD))
        arm = killed_at(call, after=after)
        said = in_child(lambda arm=arm: (arm(), save(path, OLD, NEW)))  # type: ignore[misc]
        found.append(path.read_bytes())
        if said:
            assert said == "ok"
            break
    assert set(found) == {render(OLD), render(NEW)}
    assert len(found) > 8
    save(path, load(path), Lock())
    assert names(path.parent) == ["review.lock"]


def test_killed_at_random_moments(path: Path) -> None:
    save(path, Lock(), OLD)
    chance = random.Random(2)
    ready = os.pipe()

    def work() -> None:
        os.write(ready[1], b".")
        held = load(path)
        while True:
            for wanted in (NEW, OLD):
                held = save(path, held, wanted)

    for _ in range(40):
        child = start(work)
        os.read(ready[0], 1)
        time.sleep(chance.uniform(0, 0.04))
        assert kill(child) == ""
        assert path.read_bytes() in (render(OLD), render(NEW))
    held = load(path)
    save(path, held, held.with_decisions([decided("last")]))
    assert names(path.parent) == ["review.lock"]


def test_no_room_for_the_new_file(path: Path) -> None:
    save(path, Lock(), OLD)

    def work() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (120_000, 120_000))
        save(path, OLD, NEW)

    said = in_child(work)
    assert said.startswith("review.lock: cannot write the file (")
    assert "free some space" in said
    assert path.read_bytes() == render(OLD)
    assert names(path.parent) == ["review.lock"]


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", str(disk)]
    if os.getuid() != 0 or subprocess.run(mount, capture_output=True, timeout=30).returncode != 0:
        pytest.skip("only root may mount a small disk here")
    yield disk
    subprocess.run(["umount", str(disk)], check=True, timeout=30)


def test_a_full_disk(tiny_disk: Path) -> None:
    path = tiny_disk / "review.lock"
    save(path, Lock(), OLD)
    said = in_child(lambda: save(path, OLD, NEW))
    assert "No space left" in said
    assert "free some space" in said
    assert path.read_bytes() == render(OLD)
    assert names(tiny_disk) == ["review.lock"]


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that any user can reach, which pytest's own is not."""
    folder = Path(tempfile.mkdtemp(prefix="reviewer-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def without_rights(folder: Path, work: Callable[[], object]) -> str:
    """Run as somebody who is not root, with a state folder of their own."""
    state = folder / "state"
    state.mkdir()
    state.chmod(0o777)

    def unprivileged() -> None:
        os.environ["REVIEWER_STATE_DIR"] = str(state)
        if os.getuid() == 0:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
        work()

    return in_child(unprivileged)


def test_a_folder_that_may_not_be_written(open_folder: Path) -> None:
    project = open_folder / "project"
    project.mkdir()
    path = project / "review.lock"
    save(path, Lock(), OLD)
    path.chmod(0o666)
    project.chmod(0o555)
    said = without_rights(open_folder, lambda: save(path, OLD, NEW))
    project.chmod(0o755)
    assert said.startswith("review.lock: cannot write the file (Permission denied)")
    assert "make the file and its folder writable" in said
    assert path.read_bytes() == render(OLD)
    assert names(project) == ["review.lock"]


def test_a_file_that_may_not_be_read(open_folder: Path) -> None:
    path = open_folder / "review.lock"
    save(path, Lock(), OLD)
    path.chmod(0o000)
    said = without_rights(open_folder, lambda: load(path))
    assert said == "review.lock: cannot read the file (Permission denied); allow yourself to read it"
    path.chmod(0o644)
    assert path.read_bytes() == render(OLD)
