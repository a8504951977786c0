"""Short names for steps and modules, as the map and headlines show them. No Qt."""

from collections.abc import Sequence

from reviewer.model.graph import Graph, Module, Step
from reviewer.ui.look.text import one_line

LABEL_LIMIT = 44
_ARTIFACTS = {"exe", "obj", "lib", "test"}
ARROW = " \u2192 "


def step_label(step: Step) -> str:
    """`run exe helper`; for compile steps `compile helper`, without the target that zig adds."""
    words = step.name.split()
    if step.kind == "compile" and len(words) > 2 and words[1] in _ARTIFACTS:
        return one_line(f"compile {words[2]}", LABEL_LIMIT)
    return one_line(step.name, LABEL_LIMIT)


def program_of(step: Step) -> str:
    """What an install or compile step is about: `app` of `install app` and of `compile exe app Debug native`."""
    words = step_label(step).split()
    return words[-1] if words else step.kind


def module_label(module: Module) -> str:
    """`module super`."""
    return one_line(f"module {module.name}", LABEL_LIMIT)


def label(graph: Graph, thing: str) -> str:
    """The name of a step or module id."""
    if step := graph.step.get(thing):
        return step_label(step)
    return module_label(graph.module[thing]) if thing in graph.module else one_line(thing, LABEL_LIMIT)


def own_part(graph: Graph, chain: Sequence[str]) -> tuple[str, ...]:
    """How much of a why path is the project's own, before it enters a dependency; never its last element."""
    count = 0
    for thing in chain[:-1]:
        owner = graph.step.get(thing) or graph.module.get(thing)
        if owner is None or not graph.is_own(owner.package):
            break
        count += 1
    return tuple(chain[:count])


def own_label(graph: Graph, own: Sequence[str]) -> str:
    """The project's own part of a why path in few words: `install → app`."""
    first = label(graph, own[0])
    steps = [graph.step[thing] for thing in own[1:] if thing in graph.step]
    last = next((step for step in reversed(steps) if step.kind in {"compile", "install_artifact"}), None)
    return first if last is None else f"{first}{ARROW}{program_of(last)}"


def why_headline(graph: Graph, step: Step) -> str:
    """`Why does “run exe helper” run? install → app → module super → …`."""
    name = step_label(step)
    if step.run is None:
        return f"What \u201c{name}\u201d stands on"
    if not step.run.why:
        return f"\u201c{name}\u201d is not part of any top-level step: no build command runs it"
    chain = step.run.why[0]
    own = own_part(graph, chain)
    parts = ([own_label(graph, own)] if own else []) + [label(graph, thing) for thing in chain[len(own) :]]
    return f"Why does \u201c{name}\u201d run? {ARROW.join(parts)}"
