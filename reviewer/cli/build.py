"""`build`: the real build, once everything that it would execute is approved, and held to that."""

import argparse
import shlex
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from reviewer.cli.project import load_review
from reviewer.cli.terminal import complain, end_progress, progress, shown
from reviewer.ecosystems import NotAsApprovedError, ecosystem_of
from reviewer.gate.check import APPROVED, NEEDS_REVIEW, REJECTED, needs_review
from reviewer.gate.enforced.approval import Approval
from reviewer.gate.enforced.build import enforced_build
from reviewer.gate.enforced.exceptions import HATCH, exceptions_in_force, unheld, what_to_make, who_else
from reviewer.lock.grants import grants_in_force
from reviewer.lock.status import Status
from reviewer.model.graph import Evidence, Severity
from reviewer.model.observation import Act
from reviewer.progress import CancelledError
from reviewer.review.review import Review
from reviewer.sandbox.probe import find_sandbox

_STOPPED = 130
"""As a shell tells an end by Ctrl-C."""
_STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def build(arguments: argparse.Namespace) -> int:
    """Build. Exit code: that of `check` where the verdict is not 0, else zig's own; 3 where what was built was not what was approved.

    Everything of Reviewer's is told on stderr: stdout is the build's own.
    """
    root = Path(arguments.project).resolve()
    words = ecosystem_of(root).build_words(root, arguments.options)
    threading.Thread(target=find_sandbox).start()  # tried while the project is loaded
    arguments.options, arguments.evidence, arguments.look = words.options, Evidence.CONFIGURED.value, False
    review = load_review(arguments)
    if review.exit_code != APPROVED:
        _tell_verdict(review)
        return review.exit_code
    grants = grants_in_force(review.graph, review.assessments)
    words = what_to_make(words, review.graph, grants)
    if custom := unheld(review.graph, grants, words.steps):
        for step in custom:
            complain(f"{step.id}: its code runs in zig's own process, where no sandbox of a step can hold it")
            trust = f"reviewer trust {shlex.quote(step.package)} --step {shlex.quote(step.id)} --grant {HATCH}"
            complain(f"  to let the outer sandbox alone hold it: {trust}")
        complain("nothing was executed")
        return NEEDS_REVIEW
    assert review.lock_path is not None
    approval = Approval(review.graph, review.lock_path, review.lock, grants)

    def seen(step: str) -> Sequence[Act]:
        found = review.observations.of(step).now
        return found.acts if found is not None else ()

    def tell(text: str) -> None:
        print(f"reviewer: {text}", file=sys.stderr)

    report = progress()
    before = {number: signal.signal(number, lambda *_: report.cancel()) for number in _STOPS}
    try:
        code = enforced_build(
            approval, words, report, toolchain=arguments.toolchain, shown=shown, observed=seen, tell=tell
        )
    except NotAsApprovedError as error:
        end_progress()
        complain(str(error))
        code = REJECTED
    except CancelledError:
        end_progress()
        complain("the build was stopped")
        code = _STOPPED
    finally:
        end_progress()
        for number, handler in before.items():
            signal.signal(number, handler)
    _tell_exceptions(approval)
    return code


def _tell_verdict(review: Review) -> None:
    """What stands against the build."""
    for assessment in review.assessments.values():
        if assessment.status is Status.REJECTED or needs_review(review.graph, assessment):
            package = review.graph.package[assessment.package]
            complain(f"{assessment.status.value:<11}{package.name} {package.version}: {assessment.reason}")
    for problem in review.graph.problems:
        if problem.severity is Severity.ERROR:
            complain(f"error: {problem.where}: {problem.text}")
    complain(f"{review.verdict_text} (for {review.graph.options_text}); nothing was executed")
    if review.queue:
        complain("read and decide with `reviewer open`, or `reviewer trust PACKAGE`")


def _tell_exceptions(approval: Approval) -> None:
    """Every grant that was in force."""
    listed = list(exceptions_in_force(approval.graph, approval.grants))
    if listed:
        complain(f"{len(listed)} exception{'' if len(listed) == 1 else 's'} from review.lock in force:")
    for exception in listed:
        complain(f"  {exception}")
    if others := who_else(approval.graph, listed):
        complain(f"  {others}")
