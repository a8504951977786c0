"""The graph's own questions: what reaches a run step, and is it hidden?"""

from collections import deque
from collections.abc import Iterator, Mapping

from reviewer.model.graph import Graph, Step

MAX_CHAINS = 8
"""Why paths kept for one run step, one per top-level step that reaches it."""


def annotate(graph: Graph) -> Graph:
    """The graph with `hidden` and `why` of every run step filled in."""
    waits_for = waiting(graph)
    named = _named_by_root(graph)
    chains: dict[str, list[tuple[str, ...]]] = {step.id: [] for step in graph.run_steps}
    for start in _top_level(graph):
        parents = _search(start.id, waits_for)
        for run in graph.run_steps:
            if run.id in parents and len(chains[run.id]) < MAX_CHAINS:
                chains[run.id].append(_chain(run.id, parents))
    steps = []
    for step in graph.steps:
        if step.run is not None:
            hidden = not graph.is_own(step.package) and bool(chains[step.id]) and step.id not in named
            step = step._replace(run=step.run._replace(hidden=hidden, why=tuple(chains[step.id])))
        steps.append(step)
    return graph._replace(steps=tuple(steps))


def takes_part(graph: Graph, step: Step) -> bool:
    """Whether a run step is part of building the project: something reaches it, and it is not just what the project itself does with its
    own program when asked to (`zig build run`, `zig build test`), for that is the product, with all that it is made of.
    """
    run = step.run
    if run is None or not run.why:
        return False
    own = graph.is_own(step.package) and (run.executes is None or graph.is_own(run.executes))
    return not own or any(graph.step[chain[0]].name == "install" for chain in run.why if chain[0] in graph.step)


def waiting(graph: Graph) -> Mapping[str, tuple[str, ...]]:
    """For each step and module id, what it waits for, told as a reader would: a compile step waits for its modules, a module for what
    it needs, so that chains run through modules instead of jumping over them."""
    edges: dict[str, tuple[str, ...]] = {}
    for module in graph.modules:
        edges[module.id] = (*(target for _, target in module.imports), *module.needs_steps)
    for step in graph.steps:
        implied = implied_by_modules(graph, step)
        explicit = tuple(dict.fromkeys(target for target in step.depends_on if target not in implied))
        edges[step.id] = (step.root_module, *explicit) if step.root_module else explicit
    return edges


def implied_by_modules(graph: Graph, step: Step) -> set[str]:
    """Steps that a compile step waits for because of its modules, not because build code said so."""
    return {needed for module in _modules_of(graph, step) for needed in graph.module[module].needs_steps}


def _modules_of(graph: Graph, step: Step) -> Iterator[str]:
    seen: set[str] = set()
    pending = [step.root_module] if step.root_module else []
    while pending:
        module = pending.pop()
        if module in seen or module not in graph.module:
            continue
        seen.add(module)
        yield module
        pending.extend(target for _, target in graph.module[module].imports)


def _named_by_root(graph: Graph) -> set[str]:
    """Steps that the root's build code itself refers to: as a dependency of a step of its own, or by using what they generate."""
    named: set[str] = set()
    for step in graph.steps:
        if graph.is_own(step.package):
            named.update(set(step.depends_on) - implied_by_modules(graph, step))
    for module in graph.modules:
        if graph.is_own(module.package):
            named.update(module.needs_steps)
    return named


def _top_level(graph: Graph) -> list[Step]:
    """The root's top-level steps, `install` (what a plain build does) first.

    One with code of its own is of kind `custom`. A graph holds nothing that is not reached: a custom step that no other waits for is one.
    """
    waited_for = {target for step in graph.steps for target in step.depends_on}
    starts = [s for s in graph.steps if s.kind == "top_level" or (s.kind == "custom" and s.id not in waited_for)]
    steps = [step for step in starts if graph.is_own(step.package)]
    return sorted(steps, key=lambda step: step.name != "install")


def _search(start: str, edges: Mapping[str, tuple[str, ...]]) -> Mapping[str, str]:
    """Breadth first, so that chains are shortest: each reached id with the id that it was reached from."""
    parents = {start: ""}
    pending = deque([start])
    while pending:
        current = pending.popleft()
        for target in edges.get(current, ()):
            if target not in parents:
                parents[target] = current
                pending.append(target)
    return parents


def _chain(end: str, parents: Mapping[str, str]) -> tuple[str, ...]:
    chain = [end]
    while parent := parents[chain[-1]]:
        chain.append(parent)
    return tuple(reversed(chain))
