"""Loading a project for a command."""

import argparse
import gc
import sys
from pathlib import Path

from reviewer.cli.terminal import complain, confirm, end_progress, progress, say
from reviewer.errors import ToolchainMissingError
from reviewer.model.graph import Evidence
from reviewer.review.open import open_review
from reviewer.review.review import Review


def load_review(arguments: argparse.Namespace) -> Review:
    """The review that the command's `project`, `evidence` and build options name; offers to install the toolchain that it lacks."""
    gc.disable()  # a command ends before garbage matters, and looking for it takes as long as loading a large project does
    review = _open(arguments)
    missing = review.refusal
    if isinstance(missing, ToolchainMissingError):
        if _install(missing):
            review = _open(arguments)
        elif arguments.evidence == Evidence.CONFIGURED:
            raise missing
    _tell(review, arguments)
    return review


def _open(arguments: argparse.Namespace) -> Review:
    try:
        return open_review(
            Path(arguments.project),
            progress(),
            evidence=None if arguments.evidence is None else Evidence(arguments.evidence),
            toolchain=arguments.toolchain,
            options=arguments.options,
            full=getattr(arguments, "full", False),
            look=getattr(arguments, "look", True),
        )
    finally:
        end_progress()


def _install(missing: ToolchainMissingError) -> bool:
    """Whether the user, asked at a terminal, wanted the toolchain that is missing, so that it is there now."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    from reviewer.cli.toolchain import bring

    complain(missing.what)
    if not confirm(f"Install zig {missing.version} from PyPI (about 100 MB) for Reviewer's own use?", yes=False):
        return False
    bring(missing.version)
    return True


def _tell(review: Review, arguments: argparse.Namespace) -> None:
    """What the user should know about the evidence."""
    if review.graph.evidence is not Evidence.READ:
        return
    if review.refusal is not None:
        complain(f"nothing was executed, run steps are as the source shows them: {review.refusal}")
    elif arguments.evidence is None:
        complain(
            "nothing was executed: run steps are as the source shows them; --evidence configured runs the build scripts in a sandbox"
        )
    if any(word.startswith(("-D", "-f", "--release")) for word in arguments.options):
        complain("reading takes every branch of the build scripts, so the build options make no difference to it")


def say_verdict(review: Review) -> None:
    """The verdict, and which build options it holds for: with others the build may have other steps."""
    say(f"{review.verdict_text} (for {review.graph.options_text})")
