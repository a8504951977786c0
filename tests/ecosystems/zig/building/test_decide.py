"""Steps that do what they do not declare, in a real build: what becomes of them, what a grant changes, and what is told."""

import socket
import threading
import time
from pathlib import Path

import pytest

from reviewer.errors import ReviewerError
from tests.ecosystems.zig.building.conftest import Project


def test_what_it_declares_works_and_nothing_is_told(project: Project) -> None:
    assert project.build("honest"), project.told
    assert project.made("honest") == "shown\n"
    assert project.refusals == []


def test_an_undeclared_file_is_not_there_until_it_is_granted(project: Project) -> None:
    assert not project.build("read")
    assert project.acts() == {("fs.read", "[project]/data/hidden.txt")}
    assert "was refused: fs.read [project]/data/hidden.txt" in project.told
    assert project.build("read", {"fs.read": ("[project]/data/hidden.txt",)}), project.told
    assert project.made("read") == "hidden\n"


@pytest.mark.skipif(not Path("/etc/machine-id").exists(), reason="this machine has none")
def test_what_is_missed_of_the_system_is_told_but_for_what_libraries_look_for(project: Project) -> None:
    assert not project.build("machine")
    assert project.acts() == {("fs.read", "/etc/machine-id")}


def test_the_look_at_what_it_was_refused_carries_nothing_to_where_it_may_write(project: Project) -> None:
    """The step is run again, watched, and then sees all of the project."""
    carried = project.root / "data" / "carried.txt"
    carried.write_text("as before\n")
    assert not project.build("carry", {"fs.write": ("data/carried.txt",)})
    assert project.acts() == {("fs.read", "[project]/data/hidden.txt")}
    assert carried.read_text() == "as before\n"


def test_a_key_is_told_as_one(project: Project) -> None:
    assert not project.build("key")
    assert project.acts() == {("fs.read.sensitive", "[home]/.ssh/id_ed25519")}


def test_who_is_content_with_a_decoy_is_no_less_a_thief(project: Project) -> None:
    """The run that is watched goes well, for there the key that it wants is there."""
    assert not project.build("thief")
    (act,) = [act for refusal in project.refusals for act in refusal.acts]
    assert (act.capability, act.what) == ("fs.read.sensitive", "[home]/.aws/credentials")
    assert act.by == ("[cache]/thief",)


def test_all_that_a_step_misses_is_told_at_once(project: Project) -> None:
    assert not project.build("many")
    assert project.acts() == {("fs.read", f"[project]/data/{name}.txt") for name in ("hidden", "other")}
    assert project.build("many", {"fs.read": ("data/hidden.txt", "data/other.txt")}), project.told


def test_what_a_failing_test_was_refused_is_told_after_the_build(project: Project) -> None:
    """Zig's test programs end well, and tell zig which of their tests failed."""
    assert not project.build("tests")
    assert project.refusals == []
    assert list(project.rules.tests()) == ["was refused: fs.read [project]/data/hidden.txt"]
    assert project.build("tests", {"fs.read": ("data/hidden.txt",)}), project.told
    assert list(project.rules.tests()) == []


@pytest.mark.parametrize(("step", "name"), [("write", "planted.txt"), ("overwrite", "words.txt")])
def test_nothing_is_written_beside_the_outputs_until_it_is_granted(project: Project, step: str, name: str) -> None:
    words = project.root / "data" / "words.txt"
    assert not project.build(step)
    assert project.acts() == {("fs.write", f"[project]/data/{name}")}
    assert not (project.root / "data" / "planted.txt").exists()
    assert words.read_text() == "shown\n"
    if step == "write":
        assert project.build(step, {"fs.write": (f"data/{name}",)}), project.told
        assert (project.root / "data" / name).read_text() == "x\n"
        (project.root / "data" / name).unlink()


def test_an_output_that_is_a_link_to_elsewhere_fails_the_step_and_is_gone(project: Project) -> None:
    assert not project.build("link")
    assert "a link that leads out of the folder, to /root/.ssh" in project.told
    assert not (project.root / "zig-out" / "link").exists()


def test_what_a_step_leaves_running_is_ended_with_it(project: Project) -> None:
    assert project.build("late"), project.told
    assert project.made("late", "early") == "done\n"
    time.sleep(1.5)
    assert list((project.root / ".zig-cache").rglob("late")) == []
    assert [path.name for path in (project.root / "zig-out" / "late").iterdir()] == ["early"]


def test_a_variable_is_empty_until_it_is_granted(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REVIEWERS_TOKEN", "token")
    assert not project.build("variable")
    assert project.build("variable", {"env.read": ("REVIEWERS_TOKEN",)}), project.told
    assert project.made("variable") == "token\n"


def test_a_connection_leads_nowhere_until_it_is_granted(project: Project) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        callers: list[bytes] = []

        def serve() -> None:
            while True:
                try:
                    caller, _ = server.accept()
                except OSError:
                    return
                with caller:
                    callers.append(caller.makefile("rb").readline())
                    caller.sendall(b"welcome\n")

        threading.Thread(target=serve, daemon=True).start()
        option = f"-Dport={port}"
        assert not project.build("connect", None, option)
        assert project.acts() == {("net.out", f"127.0.0.1:{port}")}
        assert callers == []
        assert not project.build("connect", {"net.out": ("127.0.0.1:1",)}, option)
        assert callers == []
        assert project.build("connect", {"net.out": (f"127.0.0.1:{port}",)}, option), project.told
        assert project.made("connect") == "welcome\n"
        assert callers == [b"hello\n"]
        server.shutdown(socket.SHUT_RDWR)


def test_no_step_sees_the_broker_even_by_the_escape_hatch(project: Project) -> None:
    assert not project.build("broker")
    assert not project.build("broker", {"build.hook": ()})


def test_the_escape_hatch_shows_what_the_build_sees(project: Project) -> None:
    assert project.build("read", {"build.hook": ()}), project.told
    assert project.made("read") == "hidden\n"
    assert not project.build("key", {"build.hook": ()}), "the home folder is not part of the build"


def test_a_refusal_that_the_step_lives_with_is_not_told(project: Project) -> None:
    assert project.build("tolerant"), project.told
    assert project.refusals == []


def test_a_grant_that_cannot_be_held_to_is_said_before_anything_runs(project: Project) -> None:
    with pytest.raises(ReviewerError, match="name them"):
        project.build("read", {"fs.read": ()})
