"""`diff`: what changed since the last decision, or between any two contents. Consequences first, then the files."""

import argparse
import json
import os
import sys
from collections.abc import Iterator

from reviewer.cli.names import find_package
from reviewer.cli.project import load_review
from reviewer.cli.terminal import end_progress, progress, say, shown
from reviewer.errors import ReviewerError
from reviewer.upgrade.changed import PARTS, ChangedFile
from reviewer.upgrade.compare import Comparison
from reviewer.upgrade.lines import lines_of
from reviewer.upgrade.since import between, since_decision

_AROUND = 3
_BOLD, _RED, _GREEN, _FAINT, _AMBER = "1", "31", "32", "2", "33"


def diff(arguments: argparse.Namespace) -> int:
    """Print what changed. Exit code 0."""
    old, new = arguments.old, arguments.new
    if arguments.package is None:
        if old is None or new is None:
            raise ReviewerError("nothing to compare", cure="name a PACKAGE, or --from and --to")
        comparison = between(old, new, progress(), blanks=not arguments.ignore_blanks)
    else:
        comparison = _of_package(arguments)
    end_progress()
    if arguments.format == "json":
        print(json.dumps(_to_json(comparison), indent=2))
    else:
        _print(comparison)
    return 0


def _of_package(arguments: argparse.Namespace) -> Comparison:
    review = load_review(arguments)
    package = find_package(review.graph, arguments.package)
    decision = review.assessments[package].decision
    blanks = not arguments.ignore_blanks
    try:
        if arguments.old or arguments.new:
            old = arguments.old or (decision.digest if decision else None)
            if old is None:
                raise _nothing_decided(package)
            return between(old, arguments.new or review.graph.package[package].root, progress(), blanks=blanks)
        if decision is None:
            raise _nothing_decided(package)
        return since_decision(review.graph, package, decision, progress(), blanks=blanks)
    finally:
        end_progress()


def _nothing_decided(package: str) -> ReviewerError:
    return ReviewerError(
        "nothing was decided about it, so all of it is new",
        where=package,
        cure="read it whole, or name --from DIGEST or FOLDER",
    )


def _print(comparison: Comparison) -> None:
    colors = sys.stdout.isatty() and "NO_COLOR" not in os.environ

    def line(text: str, color: str = "") -> None:
        safe = shown(text, keep="\t")
        print(f"\033[{color}m{safe}\033[0m" if colors and color else safe)

    line(f"{comparison.old} \u2192 {comparison.new}: {comparison.in_words}", _BOLD)
    if comparison.missing:
        line(comparison.missing, _AMBER)
    if not comparison.consequences:
        line("no consequences: nothing that it runs, can do or needs changed", _GREEN)
    for consequence in comparison.consequences:
        place = f" ({consequence.place})" if consequence.place else ""
        sign, color = ("!", _AMBER) if consequence.asks else ("\u2212", _GREEN)
        line(f"{sign} {consequence.effect.value}: {consequence.text}{place}", color)
        for detail in consequence.details:
            line(f"    {detail}")
    for same in comparison.same:
        line(
            f"= \u201c{same.step}\u201d runs what it ran: {len(same.files)} files compared: {', '.join(same.files)}",
            _GREEN,
        )
    for file in comparison.files or ():
        say()
        notes = "".join(f", {note}" for note in file.notes)
        line(f"{file.fate.value}: {file.path} ({PARTS[file.part]}, +{file.added} \u2212{file.removed}{notes})", _BOLD)
        for kind, text in _unified(file):
            line(text, {"-": _RED, "+": _GREEN, "@": _FAINT}.get(kind, ""))


def _unified(file: ChangedFile) -> Iterator[tuple[str, str]]:
    """The changed lines with those around them, as `(sign, line)`."""
    if not file.hunks:
        return
    old = lines_of(file.old.content()) if file.old else []
    new = lines_of(file.new.content()) if file.new else []
    shown = 0
    for number, hunk in enumerate(file.hunks):
        start = max(hunk.new[0] - _AROUND, shown)
        if number == 0 or start > shown:
            yield "@", f"@@ {hunk.old[0] + 1} \u2192 {hunk.new[0] + 1} @@"
        yield from ((" ", f"  {text}") for text in new[start : hunk.new[0]])
        yield from (("-", f"- {text}") for text in old[slice(*hunk.old)])
        yield from (("+", f"+ {text}") for text in new[slice(*hunk.new)])
        following = file.hunks[number + 1].new[0] if number + 1 < len(file.hunks) else len(new)
        shown = min(hunk.new[1] + _AROUND, following)
        yield from ((" ", f"  {text}") for text in new[hunk.new[1] : shown])


def _to_json(comparison: Comparison) -> object:
    return {
        "schema": "reviewer.diff/1",
        "from": comparison.old,
        "to": comparison.new,
        "missing": comparison.missing or None,
        "new_code": comparison.new_code,
        "consequences": [
            {"effect": c.effect.name.lower(), "text": c.text, "details": list(c.details), "place": c.place or None}
            for c in comparison.consequences
        ],
        "same_reach": [{"step": same.step, "files": list(same.files)} for same in comparison.same],
        "files": None
        if comparison.files is None
        else [
            {
                "path": file.path,
                "fate": file.fate.value,
                "part": file.part.name.lower(),
                "from": file.old.path if file.old else None,
                "unread": file.unread.value if file.unread else None,
                "hunks": [{"old": list(hunk.old), "new": list(hunk.new)} for hunk in file.hunks],
            }
            for file in comparison.files
        ],
    }
