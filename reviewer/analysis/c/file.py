"""What one C file of a package can do, by the rules."""

import hashlib
from pathlib import Path
from typing import NamedTuple

from reviewer.analysis.c.calls import Call, Gap, read_calls
from reviewer.analysis.rules import Rules
from reviewer.analysis.store import Store
from reviewer.content.read import read_text
from reviewer.errors import ReviewerError
from reviewer.model.graph import Package
from reviewer.progress import Progress

_MAX_BYTES = 4 << 20
_VERSION = "1"
"""Of what is kept for a file: another one when `read_calls` gives something else."""


class CFile(NamedTuple):
    """`calls` are those that a rule speaks of; `gaps` what could not be followed, or why the file could not be read."""

    calls: tuple[Call, ...] = ()
    gaps: tuple[Gap, ...] = ()


class CReader:
    """Reads each file once, and keeps by its package's content what was found."""

    def __init__(self, rules: Rules, store: Store, progress: Progress) -> None:
        self.rules = rules
        self._store = store
        self._progress = progress

    def file(self, package: Package, path: str) -> CFile:
        """Raises CancelledError."""
        self._progress.check()
        key = f"c calls {_VERSION} {self.rules.version} {package.digest} {path}"
        if package.digest and (kept := self._store.get(key)) is not None:
            return _from_json(kept)
        try:
            text = read_text(Path(package.root), path, _MAX_BYTES)
        except ReviewerError as error:
            return CFile(gaps=(Gap(1, 1, f"could not be read: {error.what}"),))
        if not package.digest:
            key = f"c calls {_VERSION} {self.rules.version} {hashlib.sha256(text.encode()).hexdigest()} {path}"
            if (kept := self._store.get(key)) is not None:
                return _from_json(kept)
        file = CFile(*read_calls(text, path, lambda name: self.rules.mentions((name,))))
        self._store.put(key, file)
        return file


def _from_json(kept: list[list[list[object]]]) -> CFile:
    calls, gaps = kept
    return CFile(
        tuple(Call(line, column, name, tuple(words)) for line, column, name, words in calls),  # type: ignore[arg-type]
        tuple(Gap(*gap) for gap in gaps),  # type: ignore[arg-type]
    )
