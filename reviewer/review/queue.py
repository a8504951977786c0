"""What needs a decision, worst first, and in words why it is in the queue."""

from collections.abc import Callable, Mapping, Sequence
from enum import IntEnum
from typing import NamedTuple

from reviewer.content.text import visible
from reviewer.gate.check import needs_review
from reviewer.lock.status import Assessment, Status
from reviewer.lock.voices import by_person, person
from reviewer.model.graph import Evidence, Graph, Package, Step

UNANALYZED = "unanalyzed"
"""Not a capability but its absence of an answer: what could not be followed."""


class Rank(IntEnum):
    """How urgent it is, most urgent first."""

    REJECTED = 0
    CHANGED = 1
    HIDDEN = 2
    CONFIGURES = 3
    RUNS = 4
    REST = 5
    LATER = 6


class Waiting(NamedTuple):
    """A package in the queue; `lines` is what there is to read, `why` one sentence without a full stop, safe to show."""

    package: str
    rank: Rank
    lines: int
    why: str


class Queue:
    """Of one graph. Remembers what it found about a package for as long as its assessment stays the same: a decision changes few."""

    def __init__(self, graph: Graph, lines: Callable[[str], int], reviewer: Callable[[], str] = str) -> None:
        """`reviewer`: who is reviewing here; what waits for others once that person trusts it comes last."""
        self._graph, self._lines, self._reviewer = graph, lines, reviewer
        self._known: dict[str, tuple[Assessment, Waiting]] = {}

    def of(self, assessments: Mapping[str, Assessment]) -> Mapping[str, Waiting]:
        """The packages that need a decision, by id, worst first and in one rank those with the most lines first."""
        waiting = [
            self._waiting(package, assessments[package.id])
            for package in self._graph.packages
            if needs_decision(self._graph, assessments[package.id])
        ]
        return {found.package: found for found in sorted(waiting, key=lambda found: (found.rank, -found.lines))}

    def _waiting(self, package: Package, assessment: Assessment) -> Waiting:
        known = self._known.get(package.id)
        if known is None or known[0] != assessment:
            waiting = _waiting(self._graph, package, assessment, self._lines(package.id))
            if assessment.lacks and assessment.decision and person(self._reviewer()) in by_person(assessment.decision):
                waiting = waiting._replace(rank=Rank.LATER)
            known = (assessment, waiting)
            self._known[package.id] = known
        return known[1]


def needs_decision(graph: Graph, assessment: Assessment) -> bool:
    """Whether somebody has to look: what `check` waits for, and what was rejected but is something else by now."""
    return needs_review(graph, assessment) or _rejected_at_other_content(graph.package[assessment.package], assessment)


def neighbour(among: Sequence[str], package: str | None, step: int) -> str | None:
    """The package `step` places after this one, around the end; the first where it is not among them; None where there is none."""
    if not among:
        return None
    if package is None or package not in among:
        return among[0]
    return among[(among.index(package) + step) % len(among)]


def _rejected_at_other_content(package: Package, assessment: Assessment) -> bool:
    decision = assessment.decision
    return (
        assessment.status is Status.REJECTED
        and decision is not None
        and package.digest is not None
        and package.digest != decision.digest
    )


def _waiting(graph: Graph, package: Package, assessment: Assessment, lines: int) -> Waiting:
    runs = graph.runs_of(package.id)
    configures = _configure_io(graph, package.id)
    consequences = _consequences(graph, runs, configures)
    rank, first = _rank(assessment, runs, configures)
    if rank is Rank.REST:
        consequences = [_to_read(lines), *_unfollowed(graph, package.id)]
    return Waiting(package.id, rank, lines, "; ".join(part for part in (first, *consequences) if part))


def _rank(assessment: Assessment, runs: Sequence[Step], configures: Sequence[str]) -> tuple[Rank, str]:
    """The rank, and what must be said beyond what the package can do."""
    match assessment.status:
        case Status.REJECTED:
            return Rank.REJECTED, assessment.reason
        case Status.DEFERRED:
            return Rank.LATER, f"left for later ({assessment.reason})"
        case Status.CHANGED:
            return Rank.CHANGED if runs or configures else Rank.REST, assessment.reason
        case _:
            known = "" if assessment.reason == "no decision yet" else assessment.reason
            if any(step.run and step.run.hidden for step in runs):
                return Rank.HIDDEN, known
            if configures:
                return Rank.CONFIGURES, known
            return (Rank.RUNS, known) if runs else (Rank.REST, assessment.reason)


def _consequences(graph: Graph, runs: Sequence[Step], configures: Sequence[str]) -> list[str]:
    """What the build does with it, worst first."""
    hidden = [step for step in runs if step.run and step.run.hidden]
    parts = []
    if hidden:
        parts.append(f"hides {_counted(hidden)} from the project's own build code")
    if configures:
        parts.append(f"its build code can do {', '.join(configures)} while it is configured")
    if len(runs) > len(hidden):
        others = [step for step in runs if step not in hidden]
        sure = "" if graph.evidence is not Evidence.READ else ", as far as its source tells"
        parts.append(f"executes {_counted(others)}{sure}")
    return parts


def _counted(steps: Sequence[Step]) -> str:
    named = "" if len(steps) > 1 else f" “{visible(steps[0].name[:80])}”"
    return f"{len(steps)} run step{'s' if len(steps) > 1 else ''}{named}"


def _configure_io(graph: Graph, package: str) -> list[str]:
    """The capabilities of its build code, each once; what the program of a run step can do happens later."""
    found = {finding.capability for finding in graph.configure_findings(package)}
    return sorted(found - {UNANALYZED})


def _to_read(lines: int) -> str:
    return f"{lines:,} line{'' if lines == 1 else 's'} of build code to read" if lines else "no build code to read"


def _unfollowed(graph: Graph, package: str) -> list[str]:
    places = sum(1 for finding in graph.findings_of(package) if finding.capability == UNANALYZED)
    return [f"{places} place{'' if places == 1 else 's'} could not be followed"] if places else []
