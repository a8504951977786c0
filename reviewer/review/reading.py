"""What of a package a reviewer should read, and which lines of it deserve the eye."""

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from reviewer.content.read import read_text
from reviewer.ecosystems import ecosystem_named
from reviewer.errors import ReviewerError
from reviewer.gate.enforced.exceptions import granted_in_words
from reviewer.lock.decision import Grants
from reviewer.model.graph import Graph, Package, Step
from reviewer.model.questions import takes_part

BUILD_CODE = "build code"
"""The role of what runs while the project is configured, and of its manifest."""


_NOTHING: Mapping[str, Grants] = MappingProxyType({})
_MOST_STEPS = 4
"""Run steps that the panel tells about in full."""


class MarkKind(StrEnum):
    """Why a line is marked: it creates a run step, it ties one into something else, or it can do what a finding says."""

    RUN = "run"
    HIDDEN_RUN = "hidden_run"
    LINK = "link"
    FINDING = "finding"


class Mark(NamedTuple):
    """A line worth the reviewer's eyes; `explanation` (plain text, may be empty) belongs under it; `step` is a step id."""

    line: int
    kind: MarkKind
    explanation: str
    step: str | None


class ReadingFile(NamedTuple):
    """A file of a package that the reviewer should read; `path` is relative to the package, `role` says why it is here."""

    path: str
    role: str
    lines: int


class Fact(NamedTuple):
    """One row of the panel. `alert` rows are shown in the colour of run steps."""

    label: str
    value: str
    alert: bool = False


def reading_list(graph: Graph, package: Package) -> tuple[ReadingFile, ...]:
    """Build code with its helpers first, then other files that create its steps, then what run steps execute of it, programs first."""
    if not package.fetched:
        return ()
    roles: dict[str, str] = {}
    for name in ecosystem_named(graph.ecosystem).build_files():
        roles[name] = BUILD_CODE
    code = graph.build_code_of.get(package.id)
    for name in code.files if code else ():
        roles.setdefault(name, BUILD_CODE)
    for name in graph.creating_files(package.id):
        roles.setdefault(name, BUILD_CODE)
    for step in graph.runs_of(package.id):
        source = step.run.program_source if step.run and takes_part(graph, step) else None
        if source is not None and source.package == package.id:
            roles.setdefault(source.file, f"program of “{step.name}”")
    for name, step in graph.reached_code(package.id).items():
        roles.setdefault(name, f"part of what “{step.name}” runs")
    files = []
    for path, role in roles.items():
        lines = _count_lines(package, path)
        if lines is not None:
            files.append(ReadingFile(path, role, lines))
    return tuple(files)


def _count_lines(package: Package, path: str) -> int | None:
    try:
        return len(read_text(Path(package.root), path).splitlines())
    except ReviewerError:
        return None


def marks(
    graph: Graph, package: Package, path: str, source: Callable[[], str], granted: Mapping[str, Grants] = _NOTHING
) -> tuple[Mark, ...]:
    """The marked lines of one file, in order; a line has one mark, the most telling one. `source` is read where a step is created only.

    `granted`: by step id, what is in force.
    """
    found: dict[int, Mark] = {}
    told: dict[int, list[str]] = {}
    for finding in graph.findings_of(package.id):
        if finding.file == path:
            told.setdefault(finding.line, []).append(f"{finding.capability}: {finding.text}")
            found[finding.line] = Mark(finding.line, MarkKind.FINDING, ". ".join(told[finding.line]), finding.step)
    ecosystem = ecosystem_named(graph.ecosystem)
    for step in sorted(
        graph.run_steps, key=worth, reverse=True
    ):  # of those that one line creates, the worst comes last
        place = next((location for location in step.created_at if location.package == package.id), None)
        if step.run is None or place is None or place.file != path:
            continue
        links = ecosystem.link_lines(source(), place.line)
        for line in links:
            found.setdefault(line, Mark(line, MarkKind.LINK, "", step.id))
        kind = MarkKind.HIDDEN_RUN if step.run.hidden else MarkKind.RUN
        allowed = [f"It may {granted_in_words(*grant)}." for grant in sorted(granted.get(step.id, {}).items())]
        text = " ".join([explain_step(step, links), *allowed, *(f"{finding}." for finding in told.get(place.line, ()))])
        found[place.line] = Mark(place.line, kind, text, step.id)
    return tuple(found[line] for line in sorted(found))


