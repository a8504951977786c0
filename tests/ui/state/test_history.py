"""Undo across the whole review: one order of changes, whatever they were about."""

import pytest

from reviewer.errors import ReviewerError
from reviewer.lock.decision import Verdict
from reviewer.lock.status import Status
from reviewer.ui.state.history import History
from reviewer.ui.state.session import Session
from tests.ui.sample import package_id

SUPER, RING = package_id("super"), package_id("ring-buffer")


@pytest.fixture
def history(session: Session) -> History:
    """After two decisions."""
    session.history.add(session.review.decide([SUPER], Verdict.TRUSTED))
    session.history.add(session.review.decide([RING], Verdict.REJECTED, note="no"))
    return session.history


def test_decisions_are_taken_back_newest_first_and_made_again(session: Session, history: History) -> None:
    assert (history.undo_text, history.redo_text) == ("Reject ring-buffer", None)
    history.undo()
    assert session.review.status(RING) is Status.TRUSTED
    assert (history.undo_text, history.redo_text) == ("Trust super", "Reject ring-buffer")
    history.undo()
    assert session.review.status(SUPER) is Status.UNREVIEWED
    assert history.undo() is None
    history.redo()
    history.redo()
    assert session.review.status(RING) is Status.REJECTED
    assert history.redo() is None


def test_a_new_decision_ends_what_could_be_redone(session: Session, history: History) -> None:
    history.undo()
    history.add(session.review.decide([RING], Verdict.DEFERRED))
    assert history.redo_text is None


def test_an_undo_that_cannot_be_saved_changes_nothing_and_can_be_tried_again(
    session: Session, history: History
) -> None:
    lock = session.review.lock_path
    assert lock is not None
    whole = lock.read_bytes()
    lock.write_text("<<<<<<< ours\n")
    with pytest.raises(ReviewerError):
        history.undo()
    assert history.undo_text == "Reject ring-buffer"
    lock.write_bytes(whole)
    history.undo()
    assert session.review.status(RING) is Status.TRUSTED


def test_undo_outlives_a_reload(session: Session, history: History) -> None:
    again = Session(type(session.review)(session.review.graph, session.review.lock_path))
    again.history.carry_on(history)
    again.undo()
    assert again.review.status(RING) is Status.TRUSTED
    assert again.selection.now.package == RING
