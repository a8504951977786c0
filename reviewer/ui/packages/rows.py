"""The dependency list as data: which rows, in which groups, with which badges. No Qt."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from reviewer.lock.status import Assessment, Status
from reviewer.model.graph import BuildCode, Evidence, Graph, Package, Step
from reviewer.review.filter import Filter, subjects
from reviewer.review.review import Review
from reviewer.ui.look.text import counted, one_line

NO_FILTER = Filter()


class Chip(StrEnum):
    """The filters above the list."""

    NEEDS_REVIEW = "Needs review"
    RUNS_CODE = "Runs code"
    CHANGED = "Changed"
    ALL = "All"


class Tone(StrEnum):
    """How a badge looks."""

    RUN = "run"
    CHANGED = "changed"
    BAD = "bad"
    PLAIN = "plain"
    ALARM = "alarm"
    """Told by nothing else in the row, so that it never gives way."""


@dataclass(frozen=True, slots=True)
class Badge:
    """A small label in a row."""

    text: str
    tone: Tone


@dataclass(frozen=True, slots=True)
class Row:
    """One row: a package, or a group's heading (then `package` is None and `name` the heading). `why` it is in the queue, if it is."""

    package: str | None
    name: str
    version: str = ""
    depth: int = 0
    status: Status = Status.OWN
    fetched: bool = True
    badges: tuple[Badge, ...] = ()
    spoken: str = ""
    why: str = ""


def runs_by_package(graph: Graph) -> Mapping[str, Sequence[Step]]:
    """`Graph.runs_of` for every package at once."""
    found: dict[str, dict[str, Step]] = defaultdict(dict)
    for step in graph.run_steps:
        for package in (step.package, step.run and step.run.executes):
            if package:
                found[package][step.id] = step
    return {package: tuple(steps.values()) for package, steps in found.items()}


class Dependencies:
    """What never changes while a graph is shown: the packages that can be decided about, their runs and their place in the tree."""

    def __init__(self, graph: Graph) -> None:
        self.packages = tuple(package for package in graph.packages if not graph.is_own(package.id))
        self.runs = runs_by_package(graph)
        self._rows: dict[tuple[object, ...], Row] = {}  # of thousands, a decision changes few
        self._children: dict[str, list[str]] = defaultdict(list)
        self._parent: dict[str, str] = {}
        for edge in graph.package_edges:
            target = graph.package.get(edge.target)
            if target and not target.direct and edge.target not in self._parent and not graph.is_own(edge.source):
                self._parent[edge.target] = edge.source
                self._children[edge.source].append(edge.target)

    def counts(self, review: Review) -> Mapping[Chip, int]:
        """How many packages each chip would show."""
        assessments = review.assessments
        return {
            Chip.NEEDS_REVIEW: len(review.queue),
            Chip.RUNS_CODE: sum(package.id in self.runs for package in self.packages),
            Chip.CHANGED: sum(assessments[package.id].status is Status.CHANGED for package in self.packages),
            Chip.ALL: len(self.packages),
        }

    def rows(self, review: Review, chip: Chip = Chip.ALL, wanted: Filter = NO_FILTER) -> tuple[Row, ...]:
        """The rows for a chip and a filter: what needs a decision first, in the queue's order, then what is decided."""
        queue, assessments = review.queue, review.assessments
        waiting = set(queue)
        known = subjects(review.graph, assessments) if wanted.terms else {}
        shown = {
            package.id: package
            for package in self.packages
            if self._passes(package, chip, review, waiting) and (not wanted.terms or wanted.matches(known[package.id]))
        }
        groups: dict[str, list[str]] = {"": [package for package in queue if package in shown]}
        for package in shown.values():
            if package.id not in waiting:
                groups.setdefault(self._group(package, assessments), []).append(package.id)
        rows: list[Row] = []
        for heading in ("", "Rejected", "Later", "Passed by review.toml", "Trusted", "Not fetched"):
            members = groups.get(heading, [])
            if heading and members:
                rows.append(Row(None, heading, spoken=f"{heading}: {len(members)}"))
            rows += [self._row(shown[package], depth, review) for package, depth in self._nested(members)]
        return tuple(rows)

    def _passes(self, package: Package, chip: Chip, review: Review, waiting: set[str]) -> bool:
        match chip:
            case Chip.NEEDS_REVIEW:
                return package.id in waiting
            case Chip.RUNS_CODE:
                return package.id in self.runs
            case Chip.CHANGED:
                return review.status(package.id) is Status.CHANGED
            case Chip.ALL:
                return True

    @staticmethod
    def _group(package: Package, assessments: Mapping[str, Assessment]) -> str:
        status = assessments[package.id].status
        if status is Status.REJECTED:
            return "Rejected"
        if status is Status.DEFERRED:
            return "Later"
        if status is Status.POLICY:
            return "Passed by review.toml"
        return "Trusted" if package.fetched or status is Status.TRUSTED else "Not fetched"

    def _nested(self, members: Iterable[str]) -> Iterable[tuple[str, int]]:
        """Members with their depth: below their first dependent where that is in the same group."""
        inside = dict.fromkeys(members)
        placed: set[str] = set()
        roots = [package for package in inside if self._parent.get(package) not in inside]
        for root in [*roots, *inside]:
            stack = [(root, 0)]
            while stack:
                package, depth = stack.pop()
                if package in placed:
                    continue
                placed.add(package)
                yield package, depth
                stack += [(child, depth + 1) for child in reversed(self._children[package]) if child in inside]

    def _row(self, package: Package, depth: int, review: Review) -> Row:
        found = review.assessments[package.id]
        known = (package.id, depth, found.status, review.why_waiting(package.id), found.imported, found.refused_by)
        if known not in self._rows:
            self._rows[known] = self._make_row(package, depth, review)
        return self._rows[known]

    def _make_row(self, package: Package, depth: int, review: Review) -> Row:
        status = review.status(package.id)
        code = review.graph.build_code_of.get(package.id)
        badges = tuple(_badges(package, review.assessments[package.id], self.runs.get(package.id, ()), code))
        name, version = one_line(package.name), one_line(package.version, 24)
        said = ", ".join([f"{name} {version}", status.value, *(badge.text.lstrip("\u25b6\u2717 ") for badge in badges)])
        why = one_line(review.why_waiting(package.id) or "", 400)
        return Row(package.id, name, version, depth, status, package.fetched, badges, said, why)


