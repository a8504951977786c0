"""Decisions of other projects that this one's review.toml accepts: read from the copies that `reviewer import` made.

A copy is `review.imports/NAME.lock`, in review.lock's format, and is committed: what counts changes only by a commit. That a copy
was edited, or an older one put back, is noticed only where review.toml pins its digest.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from reviewer.errors import ImportMissingError, ReviewerError
from reviewer.lock.decision import Criteria, Decision, ListedStep, Lock, Verdict, allows
from reviewer.lock.format import render
from reviewer.lock.storage import load

FOLDER = "review.imports"


class Source(NamedTuple):
    """Where a review.lock comes from, as review.toml names it, and the criteria that are accepted from it.

    Exactly one of `path` (relative to the project), `git` (with `revision`, and `folder` where the file is not in the top one) and `url`
    is not empty. `digest`, where not empty, is that of the only copy that counts.
    """

    name: str
    criteria: tuple[Criteria, ...]
    path: str = ""
    git: str = ""
    revision: str = ""
    folder: str = ""
    url: str = ""
    digest: str = ""

    @property
    def text(self) -> str:
        """What it is, for people."""
        inside = f", folder {self.folder}" if self.folder else ""
        return f"{self.git} at {self.revision}{inside}" if self.git else self.url or self.path


class Import(NamedTuple):
    """The decisions of one source."""

    name: str
    criteria: tuple[Criteria, ...]
    lock: Lock


class Imported(NamedTuple):
    """Who trusts elsewhere, by package id, and who rejects, by package id and by digest; each with the import's name."""

    trusts: Mapping[str, Sequence[tuple[str, Decision]]]
    rejects: Mapping[str, Sequence[tuple[str, Decision]]]


NOTHING = Imported(MappingProxyType({}), MappingProxyType({}))
"""Of a project without imports."""


def copy_name(name: str) -> str:
    """The copy of an import, relative to the project."""
    return f"{FOLDER}/{name}.lock"


def copy_path(root: Path, name: str) -> Path:
    """Where the copy of an import is. Raises ReviewerError where the folder leads out of the project."""
    if (root / FOLDER).is_symlink():
        raise ReviewerError("this is a link", where=FOLDER, cure="replace it by a folder")
    return root / copy_name(name)


def digest_of(lock: Lock) -> str:
    """`sha256:…` of a copy's bytes."""
    from hashlib import sha256  # few projects import, and looking should start fast

    return f"sha256:{sha256(render(lock)).hexdigest()}"


def load_imports(root: Path, sources: Iterable[Source]) -> Imported:
    """What the copies say, together.

    Raises ReviewerError for one that is missing, damaged, or not the one that review.toml pins: a reject would be missed.
    """
    found = []
    for source in sources:
        path = copy_path(root, source.name)
        where = copy_name(source.name)
        if not path.exists():
            what = "review.toml imports it, and it is not here"
            raise ImportMissingError(what, where=where, cure="run `reviewer import`")
        try:
            lock = load(path)
        except ReviewerError as error:
            raise ReviewerError(error.what, where=f"{FOLDER}/{error.where}", cure=error.cure) from error
        if source.digest and (digest := digest_of(lock)) != source.digest:
            cure = "restore the file, or review what changed and pin the new digest"
            raise ReviewerError(f"its digest is {digest}, and review.toml pins another", where=where, cure=cure)
        found.append(Import(source.name, source.criteria, lock))
    return gather(found)


def gather(imports: Iterable[Import]) -> Imported:
    """All imports together. Trust counts for the criteria accepted from its source; grants do not count: they are given here."""
    trusts: dict[str, list[tuple[str, Decision]]] = {}
    rejects: dict[str, list[tuple[str, Decision]]] = {}
    for name, accepted, lock in imports:
        for package, decision in lock.decisions.items():
            if decision.verdict is Verdict.REJECTED:
                for key in (package, decision.digest):
                    rejects.setdefault(key, []).append((name, decision))
            elif decision.verdict is Verdict.TRUSTED:
                ships = Criteria.SHIP in accepted and allows(decision, Criteria.SHIP)
                steps = {mark: ListedStep(step.name, step.created) for mark, step in decision.steps.items()}
                counted = decision._replace(criteria=(Criteria.SHIP if ships else Criteria.RUN,), steps=steps)
                trusts.setdefault(package, []).append((name, counted))
    return Imported(trusts, rejects)
