"""What the panel and the marks tell of a package: the worst first, in few words, and nothing twice."""

from pathlib import Path

import pytest

from reviewer.model.graph import Graph, Reach
from reviewer.review.reading import MarkKind, facts, marks
from tests.ui.sample import package_id, sample_graph, write_files

WAYLAND = package_id("wayland-gen")


@pytest.fixture
def graph(tmp_path: Path) -> Graph:
    write_files(tmp_path)
    return sample_graph(tmp_path)


def again(graph: Graph, times: int, *, hidden: bool = False) -> Graph:
    """The first run step of the package once more, created by the same line: unreached, or hidden."""
    first = next(step for step in graph.steps if step.package == WAYLAND)
    assert first.run is not None
    run = first.run._replace(hidden=hidden, why=first.run.why if hidden else ())
    more = tuple(first._replace(id=f"{first.id} #{number}", run=run) for number in range(times))
    return graph._replace(steps=(*more, *graph.steps, *more))


def test_of_several_steps_that_one_line_creates_the_worst_is_told(graph: Graph) -> None:
    package = graph.package[WAYLAND]
    found = marks(again(again(graph, 1, hidden=True), 2), package, "build.zig", lambda: "")
    assert found[0].kind is MarkKind.HIDDEN_RUN
    assert "runs on every plain build" in found[0].explanation
    assert facts(again(graph, 1, hidden=True), package)[1].value.endswith("(hidden), 2 times")


def test_steps_alike_are_counted_and_many_are_not_all_listed(graph: Graph) -> None:
    first = next(step for step in graph.steps if step.package == WAYLAND)
    many = tuple(first._replace(id=f"{first.id} {number}", name=f"run test {number}") for number in range(9))
    told = facts(graph._replace(steps=(*graph.steps, *many)), graph.package[WAYLAND])
    assert len([fact for fact in told if fact.label == "make"]) == 4
    assert (told[-1].label, told[-1].value) == ("and", "7 more run steps, on the map")


def test_what_could_not_be_followed_is_counted_here_and_listed_with_the_step(graph: Graph) -> None:
    first = next(step for step in graph.steps if step.package == WAYLAND)
    assert first.run is not None
    reach = Reach(code=((WAYLAND, "gen.zig"),), gaps=("config.zig:1: the file could not be read",))
    step = first._replace(run=first.run._replace(reach=reach), created_at=())
    told = {fact.label: fact.value for fact in facts(graph._replace(steps=(step,)), graph.package[WAYLAND])}
    assert told["reach"] == "1 file of code, 1 place not followed"
    assert told["created"].startswith("at a line that is not known")
