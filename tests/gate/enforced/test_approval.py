"""An approval ends with the first change of review.lock."""

from pathlib import Path

from reviewer.gate.enforced.approval import Approval
from reviewer.lock.decision import Lock, Verdict
from reviewer.lock.storage import load, save
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
