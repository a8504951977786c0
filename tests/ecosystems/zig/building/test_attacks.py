"""What code in the build's own sandbox can ask of the broker, while a real build runs: nothing but what was approved."""

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from reviewer.ecosystems.zig.building.layout import Layout
from reviewer.model.graph import Graph
from tests.ecosystems.zig.building.conftest import Project
from tests.sandbox.test_broker import Client, message


class Attacker:
    """Asks for a run as a launcher does, with words that it makes of those of an honest step."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.answer: int | None = None
        self.printed = b""

    def ask(self, layout: Layout, step: int, command: Sequence[str], cwd: Path, inputs: Sequence[str] = ()) -> None:
        reading, writing = os.pipe()
        nothing = os.open("/dev/null", os.O_RDWR)
        words = [str(len(inputs)), *inputs, str(len(command)), *command]
        data = message("run", str(step), str(cwd), *words, "HOME=/root", "LD_PRELOAD=/tmp/evil.so")
        self.answer = Client(layout.broker).ask(data, [nothing, writing, writing])
        for fd in (nothing, writing):
            os.close(fd)
        with os.fdopen(reading, "rb") as out:
            self.printed = out.read()

    def during(self, change: str) -> None:
        """Build an honest step, and ask meanwhile for something else."""

        def meanwhile(layout: Layout, graph: Graph) -> None:
            step, matched = self.project.requests[0]
            number = graph.steps.index(step)
            command, cwd = list(matched.command), matched.cwd
            match change:
                case "another script":
                    command[2] = "id"
                case "a word more":
                    command.append("x")
                case "another step's number":
                    number = next(n for n, other in enumerate(graph.steps) if other.run is not None and n != number)
                case "no such step":
                    number = 10_000
                case "an output elsewhere":
                    command[3] = str(layout.zig.root / "data")
                case "a secret as input":
                    command[4] = str(Path.home() / ".ssh")
                case "one input more":
                    more_inputs.append(str(layout.zig.root / "data" / "hidden.txt"))
                case "another folder":
                    cwd = Path("/")
                case "an output that is a link":
                    host = layout.zig.local / "tmp" / "1111111111111111"
                    host.parent.mkdir(exist_ok=True)
                    host.symlink_to(layout.zig.root)
                    links.append(host)
                    command[3] = str(layout.local / "tmp" / "1111111111111111" / "data")
            self.ask(layout, number, command, cwd, more_inputs)
            for link in links:
                link.unlink()

        more_inputs: list[str] = []
        links: list[Path] = []
        self.project.meanwhile = meanwhile
        self.built = self.project.build("always")


@pytest.fixture
def by_the_launcher(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if it were zig's own launcher that asks, which up to zig 0.16 build code can start with any words: it is in zig's process."""
    monkeypatch.setattr("reviewer.ecosystems.zig.building.build.is_started_by", lambda *_: True)


def test_who_is_not_the_launcher_is_not_even_listened_to(project: Project) -> None:
    attacker = Attacker(project)
    attacker.during("nothing")
    assert attacker.answer in (1, None), attacker.printed
    assert not attacker.built
    assert project.stopped == ("a program that build code left running asked for a step",)


@pytest.mark.usefixtures("by_the_launcher")
@pytest.mark.parametrize(
    "change",
    [
        "another script",
        "a word more",
        "another step's number",
        "no such step",
        "an output elsewhere",
        "a secret as input",
        "one input more",
        "another folder",
        "an output that is a link",
    ],
)
def test_whatever_differs_from_what_was_approved_ends_the_build(project: Project, change: str) -> None:
    attacker = Attacker(project)
    attacker.during(change)
    assert attacker.answer in (1, None), attacker.printed
    assert len(project.requests) == 1, "it was not even decided about"
    assert not attacker.built
    assert any("the configuration changed between showing and building" in text for text in project.stopped)
    assert (project.root / "data" / "hidden.txt").read_text() == "hidden\n"


@pytest.mark.usefixtures("by_the_launcher")
def test_to_ask_once_more_for_what_was_approved_gains_nothing(project: Project) -> None:
    """It runs as it was approved: in its sandbox, without the variables that were asked for."""
    attacker = Attacker(project)
    attacker.during("nothing")
    assert attacker.answer == 0, attacker.printed
    assert attacker.built, project.told
    _, matched = project.requests[1]
    assert "LD_PRELOAD" not in matched.environment


def test_no_one_says_a_second_time_that_all_is_configured(project: Project) -> None:
    answers: list[int | None] = []
    project.meanwhile = lambda layout, graph: answers.append(Client(layout.broker).ask(message("configured")))
    assert not project.build("always")
    assert answers == [1]
    assert project.stopped == ("the build was configured twice",)


def test_nobody_takes_the_place_of_the_gate(project: Project) -> None:
    answers: list[int | None] = []

    def meanwhile(layout: Layout, graph: Graph) -> None:
        held = os.open("/dev/null", os.O_RDONLY)
        answers.append(Client(layout.broker).ask(message("listener", "outer"), [held]))
        answers.append(Client(layout.broker).ask(message("listener", "net"), [held]))
        os.close(held)

    project.meanwhile = meanwhile
    assert project.build("always"), project.told
    assert answers == [1, 1]
