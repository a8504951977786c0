"""What code of packages can do, by the rules: zig, and the C in the reach of run steps."""

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from reviewer.analysis.c import SUFFIXES
from reviewer.analysis.rules import load_rules
from reviewer.analysis.store import Store
from reviewer.analysis.zig.names import Use
from reviewer.analysis.zig.program import Gap, Place, Program
from reviewer.analysis.zig.reach import Part
from reviewer.content.text import visible
from reviewer.model.graph import Finding, Package, Step
from reviewer.progress import Progress

if TYPE_CHECKING:
    from reviewer.analysis.c.file import CReader

_MAX_NAME = 80


class Findings:
    """Collects findings, one for a line and capability."""

    def __init__(self, packages: Mapping[str, Package], store: Store, progress: Progress) -> None:
        self._packages = packages
        self._store = store
        self._progress = progress
        self._c_files: set[tuple[str, str, bool, bool]] = set()
        self.found: list[Finding] = []
        self._seen: set[tuple[str, str, int, str]] = set()
        self._parts: set[tuple[str, bool, bool]] = set()

    @cached_property
    def _c(self) -> "CReader":
        from reviewer.analysis.c.file import CReader  # the reach of few projects holds C, and looking should start fast

        return CReader(load_rules("c"), self._store, self._progress)

    def add(
        self, program: Program, places: Iterable[Place], gaps: Iterable[Gap], *, where: str, step: Step | None = None
    ) -> None:
        """What these files can do, as code of this kind (`build`, or `reach` of a run step)."""
        for place in places:
            package = program.units[place.unit].package.id
            for use in program.uses(place):
                rule = program.reading.rules.match(use.path, use.words, where)
                if rule is not None and not (step is not None and _declares(step, rule.unless)):
                    text = f"{rule.explanation}: {_shown(use)}"
                    self._add(package, rule.capability, place.file, use.line, use.column, text, step)
        for gap in gaps:
            package = program.units[gap.place.unit].package.id
            self._add(package, "unanalyzed", gap.place.file, gap.line, gap.column, gap.text, step)

    def add_part(self, name: str, part: Part, step: Step) -> None:
        """What a part of a run step's reach can do. The part of another step before it may have been met already."""
        key = (name, _declares(step, "inputs"), _declares(step, "outputs"))
        if key not in self._parts:
            self._parts.add(key)
            if part.program is not None:
                self.add(part.program, part.places, part.gaps, where="reach", step=step)
            self._add_c(part, step)
            self._add_unread(part.code, step)

    def _add_c(self, part: Part, step: Step) -> None:
        for identity, path in part.code:
            key = (identity, path, _declares(step, "inputs"), _declares(step, "outputs"))
            if not path.endswith(SUFFIXES) or key in self._c_files:
                continue
            self._c_files.add(key)
            file = self._c.file(self._packages[identity], path)
            for call in file.calls:
                rule = self._c.rules.match((call.name,), call.words, "reach")
                if rule is not None and not _declares(step, rule.unless):
                    text = f"{rule.explanation}: {visible(call.name[:_MAX_NAME])}"
                    self._add(identity, rule.capability, path, call.line, call.column, text, step)
            for gap in file.gaps:
                self._add(identity, "unanalyzed", path, gap.line, gap.column, gap.text, step)

    def _add_unread(self, code: Iterable[tuple[str, str]], step: Step) -> None:
        """Code in languages without rules: said once for a package, step and language, at the first of its files."""
        said: set[tuple[str, str]] = set()
        for package, path in sorted(code):
            language = path.rpartition("/")[2].rpartition(".")[2]
            if language != "zig" and not path.endswith(SUFFIXES) and (package, language) not in said:
                said.add((package, language))
                text = (
                    f"is part of what “{visible(step.name)}” runs, and its language is not analysed: it has to be read"
                )
                self._add(package, "unanalyzed", path, 1, 1, text, step)

    def _add(
        self, package: str, capability: str, file: str, line: int, column: int, text: str, step: Step | None
    ) -> None:
        key = (package, file, line, capability)
        if key not in self._seen:
            self._seen.add(key)
            self.found.append(Finding(package, capability, file, line, column, text, None if step is None else step.id))


def _declares(step: Step, what: str) -> bool:
    run = step.run
    return run is not None and bool({"inputs": run.inputs, "outputs": run.outputs}.get(what, ()))


def _shown(use: Use) -> str:
    name = ".".join(part for part in use.path if part != "?")
    if use.words:
        name += f"({' '.join(use.words)})"
    return visible(name if len(name) <= _MAX_NAME else f"{name[: _MAX_NAME - 1]}…")
