"""What is linked with what in each view of a graph, worked out once. No Qt."""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from reviewer.model.graph import Graph
from reviewer.model.questions import waiting

Links = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Web:
    """The things of a view in the graph's order, with the package of each, what they wait for (`out`) and what waits for them (`into`)."""

    owner: Mapping[str, str]
    out: Links
    into: Links

    def near(self, thing: str) -> Iterator[str]:
        """Everything that shares an arrow with a thing."""
        yield from self.out.get(thing, ())
        yield from self.into.get(thing, ())

    def reach(self, starts: Iterable[str], most: int, far: int) -> list[str]:
        """Things reached from `starts` along arrows of either direction, nearest first: at most `most`, at most `far` arrows away."""
        found = {start: 0 for start in starts if start in self.owner}
        pending = deque(found)
        while pending and len(found) < most:
            thing = pending.popleft()
            if found[thing] == far:
                break
            for other in self.near(thing):
                if other not in found and len(found) < most:
                    found[other] = found[thing] + 1
                    pending.append(other)
        return list(found)


def woven(owner: Mapping[str, str], out: Links) -> Web:
    """A web of these things; links to anything else, to itself, and double ones are left out."""
    kept: dict[str, list[str]] = {}
    into: dict[str, list[str]] = {thing: [] for thing in owner}
    for thing in owner:
        kept[thing] = [other for other in dict.fromkeys(out.get(thing, ())) if other in into and other != thing]
        for other in kept[thing]:
            into[other].append(thing)
    return Web(owner, kept, into)


class Relations:
    """The webs of packages, modules, steps, and of steps and modules together as why paths run through them."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    @cached_property
    def packages(self) -> Web:
        """Which package depends on which."""
        out: dict[str, list[str]] = {}
        for edge in self._graph.package_edges:
            out.setdefault(edge.source, []).append(edge.target)
        return woven({package.id: package.id for package in self._graph.packages}, out)

    @cached_property
    def lazy(self) -> frozenset[tuple[str, str]]:
        """Package edges that are followed only on demand."""
        edges = self._graph.package_edges
        return frozenset((e.source, e.target) for e in edges if e.kind == "lazy") - {
            (e.source, e.target) for e in edges if e.kind != "lazy"
        }

    @cached_property
    def modules(self) -> Web:
        """Which module imports which."""
        out = {module.id: [target for _, target in module.imports] for module in self._graph.modules}
        return woven({module.id: module.package for module in self._graph.modules}, out)

    @cached_property
    def waits(self) -> Web:
        """What waits for what, steps and modules alike."""
        owner = {step.id: step.package for step in self._graph.steps}
        owner |= {module.id: module.package for module in self._graph.modules}
        return woven(owner, waiting(self._graph))

    @cached_property
    def steps(self) -> Web:
        """Which step waits for which, seeing through modules."""
        through: dict[str, tuple[str, ...]] = {}
        out = {}
        for step in self._graph.steps:
            targets: dict[str, None] = {}
            for thing in self.waits.out[step.id]:
                targets |= dict.fromkeys([thing] if thing in self._graph.step else self._behind(thing, through))
            out[step.id] = list(targets)
        return woven({step.id: step.package for step in self._graph.steps}, out)

    def _behind(self, module: str, known: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
        """The steps that importing a module leads to."""
        if module not in known:
            found: dict[str, None] = {}
            seen = {module}
            pending = [module]
            while pending:
                for thing in self.waits.out.get(pending.pop(), ()):
                    if thing in self._graph.step:
                        found[thing] = None
                    elif thing not in seen:
                        seen.add(thing)
                        pending.append(thing)
            known[module] = tuple(found)
        return known[module]
