"""What is known of one package in one graph, as a value that can be kept with its content and compared with that of another version."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from reviewer import __version__
from reviewer.content.read import file_digest
from reviewer.errors import ReviewerError
from reviewer.lock.decision import Decision
from reviewer.model.graph import Finding, Graph, Reach, Step
from reviewer.model.questions import takes_part

_UNREADABLE = "unreadable"
_STEPS = ("steps", "lent")


class Ability(NamedTuple):
    """A finding, free of what moves: `where` it holds is `when configured`, `when built` or `in its files`; `place` is `file:line`."""

    capability: str
    where: str
    text: str
    place: str


class Ran(NamedTuple):
    """A run step. `whole` false: only name, place and fingerprint are known, as a decision lists them. `idle`: nothing is seen to reach it.

    `reach` holds the digest of each file (`package/path`) that decides what the step does, None where that is not known; `gaps` what
    could not be followed.
    """

    name: str
    created: str
    fingerprint: str
    whole: bool = False
    command: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    env: tuple[str, ...] = ()
    cwd: str = ""
    hidden: bool = False
    idle: bool = False
    reach: Mapping[str, str] | None = None
    gaps: tuple[str, ...] = ()


class Facts(NamedTuple):
    """`whole` false: only run steps are known, and these as a decision lists them. `declarative` None: not known. `terms`: what must be
    equal for two facts to be comparable in all (evidence, build options, the tool's version). `lent`: run steps of other packages that run
    code of this one, each with just its files as the reach.
    """

    terms: tuple[str, ...]
    steps: tuple[Ran, ...] = ()
    abilities: tuple[Ability, ...] = ()
    dependencies: tuple[str, ...] = ()
    declarative: bool | None = None
    hindrance: str = ""
    build_code: tuple[str, ...] = ()
    reached: tuple[str, ...] = ()
    lent: tuple[Ran, ...] = ()
    whole: bool = True


def facts_of(graph: Graph, package: str, *, alone: bool = False) -> Facts:
    """Of a package of a graph. Reads the files that decide what its run steps do, so it belongs off the window's thread.

    `alone`: the package was read as a project of its own, but is wanted as what others use: what only its own tests run is idle then.
    """
    digests: dict[tuple[str, str], str] = {}
    runs = ((step, takes_part(graph, step)) for step in graph.runs_of(package))
    steps = tuple(
        _ran(graph, step, digests)._replace(idle=not needed)
        for step, needed in runs
        if needed or alone or not (step.run and step.run.why)
    )
    code = graph.build_code_of.get(package)
    names = {graph.package[edge.target].name for edge in graph.package_edges if edge.source == package}
    judged = code is not None and (alone or not graph.is_own(package))
    return Facts(
        terms=(graph.evidence.value, graph.options_text, __version__),
        steps=steps,
        abilities=tuple(_ability(graph, finding) for finding in graph.findings_of(package)),
        dependencies=tuple(sorted(names)),
        declarative=code.declarative if code is not None and judged else None,
        hindrance=code.hindrances[0] if code is not None and code.hindrances else "",
        build_code=code.files if code is not None else (),
        reached=_reached(graph, package),
        lent=tuple(_lent(graph, package, digests)),
    )


def facts_of_decision(decision: Decision) -> Facts:
    """What an entry of review.lock alone tells."""
    steps = (Ran(step.name, step.created, fingerprint) for fingerprint, step in decision.steps.items())
    return Facts(terms=(), steps=tuple(steps), whole=False)


def facts_to_json(facts: Facts) -> object:
    """Plain values."""
    value = facts._asdict()
    for name in _STEPS:
        value[name] = [
            {**step._asdict(), "reach": None if step.reach is None else dict(step.reach)} for step in value[name]
        ]
    return value


def facts_from_json(value: Any) -> Facts | None:
    """What was kept; None for what this version does not understand, which then counts as not known."""
    try:
        steps, lent = (tuple(_step_from_json(step) for step in value.get(name, ())) for name in _STEPS)
        rest = {name: _tupled(part) for name, part in value.items() if name not in ("abilities", *_STEPS)}
        abilities = tuple(Ability(*ability) for ability in value["abilities"])
        return Facts(**rest, steps=steps, lent=lent, abilities=abilities)
    except (TypeError, KeyError, ValueError, AttributeError):
        return None


def _step_from_json(step: Any) -> Ran:
    reach = None if step["reach"] is None else MappingProxyType(dict(step["reach"]))
    return Ran(**{name: _tupled(part) for name, part in step.items()})._replace(reach=reach)


def _tupled(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _ran(graph: Graph, step: Step, digests: dict[tuple[str, str], str]) -> Ran:
    run = step.run
    assert run is not None
    place = next((place for place in step.created_at if place.package == step.package), None)
    return Ran(
        name=step.name,
        created=str(place) if place else "",
        fingerprint=run.fingerprint,
        whole=True,
        command=run.command,
        inputs=run.inputs,
        outputs=run.outputs,
        env=tuple(f"{name}={value}" for name, value in sorted(run.env.items())),
        cwd=run.cwd or "",
        hidden=run.hidden,
        reach=None if run.reach is None else _files(graph, run.reach, digests),
        gaps=() if run.reach is None else run.reach.gaps,
    )


def _files(graph: Graph, reach: Reach, digests: dict[tuple[str, str], str]) -> Mapping[str, str]:
    for file in (*reach.code, *reach.data):
        if file not in digests:
            try:
                digests[file] = file_digest(Path(graph.package[file[0]].root), file[1])
            except ReviewerError:
                digests[file] = _UNREADABLE
    return {
        f"{graph.package[package].name}/{path}": digests[package, path] for package, path in (*reach.code, *reach.data)
    }


def _lent(graph: Graph, package: str, digests: dict[tuple[str, str], str]) -> Iterator[Ran]:
    answered = {step.id for step in graph.runs_of(package)}
    for step in graph.run_steps:
        reach = step.run.reach if step.run is not None else None
        if step.id in answered or reach is None or not takes_part(graph, step):
            continue
        code, data = ([file for file in files if file[0] == package] for files in (reach.code, reach.data))
        if code or data:
            own = _files(graph, reach._replace(code=tuple(code), data=tuple(data)), digests)
            yield _ran(graph, step, digests)._replace(
                name=f"{step.name} of {graph.package[step.package].name}", reach=own, gaps=()
            )


def _ability(graph: Graph, finding: Finding) -> Ability:
    code = graph.build_code_of.get(finding.package)
    if finding.step is not None:
        where = "when built"
    elif code is None or finding.file in code.files:
        where = "when configured"
    else:
        where = "in its files"
    return Ability(finding.capability, where, finding.text, f"{finding.file}:{finding.line}")


def _reached(graph: Graph, package: str) -> tuple[str, ...]:
    reaches = [step.run.reach for step in graph.run_steps if step.run and step.run.reach]
    files = {path for reach in reaches for owner, path in (*reach.code, *reach.data) if owner == package}
    return tuple(sorted(files))
