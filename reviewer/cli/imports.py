"""`import`: bring the decisions of the projects that review.toml names, show what changes, and keep a copy."""

import argparse
from pathlib import Path

from reviewer.cli.terminal import confirm, end_progress, progress, say
from reviewer.lock.imports import FOLDER, Source
from reviewer.review.importing import bring as fetched
from reviewer.review.importing import changes, sources_of, write


def bring(arguments: argparse.Namespace) -> int:
    """Fetch each source, and write the copies that differ. Exit code 0."""
    root = Path(arguments.project).resolve()
    for source in sources_of(root):
        _bring(root, source, yes=arguments.yes)
    return 0


def _bring(root: Path, source: Source, *, yes: bool) -> None:
    say(f"{source.name}: {source.text}, accepted for {', '.join(source.criteria)}")
    try:
        found = fetched(root, source, progress())
    finally:
        end_progress()
    count = f"{len(found.found.decisions)} decisions"
    if not found.is_new:
        say(f"    nothing changed: {count}, {found.digest}")
        return
    for line in changes(found):
        say(f"    {line}")
    if not confirm(f"Write {count} to {FOLDER}/{source.name}.lock?", yes=yes):
        say("    nothing was changed")
        return
    say(f'    written to {write(root, found)}; commit it. To allow no other: digest = "{found.digest}"')
