"""The why path: only what leads from the project to the selection, and what stands beside it, dimmed. No Qt."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from reviewer.lock.status import Status
from reviewer.model.graph import Graph, Step
from reviewer.ui.look.names import own_label, own_part, why_headline
from reviewer.ui.look.text import counted
from reviewer.ui.map.boxes import Boxes
from reviewer.ui.map.picture import Arrow, Box, Kind, Picture, Scope, Tone
from reviewer.ui.map.relations import Relations

LONGEST = 9
"""A chain with more boxes than this is folded in its middle."""

FOLD, OTHERS = "\0fold", "\0others"
"""Ids of the boxes for the middle of a long chain, and for packages beside it; toggling one shows what is inside."""

_HEAD, _TAIL = 3, 4
_CONTEXT = 3
_CHAINS = 4


class WhyPath:
    """Draws the chains to one run step."""

    def __init__(self, graph: Graph, relations: Relations, boxes: Boxes, status: Mapping[str, Status]) -> None:
        self._graph = graph
        self._relations = relations
        self._made = boxes
        self._status = status
        self._boxes: dict[str, Box] = {}
        self._arrows: dict[tuple[str, str], Arrow] = {}

    def picture(self, step: Step, scope: Scope) -> Picture:
        """Every chain to the run step, the first one stressed; for a step that has chains."""
        assert step.run is not None
        chains = step.run.why[:_CHAINS]
        entry = self._chain(chains[0], step, scope, main=True)
        program = next((s for s in self._relations.waits.out[step.id] if self._is_compile(s)), None)
        if program is not None and program not in self._boxes:
            self._boxes[program] = self._made.of(program)
            self._link(Arrow(step.id, program, path=True))
        for chain in chains[1:]:
            self._chain(chain, step, scope, main=False)
        for thing in scope.toggled & self._relations.waits.owner.keys() & self._boxes.keys():
            self._open(thing)
        above: list[Box] = []
        below: list[Box] = []
        if any(self._is_compile(thing) for thing in own_part(self._graph, chains[0])):
            above, below = self._context(entry, step, scope)
        whole = {box.id: box for box in (*above, *self._boxes.values(), *below)} | self._boxes
        return Picture(why_headline(self._graph, step), tuple(whole.values()), tuple(self._arrows.values()), len(whole))

    def _chain(self, chain: Sequence[str], step: Step, scope: Scope, *, main: bool) -> str:
        """Add a chain; where it begins."""
        own = own_part(self._graph, chain)
        names = list(chain[len(own) :])
        if own:
            # Chains of other top-level steps begin in a box of their own even where they run through the same steps.
            entry = own[-1] if main or own[-1] not in self._boxes else own[0]
            text = own_label(self._graph, own)
            spoken = f"{text}, of the project itself"
            step_id = own[-1] if own[-1] in self._graph.step else None
            self._boxes.setdefault(entry, Box(entry, text, Tone.ENTRY, spoken, self._graph.root_package.id, step_id))
            names.insert(0, entry)
        for thing in names:
            if thing not in self._boxes:
                self._boxes[thing] = self._made.of(thing, chosen=thing == step.id)
        for a, b in pairwise(self._folded(names, scope) if main else names):
            self._link(Arrow(a, b, path=main, also=not main))
        return names[0]

    def _folded(self, names: list[str], scope: Scope) -> list[str]:
        """The chain, its middle as one box where it is long and the reviewer did not open it."""
        if len(names) <= LONGEST or FOLD in scope.toggled:
            return names
        inside = names[_HEAD:-_TAIL]
        for thing in inside:
            del self._boxes[thing]
        text = f"{len(inside)} more"
        spoken = f"{len(inside)} more of the path, folded"
        self._boxes[FOLD] = Box(
            FOLD, text, Tone.STEP, spoken, self._owner(inside[0]), kind=Kind.FOLD, dashed=True, more=len(inside)
        )
        return [*names[:_HEAD], FOLD, *names[-_TAIL:]]

    def _link(self, arrow: Arrow) -> None:
        self._arrows.setdefault((arrow.source, arrow.target), arrow)

    def _open(self, thing: str) -> None:
        """Show the neighbours of a thing."""
        web = self._relations.waits
        for other in web.near(thing):
            self._boxes.setdefault(other, self._made.of(other))
        for other in web.out[thing]:
            self._link(Arrow(thing, other))
        for other in web.into[thing]:
            self._link(Arrow(other, thing))

    def _owner(self, thing: str) -> str:
        return self._relations.waits.owner[thing]

    def _is_compile(self, thing: str) -> bool:
        step = self._graph.step.get(thing)
        return step is not None and step.kind == "compile"

    def _context(self, entry: str, step: Step, scope: Scope) -> tuple[list[Box], list[Box]]:
        """The project's other direct dependencies, dimmed, each with the first run step that it owns: what goes above and what below."""
        taken = {box.package for box in self._boxes.values()}
        others = [p for p in self._graph.packages if p.direct and p.fetched and p.id not in taken]
        others.sort(key=lambda p: (self._status[p.id] is Status.TRUSTED, not self._graph.runs_of(p.id)))
        groups: list[list[Box]] = []
        most = len(others) if OTHERS in scope.toggled else _CONTEXT
        for package in sorted(others[:most], key=lambda p: bool(self._graph.runs_of(p.id))):
            group = [replace(self._made.package(package), dim=True)]
            self._link(Arrow(entry, package.id))
            for run in self._graph.runs_of(package.id)[:1]:
                if run.id != step.id and run.id not in self._boxes:
                    box = self._made.of(run.id)
                    group.append(replace(box, label=box.label.partition(" (")[0], dim=True, dashed=True))
                    self._link(Arrow(package.id, run.id))
            groups.append(group)
        if left := len(others[most:]):
            text, root = counted(left, "other package"), self._graph.root_package.id
            groups.append([Box(OTHERS, text, Tone.PLAIN, text, root, kind=Kind.FOLD, dim=True, more=left)])
            self._link(Arrow(entry, OTHERS))
        half = len(groups) // 2
        return _flat(groups[:half]), _flat(groups[half:])


def _flat(groups: Iterable[Iterable[Box]]) -> list[Box]:
    return [box for group in groups for box in group]
