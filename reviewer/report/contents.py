"""What a report says, whatever its format: a value, taken from a review at one moment. Holds no path of this machine and no clock."""

from pathlib import Path
from typing import NamedTuple

from reviewer.gate.check import needs_review
from reviewer.gate.enforced.exceptions import exceptions_in_force
from reviewer.lock.decision import Decision
from reviewer.lock.grants import grants_in_force
from reviewer.lock.status import Assessment, Status, StepAssessment
from reviewer.model.graph import Problem, Step
from reviewer.review.behind import Behind, behind
from reviewer.review.review import Review

MAX_FINDINGS = 100
"""Of one package; how many more there are is told."""

# Worst first; what needs nothing last.
_ORDER = (
    *(Status.REJECTED, Status.CHANGED, Status.UNREVIEWED, Status.DEFERRED),
    *(Status.TRUSTED, Status.POLICY, Status.OWN),
)


class ReportStep(NamedTuple):
    """A run step; `created` is `package/file:line`, `status` that of its owner's decision about it."""

    name: str
    hidden: bool
    created: str
    command: str
    status: Status


class ReportFinding(NamedTuple):
    """What code can do, with `file:line` in the package."""

    capability: str
    place: str
    text: str


class ReportPackage(NamedTuple):
    """A package with its status, why, and the decision that this rests on (possibly about an older version).

    `behind`: who made it, and who rejects the package elsewhere; `imported`: the import that the decision is from, or empty.
    """

    id: str
    name: str
    version: str
    digest: str
    source: str
    status: Status
    reason: str
    decision: Decision | None
    behind: tuple[Behind, ...]
    imported: str
    lines_left: int
    steps: tuple[ReportStep, ...]
    findings: tuple[ReportFinding, ...]
    more_findings: int
    dependencies: tuple[str, ...]


class Report(NamedTuple):
    """Packages worst first (in the order of the review's queue), the project's own last. All text but the verdict may be an attacker's."""

    project: str
    toolchain: str
    evidence: str
    options: str
    verdict: str
    exit_code: int
    packages: tuple[ReportPackage, ...]
    problems: tuple[Problem, ...]
    exceptions: tuple[str, ...] = ()
    """Everything that run steps may do beyond what they declare, a line each."""


def report(review: Review) -> Report:
    """The state of a review now."""
    graph, assessments = review.graph, review.assessments
    toolchain = f"{graph.ecosystem} {graph.toolchain}" if graph.toolchain else graph.ecosystem
    found = [_package(review, assessments[package.id]) for package in graph.packages]
    place = {package: number for number, package in enumerate(review.queue)}
    return Report(
        project=Path(graph.root).name,
        toolchain=toolchain,
        evidence=graph.evidence.value,
        options=graph.options_text,
        verdict=review.verdict_text,
        exit_code=review.exit_code,
        packages=tuple(
            sorted(found, key=lambda package: (_ORDER.index(package.status), place.get(package.id, -1), package.id))
        ),
        problems=graph.problems,
        exceptions=tuple(str(one) for one in exceptions_in_force(graph, grants_in_force(graph, assessments))),
    )


def _package(review: Review, assessment: Assessment) -> ReportPackage:
    graph = review.graph
    package = graph.package[assessment.package]
    known = {step.step: step for found in review.assessments.values() for step in found.steps}
    findings = graph.findings_of(package.id)
    return ReportPackage(
        id=package.id,
        name=package.name,
        version=package.version,
        digest=package.digest or "",
        source=package.source,
        status=assessment.status,
        reason=review.why_waiting(package.id) or assessment.reason,
        decision=assessment.decision,
        behind=behind(review, package.id),
        imported=assessment.imported,
        lines_left=review.lines_left(package.id) if needs_review(graph, assessment) else 0,
        steps=tuple(_step(review, step, known.get(step.id), assessment) for step in graph.runs_of(package.id)),
        findings=tuple(
            ReportFinding(finding.capability, f"{finding.file}:{finding.line}", finding.text)
            for finding in findings[:MAX_FINDINGS]
        ),
        more_findings=max(0, len(findings) - MAX_FINDINGS),
        dependencies=tuple(sorted({edge.target for edge in graph.package_edges if edge.source == package.id})),
    )


def _step(review: Review, step: Step, known: StepAssessment | None, assessment: Assessment) -> ReportStep:
    assert step.run is not None
    place = next(iter(step.created_at), None)
    created = f"{review.graph.package[place.package].name}/{place}" if place else ""
    status = known.status if known else assessment.status
    return ReportStep(step.name, step.run.hidden, created, " ".join(step.run.command), status)
