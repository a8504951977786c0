"""Loading a project for a command."""

import argparse
import gc
from pathlib import Path

from reviewer.cli.terminal import complain, end_progress, progress, say
from reviewer.model.graph import Evidence
from reviewer.review.open import open_review
from reviewer.review.review import Review


def load_review(arguments: argparse.Namespace) -> Review:
    """The review that the command's `project` and `evidence` arguments name."""
    evidence = None if arguments.evidence is None else Evidence(arguments.evidence)
    gc.disable()  # a command ends before garbage matters, and looking for it takes as long as loading a large project does
    try:
        review = open_review(
            Path(arguments.project),
            progress(),
            evidence=evidence,
            toolchain=arguments.toolchain,
            options=arguments.options,
            full=getattr(arguments, "full", False),
        )
    finally:
        end_progress()
    if arguments.evidence is None and review.graph.evidence is Evidence.READ:
        complain(
            "nothing was executed: run steps are as the source shows them; --evidence configured runs the build scripts in a sandbox"
        )
    if arguments.options and review.graph.evidence is Evidence.READ:
        complain("reading takes every branch of the build scripts, so the build options make no difference to it")
    return review


def say_verdict(review: Review) -> None:
    """The verdict, and which build options it holds for: with others the build may have other steps."""
    say(f"{review.verdict_text} (for {review.graph.options_text})")
