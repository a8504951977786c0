"""What changed since the last decision, as far as the lock can tell."""

from pathlib import Path

import pytest

from reviewer.lock.decision import Verdict
from reviewer.model.graph import Graph
from reviewer.review.review import Review
from reviewer.review.since import since_decision
from tests.ui.sample import digest, package_id, sample_graph, write_files

NAME = package_id("wayland-gen")


@pytest.fixture
def graph(tmp_path: Path) -> Graph:
    write_files(tmp_path)
    return sample_graph(tmp_path)


def decided(graph: Graph) -> Path:
    lock = Path(graph.root) / "review.lock"
    Review(graph, lock).decide([NAME], Verdict.TRUSTED)
    return lock


def with_steps(graph: Graph, **fingerprints: str | None) -> Graph:
    """The graph with other fingerprints for some steps of the package, None for none of that name."""
    steps = []
    for step in graph.steps:
        word = step.name.removeprefix("run exe ")
        if step.package == NAME and step.run is not None and word in fingerprints:
            mark = fingerprints[word]
            if mark is None:
                continue
            step = step._replace(run=step.run._replace(fingerprint=mark))
        steps.append(step)
    return graph._replace(steps=tuple(steps))


def test_without_a_decision_there_is_nothing_to_compare_with(graph: Graph) -> None:
    review = Review(graph, Path(graph.root) / "review.lock")
    assert since_decision(graph, review.assessments[NAME]) is None


def test_the_same_content_and_steps_are_told_as_such(graph: Graph) -> None:
    review = Review(graph, decided(graph))
    since = since_decision(graph, review.assessments[NAME])
    assert since is not None
    assert (since.same_content, since.added, since.changed, since.removed, since.same) == (True, (), (), (), 2)


def test_new_changed_and_gone_steps_are_told_apart(graph: Graph) -> None:
    lock = decided(with_steps(graph, protocol=None))
    now = with_steps(graph, **{"scanner.xml": digest("other")})
    review = Review(now, lock)
    since = since_decision(now, review.assessments[NAME])
    assert since is not None
    assert [step.name for step in since.added] == ["run exe protocol"]
    assert [step.name for step in since.changed] == ["run exe scanner.xml"]
    assert since.removed == ()
    gone = with_steps(graph, protocol=None)
    since = since_decision(gone, Review(gone, decided(graph)).assessments[NAME])
    assert since is not None
    assert [step.name for step in since.removed] == ["run exe protocol"]


def test_steps_that_were_read_and_steps_that_were_configured_meet_by_their_line(graph: Graph) -> None:
    read = with_steps(graph, protocol="read:" + digest("p"), **{"scanner.xml": "read:" + digest("s")})
    since = since_decision(graph, Review(graph, decided(read)).assessments[NAME])
    assert since is not None
    assert (since.same, since.added, since.changed) == (2, (), ())
