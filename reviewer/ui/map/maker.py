"""Makes the picture of a scope: the one door to the four views. No Qt."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from reviewer.lock.status import Status
from reviewer.model.graph import Graph, Step
from reviewer.ui.look.names import why_headline
from reviewer.ui.look.text import counted, one_line
from reviewer.ui.map.boxes import Boxes
from reviewer.ui.map.picture import Picture, Scope, View
from reviewer.ui.map.relations import Relations, woven
from reviewer.ui.map.whole import web_picture
from reviewer.ui.map.why import WhyPath


class MapMaker:
    """Makes the views of one graph. Slow for a large graph the first time; may be used from one thread at a time."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._relations = Relations(graph)

    def picture(self, scope: Scope, status: Mapping[str, Status]) -> Picture:
        """The picture of a scope while the packages have these statuses."""
        boxes = Boxes(self._graph, status)
        match scope.view:
            case View.WHY:
                return self._why(scope, boxes, status)
            case View.PACKAGES:
                return self._packages(scope, boxes)
            case View.MODULES:
                return self._modules(scope, boxes)
            case View.STEPS:
                return self._steps(scope, boxes)

    def _why(self, scope: Scope, boxes: Boxes, status: Mapping[str, Status]) -> Picture:
        step = self._graph.step.get(scope.step or "")
        if step is None:
            return self._dependents(scope, boxes)
        if step.run is not None and step.run.why:
            return WhyPath(self._graph, self._relations, boxes, status).picture(step, scope)
        around = self._steps(scope, boxes, far=2)
        return replace(around, headline=why_headline(self._graph, step), everything=len(around.boxes))

    def _dependents(self, scope: Scope, boxes: Boxes) -> Picture:
        """Which packages lead from the project to this one: what there is to say where nothing runs."""
        package = self._graph.package.get(scope.package or "")
        if package is None:
            return Picture(
                "Nothing is selected", hint="Select a package or step to see why it is here. 2 shows all packages."
            )
        name = one_line(package.name)
        web = self._relations.packages
        if self._graph.is_own(package.id):
            return replace(self._packages(scope, boxes), headline=f"{name} has no run steps of its own")
        wanted = _ancestors(package.id, web.into)
        if scope.package in scope.toggled:
            wanted |= set(web.out[package.id])
        small = woven({thing: thing for thing in web.owner if thing in wanted}, web.out)
        chain = list(_ancestors(package.id, web.into))
        picture, _ = web_picture(
            small, boxes, scope, [package.id], dashed=self._relations.lazy, path=chain, grouped=False
        )
        headline = f"{name} has no run steps. What brings it into the project:"
        return replace(picture, headline=headline, everything=len(picture.boxes))

    def _packages(self, scope: Scope, boxes: Boxes) -> Picture:
        mine = [scope.package] if scope.package in self._graph.package else []
        web = self._relations.packages
        picture, note = web_picture(
            web, boxes, scope, [p for p in mine if p], dashed=self._relations.lazy, grouped=False
        )
        count = counted(len(web.owner) - 1, "package")
        return replace(picture, headline=f"{count} and what depends on what{note}")

    def _modules(self, scope: Scope, boxes: Boxes) -> Picture:
        web = self._relations.modules
        if not web.owner:
            return Picture("No modules are known", hint="They are seen once the project was configured in the sandbox.")
        mine = [module for module, package in web.owner.items() if package == scope.package]
        picture, note = web_picture(web, boxes, scope, mine)
        return replace(picture, headline=f"{counted(len(web.owner), 'module')} and their imports{note}")

    def _steps(self, scope: Scope, boxes: Boxes, far: int | None = None) -> Picture:
        web = self._relations.steps
        if not web.owner:
            return Picture("Nothing runs here", hint="No build step is known of this project. 2 shows its packages.")
        mine: Sequence[str] = [scope.step] if scope.step in web.owner and scope.step else []
        mine = mine or [step for step, package in web.owner.items() if package == scope.package]
        step = self._graph.step.get(scope.step or "")
        picture, note = web_picture(web, boxes, scope, mine, path=_first_chain(step), grouped=far is None, far=far)
        return replace(picture, headline=f"{counted(len(web.owner), 'step')} and what they wait for{note}")


def _first_chain(step: Step | None) -> Sequence[str]:
    return step.run.why[0] if step is not None and step.run is not None and step.run.why else ()


def _ancestors(thing: str, into: Mapping[str, Sequence[str]]) -> set[str]:
    found = {thing}
    pending = [thing]
    while pending:
        for other in into.get(pending.pop(), ()):
            if other not in found:
                found.add(other)
                pending.append(other)
    return found
