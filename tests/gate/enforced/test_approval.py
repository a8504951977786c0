"""An approval ends with the first change of review.lock."""

from pathlib import Path

import pytest

from reviewer.ecosystems import NotAsApprovedError, ecosystem_named
from reviewer.gate.enforced.approval import Approval
from reviewer.gate.enforced.build import enforced_build
from reviewer.lock.decision import Lock, Verdict
from reviewer.lock.storage import load, save
from reviewer.model.graph import Evidence
from reviewer.progress import Progress
from reviewer.review.open import open_review
from tests.lock.test_status import PARSER, decided, graph, package


def test_it_holds_until_the_lock_says_anything_else(tmp_path: Path) -> None:
    path = tmp_path / "review.lock"
    save(path, Lock(), Lock().with_decisions([decided(PARSER)]))
    approval = Approval(graph(package(PARSER)), path, load(path), {})
    assert approval.withdrawn() == ""
    path.write_bytes(path.read_bytes())
    assert approval.withdrawn() == ""
    save(path, approval.lock, approval.lock.with_decisions([decided(PARSER, Verdict.REJECTED)]))
    assert "it was changed while the build was prepared" in approval.withdrawn()


def test_a_damaged_lock_approves_of_nothing(tmp_path: Path) -> None:
    path = tmp_path / "review.lock"
    path.write_text('{"version": 2}')
    assert "upgrade Reviewer" in Approval(graph(), path, Lock(), {}).withdrawn()


def test_a_reject_while_the_build_is_prepared_stops_it_before_anything_is_made(demo: Path) -> None:
    review = open_review(demo, Progress(), evidence=Evidence.CONFIGURED)
    review.decide(review.queue, Verdict.TRUSTED)
    assert review.exit_code == 0
    assert review.lock_path is not None
    approval = Approval(review.graph, review.lock_path, review.lock, {})
    words = ecosystem_named("zig").build_words(demo, ())
    review.decide([next(p.id for p in review.graph.packages if p.name == "super")], Verdict.REJECTED)
    with pytest.raises(NotAsApprovedError, match="it was changed while the build was prepared, so nothing was built"):
        enforced_build(approval, words, Progress(), shown=str, observed=lambda _step: (), tell=print)
    assert [path for path in (demo / "zig-out").rglob("*") if path.is_file()] == []
