"""What the map shows, as data: boxes and arrows for each of its four views. No Qt."""

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise

from reviewer.lock.status import Status
from reviewer.model.graph import Graph, Module, Package, Step
from reviewer.model.questions import waiting
from reviewer.ui.look.names import module_label, own_label, own_part, step_label, why_headline
from reviewer.ui.look.text import counted, one_line

MOST_NODES = 120
"""A view with more boxes than this shows the neighbourhood of the selection instead."""

_CONTEXT = 3


class View(StrEnum):
    """The four buttons of the map."""

    WHY = "Why path"
    PACKAGES = "Packages"
    MODULES = "Modules"
    STEPS = "Steps"


class Tone(StrEnum):
    """How a box looks."""

    ENTRY = "entry"
    RUN = "run"
    STEP = "step"
    BAD = "bad"
    CHANGED = "changed"
    TRUSTED = "trusted"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class Box:
    """A box. `package` and `step` are what a click selects; `dim` boxes are context; `chosen` is the selection itself."""

    id: str
    label: str
    tone: Tone
    spoken: str
    package: str
    step: str | None = None
    dim: bool = False
    dashed: bool = False
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Arrow:
    """From what waits to what it waits for; `path` arrows are the why path."""

    source: str
    target: str
    path: bool = False
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """A view ready to be laid out. `headline` tells it in words."""

    headline: str
    boxes: tuple[Box, ...] = ()
    arrows: tuple[Arrow, ...] = ()


