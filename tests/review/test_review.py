"""One review in progress: the queue, deciding, undo, what to read and why."""

import json
from pathlib import Path

import pytest

from reviewer.errors import ReviewerError
from reviewer.lock.decision import Verdict
from reviewer.lock.status import Status
from reviewer.model.graph import Evidence
from reviewer.model.json import graph_to_json
from reviewer.progress import CancelledError, Progress
from reviewer.review.open import open_review
from reviewer.review.reading import MarkKind
from reviewer.review.review import Left, Review

SUPER = "zig:super@1.0.0#deps/super"
TABLES = "zig:unicode-tables@16.0.2#deps/unicode-tables"
LOOP = "zig:event-loop@0.9.3#deps/event-loop"
RING = "zig:ring-buffer@1.2.0#deps/ring-buffer"


@pytest.fixture
def review(demo: Path) -> Review:
    return open_review(demo, Progress(), evidence=Evidence.READ)


def on_disk(review: Review) -> dict[str, str]:
    assert review.lock_path is not None
    if not review.lock_path.exists():
        return {}
    packages = json.loads(review.lock_path.read_text())["packages"]
    return {identity: entry["decision"] for identity, entry in packages.items()}


def test_the_queue_starts_with_what_hides_a_run_step(review: Review) -> None:
    assert review.queue[0] == SUPER
    assert review.queue[1] == TABLES
    assert set(review.queue[2:]) == {LOOP, RING}


def test_nothing_is_written_by_looking(review: Review) -> None:
    assert review.lock_path is not None
    assert not review.lock_path.exists()
    assert (review.exit_code, review.verdict_text) == (1, "build blocked: 4 need review")


def test_a_decision_is_on_disk_at_once_and_leaves_the_queue(review: Review) -> None:
    review.decide([RING], Verdict.TRUSTED, note="declarative")
    assert on_disk(review) == {RING: "trusted"}
    assert RING not in review.queue
    assert review.reviewed_count() == (1, 4)


def test_listeners_hear_of_every_change(review: Review) -> None:
    heard: list[int] = []
    review.subscribe(lambda: heard.append(len(review.queue)))
    change = review.decide([RING], Verdict.TRUSTED)
    review.undo(change)
    review.redo(change)
    review.forget([RING])
    assert heard == [3, 4, 3, 4]


def test_a_change_is_named_and_can_be_taken_back_and_made_again(review: Review) -> None:
    trusted = review.decide([RING], Verdict.TRUSTED)
    rejected = review.decide([RING, LOOP], Verdict.REJECTED, note="changed my mind")
    assert (trusted.text, rejected.text) == ("Trust ring-buffer", "Reject ring-buffer and 1 more")
    assert (review.status(RING), review.exit_code) == (Status.REJECTED, 3)
    review.undo(rejected)
    assert on_disk(review) == {RING: "trusted"}
    review.undo(trusted)
    assert on_disk(review) == {}
    review.redo(rejected)
    assert on_disk(review) == {RING: "rejected", LOOP: "rejected"}


def test_a_decision_that_cannot_be_saved_changes_nothing(review: Review) -> None:
    review.decide([RING], Verdict.TRUSTED)
    assert review.lock_path is not None
    review.lock_path.write_text("<<<<<<< ours\n")
    with pytest.raises(ReviewerError):
        review.decide([LOOP], Verdict.TRUSTED)
    assert review.status(LOOP) is Status.UNREVIEWED
    assert RING not in review.queue
    assert review.lock_path.read_text() == "<<<<<<< ours\n"


def test_when_all_is_trusted_the_build_passes_and_nothing_is_next(review: Review) -> None:
    review.decide([SUPER, TABLES, LOOP, RING], Verdict.TRUSTED)
    assert (review.verdict_text, review.exit_code, review.queue) == ("build passes", 0, ())
    assert review.left == Left(0, 0, 0, 0)


def test_reading_starts_with_the_build_code_and_goes_on_to_the_program(review: Review) -> None:
    paths = [file.path for file in review.reading(SUPER)]
    assert paths[0] == "build.zig"
    assert "evil.zig" in paths
    assert "root.zig" not in paths


def test_the_line_that_creates_the_step_is_marked_and_explained(review: Review) -> None:
    lines = review.text(SUPER, "build.zig").splitlines()
    marks = {mark.line: mark for mark in review.marks(SUPER, "build.zig")}
    created = next(number for number, text in enumerate(lines, 1) if "addRunArtifact" in text)
    assert marks[created].kind is MarkKind.HIDDEN_RUN
    assert "runs on every plain build" in marks[created].explanation
    assert "no inputs and no outputs" in marks[created].explanation
    links = [lines[number - 1].strip() for number, mark in marks.items() if mark.kind is MarkKind.LINK]
    assert links == ["dummy.step.dependOn(&run.step);", "super_mod.addObject(dummy);"]


def test_the_facts_say_what_runs(review: Review) -> None:
    facts = [(fact.label, fact.value) for fact in review.facts(SUPER)]
    assert ("make", "▶ run exe helper (hidden)") in facts
    assert ("command", "[helper] (built from evil.zig)") in facts
    assert ("declares", "no inputs → no outputs") in facts
    assert facts[0][1].startswith("build.zig, 18 lines, declarative")


def test_a_saved_graph_can_be_looked_at_but_not_decided_about(review: Review, tmp_path: Path) -> None:
    saved = tmp_path / "graph.json"
    saved.write_text(json.dumps(graph_to_json(review.graph)))
    opened = open_review(saved, Progress())
    assert opened.graph == review.graph
    with pytest.raises(ReviewerError, match="saved graph"):
        opened.decide([SUPER], Verdict.TRUSTED)


def test_opening_can_be_cancelled(demo: Path) -> None:
    progress = Progress()
    progress.cancel()
    with pytest.raises(CancelledError):
        open_review(demo, progress, evidence=Evidence.READ)
    assert sorted(entry.name for entry in demo.iterdir()) == ["build.zig", "build.zig.zon", "deps", "src"]
