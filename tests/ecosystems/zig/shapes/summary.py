"""A graph as text that is the same for every version of zig, in a stable order, for a person to read and a test to compare."""

import re
from collections import Counter
from collections.abc import Iterable

from reviewer.content.text import visible
from reviewer.model.graph import Graph, Location, Run, Step

# What 0.14, then later versions, and reading call a step.
_TARGET = re.compile(r" (Debug|debug|ReleaseSafe|safe|ReleaseFast|fast|ReleaseSmall|small) \S+$")
_COMPILE = re.compile(r"(?:zig (?:build-(?:exe|obj|lib)|test)|compile (?:exe|obj|lib|test))(?= |$)")
_RUN = re.compile(r"run (?:exe|test|obj) ")
_RUNS = "\nrun steps\n"


def summary(graph: Graph) -> str:
    """Packages, modules and steps, then the run steps with all that they declare."""
    return _Summary(graph).text()


def reading_part(text: str) -> str:
    """What reading must tell as well: every run step, except through what exactly it is reached."""
    runs = text.partition(_RUNS)[2]
    return re.sub(r"(?<=\n  why      )(\S+).*", r"\1", runs)


class _Summary:
    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._ids = {step.id: f"{step.id.partition('/')[0]}/{_plain(step.name)}" for step in graph.steps}
        times = Counter(self._ids.values())
        for step in graph.steps:
            if times[self._ids[step.id]] > 1 and step.created_at:
                self._ids[step.id] += f" @{step.created_at[0].line}"

    def text(self) -> str:
        graph = self._graph
        parts = {
            "packages": [
                f"{p.name} {p.pin}{' direct' * p.direct}{' lazy' * p.lazy}{' missing' * (not p.fetched)}"
                for p in graph.packages
            ],
            "modules": sorted(
                f"{m.id}: {m.root_source or 'no source'}"
                f"{_list('imports', (f'{name}={target}' for name, target in m.imports))}{self._steps('needs', m.needs_steps)}"
                for m in graph.modules
            ),
            "steps": sorted(
                f"{self._ids[s.id]}: {s.kind}{self._at(s.created_at)}{self._steps('waits for', s.depends_on)}"
                for s in graph.steps
            ),
            "findings": sorted(
                f"{self._graph.package[f.package].name}/{f.file}:{f.line} {f.capability}: {f.text}; step {self._ids[f.step]}"
                for f in graph.findings
                if f.step is not None and graph.step[f.step].run is None
            ),
        }
        blocks = ["\n  ".join((name, *lines)) + "\n" for name, lines in parts.items() if lines]
        runs = sorted(self._run(step, step.run) for step in graph.steps if step.run is not None)
        text = "\n".join(blocks) + _RUNS + "\n".join(runs)
        return "\n".join(visible(line) for line in text.split("\n"))

    def _run(self, step: Step, run: Run) -> str:
        facts = [
            *(("created", self._place(place)) for place in step.created_at[:1]),
            ("command", " ".join(run.command)),
            *(("input", word) for word in sorted(run.inputs)),
            *(("output", word) for word in run.outputs),
            *(("env", f"{name}={value}") for name, value in run.env.items()),
            *(("why", " > ".join(self._ids.get(node, node) for node in chain)) for chain in sorted(run.why)),
        ]
        if run.executes is not None:
            program = f" {run.program_source}" if run.program_source else ""
            facts.insert(2, ("executes", f"{self._graph.package[run.executes].name}{program}"))
        if run.cwd is not None:
            facts.append(("cwd", run.cwd))
        if run.hidden:
            facts.append(("hidden", "yes"))
        lines = [f"{name:<8} {visible(value)}" for name, value in facts]
        return "\n  ".join((f"{step.kind} {self._ids[step.id]}", *lines)) + "\n"

    def _at(self, places: tuple[Location, ...]) -> str:
        return f" at {self._place(places[0])}" if places else ""

    def _place(self, place: Location) -> str:
        return f"{self._graph.package[place.package].name}/{place}"

    def _steps(self, word: str, steps: Iterable[str]) -> str:
        return _list(word, (self._ids[step] for step in steps))


def _plain(name: str) -> str:
    return _RUN.sub("run ", _COMPILE.sub("compile", _TARGET.sub("", name)))


def _list(word: str, items: Iterable[str]) -> str:
    joined = ", ".join(sorted(items))
    return f"; {word} {joined}" if joined else ""