class MapMaker:
    """Makes the views of one graph. `status` answers for packages as they are now."""

    def __init__(self, graph: Graph, status: Callable[[str], Status]) -> None:
        self._graph = graph
        self._status = status
        self._waits = waiting(graph)

    def picture(self, view: View, package: str | None, step: str | None) -> Picture:
        """The view for a selection (ids, or None)."""
        match view:
            case View.WHY:
                return self._why(package, step)
            case View.PACKAGES:
                return self._packages(package)
            case View.MODULES:
                return self._modules(package)
            case View.STEPS:
                return self._steps(package, step)

    def _why(self, package: str | None, step_id: str | None) -> Picture:
        step = self._graph.step.get(step_id or "")
        if step is None:
            return self._dependents(package)
        if step.run is None or not step.run.why:
            around = self._steps(step.package, step.id, around=2)
            return replace(around, headline=why_headline(self._graph, step))
        boxes: dict[str, Box] = {}
        arrows: list[Arrow] = []
        chain = step.run.why[0]
        own = own_part(self._graph, chain)
        names = list(chain[len(own) :])
        entry = own[-1] if own else ""
        if own:
            text = own_label(self._graph, own)
            boxes[entry] = Box(entry, text, Tone.ENTRY, f"{text}, of the project itself", self._graph.root_package.id)
            names.insert(0, entry)
        for thing in names:
            boxes.setdefault(thing, self._thing(thing, chosen=thing == step.id))
        arrows += [Arrow(a, b, path=True) for a, b in pairwise(names)]
        program = next((s for s in self._waits.get(step.id, ()) if self._is_compile(s)), None)
        if program is not None and program not in boxes:
            boxes[program] = self._thing(program)
            arrows.append(Arrow(step.id, program, path=True))
        groups: list[list[Box]] = []
        more: list[Arrow] = []
        if any(self._is_compile(thing) for thing in own):
            groups, more = self._context(entry, step, boxes.values())
        half = len(groups) // 2
        above = [box for group in groups[:half] for box in group]
        below = [box for group in groups[half:] for box in group]
        whole = {box.id: box for box in (*above, *boxes.values(), *below)} | boxes
        return Picture(why_headline(self._graph, step), tuple(whole.values()), tuple(arrows + more))

    def _is_compile(self, thing: str) -> bool:
        step = self._graph.step.get(thing)
        return step is not None and step.kind == "compile"

    def _context(self, entry: str, step: Step, shown: Iterable[Box]) -> tuple[list[list[Box]], list[Arrow]]:
        """The project's other direct dependencies, dimmed, each with the first run step that it owns."""
        taken = {box.package for box in shown}
        others = [p for p in self._graph.packages if p.direct and p.fetched and p.id not in taken]
        others.sort(key=lambda p: (self._status(p.id) is Status.TRUSTED, not self._graph.runs_of(p.id)))
        groups: list[list[Box]] = []
        arrows: list[Arrow] = []
        for package in sorted(others[:_CONTEXT], key=lambda p: bool(self._graph.runs_of(p.id))):
            group = [replace(self._package(package), dim=True)]
            arrows.append(Arrow(entry, package.id))
            for run in self._graph.runs_of(package.id)[:1]:
                if run.id != step.id:
                    box = self._thing(run.id)
                    group.append(replace(box, label=box.label.partition(" (")[0], dim=True, dashed=True))
                    arrows.append(Arrow(package.id, run.id))
            groups.append(group)
        if len(others) > _CONTEXT:
            text = counted(len(others) - _CONTEXT, "other package")
            groups.append([Box("\0more", text, Tone.PLAIN, text, self._graph.root_package.id, dim=True)])
            arrows.append(Arrow(entry, "\0more"))
        return groups, arrows

    def _dependents(self, package_id: str | None) -> Picture:
        """Which packages lead from the project to this one: what there is to say where nothing runs."""
        package = self._graph.package.get(package_id or "")
        if package is None:
            return Picture("Nothing is selected")
        parents: dict[str, list[str]] = defaultdict(list)
        for edge in self._graph.package_edges:
            parents[edge.target].append(edge.source)
        wanted = _reach([package.id], parents, MOST_NODES)
        name = one_line(package.name)
        if self._graph.is_own(package.id):
            return replace(self._packages(package.id), headline=f"{name} has no run steps of its own")
        picture = self._package_picture(wanted, package.id, path=True)
        return replace(picture, headline=f"{name} has no run steps. What brings it into the project:")

    def _packages(self, chosen: str | None) -> Picture:
        near: dict[str, list[str]] = defaultdict(list)
        for edge in self._graph.package_edges:
            near[edge.source].append(edge.target)
            near[edge.target].append(edge.source)
        keep, note = self._near([p.id for p in self._graph.packages], near, [chosen])
        picture = self._package_picture(keep, chosen)
        return replace(
            picture, headline=f"{counted(len(self._graph.packages) - 1, 'package')} and what depends on what{note}"
        )

    def _package_picture(self, keep: Iterable[str], chosen: str | None, *, path: bool = False) -> Picture:
        inside = set(keep)
        boxes = (
            replace(self._package(package), chosen=package.id == chosen)
            for package in self._graph.packages
            if package.id in inside
        )
        edges = dict.fromkeys((e.source, e.target, e.kind) for e in self._graph.package_edges)
        arrows = (Arrow(a, b, path, kind == "lazy") for a, b, kind in edges if a in inside and b in inside)
        return Picture("", tuple(boxes), tuple(arrows))

    def _modules(self, package: str | None) -> Picture:
        out = {
            module.id: [target for _, target in module.imports if target in self._graph.module]
            for module in self._graph.modules
        }
        mine = [module.id for module in self._graph.modules if module.package == package]
        keep, note = self._near(list(out), _both_ways(out), mine)
        inside = set(keep)
        boxes = [self._module(m, chosen=m.package == package) for m in self._graph.modules if m.id in inside]
        arrows = [Arrow(a, b) for a in out for b in dict.fromkeys(out[a]) if a in inside and b in inside]
        count = counted(len(self._graph.modules), "module")
        if not boxes:
            return Picture("No modules are known: they are seen once the project was configured in the sandbox")
        return Picture(f"{count} and their imports{note}", tuple(boxes), tuple(arrows))

    def _steps(self, package: str | None, step: str | None, around: int = 0) -> Picture:
        out = {s.id: self._step_targets(s.id) for s in self._graph.steps}
        mine = [step] if step else [s.id for s in self._graph.steps if s.package == package]
        keep, note = self._near(list(out), _both_ways(out), mine, around)
        inside = set(keep)
        chain = {thing for why in self._why_of(step) for thing in why}
        boxes = [self._thing(s.id, chosen=s.id == step) for s in self._graph.steps if s.id in inside]
        arrows = [
            Arrow(a, b, path=a in chain and b in chain)
            for a, targets in out.items()
            for b in targets
            if {a, b} <= inside
        ]
        if not boxes:
            return Picture("No steps are known of this package")
        return Picture(
            f"{counted(len(self._graph.steps), 'step')} and what they wait for{note}", tuple(boxes), tuple(arrows)
        )

    def _why_of(self, step: str | None) -> tuple[tuple[str, ...], ...]:
        found = self._graph.step.get(step or "")
        return found.run.why[:1] if found and found.run else ()

    def _step_targets(self, step: str) -> list[str]:
        """The steps that a step waits for, seeing through modules."""
        found: dict[str, None] = {}
        seen: set[str] = set()
        pending = list(reversed(self._waits.get(step, ())))
        while pending:
            thing = pending.pop()
            if thing in self._graph.step:
                found[thing] = None
            elif thing not in seen:
                seen.add(thing)
                pending += reversed(self._waits.get(thing, ()))
        return list(found)

    def _near(
        self,
        everything: Sequence[str],
        near: Mapping[str, Sequence[str]],
        starts: Iterable[str | None],
        around: int = 0,
    ) -> tuple[Sequence[str], str]:
        """All ids, or what is nearest to the selection where that would be too many (or `around` says how far to look)."""
        if len(everything) <= MOST_NODES and not around:
            return everything, ""
        begin = [start for start in starts if start is not None] or everything[:1]
        kept = _reach(begin, near, MOST_NODES // 3, around or len(everything))
        return kept, f" ({len(kept)} nearest to the selection)"

    def _thing(self, thing: str, *, chosen: bool = False) -> Box:
        step = self._graph.step.get(thing)
        if step is None:
            return self._module(self._graph.module[thing])
        text, owner = step_label(step), one_line(self._graph.package[step.package].name)
        if step.run is not None:
            hidden = "hidden run step" if step.run.hidden else "run step"
            return Box(
                thing, f"\u25b6 {text}", Tone.RUN, f"{text}, {hidden} of {owner}", step.package, thing, chosen=chosen
            )
        tone = Tone.ENTRY if self._graph.is_own(step.package) else Tone.STEP
        return Box(thing, text, tone, f"{text}, step of {owner}", step.package, thing, chosen=chosen)

    def _module(self, module: Module, *, chosen: bool = False) -> Box:
        owner = one_line(self._graph.package[module.package].name)
        text = module_label(module)
        return Box(module.id, text, self._tone(module.package), f"{text} of {owner}", module.package, chosen=chosen)

    def _package(self, package: Package) -> Box:
        status = self._status(package.id)
        name = one_line(package.name, 36)
        return Box(
            package.id, name, self._tone(package.id), f"{name}, {status.value}", package.id, dashed=not package.fetched
        )

    def _tone(self, package: str) -> Tone:
        match self._status(package):
            case Status.OWN:
                return Tone.ENTRY
            case Status.TRUSTED:
                return Tone.TRUSTED
            case Status.CHANGED:
                return Tone.CHANGED
            case Status.DEFERRED:
                return Tone.PLAIN
            case _:
                return Tone.BAD if self._graph.package[package].fetched else Tone.PLAIN


def _both_ways(out: Mapping[str, Sequence[str]]) -> Mapping[str, Sequence[str]]:
    near: dict[str, list[str]] = defaultdict(list)
    for source, targets in out.items():
        for target in targets:
            near[source].append(target)
            near[target].append(source)
    return near


def _reach(starts: Iterable[str], near: Mapping[str, Sequence[str]], most: int, far: int = 1 << 30) -> list[str]:
    """Ids reached from `starts` breadth first: at most `most` of them, at most `far` steps away."""
    found = dict.fromkeys(starts, 0)
    pending = deque(found)
    while pending and len(found) < most:
        name = pending.popleft()
        if found[name] == far:
            continue
        for other in near.get(name, ()):
            if other not in found and len(found) < most:
                found[other] = found[name] + 1
                pending.append(other)
    return list(found)
