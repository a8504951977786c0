"""What is known to have changed since the last decision about a package: not its text yet, but what it runs."""

from collections.abc import Mapping
from typing import NamedTuple

from reviewer.lock.decision import Decision, ListedStep
from reviewer.lock.status import Assessment, listed_steps
from reviewer.model.fingerprint import READ_PREFIX
from reviewer.model.graph import Graph


class Since(NamedTuple):
    """Run steps that the package owns, against those that the decision lists.

    `added` are new; `changed` have a name that the decision lists, but another command, other inputs or another program; `removed` are
    gone. `same_content`: nothing that the package ships differs.
    """

    decision: Decision
    same_content: bool
    added: tuple[ListedStep, ...]
    changed: tuple[ListedStep, ...]
    removed: tuple[ListedStep, ...]
    same: int


def since_decision(graph: Graph, assessment: Assessment) -> Since | None:
    """None where no decision was ever made."""
    decision = assessment.decision
    if decision is None:
        return None
    now, then = listed_steps(graph, assessment.package), decision.steps
    known = {step.name for step in then.values()}
    places = {(step.name, step.created) for step in then.values()}
    # A fingerprint that was read says where the line is; one that was configured says what is run. They meet in name and place.
    alike = _read(now) == _read(then)
    new = {mark: step for mark, step in now.items() if not (mark in then or (not alike and _place(step) in places))}
    still = {step.name for step in now.values()}
    return Since(
        decision,
        graph.package[assessment.package].digest == decision.digest,
        tuple(step for step in new.values() if step.name not in known),
        tuple(step for step in new.values() if step.name in known),
        tuple(step for mark, step in then.items() if mark not in now and step.name not in still),
        len(now) - len(new),
    )


def _place(step: ListedStep) -> tuple[str, str]:
    return step.name, step.created


def _read(steps: Mapping[str, ListedStep]) -> bool:
    return any(mark.startswith(READ_PREFIX) for mark in steps)
