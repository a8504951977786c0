"""Bringing the decisions of other projects here: what came, and what it changes, before it is written."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from reviewer.errors import ReviewerError
from reviewer.lock.decision import Decision, Lock
from reviewer.lock.fetch import fetch
from reviewer.lock.imports import Source, copy_name, copy_path, digest_of
from reviewer.lock.policy import POLICY_FILE, load_policy
from reviewer.lock.storage import load, save
from reviewer.lock.voices import voices
from reviewer.progress import Progress


class Brought(NamedTuple):
    """What a source holds now, the copy that is here (of none, no decisions), and `digest`, that of what it holds now."""

    source: Source
    found: Lock
    present: Lock
    is_here: bool
    digest: str

    @property
    def is_new(self) -> bool:
        """Whether the copy that is here is another, or none."""
        return self.found != self.present or not self.is_here


def sources_of(root: Path) -> tuple[Source, ...]:
    """Whose decisions review.toml names. Raises ReviewerError, also where it names none."""
    sources = load_policy(root).imports
    if not sources:
        cure = "name one with `[imports.NAME]` there"
        raise ReviewerError("nothing is imported", where=str(root / POLICY_FILE), cure=cure)
    return sources


def bring(root: Path, source: Source, progress: Progress) -> Brought:
    """Fetch one source, writing nothing. Raises ReviewerError, also where review.toml pins another content, or CancelledError."""
    path = copy_path(root, source.name)
    found, present = fetch(root, source, progress), load(path)
    digest = digest_of(found)
    if source.digest not in ("", digest):
        cure = "look at what changed there, then pin the new digest in review.toml"
        raise ReviewerError(f"it is {digest} now, and review.toml pins another", where=source.text, cure=cure)
    return Brought(source, found, present, path.exists(), digest)


def write(root: Path, brought: Brought) -> str:
    """Make it the copy that counts; its name. Raises ReviewerError."""
    path = copy_path(root, brought.source.name)
    path.parent.mkdir(exist_ok=True)
    save(path, brought.present, brought.found)
    if not path.exists():  # nothing differs from no file: an empty lock is written all the same
        cure = "remove the import from review.toml"
        raise ReviewerError("it holds no decision", where=brought.source.text, cure=cure)
    return copy_name(brought.source.name)


def changes(brought: Brought) -> Iterator[str]:
    """A line for each package about which the source says something else than the copy that is here."""
    before, after = brought.present.decisions, brought.found.decisions
    for package in sorted(before.keys() | after.keys()):
        old, new = before.get(package), after.get(package)
        if old != new:
            yield f"{package}: {_told(new)}" + (f" (was {_told(old)})" if old else "")


def _told(decision: Decision | None) -> str:
    if decision is None:
        return "no decision"
    return f"{decision.verdict.value} by {', '.join(voice.by[:200] for voice in voices(decision)[:9])}"
