"""Loading a project for a command."""

import argparse
from pathlib import Path

from reviewer.cli.terminal import complain, end_progress, progress
from reviewer.model.graph import Evidence
from reviewer.review.open import open_review
from reviewer.review.review import Review


def load_review(arguments: argparse.Namespace) -> Review:
    """The review that the command's `project` and `evidence` arguments name."""
    evidence = None if arguments.evidence is None else Evidence(arguments.evidence)
    try:
        review = open_review(Path(arguments.project), progress(), evidence=evidence, toolchain=arguments.toolchain)
    finally:
        end_progress()
    if arguments.evidence is None and review.graph.evidence is Evidence.READ:
        complain(
            "nothing was executed: run steps are as the source shows them; --evidence configured runs the build scripts in a sandbox"
        )
    return review
