"""What a box is, in plain words: for whoever rests the mouse on it, and for screen readers. No Qt."""

from reviewer.model.graph import Graph, Step
from reviewer.review.review import Review
from reviewer.ui.look.names import ARROW, label
from reviewer.ui.look.text import counted, one_line
from reviewer.ui.map.picture import Box, Kind

_LONGEST_CHAIN = 8


def card_text(review: Review, box: Box) -> str:
    """What it is, whose, its status, and why it runs, a line each; plain text that is safe to show."""
    graph = review.graph
    lines = [box.label]
    step, module = graph.step.get(box.id), graph.module.get(box.id)
    if box.kind in (Kind.GROUP, Kind.FOLD):
        lines = [box.spoken, "Click to unfold"]
    elif step is not None:
        lines += [_what(step), *_created(step), *_why(graph, step)]
    elif module is not None:
        lines.append(f"Module, {module.root_source or 'without a source file'}")
    elif box.id in graph.package:
        package = graph.package[box.id]
        kind = "the project itself" if graph.is_own(box.id) else f"Package {one_line(package.version)}".rstrip()
        lines.append(kind + ("" if package.fetched else ", not fetched"))
    if box.kind is not Kind.FOLD and box.package in graph.package:
        owner = one_line(graph.package[box.package].name)
        assessment = review.assessments[box.package]
        whose = "" if box.kind is Kind.PACKAGE else f"of {owner}: "
        lines.append(f"{whose}{assessment.status.value}, {assessment.reason}")
    if box.kind is Kind.PACKAGE and (runs := graph.runs_of(box.package)):
        lines.append(f"{counted(len(runs), 'run step')} to answer for")
    if box.more and box.kind not in (Kind.GROUP, Kind.FOLD):
        lines.append(f"{counted(box.more, 'neighbour')} not shown: double-click or Space shows them")
    return "\n".join(lines)


def _what(step: Step) -> str:
    if step.run is None:
        return f"Step ({one_line(step.kind)}), executes nothing by itself"
    return (
        "Hidden run step: executes code that the project's build never names"
        if step.run.hidden
        else "Run step: executes code"
    )


def _created(step: Step) -> list[str]:
    return [f"Created at {one_line(str(step.created_at[0]))}"] if step.created_at else []


def _why(graph: Graph, step: Step) -> list[str]:
    if step.run is None:
        return []
    if not step.run.why:
        return ["No top-level step leads to it"]
    names = [label(graph, thing) for thing in step.run.why[0]]
    if len(names) > _LONGEST_CHAIN:
        names = [*names[:3], "\u2026", *names[-4:]]
    return [f"Runs because: {ARROW.join(names)}"]
