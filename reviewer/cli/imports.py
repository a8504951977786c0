"""`import`: bring the decisions of the projects that review.toml names, show what changes, and keep a copy."""

import argparse
from pathlib import Path

from reviewer.cli.terminal import confirm, say
from reviewer.errors import ReviewerError
from reviewer.lock.decision import Decision, Lock
from reviewer.lock.fetch import fetch
from reviewer.lock.imports import FOLDER, Source, copy_path, digest_of
from reviewer.lock.policy import load_policy
from reviewer.lock.storage import load, save


def bring(arguments: argparse.Namespace) -> int:
    """Fetch each source, and write the copies that differ. Exit code 0."""
    root = Path(arguments.project).resolve()
    sources = load_policy(root).imports
    if not sources:
        cure = "name one with `[imports.NAME]` there"
        raise ReviewerError("nothing is imported", where=str(root / "review.toml"), cure=cure)
    for source in sources:
        _bring(root, source, yes=arguments.yes)
    return 0


def _bring(root: Path, source: Source, *, yes: bool) -> None:
    path = copy_path(root, source.name)
    say(f"{source.name}: {source.text}, accepted for {', '.join(source.criteria)}")
    if source.url or source.git:
        say("    fetching …")
    found, present = fetch(root, source), load(path)
    digest = digest_of(found)
    if source.digest not in ("", digest):
        cure = "look at what changed there, then pin the new digest in review.toml"
        raise ReviewerError(f"it is {digest} now, and review.toml pins another", where=source.text, cure=cure)
    if found == present and path.exists():
        say(f"    nothing changed: {len(found.decisions)} decisions, {digest}")
        return
    _show(present, found)
    if not confirm(f"Write {len(found.decisions)} decisions to {FOLDER}/{path.name}?", yes=yes):
        say("    nothing was changed")
        return
    path.parent.mkdir(exist_ok=True)
    save(path, present, found)
    if not path.exists():  # nothing differs from no file: an empty lock is written all the same
        raise ReviewerError("it holds no decision", where=source.text, cure="remove the import from review.toml")
    say(f'    written to {FOLDER}/{path.name}; commit it. To allow no other: digest = "{digest}"')


def _show(before: Lock, after: Lock) -> None:
    for package in sorted(before.decisions.keys() | after.decisions.keys()):
        old, new = before.decisions.get(package), after.decisions.get(package)
        if old != new:
            say(f"    {package}: {_told(new)}" + (f" (was {_told(old)})" if old else ""))


def _told(decision: Decision | None) -> str:
    return f"{decision.verdict.value} by {decision.by[:200]}" if decision else "no decision"