def explain_step(step: Step, links: Sequence[int]) -> str:
    """Two or three sentences for the card under the line that creates a run step."""
    assert step.run is not None
    text = f"Run step “{step.name}” is created here"
    starts = [chain[0].partition("/")[2] for chain in step.run.why]
    if "install" in starts:
        text += " and runs on every plain build."
    elif starts:
        text += f" and runs when “{starts[0]}” is built."
    else:
        text += "; no top-level step was found to reach it."
    inputs, outputs = step.run.inputs, step.run.outputs
    if not inputs and not outputs:
        text += " It declares no inputs and no outputs, so it can only have side effects."
    else:
        text += f" It declares {_listed(inputs, 'no inputs')} → {_listed(outputs, 'no outputs')}."
    if step.run.hidden:
        text += " The root's build code does not name it: it is hidden"
        text += f" behind {_plural('line', links)}." if links else "."
    return text


def _listed(words: Sequence[str], none: str) -> str:
    shown = ", ".join(words[:4])
    return f"{shown} and {len(words) - 4} more" if len(words) > 4 else shown or none


def _plural(noun: str, numbers: Sequence[int]) -> str:
    return f"{noun}{'s' if len(numbers) > 1 else ''} {', '.join(map(str, numbers))}"


def facts(graph: Graph, package: Package) -> tuple[Fact, ...]:
    """The card “What it runs”."""
    if not package.fetched:
        return (Fact("content", "not fetched" + (" (lazy): no part of this build" if package.lazy else "")),)
    rows = [Fact("configure", _configure_fact(graph, package), alert=_configures(graph, package))]
    told: dict[tuple[Fact, ...], int] = {}
    for step in sorted(graph.runs_of(package.id), key=worth):
        alike = _step_facts(graph, package, step)
        told[alike] = told.get(alike, 0) + 1
    if not told:
        rows.append(Fact("make", "nothing" if graph.evidence != "read" else "no run step seen in its source"))
    for (made, *rest), times in list(told.items())[:_MOST_STEPS]:
        rows.append(made._replace(value=f"{made.value}, {times} times") if times > 1 else made)
        rows += rest
    if left := sum(list(told.values())[_MOST_STEPS:]):
        rows.append(Fact("and", f"{left} more run {'step' if left == 1 else 'steps'}, on the map"))
    return tuple(rows)


def worth(step: Step) -> tuple[bool, bool]:
    """Sorts what deserves the eye first: hidden run steps, then those that a build command reaches."""
    assert step.run is not None
    return not step.run.hidden, not step.run.why


def _step_facts(graph: Graph, package: Package, step: Step) -> tuple[Fact, ...]:
    run = step.run
    assert run is not None
    owner = "" if step.package == package.id else f", started by {graph.package[step.package].name}"
    command = " ".join(run.command)
    if run.program_source is not None and run.program_source.file != "build.zig":
        command += f" (built from {run.program_source.file})"
    rows = [
        Fact("make", f"▶ {step.name}{' (hidden)' if run.hidden else ''}{owner}", alert=run.hidden),
        Fact("command", command),
        Fact("declares", f"{_listed(run.inputs, 'no inputs')} → {_listed(run.outputs, 'no outputs')}"),
    ]
    if reach := _reach_fact(step):
        rows.append(reach)
    if all(place.package != step.package for place in step.created_at):
        rows.append(Fact("created", "at a line that is not known: what zig noted of it does not lead into the package"))
    return tuple(rows)


def _findings(graph: Graph, package: Package) -> list[str]:
    return [finding.capability for finding in graph.configure_findings(package.id)]


def _configures(graph: Graph, package: Package) -> bool:
    return any(capability != "unanalyzed" for capability in _findings(graph, package))


def _reach_fact(step: Step) -> Fact | None:
    reach = step.run.reach if step.run else None
    if reach is None:
        return None
    told = f"{len(reach.code)} {'file' if len(reach.code) == 1 else 'files'} of code"
    if reach.data:
        told += f", {len(reach.data)} of data"
    if reach.gaps:
        told += f", {len(reach.gaps)} {'place' if len(reach.gaps) == 1 else 'places'} not followed"
    return Fact("reach", told)


def _configure_fact(graph: Graph, package: Package) -> str:
    build_file = next((f for f in reading_list(graph, package) if f.path == "build.zig"), None)
    if build_file is None:
        return "no build.zig: nothing runs"
    seen = _findings(graph, package)
    capabilities = sorted({capability for capability in seen if capability != "unanalyzed"})
    told = ", ".join(capabilities) if capabilities else "no I/O found"
    code = graph.build_code_of.get(package.id)
    if code is not None and code.declarative:
        told = "declarative: it only describes the build"
    if unfollowed := seen.count("unanalyzed"):
        told += f", {unfollowed} {'place' if unfollowed == 1 else 'places'} not followed"
    return f"build.zig, {build_file.lines} lines, {told}"
