"""What of the contents of packages is odd, kept by the packages' digests; looking itself is `reviewer.analysis.look`."""

from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import NamedTuple

from reviewer.analysis.store import Store
from reviewer.model.graph import Finding, Package
from reviewer.progress import Progress

_VERSION = "1"
"""Of what is kept for a package: another one when looking notes something else."""


class Note(NamedTuple):
    """Something noted of a file of a package."""

    file: str
    line: int
    column: int
    capability: str
    text: str


def contents_findings(
    package: Package, running: Collection[str], store: Store, progress: Progress
) -> Iterator[Finding]:
    """What of the package's contents is odd; `running` are its files that run while building. Raises CancelledError."""
    notes: list[Note] = []
    if package.digest:  # the project itself may hold anything, of any size
        notes += _kept(f"contents {_VERSION} {package.digest}", store, lambda: _look(package, progress))
    for file in sorted(running):
        progress.check()
        key = f"closely {_VERSION} {package.digest} {file}" if package.digest else ""
        notes += _kept(key, store, _closely(package, file))
    for note in dict.fromkeys(notes):
        yield Finding(package.id, note.capability, note.file, note.line, note.column, note.text)


def _kept(key: str, store: Store, find: Callable[[], Iterator[Note]]) -> list[Note]:
    kept = store.get(key) if key else None
    if kept is not None:
        return [Note(*each) for each in kept]
    found = list(find())
    if key:
        store.put(key, found)
    return found


# Only where something is not known from before: a start that finds all kept should not pay for what looking needs.


def _look(package: Package, progress: Progress) -> Iterator[Note]:
    from reviewer.analysis.look import look

    return look(Path(package.root), progress)


def _closely(package: Package, file: str) -> Callable[[], Iterator[Note]]:
    def find() -> Iterator[Note]:
        from reviewer.analysis.look import look_closely

        return look_closely(Path(package.root), file)

    return find
