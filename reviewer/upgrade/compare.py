"""Two contents of a package, compared: what follows from the difference, then the files."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from reviewer.content.walk import Kind
from reviewer.ecosystems import ecosystem_of
from reviewer.errors import ReviewerError
from reviewer.model.graph import Evidence
from reviewer.progress import Progress
from reviewer.upgrade.changed import ChangedFile, Fate, Part, changed_files, is_source
from reviewer.upgrade.consequences import Consequence, Effect, Same, consequences, unchanged_reaches
from reviewer.upgrade.facts import Facts, facts_of
from reviewer.upgrade.files import Files

_STEPS = {
    Effect.STEP_ADDED: "added",
    Effect.STEP_ALTERED: "altered",
    Effect.REACH_ALTERED: "with other code or data",
    Effect.STEP_REMOVED: "removed",
}


class Side(NamedTuple):
    """One of two contents: what to call it, what is known of it, and its files (None: they are not here)."""

    name: str
    facts: Facts
    files: Files | None


class Comparison(NamedTuple):
    """`files` are None where the old content is not here; `missing` says why, and `address` where to fetch it from (empty: not known).

    `same`: run steps with the same reach.
    """

    old: str
    new: str
    consequences: tuple[Consequence, ...]
    files: tuple[ChangedFile, ...] | None
    same: tuple[Same, ...]
    missing: str = ""
    address: str = ""

    @property
    def questions(self) -> tuple[Consequence, ...]:
        """What somebody has to agree to."""
        return tuple(consequence for consequence in self.consequences if consequence.asks)

    @property
    def new_code(self) -> int:
        """Lines of build code and source that were not there before: most code that attacks is not in a run step."""
        return sum(file.added for file in self.files or () if file.part is not Part.REST)

    @property
    def in_words(self) -> str:
        """How much changed, in one line."""
        if self.files is None:
            return "the files could not be compared"
        if not self.files:
            return "no file differs"
        counts = {fate: sum(file.fate is fate for file in self.files) for fate in Fate}
        told = [f"{count:,} {fate.value}" for fate, count in counts.items() if count]
        lines = sum(file.added for file in self.files), sum(file.removed for file in self.files)
        return f"files: {', '.join(told)}; lines: +{lines[0]:,} \u2212{lines[1]:,}"

    @property
    def code_in_words(self) -> str:
        """What became of run steps, and beside it how much code is new: `run steps: 1 added; new code since 1.0.0: 12 lines`."""
        counts = {word: sum(found.effect is effect for found in self.consequences) for effect, word in _STEPS.items()}
        told = [f"{count:,} {word}" for word, count in counts.items() if count]
        steps = f"run steps: {', '.join(told)}" if told else "run steps as before"
        return steps if self.files is None else f"{steps}; new code since {self.old}: {_counted(self.new_code, 'line')}"


def compare(old: Side, new: Side, progress: Progress, *, missing: str = "") -> Comparison:
    """What going from `old` to `new` means. Belongs off the window's thread.

    Raises ReviewerError where a file of `new` cannot be read, and CancelledError.
    """
    files = None
    if old.files is not None and new.files is not None:
        files = changed_files(old.files, new.files, _parts(old.facts, new.facts), progress)
    return Comparison(
        old.name,
        new.name,
        consequences(old.facts, new.facts, files),
        files,
        unchanged_reaches(old.facts, new.facts),
        missing,
    )


def facts_by_reading(files: Files, progress: Progress) -> Facts:
    """What is known of a package when nothing but its files is known: it is read as a project of its own, executing nothing.

    Raises ReviewerError where it cannot be read as one, and CancelledError.
    """
    from reviewer.analysis.analyse import analyse

    with tempfile.TemporaryDirectory(prefix="reviewer-") as folder:
        root = Path(folder).resolve()
        lay_out(files, root)
        graph = ecosystem_of(root).load(root, Evidence.READ, progress)
        return facts_of(analyse(graph, progress, alone=True), graph.root_package.id, alone=True)


def lay_out(files: Files, folder: Path) -> None:
    """Write files into an empty folder, links last and only those that stay within it. Raises ReviewerError."""
    links = []
    for file in files.values():
        if file.path.startswith("/") or ".." in file.path.split("/"):
            raise ReviewerError("a path that leaves its package", where=file.path)
        if file.kind is Kind.LINK:
            links.append(file)
            continue
        target = folder / file.path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file.content())
    for link in links:
        at = folder / link.path
        leads_to = (at.parent / link.content().decode("utf-8", "surrogateescape")).resolve()
        if leads_to.is_relative_to(folder):
            at.parent.mkdir(parents=True, exist_ok=True)
            at.symlink_to(link.content().decode("utf-8", "surrogateescape"))


def _parts(*known: Facts) -> Callable[[str], Part]:
    build = {path for facts in known for path in facts.build_code} | {"build.zig", "build.zig.zon"}
    reached = {path for facts in known for path in facts.reached}

    def part_of(path: str) -> Part:
        if path in build:
            return Part.BUILD
        if path in reached:
            return Part.REACH
        return Part.SOURCE if is_source(path) else Part.REST

    return part_of


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
