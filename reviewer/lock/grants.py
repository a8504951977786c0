"""Which exceptions are in force: what decisions allow run steps beyond what they declare."""

from collections.abc import Mapping

from reviewer.lock.decision import Decision, Grants
from reviewer.lock.status import Assessment, Status, listing_of
from reviewer.model.graph import Graph, Step


def grants_in_force(graph: Graph, assessments: Mapping[str, Assessment]) -> Mapping[str, Grants]:
    """By step id, those of steps that are granted anything.

    A decision grants something to the steps that it lists, at the content that it is about. An import's grants do not count.
    """
    found = {}
    for step in graph.run_steps:
        decision = _deciding(graph, step, assessments[step.package])
        listed = listing_of(decision, step) if decision is not None else None
        if listed is not None and listed.grants:
            found[step.id] = listed.grants
    return found


def _deciding(graph: Graph, step: Step, assessment: Assessment) -> Decision | None:
    decision = assessment.decision
    if decision is None or assessment.imported or assessment.status not in (Status.TRUSTED, Status.OWN):
        return None
    own = assessment.status is Status.OWN
    return decision if own or decision.digest == graph.package[step.package].digest else None
