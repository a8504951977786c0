"""What changed since the last decision about a package, and between any two contents."""

from pathlib import Path
from typing import NamedTuple

from reviewer.content.text import visible
from reviewer.ecosystems import ecosystem_named
from reviewer.errors import ReviewerError
from reviewer.lock.decision import Decision
from reviewer.model.graph import Graph
from reviewer.progress import Progress
from reviewer.upgrade.again import UNKNOWN, address_of
from reviewer.upgrade.compare import Comparison, Side, compare, facts_by_reading
from reviewer.upgrade.consequences import Effect, consequences
from reviewer.upgrade.facts import Facts, facts_from_json, facts_of, facts_of_decision, facts_to_json
from reviewer.upgrade.files import Files, digest_of_files, files_in
from reviewer.upgrade.store import Store

_DIGEST = "sha256:"


class Kept(NamedTuple):
    """A content that is here: its files, and what was known of it when it was decided about (None: nothing was kept).

    `left_out`: how many more files its archive holds, which its manifest does not list.
    """

    files: Files
    facts: Facts | None
    left_out: int = 0


def keep_reviewed(graph: Graph, package: str, progress: Progress) -> None:
    """Keep the content of a package that was decided about, with what is known of it. Raises ReviewerError and CancelledError."""
    found = graph.package[package]
    if found.digest is not None and found.root:
        progress.report(f"Keeping what was reviewed of {found.name}")
        Store().keep(found.digest, Path(found.root), facts_to_json(facts_of(graph, package)), progress)


def since_decision(graph: Graph, package: str, decision: Decision, progress: Progress) -> Comparison:
    """What changed of a package since this decision about it, or about an earlier version of it. Belongs off the window's thread.

    An old side that is not here is told in `missing`. Raises ReviewerError where the present content cannot be read, and CancelledError.
    """
    found = graph.package[package]
    progress.report(f"Comparing {found.name}")
    files = files_in(Path(found.root), progress) if found.root else None
    if files is not None and digest_of_files(files) != found.digest:
        raise ReviewerError("it is not what it was when it was loaded", where=visible(found.root), cure="reload first")
    now = Side(found.version or "now", facts_of(graph, package), files)
    listed = facts_of_decision(decision)
    name = decision.package.partition("#")[0].rpartition("@")[2] or "then"
    if name == found.version:
        name = f"{name} as it was {decision.verdict.value}"
    try:
        old = _old_content(graph, decision, now.files if found.digest == decision.digest else None, progress)
    except ReviewerError as error:
        address = address_of(graph, decision, progress)
        missing = f"{error}; {'' if address else UNKNOWN}".removesuffix("; ")
        return compare(Side(name, listed, None), now, progress, missing=missing)._replace(address=address)
    if old.facts is not None:
        return compare(Side(name, old.facts, old.files), now, progress)
    return _read_alike(Side(name, listed, old.files), now, progress)


def between(
    old: str, new: str, progress: Progress, *, graph: Graph | None = None, package: str | None = None
) -> Comparison:
    """Two contents, each the digest of what is kept, a folder or an archive; that of a `package` of a `graph` is what the graph tells.

    Raises ReviewerError and CancelledError.
    """
    sides = [content_of(word, progress) for word in (old, new)]
    facts = [side.facts for side in sides]
    if graph is not None and package is not None:
        here = graph.package[package].root
        facts = [
            facts_of(graph, package) if word == here else known for word, known in zip((old, new), facts, strict=True)
        ]
    if None in facts or len({known.terms for known in facts if known}) > 1:
        facts = [_read(side.files, progress) for side in sides]
    before, after = (
        Side(visible(_name(word)), known, side.files)
        for word, known, side in zip((old, new), facts, sides, strict=True)
        if known
    )
    named = zip((old, new), sides, strict=True)
    left_out = [_left_out(word, side.left_out) for word, side in named if side.left_out]
    return compare(before, after, progress, missing="; ".join(left_out))


def _left_out(word: str, count: int) -> str:
    files = f"{count:,} more file{'' if count == 1 else 's'}"
    return f"{visible(_name(word))} holds {files}, which its manifest does not list and the package so lacks"


def _name(word: str) -> str:
    """A digest in short; of a path its end."""
    return word[:19] if word.startswith(_DIGEST) else Path(word).name or word


def _read(files: Files, progress: Progress) -> Facts:
    """What reading tells; nothing where it is not a project of its own, as a package of data or of C sources."""
    try:
        return facts_by_reading(files, progress)
    except ReviewerError:
        return Facts(terms=(), whole=False)


def content_of(word: str, progress: Progress) -> Kept:
    """The content with this digest, in this folder or in this archive. Raises ReviewerError and CancelledError."""
    if word.startswith(_DIGEST):
        files, facts = Store().restore(word)
        return Kept(files, facts_from_json(facts))
    path = Path(word)
    if path.is_file():
        from reviewer.upgrade.archive import files_in_archive

        unpacked = files_in_archive(path, progress)
        return Kept(unpacked.files, None, unpacked.left_out)
    if not path.is_dir():
        cure = "name a folder, an archive, or a digest (sha256:\u2026) that was trusted on this machine"
        raise ReviewerError("there is no such folder or archive", where=visible(word), cure=cure)
    return Kept(files_in(path, progress), None)


def _old_content(graph: Graph, decision: Decision, same: Files | None, progress: Progress) -> Kept:
    """Out of the store; else the same as now; else where the build system still has it, if it is what was decided about.

    Raises ReviewerError.
    """
    try:
        return content_of(decision.digest, progress)
    except ReviewerError:
        if same is not None:
            return Kept(same, None)
        pin = decision.package.partition("#")[2]
        folder = ecosystem_named(graph.ecosystem).package_folder(Path(graph.root), pin)
        if folder is not None:
            files = files_in(folder, progress)
            if digest_of_files(files) == decision.digest:
                return Kept(files, None)
        raise ReviewerError(
            "what was decided about is not here any more: it was not kept on this machine, and the build system does not have it",
            where=visible(decision.package),
        ) from None


def _read_alike(old: Side, now: Side, progress: Progress) -> Comparison:
    """Nothing was kept of what was known: both sides are read alone, and run steps compared with those that the decision lists as well."""
    if old.files is None or now.files is None:
        return compare(old, now, progress)
    try:
        read = [facts_by_reading(files, progress) for files in (old.files, now.files)]
    except ReviewerError:
        return compare(old, now, progress)
    found = compare(old._replace(facts=read[0]), now._replace(facts=read[1]), progress)
    known = {consequence.text for consequence in found.consequences}
    told = (Effect.STEP_ADDED, Effect.STEP_REMOVED)
    listed = [
        each
        for each in consequences(old.facts, now.facts, found.files)
        if each.effect in told and each.text not in known
    ]
    return found._replace(consequences=(*listed, *found.consequences))
