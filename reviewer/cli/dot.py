"""The graph in Graphviz's language, for other tools to draw."""

import json

from reviewer.content.text import visible
from reviewer.model.graph import Graph
from reviewer.model.questions import waiting


def graph_to_dot(graph: Graph) -> str:
    """Steps and modules as nodes, what they wait for as edges; run steps are doubled, hidden ones bold."""
    lines = ["digraph reviewer {", "  rankdir=LR;", "  node [shape=box];"]
    lines += [f"  {_quoted(module.id)} [shape=ellipse];" for module in graph.modules]
    for step in graph.steps:
        look = "" if step.run is None else ", peripheries=2, style=bold" if step.run.hidden else ", peripheries=2"
        lines.append(f"  {_quoted(step.id)} [label={_quoted(step.name)}{look}];")
    for source, targets in waiting(graph).items():
        lines += [f"  {_quoted(source)} -> {_quoted(target)};" for target in targets]
    return "\n".join([*lines, "}"])


def _quoted(text: str) -> str:
    """JSON's escapes of quote and backslash are Graphviz's too."""
    return json.dumps(visible(text), ensure_ascii=False)
