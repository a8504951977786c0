"""`export`: a report to hand over."""

import argparse
import sys

from reviewer.cli.project import load_review
from reviewer.report.contents import report
from reviewer.report.formats import Format, render


def export(arguments: argparse.Namespace) -> int:
    """Print the report. Exit code 0: what it says of the build is what `check` is for."""
    sys.stdout.write(render(report(load_review(arguments)), Format(arguments.format)))
    return 0
