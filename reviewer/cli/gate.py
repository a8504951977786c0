"""`gate install`, `gate remove`, `gate status`: the build's own check."""

import argparse
from collections.abc import Iterator
from pathlib import Path

from reviewer.cli.project import load_review, say_verdict
from reviewer.cli.terminal import confirm, say
from reviewer.content.text import visible
from reviewer.ecosystems import ecosystem_of
from reviewer.gate import zig
from reviewer.gate.check import NEEDS_REVIEW
from reviewer.gate.installed import Change, Installed, apply
from reviewer.lock.policy import Policy
from reviewer.lock.status import Status


def install(arguments: argparse.Namespace) -> int:
    """Add the check to the project's build. Exit code 0, also where it was there already."""
    root = _root(arguments)
    return _carry_out(
        zig.plan_install(root),
        arguments,
        nothing="the build checks review.lock already",
        done="from now on `zig build` checks review.lock",
    )


def remove(arguments: argparse.Namespace) -> int:
    """Take it out again, exactly. Exit code 0, also where it was not there."""
    root = _root(arguments)
    return _carry_out(
        zig.plan_remove(root),
        arguments,
        nothing="the build does not check review.lock",
        done="`zig build` no longer checks review.lock",
    )


def status(arguments: argparse.Namespace) -> int:
    """Say whether the check is there and what it would say. Exit code: the verdict's, at least 1 where the check is not in place."""
    found = zig.status(_root(arguments))
    say(f"{found.installed.value}: {found.text}")
    review = load_review(arguments)
    say_verdict(review)
    for told in _beyond_the_build(review.policy):
        say(f"{told}: that is for `reviewer check`")
    in_place = found.installed is Installed.INSTALLED
    passing = [a for a in review.assessments.values() if a.status is Status.POLICY or a.imported]
    refused = [a.package for a in passing if a.status in (Status.POLICY, Status.TRUSTED)]
    if refused:
        names = ", ".join(visible(review.graph.package[package].name) for package in refused[:3])
        how = "by import" if any(a.imported for a in passing) else "unread"
        names += f" and {len(refused) - 3} more" if len(refused) > 3 else ""
        say(
            f"review.toml lets {names} pass {how}; the build's own check knows only review.lock, and refuses what has no entry there: "
            "`reviewer trust` what it should build"
        )
    return max(review.exit_code, 0 if in_place and not refused else NEEDS_REVIEW)


def _beyond_the_build(policy: Policy) -> Iterator[str]:
    """What review.toml demands that the build's own check, which has zig alone, does not hold it to."""
    if policy.signed:
        yield "review.toml demands signatures, and the build's own check asks only whether they are there, not whether they are real"
    if any(rule.pattern or len(rule.signed) == 1 or rule.run != rule.ship for rule in policy.rules):
        yield "review.toml demands more for some packages or criteria, of which the build's own check knows nothing"


def _root(arguments: argparse.Namespace) -> Path:
    root = Path(arguments.project).resolve()
    ecosystem_of(root)  # says it where this is no project
    return root


def _carry_out(change: Change, arguments: argparse.Namespace, *, nothing: str, done: str) -> int:
    if not change:
        say(nothing)
        return 0
    for line in change.diff().splitlines():
        say(line)
    if not confirm(f"Change these files in {change.root}?", yes=arguments.yes):
        say("nothing was changed")
        return 0
    apply(change)
    say(done)
    return 0
