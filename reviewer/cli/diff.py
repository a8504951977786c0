"""`diff`: what changed since the last decision, of one package or in short of all; or between any two contents."""

import argparse
import json

from reviewer.cli.comparison import print_comparison, to_json, without_blanks
from reviewer.cli.names import find_package
from reviewer.cli.project import load_review
from reviewer.cli.terminal import end_progress, progress, say
from reviewer.errors import ReviewerError
from reviewer.review.review import Review
from reviewer.review.since import changed_since
from reviewer.review.upgrading import upgrade_of
from reviewer.review.versions import find_version
from reviewer.upgrade.compare import Comparison
from reviewer.upgrade.since import between


def diff(arguments: argparse.Namespace) -> int:
    """Print what changed. Exit code 0."""
    review = None
    try:
        if arguments.package is not None:
            review = load_review(arguments)
            comparison = _of_package(review, arguments)
        elif arguments.old and arguments.new:
            comparison = between(arguments.old, arguments.new, progress())
        elif arguments.old or arguments.new:
            raise ReviewerError("only one side to compare", cure="name PACKAGE, or both --from and --to")
        else:
            from reviewer.cli.upgrades import print_upgrades

            return print_upgrades(load_review(arguments), as_json=arguments.format == "json")
    finally:
        end_progress()
    shown = without_blanks(comparison) if arguments.ignore_blanks else comparison
    if arguments.format == "json":
        print(json.dumps(to_json(shown), indent=2))
    else:
        print_comparison(shown)
    if arguments.mark_viewed:
        _mark_viewed(review, comparison, arguments)
    return 0


def _of_package(review: Review, arguments: argparse.Namespace) -> Comparison:
    package = find_package(review.graph, arguments.package)
    decision, now = review.compared_with(package), review.graph.package[package]
    if arguments.old or arguments.new:
        sides = [find_version(review, package, word) if word else "" for word in (arguments.old, arguments.new)]
        kept = decision.digest if decision and decision.digest != now.digest else now.root
        return between(sides[0] or kept, sides[1] or now.root, progress(), graph=review.graph, package=package)
    if decision is None:
        raise ReviewerError(
            "nothing was decided about it, so all of it is new",
            where=package,
            cure="read it whole, or name --from VERSION, DIGEST, FOLDER or ARCHIVE",
        )
    comparison = changed_since(review.observations, package, decision, progress())
    if not arguments.fetch or comparison.files is not None:
        return comparison
    from reviewer.upgrade.again import fetch_again

    fetch_again(review.graph, decision, progress(), toolchain=arguments.toolchain)
    return changed_since(review.observations, package, decision, progress())


def _mark_viewed(review: Review | None, comparison: Comparison, arguments: argparse.Namespace) -> None:
    """Remember all that was printed as viewed, as the window does for each change."""
    if review is None or arguments.old or arguments.new or arguments.ignore_blanks:
        raise ReviewerError(
            "only what changed since a decision, white space included, can be marked viewed", cure="name just PACKAGE"
        )
    marks = upgrade_of(comparison).marks
    for each in marks:
        if not all(review.viewed_changes(each)):
            review.toggle_change(each)
    if arguments.format == "text":
        count = sum(len(each.changes) for each in marks)
        say()
        say(f"marked viewed: {count:,} change{'' if count == 1 else 's'}")
