"""What changed since a decision: of the content, and of what the steps were seen to do where both versions were observed."""

from collections.abc import Iterator

from reviewer.lock.decision import Decision
from reviewer.model.graph import Step
from reviewer.model.observation import new_acts
from reviewer.progress import Progress
from reviewer.review.observations import Observations
from reviewer.review.observed import act_in_words, seen_by
from reviewer.upgrade.compare import Comparison
from reviewer.upgrade.consequences import Consequence, Effect, in_order
from reviewer.upgrade.since import since_decision

_LISTED = 12


def changed_since(observations: Observations, package: str, decision: Decision, progress: Progress) -> Comparison:
    """What changed of a package of the graph since this decision about it. Belongs off the window's thread.

    Raises ReviewerError where the present content cannot be read, and CancelledError.
    """
    found = since_decision(observations.graph, package, decision, progress)
    graph = observations.graph
    if graph.package[package].digest == decision.digest:
        return found
    steps = (step for step in graph.run_steps if step.run and (step.run.executes or step.package) == package)
    seen = [consequence for step in steps for consequence in _seen(observations, step, decision)]
    return found._replace(consequences=in_order((*found.consequences, *seen)))


def _seen(observations: Observations, step: Step, decision: Decision) -> Iterator[Consequence]:
    known = observations.of(step.id)
    new = known.now or next(iter(known.told), None)
    old = observations.of_content(step, decision.package, decision.digest)
    if new is None or old is None:
        return
    acts = new_acts(old, new)
    if acts:
        details = [act_in_words(act, observations.graph) for act in acts[:_LISTED]]
        if len(acts) > _LISTED:
            details.append(f"and {len(acts) - _LISTED} more")
        told = f"the old one {seen_by(old)}{', not all of it kept' if old.cut else ''}; the new one {seen_by(new)}"
        place = str(acts[0].place) if acts[0].place and acts[0].place.package == new.package else ""
        text = f"\u201c{step.name}\u201d was seen to do what it was not seen to do before: {len(acts)}"
        yield Consequence(Effect.SEEN, text, (*details, told), place)