def _badges(package: Package, found: Assessment, runs: Sequence[Step], code: BuildCode | None) -> Iterable[Badge]:
    status = found.status
    if found.refused_by:
        yield Badge(f"\u2717 rejected in {one_line(found.refused_by[0], 24)}", Tone.ALARM)
    if found.lacks:
        yield Badge(found.lacks, Tone.CHANGED)
    if found.imported:
        yield Badge(f"from {one_line(found.imported, 24)}", Tone.PLAIN)
    if status is Status.CHANGED:
        yield Badge("changed", Tone.CHANGED)
    if status is Status.REJECTED:
        yield Badge("rejected", Tone.BAD)
    if status is Status.DEFERRED:
        yield Badge("later", Tone.PLAIN)
    hidden = sum(1 for step in runs if step.run and step.run.hidden)
    if hidden:
        yield Badge("\u25b6 hidden run" if hidden == 1 else f"\u25b6 {hidden} hidden runs", Tone.RUN)
    if len(runs) > hidden:
        yield Badge(f"\u25b6 {len(runs) - hidden}", Tone.RUN)
    if not runs and code is not None and code.declarative:
        yield Badge("declarative", Tone.PLAIN)
    if not package.fetched:
        yield Badge("lazy, not fetched" if package.lazy else "not fetched", Tone.PLAIN)


def header_counts(graph: Graph) -> str:
    """`zig 0.17.1 · 12 packages · 4 run steps · default options`."""
    toolchain = f"{graph.ecosystem} {one_line(graph.toolchain, 24)}" if graph.toolchain else graph.ecosystem
    packages = counted(len(graph.packages) - 1, "package")
    default = graph.evidence is not Evidence.READ and not graph.options
    told = f"{toolchain} \u00b7 {packages} \u00b7 {counted(len(graph.run_steps), 'run step')}"
    return f"{told} \u00b7 default options" if default else told
