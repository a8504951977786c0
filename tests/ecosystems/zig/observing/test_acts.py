"""What a run step's command names is the attacker's choice: it makes nothing ordinary that zig does not know as input or output."""

from pathlib import Path

import pytest

from reviewer.ecosystems.zig.configured.overlay import make_overlay
from reviewer.ecosystems.zig.configured.sandboxed import SandboxedZig
from reviewer.ecosystems.zig.observing.acts import Acts, may_have_lines
from reviewer.ecosystems.zig.observing.record import Recorded, recorded_input, require_same
from reviewer.ecosystems.zig.packages.table import find_packages
from reviewer.ecosystems.zig.toolchains.find import find_toolchain
from reviewer.errors import ReviewerError
from reviewer.model.graph import Evidence, Location, Run
from reviewer.progress import Progress
from reviewer.review.open import open_review
from reviewer.sandbox.events import Event, EventKind, Process


@pytest.fixture
def acts(demo: Path, tmp_path: Path) -> Acts:
    toolchain = find_toolchain(None, None)
    local, shared = tmp_path / "local", tmp_path / "global"
    (local / "o" / "1").mkdir(parents=True)
    (local / "out").symlink_to(tmp_path)
    zig = SandboxedZig(demo, toolchain, make_overlay(toolchain), (), local, shared, shared)
    words = ("--etc=/etc", "--home=/opt", f"--all={local}", str(demo), f"{local}/o/1/made", f"{local}/out/x/made")
    command = (f"{local}/o/2/gen", *words)
    graph = open_review(demo, Progress(), evidence=Evidence.READ).graph
    return Acts(zig, Recorded(command, demo, {}, None, tmp_path / "prefix"), graph, find_packages(demo, Progress()))


def capability(acts: Acts, kind: EventKind, path: str) -> str:
    return acts.act(Event(kind, path, "", Process(1, 0, "gen")), follow=False).capability


def test_naming_a_folder_in_the_command_does_not_declare_it(acts: Acts, demo: Path, tmp_path: Path) -> None:
    local = tmp_path / "local"
    assert capability(acts, EventKind.READ, "/etc/passwd") == "fs.read"
    assert capability(acts, EventKind.READ, "/opt/secret") == "fs.read"
    assert capability(acts, EventKind.WRITE, str(demo / "build.zig")) == "fs.write"
    assert capability(acts, EventKind.DELETE, str(demo / "build.zig")) == "fs.delete"
    assert capability(acts, EventKind.WRITE, f"{local}/o/3/another") == "fs.write"
    assert capability(acts, EventKind.WRITE, f"{local}/o/1/made") == ""
    assert capability(acts, EventKind.READ, str(demo / "build.zig")) == ""


@pytest.mark.parametrize(
    ("program", "command", "told"),
    [
        ("/usr/bin/python3.11", ("python3", "-I", "tools/gen.py", "out"), "/usr/bin/python3.11 [project]/tools/gen.py"),
        ("/usr/bin/node", ("node", "-e", "require('fs')"), "/usr/bin/node require('fs')"),
        ("/bin/sh", ("sh", "-c", "x" * 100), "/bin/sh " + "x" * 60 + "\u2026"),
        ("/bin/sh", ("sh",), "/bin/sh"),
        ("/usr/bin/cat", ("cat", "-c", "build.zig"), "/usr/bin/cat"),
    ],
)
def test_of_a_program_that_executes_what_it_is_given_that_is_told(
    acts: Acts, program: str, command: tuple[str, ...], told: str
) -> None:
    act = acts.act(Event(EventKind.READ, "/etc/passwd", "", Process(2, 1, program, command)), follow=False)
    assert act.by == (told,)


@pytest.mark.parametrize(
    ("command", "looked_for"),
    [
        (("[gen]", "out"), True),
        (("env", "A=1", "[gen]"), True),
        (("python3", "[project]/gen.py"), False),
        (("sh", "dep:configure"), False),
    ],
)
def test_lines_are_looked_for_where_there_can_be_some(command: tuple[str, ...], looked_for: bool) -> None:
    run = Run(command, executes="dep", program_source=Location("dep", "x", 1))
    assert may_have_lines(run) is looked_for
    assert not may_have_lines(run._replace(executes=None))


def test_no_folder_is_made_where_a_link_in_the_cache_leads(acts: Acts, tmp_path: Path) -> None:
    assert acts.output_folders() == [tmp_path / "local" / "o" / "2", tmp_path / "local" / "o" / "1"]


def test_a_link_is_no_input_for_the_step(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("key")
    (tmp_path / "input").symlink_to(tmp_path / "secret")
    with pytest.raises(ReviewerError, match="is a link"):
        recorded_input(tmp_path)


@pytest.mark.parametrize(
    "command",
    [
        ("/bin/true", "generate", "--fast"),
        ("/cache/o/1/gen", "--fast", "generate"),
        ("/cache/../bin/gen", "generate", "--fast"),
    ],
)
def test_another_command_in_the_place_of_the_steps_own_is_not_observed(command: tuple[str, ...]) -> None:
    run = Run(
        ("[gen]", "generate", "dep:data.txt", "--fast"),
        executes="dep",
        program_source=Location("dep", "gen.zig", 1),
        fingerprint="f",
    )
    true = ("/cache/o/1/gen", "generate", "/packages/dep/data.txt", "--fast", "--seed=1")
    require_same(Recorded(true, Path("/project"), {}, None, Path("/prefix")), run, Path("/cache"))
    with pytest.raises(ReviewerError, match="is not what the graph says"):
        require_same(Recorded(command, Path("/project"), {}, None, Path("/prefix")), run, Path("/cache"))
