"""Packages judged: is their build code declarative, and on what does that rest?"""

import os
from pathlib import Path
from typing import Any

from reviewer.analysis.store import Store
from reviewer.analysis.zig.declarative.listed import DeclarativeList, declarative_list
from reviewer.content.read import read_source
from reviewer.errors import ReviewerError
from reviewer.model.graph import BuildCode, Package
from reviewer.progress import Progress

BUILD_FILE = "build.zig"
_VERSION = "2"
"""Of the proof: another one when it judges differently."""
_TOLD = 5
"""Hindrances that are told."""


class Judge:
    """Judges packages for the zig that builds them (None: any known version); what is known of a package's content is not asked again."""

    def __init__(self, toolchain: str | None, store: Store, progress: Progress) -> None:
        self._list = declarative_list(toolchain)
        self._toolchain = toolchain
        self._store = store
        self._progress = progress

    def judge(self, package: Package, files: tuple[str, ...]) -> BuildCode:
        """The build code of a package that is here; `files` are those that were found to belong to it."""
        self._progress.check()
        if not os.path.lexists(f"{package.root}/{BUILD_FILE}"):
            return BuildCode(
                package.id, (), declarative=True, basis="it has no build.zig, so that nothing of it is configured"
            )
        if self._list is None:
            return BuildCode(package.id, files, hindrances=(f"there is no list for zig {self._toolchain}",))
        key = f"declarative {_VERSION} {self._list.version} {self._list.zig} {package.digest}"
        kept = self._store.get(key) if package.digest else None
        if kept is None:
            kept = _prove(package, self._list)
            if package.digest:
                self._store.put(key, kept)
        checked, hindrances = kept
        if hindrances:
            return BuildCode(package.id, files, hindrances=tuple(hindrances))
        told = ", ".join(f"{file} ({lines} lines)" for file, lines in checked)
        basis = f"{told} {'use' if len(checked) > 1 else 'uses'} only what is listed for zig {self._list.zig}"
        return BuildCode(package.id, files, declarative=True, basis=basis)


def _prove(package: Package, known: DeclarativeList) -> Any:
    from reviewer.analysis.zig.declarative.prove import prove  # not needed where all is known

    def read(path: str) -> str:
        try:
            return read_source(Path(package.root), path)
        except ReviewerError as error:
            raise ValueError(error.what) from error

    proof = prove(read, BUILD_FILE, known)
    return [proof.files, [f"{h.file}:{h.line}: {h.text}" for h in proof.hindrances[:_TOLD]]]
