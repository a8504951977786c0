"""What a decision allows the run steps that it lists."""

import hashlib
from collections.abc import Mapping

from reviewer.errors import ReviewerError
from reviewer.lock.decision import Grants, ListedStep
from reviewer.lock.status import Assessment, Status, listed_steps, listing_of
from reviewer.model.graph import Graph


def steps_with(graph: Graph, package: str, grants: Mapping[str, Grants]) -> Mapping[str, ListedStep]:
    """The run steps that a decision about this package lists, with what is granted, by fingerprint, to them (or to others)."""
    return {
        fingerprint: step._replace(grants=grants[fingerprint]) if fingerprint in grants else step
        for fingerprint, step in listed_steps(graph, package).items()
    }


def granted_already(graph: Graph, assessment: Assessment) -> Mapping[str, Grants]:
    """By fingerprint, what a decision made here, about this very content, grants."""
    decision, package = assessment.decision, graph.package[assessment.package]
    if decision is None or assessment.imported or assessment.status is Status.REJECTED:  # it may be an altered one
        return {}
    if not graph.is_own(package.id) and (decision.package, decision.digest) != (package.id, package.digest):
        return {}
    found = {}
    for step in graph.run_steps:
        if step.package == package.id and step.run is not None and (listed := listing_of(decision, step)) is not None:
            found[step.run.fingerprint] = listed.grants
    return found


def about_the_project_itself(steps: Mapping[str, ListedStep]) -> tuple[str, Mapping[str, ListedStep]]:
    """Digest and steps of the entry that grants steps of the project itself something. Raises ReviewerError where it would grant nothing.

    It is about these steps, and not about the project's content, which changes all the time.
    """
    granted = {fingerprint: step for fingerprint, step in steps.items() if step.grants}
    if not granted:
        raise ReviewerError(
            "this is the project itself and needs no decision: its steps can be granted something, and that is all",
            cure="name one of its dependencies",
        )
    return f"sha256:{hashlib.sha256(' '.join(sorted(granted)).encode()).hexdigest()}", granted
