"""Door 1 of the gate: the verdict over a graph and what the lock says about it."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from reviewer.lock.decision import Criteria
from reviewer.lock.grants import grants_in_force
from reviewer.lock.status import Assessment, Status, StepAssessment
from reviewer.model.graph import Graph, Problem, Severity

SCHEMA = "reviewer.check/1"

APPROVED, NEEDS_REVIEW, NOT_DONE, REJECTED = 0, 1, 2, 3
"""Exit codes; the worst, the largest, wins. DESIGN.md, Command line."""

_NEEDS_REVIEW = frozenset({Status.UNREVIEWED, Status.CHANGED, Status.DEFERRED})


class Check(NamedTuple):
    """What `reviewer check` says. `packages` and `steps` keep the graph's order; own ones are included.

    `only_new`: deferred packages are a backlog, which does not fail it.
    """

    exit_code: int
    packages: tuple[Assessment, ...]
    steps: tuple[StepAssessment, ...]
    problems: tuple[Problem, ...]
    only_new: bool = False

    @property
    def backlog(self) -> tuple[Assessment, ...]:
        """What was put off, and does not fail this check; nothing unless it is `only_new`."""
        return tuple(a for a in self.packages if a.status is Status.DEFERRED) if self.only_new else ()


def check(graph: Graph, assessments: Mapping[str, Assessment], *, only_new: bool = False) -> Check:
    """The verdict. A lazy package that is not fetched takes no part in the build and blocks nothing."""
    codes = [APPROVED]
    for package in graph.packages:
        status = assessments[package.id].status
        if status is Status.REJECTED:
            codes.append(REJECTED)
        elif needs_review(graph, assessments[package.id]) and not (only_new and status is Status.DEFERRED):
            codes.append(NEEDS_REVIEW)
    if any(problem.severity is Severity.ERROR for problem in graph.problems):
        codes.append(NOT_DONE)
    steps = {step.step: step for assessment in assessments.values() for step in assessment.steps}
    return Check(
        exit_code=max(codes),
        packages=tuple(assessments[package.id] for package in graph.packages),
        steps=tuple(steps[step.id] for step in graph.run_steps if step.id in steps),
        problems=graph.problems,
        only_new=only_new,
    )


def needs_review(graph: Graph, assessment: Assessment) -> bool:
    """Whether somebody has to decide before the build may run this package's code."""
    package = graph.package[assessment.package]
    absent = package.lazy and not package.fetched
    return assessment.status in _NEEDS_REVIEW and not absent


def _criteria(assessment: Assessment) -> list[str]:
    if assessment.status is Status.POLICY:
        return [Criteria.RUN.value]
    return [criteria.value for criteria in assessment.decision.criteria] if assessment.decision else []


def check_to_json(result: Check, graph: Graph) -> dict[str, Any]:
    """`reviewer.check/1`."""
    grants = grants_in_force(graph, {assessment.package: assessment for assessment in result.packages})
    return {
        "schema": SCHEMA,
        "ok": result.exit_code == APPROVED,
        "exit": result.exit_code,
        "only_new": result.only_new,
        "evidence": graph.evidence.value,
        "options": list(graph.options),
        "packages": [
            {
                "id": assessment.package,
                "status": assessment.status.value,
                "criteria": _criteria(assessment),
                "reason": assessment.reason,
                **({"imported": assessment.imported} if assessment.imported else {}),
            }
            for assessment in result.packages
        ],
        "steps": [
            {
                "id": step.step,
                "package": graph.step[step.step].package,
                "name": graph.step[step.step].name,
                "status": step.status.value,
                "reason": step.reason,
                **(
                    {"grants": {name: list(what) for name, what in grants[step.step].items()}}
                    if step.step in grants
                    else {}
                ),
            }
            for step in result.steps
        ],
        "problems": [{"severity": p.severity.value, "where": p.where, "text": p.text} for p in result.problems],
    }
