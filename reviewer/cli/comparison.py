"""A comparison in a terminal, and as JSON: consequences first, then the files."""

import os
import sys
from collections.abc import Iterator

from reviewer.cli.terminal import say, shown
from reviewer.upgrade.changed import PARTS, ChangedFile, more_than_blanks
from reviewer.upgrade.compare import Comparison
from reviewer.upgrade.consequences import Consequence
from reviewer.upgrade.lines import AROUND, lines_of

BOLD, _RED, GREEN, _FAINT, AMBER = "1", "31", "32", "2", "33"


def without_blanks(comparison: Comparison) -> Comparison:
    """The same, of its files only what differs in more than white space."""
    shown_files = []
    for file in comparison.files or ():
        parts = tuple(part for parts in more_than_blanks(file) for part in parts)
        if parts or not file.hunks:
            shown_files.append(file._replace(hunks=parts))
    return comparison._replace(files=None if comparison.files is None else tuple(shown_files))


def line(text: str, color: str = "") -> None:
    """One line of a project's text on stdout, coloured where that is a terminal."""
    safe = shown(text, keep="\t")
    colors = color and sys.stdout.isatty() and "NO_COLOR" not in os.environ
    print(f"\033[{color}m{safe}\033[0m" if colors else safe)


def print_consequences(found: tuple[Consequence, ...], indent: str = "") -> None:
    """What follows, each with its details."""
    for consequence in found:
        place = f" ({consequence.place})" if consequence.place else ""
        sign, color = ("!", AMBER) if consequence.asks else ("\u2212", GREEN)
        line(f"{indent}{sign} {consequence.effect.value}: {consequence.text}{place}", color)
        for detail in consequence.details:
            line(f"{indent}    {detail}")


def print_comparison(comparison: Comparison) -> None:
    """Everything: what follows, and the lines of every changed file."""
    line(f"{comparison.old} \u2192 {comparison.new}: {comparison.in_words}", BOLD)
    line(comparison.code_in_words, BOLD)
    if comparison.missing:
        line(comparison.missing, AMBER)
    if comparison.address:
        line(f"--fetch fetches it by its pin from {comparison.address}, executing nothing", AMBER)
    if not comparison.consequences:
        line("no consequences: what the build runs of it, what it can do and what it needs are as before", GREEN)
    print_consequences(comparison.consequences)
    for same in comparison.same:
        line(
            f"= \u201c{same.step}\u201d runs what it ran: {len(same.files)} files compared: {', '.join(same.files)}",
            GREEN,
        )
    for file in comparison.files or ():
        say()
        notes = "".join(f", {note}" for note in file.notes)
        line(f"{file.fate.value}: {file.path} ({PARTS[file.part]}, +{file.added} \u2212{file.removed}{notes})", BOLD)
        for kind, text in _unified(file):
            line(text, {"-": _RED, "+": GREEN, "@": _FAINT}.get(kind, ""))


def _unified(file: ChangedFile) -> Iterator[tuple[str, str]]:
    """The changed lines with those around them, as `(sign, line)`."""
    if not file.hunks:
        return
    old = lines_of(file.old.content()) if file.old else []
    new = lines_of(file.new.content()) if file.new else []
    shown = 0
    for number, hunk in enumerate(file.hunks):
        start = max(hunk.new[0] - AROUND, shown)
        if number == 0 or start > shown:
            yield "@", f"@@ {hunk.old[0] + 1} \u2192 {hunk.new[0] + 1} @@"
        yield from ((" ", f"  {text}") for text in new[start : hunk.new[0]])
        yield from (("-", f"- {text}") for text in old[slice(*hunk.old)])
        yield from (("+", f"+ {text}") for text in new[slice(*hunk.new)])
        following = file.hunks[number + 1].new[0] if number + 1 < len(file.hunks) else len(new)
        shown = min(hunk.new[1] + AROUND, following)
        yield from ((" ", f"  {text}") for text in new[hunk.new[1] : shown])


def to_json(comparison: Comparison) -> object:
    """Schema `reviewer.diff/1`."""
    return {
        "schema": "reviewer.diff/1",
        "from": comparison.old,
        "to": comparison.new,
        "missing": comparison.missing or None,
        "address": comparison.address or None,
        "new_code": comparison.new_code,
        "consequences": consequences_to_json(comparison),
        "same_reach": [{"step": same.step, "files": list(same.files)} for same in comparison.same],
        "files": None if comparison.files is None else [_file_to_json(file) for file in comparison.files],
    }


def consequences_to_json(comparison: Comparison) -> object:
    """Worst first; `asks` where somebody has to agree to it."""
    return [
        {
            "effect": found.effect.name.lower(),
            "text": found.text,
            "details": list(found.details),
            "place": found.place or None,
            "asks": found.asks,
        }
        for found in comparison.consequences
    ]


def _file_to_json(file: ChangedFile) -> object:
    return {
        "path": file.path,
        "fate": file.fate.value,
        "part": file.part.name.lower(),
        "from": file.old.path if file.old else None,
        "unread": file.unread.value if file.unread else None,
        "hunks": [{"old": list(hunk.old), "new": list(hunk.new)} for hunk in file.hunks],
    }
