"""From what a person types to a package or step id: an id, or any name or part of one that fits only one."""

from collections.abc import Iterable

from reviewer.errors import ReviewerError
from reviewer.model.graph import Graph, Step


def find_package(graph: Graph, typed: str, *, also: Iterable[str] = ()) -> str:
    """A package id of the graph, or of `also` (ids that only the lock knows). Raises ReviewerError with the candidates."""
    names = {package.id: package.name for package in graph.packages}
    names |= {identity: _name(identity) for identity in also if identity not in names}
    return _find(typed, names, "package")


def find_versions(identities: Iterable[str], typed: str) -> tuple[str, ...]:
    """The ids of a package in all its versions, where a name (or a part that fits only one) is typed; an id is itself."""
    known = {identity: _name(identity) for identity in identities}
    if typed in known:
        return (typed,)
    fitting = {name for identity, name in known.items() if typed in identity}
    names = {name: name for name in known.values()}
    name = fitting.pop() if typed not in names and len(fitting) == 1 else _find(typed, names, "package")
    return tuple(identity for identity, called in known.items() if called == name)


def _name(identity: str) -> str:
    return identity.partition(":")[2].partition("@")[0]


def find_step(graph: Graph, typed: str) -> str:
    """A run step's id, or that of any other step where no run step fits."""
    if any(typed in step.id for step in graph.run_steps):
        return find_among(graph.run_steps, typed)
    return _find(typed, {step.id: step.name for step in graph.steps}, "step")


def find_among(runs: Iterable[Step], typed: str) -> str:
    """The id of one of these run steps. Raises ReviewerError with the candidates."""
    return _find(typed, {step.id: step.name for step in runs}, "run step")


def _find(typed: str, names: dict[str, str], kind: str) -> str:
    if typed in names:
        return typed
    exact = [identity for identity, name in names.items() if name == typed]
    candidates = exact or [identity for identity in names if typed and typed in identity]
    if len(candidates) == 1:
        return candidates[0]
    if not candidates:
        known = ", ".join(sorted(set(names.values()))[:12])
        raise ReviewerError(
            f"no {kind} is named “{typed}”", cure=f"there are: {known}" if known else "there is none at all"
        )
    raise ReviewerError(
        f"“{typed}” fits {len(candidates)} {kind}s", cure=f"say which: {', '.join(sorted(candidates)[:12])}"
    )
