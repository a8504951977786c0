"""`lock merge`, `lock prune` and `log`: the life of review.lock in a team."""

import argparse
from pathlib import Path

from reviewer.cli.names import find_versions
from reviewer.cli.project import load_review, say_verdict
from reviewer.cli.terminal import complain, confirm, say
from reviewer.errors import ReviewerError


def merge(arguments: argparse.Namespace) -> int:
    """Merge as git asks, or have git ask. Exit code 0; another one tells git that there is a conflict."""
    if arguments.install:
        if arguments.files:
            raise ReviewerError("--install takes no files", cure="leave them out")
        return _install(Path().resolve(), yes=arguments.yes)
    if len(arguments.files) != len(("ancestor", "ours", "theirs")):
        cure = "git gives them: `reviewer lock merge --install` tells it how"
        raise ReviewerError("three files are needed: the common ancestor, ours and theirs", cure=cure)
    from reviewer.lock.driver import merge_files
    from reviewer.review.log import told

    for settled in merge_files(*arguments.files):
        complain(f"{settled.package}: {told(settled.kept)} stands, not {told(settled.dropped)}")
    return 0


def _install(root: Path, *, yes: bool) -> int:
    from reviewer.review.merge_driver import install_driver, plan_driver

    plan = plan_driver(root)
    if not plan:
        say("git merges review.lock by package already")
        return 0
    for line in plan.lines():
        say(line)
    if not confirm(f"Change this in {root}?", yes=yes):
        say("nothing was changed")
        return 0
    install_driver(plan)
    say("from now on git merges review.lock by package; commit .gitattributes, and run this once in every clone")
    return 0


def prune(arguments: argparse.Namespace) -> int:
    """Drop entries of packages that the project no longer has, shown first. Exit code 0."""
    from reviewer.review.log import told
    from reviewer.review.prune import what_to_prune

    review = load_review(arguments)
    found = what_to_prune(review)
    for package, why in found.kept.items():
        say(f"keep: {package} ({why})")
    for package in found.dropped:
        say(f"drop: {package} ({told(review.lock.decisions[package])})")
    if not found.dropped:
        say("there is nothing to drop")
        return 0
    if not confirm(f"Remove {len(found.dropped)} from {review.lock_path}?", yes=arguments.yes):
        say("nothing was changed")
        return 0
    review.forget(found.dropped)
    say_verdict(review)
    return 0


def log(arguments: argparse.Namespace) -> int:
    """Print who decided what about a package, in all its versions, newest first. Exit code 0."""
    from reviewer.lock.history import lock_history
    from reviewer.review.log import lines, where

    history = lock_history(Path(arguments.project).resolve())
    versions = find_versions(sorted({event.package for event in history.events}), arguments.package)
    for event in history.events:
        if event.package not in versions:
            continue
        say(f"{event.package}  ({where(event)})")
        for line in lines(event):
            say(f"    {line}")
    for gap in history.gaps:
        complain(f"warning: {gap}")
    return 0
