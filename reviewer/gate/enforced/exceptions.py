"""What run steps are allowed beyond what they declare: opt-in, recorded in review.lock, and told wherever it is in force."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from reviewer.ecosystems import BuildWords
from reviewer.lock.decision import Grants
from reviewer.model.graph import Graph, Package, Step

HATCH = "build.hook"
"""The escape hatch: a step with it is held by the sandbox of the whole build alone."""

_FILES = ("fs.read", "fs.read.sensitive", "fs.write", "fs.write.exec", "fs.write.source", "fs.delete")
_HELD = frozenset([*_FILES, "net.out", "net.download", "env.read", "ipc.unix"])
_APART = "net.listen"
_MAKES_ITSELF = ("0.14.", "0.15.", "0.16.")
"""Versions of zig whose build scripts run in the process that makes the steps."""


class InForce(NamedTuple):
    """One grant of one step."""

    step: Step
    package: Package
    capability: str
    what: tuple[str, ...]

    def __str__(self) -> str:
        """Who may what, in one line of hostile text."""
        package = f"{self.package.name} {self.package.version}".strip()
        return f"{package}, “{self.step.name}”: {granted_in_words(self.capability, self.what)}"


def granted_in_words(capability: str, what: Sequence[str]) -> str:
    """One grant, with what the enforced build makes of it."""
    if capability == HATCH:
        return f"{capability}: held by the outer sandbox alone"
    named = f"{capability}: {', '.join(what) or 'all of it'}"
    if capability == _APART:
        return f"{capability}: in a network of the step's own, which leads nowhere"
    return named if capability in _HELD else f"{named} (never restricted)"


def exceptions_in_force(graph: Graph, grants: Mapping[str, Grants]) -> Iterator[InForce]:
    """In the order of the build's steps; `grants` are by step id."""
    for step in graph.run_steps:
        for capability, what in sorted(grants.get(step.id, {}).items()):
            yield InForce(step, graph.package[step.package], capability, tuple(what))


def who_else(graph: Graph, listed: Sequence[InForce]) -> str:
    """Who could use the exceptions beside the steps that have them; empty where that is nobody."""
    if not listed:
        return ""
    if graph.ecosystem == "zig" and (graph.toolchain or "").startswith(_MAKES_ITSELF):
        return (
            f"with zig {graph.toolchain} build code of all packages runs in the process that makes the steps, and could use these: "
            "zig 0.17 keeps it apart"
        )
    if any(one.capability == HATCH for one in listed) and len({one.step.id for one in listed}) > 1:
        return f"a step with {HATCH} can write into the build's caches, and so could use what the others are granted"
    return ""


def reached_by(graph: Graph, names: Sequence[str]) -> frozenset[str]:
    """The ids of all steps that are made for these top-level steps; without a name for `install`, which is what zig makes by default."""
    wanted = frozenset(names) or {"install"}
    pending = [step.id for step in graph.steps if graph.is_own(step.package) and step.name in wanted]
    reached: set[str] = set()
    while pending:
        current = pending.pop()
        if current not in reached:
            reached.add(current)
            pending += graph.step[current].depends_on
    return frozenset(reached)


def unheld(graph: Graph, grants: Mapping[str, Grants], names: Sequence[str]) -> tuple[Step, ...]:
    """Steps whose code would run in the build system's own process (custom steps, up to zig 0.16), so that nothing but the outer sandbox
    holds it, and that are not allowed to."""
    reached = reached_by(graph, names)
    return tuple(step for step in _not_allowed(graph, grants) if step.id in reached)


def what_to_make(words: BuildWords, graph: Graph, grants: Mapping[str, Grants]) -> BuildWords:
    """The words with `install` named, where none is and the project's default could be something that reaches steps which are not allowed:
    build code can choose another default, and the graph does not tell."""
    if words.steps or next(_not_allowed(graph, grants), None) is None:
        return words
    return words._replace(words=(*words.words, "install"), steps=("install",))


def _not_allowed(graph: Graph, grants: Mapping[str, Grants]) -> Iterator[Step]:
    """Custom steps without the escape hatch."""
    return (s for s in graph.run_steps if s.kind == "custom" and HATCH not in grants.get(s.id, {}))
