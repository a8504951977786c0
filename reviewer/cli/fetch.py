"""`fetch`: get what a project lacks, executing nothing, and tell what now needs review."""

import argparse
import signal
from pathlib import Path

from reviewer.cli.project import load_review, say_verdict
from reviewer.cli.terminal import complain, end_progress, progress, say
from reviewer.ecosystems import Fetched, ecosystem_of
from reviewer.gate.check import APPROVED, NOT_DONE, REJECTED
from reviewer.model.graph import Evidence
from reviewer.review.review import Review


def fetch(arguments: argparse.Namespace) -> int:
    """Fetch packages. Exit code 0 when all came, 3 where one is not what its pin says, 2 where one did not come for another reason."""
    fetched = _fetch(arguments)
    arguments.evidence = Evidence.READ.value
    review = load_review(arguments)
    _tell(fetched, review, everything=arguments.all)
    for failure in fetched.failures:
        complain(str(failure))
    if any(failure.mismatch for failure in fetched.failures):
        return REJECTED
    return NOT_DONE if fetched.failures else APPROVED


def _fetch(arguments: argparse.Namespace) -> Fetched:
    root = Path(arguments.project).resolve()
    report = progress()
    before = signal.signal(signal.SIGINT, lambda *_: report.cancel())
    try:
        return ecosystem_of(root).fetch(
            root, report, toolchain=arguments.toolchain, options=arguments.options, lazy=arguments.all
        )
    finally:
        signal.signal(signal.SIGINT, before)
        end_progress()


def _tell(fetched: Fetched, review: Review, *, everything: bool) -> None:
    graph = review.graph
    for package in graph.packages:
        if package.pin in fetched.pins:
            say(f"fetched    {package.name} {package.version} from {package.source}: {review.status(package.id).value}")
    left = [package.name for package in graph.packages if not package.fetched and package.lazy]
    if fetched.pins:
        count = f"{len(fetched.pins)} package{'' if len(fetched.pins) == 1 else 's'}"
        say(f"{count} came in, and nothing was executed")
    elif not fetched.failures:
        say("everything is here already: nothing was fetched")
    if left and not everything:
        say(f"not fetched, since a build only may ask for them: {', '.join(left)} (--all fetches them too)")
    say_verdict(review)
    if review.queue:
        say("read and decide with `reviewer open`, or `reviewer trust PACKAGE`")
