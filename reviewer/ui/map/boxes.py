"""How each package, module and step looks as a box. No Qt."""

from collections.abc import Mapping

from reviewer.lock.status import Status
from reviewer.model.graph import Graph, Module, Package, Step
from reviewer.ui.look.names import module_label, step_label
from reviewer.ui.look.text import counted, one_line
from reviewer.ui.map.picture import Box, Kind, Sign, Tone

_SIGNS = {
    Status.TRUSTED: Sign.TRUSTED,
    Status.UNREVIEWED: Sign.UNREVIEWED,
    Status.CHANGED: Sign.CHANGED,
    Status.REJECTED: Sign.REJECTED,
    Status.DEFERRED: Sign.DEFERRED,
    Status.OWN: Sign.NONE,
    Status.POLICY: Sign.NONE,
}
_TONES = {
    Status.OWN: Tone.ENTRY,
    Status.TRUSTED: Tone.TRUSTED,
    Status.POLICY: Tone.PLAIN,
    Status.CHANGED: Tone.CHANGED,
    Status.DEFERRED: Tone.PLAIN,
    Status.REJECTED: Tone.BAD,
    Status.UNREVIEWED: Tone.BAD,
}


class Boxes:
    """Makes the boxes of one graph; `status` holds the packages' statuses as they are now."""

    def __init__(self, graph: Graph, status: Mapping[str, Status]) -> None:
        self._graph = graph
        self._status = status

    def of(self, thing: str, *, chosen: bool = False, more: int = 0) -> Box:
        """The box of a package, module or step id."""
        if step := self._graph.step.get(thing):
            return self.step(step, chosen=chosen, more=more)
        if module := self._graph.module.get(thing):
            return self.module(module, chosen=chosen, more=more)
        return self.package(self._graph.package[thing], chosen=chosen, more=more)

    def step(self, step: Step, *, chosen: bool = False, more: int = 0) -> Box:
        """A run step, or any other step."""
        text, owner = step_label(step), one_line(self._graph.package[step.package].name)
        if step.run is None:
            tone = Tone.ENTRY if self._graph.is_own(step.package) else Tone.STEP
            spoken = f"{text}, step of {owner}"
            return Box(step.id, text, tone, spoken, step.package, step.id, chosen=chosen, more=more)
        sign = Sign.HIDDEN if step.run.hidden else Sign.RUN
        spoken = f"{text}, {sign.value} step of {owner}"
        return Box(step.id, text, Tone.RUN, spoken, step.package, step.id, sign=sign, chosen=chosen, more=more)

    def module(self, module: Module, *, chosen: bool = False, more: int = 0) -> Box:
        """A module, in the colour of its package's status."""
        text, status = module_label(module), self._status[module.package]
        spoken = f"{text} of {one_line(self._graph.package[module.package].name)}, {status.value}"
        tone, sign = self._look(module.package)
        return Box(module.id, text, tone, spoken, module.package, kind=Kind.MODULE, sign=sign, chosen=chosen, more=more)

    def package(self, package: Package, *, chosen: bool = False, more: int = 0) -> Box:
        """A package; dashed where its content is not here."""
        name, status = one_line(package.name, 36), self._status[package.id]
        spoken = f"{name}, package, {status.value}" + ("" if package.fetched else ", not fetched")
        tone, sign = self._look(package.id)
        return Box(
            package.id,
            name,
            tone,
            spoken,
            package.id,
            kind=Kind.PACKAGE,
            sign=sign,
            chosen=chosen,
            more=more,
            dashed=not package.fetched,
        )

    def group(self, box_id: str, package: str, members: list[str], *, chosen: bool = False) -> Box:
        """All modules or steps of a package in one box."""
        name = one_line(self._graph.package[package].name, 30)
        runs = sum(thing in self._graph.step and self._graph.step[thing].run is not None for thing in members)
        what = counted(len(members), "step" if members[0] in self._graph.step else "module")
        running = f", {counted(runs, 'run step')}" if runs else ""
        tone, sign = self._look(package)
        return Box(
            box_id,
            f"{name} \u00b7 {what}",
            tone,
            f"{name}, group of {what}{running}, {self._status[package].value}",
            package,
            kind=Kind.GROUP,
            sign=Sign.RUN if runs else sign,
            chosen=chosen,
            more=len(members),
        )

    def _look(self, package: str) -> tuple[Tone, Sign]:
        status = self._status[package]
        known = self._graph.package[package].fetched or status is not Status.UNREVIEWED
        return _TONES[status] if known else Tone.PLAIN, _SIGNS[status]
