"""Several upgrades at once, in short: what follows from each, how much changed, and how much of it was viewed."""

import json
from typing import NamedTuple

from reviewer.cli.comparison import AMBER, BOLD, GREEN, consequences_to_json, line, print_consequences
from reviewer.cli.terminal import end_progress, progress, say
from reviewer.errors import ReviewerError
from reviewer.review.review import Review
from reviewer.review.since import changed_since
from reviewer.review.upgrading import UNVIEWED, Standing, standing, upgrade_of
from reviewer.upgrade.compare import Comparison


class Stood(NamedTuple):
    """An upgrade of a package; where it could not be compared, `error` says why."""

    package: str
    comparison: Comparison | None
    standing: Standing | None
    error: str = ""

    @property
    def ready(self) -> bool:
        """Whether it can be approved together with others."""
        return self.standing is not None and self.standing.ready


def compared_upgrades(review: Review) -> list[Stood]:
    """Every upgrade of the project, compared with what was decided about before, in the order of the queue."""
    found = []
    try:
        for package in review.upgrades:
            decision = review.compared_with(package)
            assert decision is not None  # it would be no upgrade
            try:
                upgrade = upgrade_of(changed_since(review.observations, package, decision, progress()))
            except ReviewerError as error:
                found.append(Stood(package, None, None, str(error)))
            else:
                found.append(Stood(package, upgrade.comparison, standing(review, upgrade)))
    finally:
        end_progress()
    return found


def print_upgrades(review: Review, *, as_json: bool) -> int:
    """Print the summary. Exit code 0."""
    found = compared_upgrades(review)
    if as_json:
        upgrades = [_to_json(review, stood) for stood in found]
        print(json.dumps({"schema": "reviewer.upgrades/1", "upgrades": upgrades}, indent=2))
        return 0
    if not found:
        say("no upgrade: everything that was trusted before is as it was")
        return 0
    for stood in found:
        _print(review, stood)
    ready = sum(stood.ready for stood in found)
    say()
    line(f"{len(found)} upgrade{'' if len(found) == 1 else 's'}, {ready} with nothing to confirm", BOLD)
    if ready:
        say("`reviewer trust --upgrades` approves of these together")
    if ready < len(found):
        say("`reviewer diff PACKAGE` shows one; with --mark-viewed what it shows counts as viewed")
    return 0


def _print(review: Review, stood: Stood) -> None:
    name = review.graph.package[stood.package].name
    if sum(package.name == name for package in review.graph.packages) > 1:
        name = f"{name} ({stood.package.partition('#')[2]})"
    if stood.comparison is None or stood.standing is None:
        line(f"{name}: not compared: {stood.error}", AMBER)
        return
    comparison, how = stood.comparison, stood.standing
    line(f"{name} {comparison.old} \u2192 {comparison.new}: {comparison.in_words}; {how.progress}", BOLD)
    line(f"    {comparison.code_in_words}", BOLD)
    if comparison.missing:
        line(f"    {comparison.missing}", AMBER)
    print_consequences(comparison.consequences, "    ")
    if how.ready:
        line("    \u2713 no consequences, every change viewed", GREEN)
    elif how.questions == (UNVIEWED,):
        line(f"    no consequences; {how.changes - how.viewed:,} not viewed")


def _to_json(review: Review, stood: Stood) -> object:
    comparison, how = stood.comparison, stood.standing
    value: dict[str, object] = {"package": stood.package, "name": review.graph.package[stood.package].name}
    if comparison is None or how is None:
        return {**value, "error": stood.error, "ready": False}
    files = comparison.files
    return {
        **value,
        "from": comparison.old,
        "to": comparison.new,
        "missing": comparison.missing or None,
        "consequences": consequences_to_json(comparison),
        "files": None if files is None else len(files),
        "added": None if files is None else sum(file.added for file in files),
        "removed": None if files is None else sum(file.removed for file in files),
        "changes": how.changes,
        "viewed": how.viewed,
        "ready": how.ready,
    }
