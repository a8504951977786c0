"""From a graph to the same graph with what its code could do."""

from pathlib import Path

from reviewer.analysis.rules import load_rules
from reviewer.analysis.store import open_store
from reviewer.analysis.zig.findings import Findings
from reviewer.analysis.zig.program import Program, Reading, Unit
from reviewer.analysis.zig.reach import ReachFinder
from reviewer.model.graph import BuildCode, Finding, Graph, Step
from reviewer.model.questions import runs_own_program
from reviewer.progress import Progress

BUILD_FILE = "build.zig"


def analyse(graph: Graph, progress: Progress) -> Graph:
    """The graph with the build code of its packages, the reach of its run steps, and the findings of both.

    Safe to call off the window's thread. Raises CancelledError.
    """
    progress.report("Looking at what the build code can do")
    with open_store() as store:
        reading = Reading(load_rules("zig"), store, progress)
        build = Program(_build_units(graph), reading)
        findings = Findings()
        codes = []
        for package in build.units:
            places, gaps = build.files([package])
            findings.add(build, places, gaps, where="build")
            codes.append(BuildCode(package, tuple(p.file for p in places if p.unit == package)))
        steps = _with_reach(graph, ReachFinder(graph, reading, build), findings)
    return graph._replace(steps=steps, findings=_merge(graph.findings, findings.found), build_code=tuple(codes))


def _with_reach(graph: Graph, finder: ReachFinder, findings: Findings) -> tuple[Step, ...]:
    """Every step, run steps with their reach, except those that only run the project's own program when asked to."""
    steps = []
    runs = [step for step in graph.run_steps if not runs_own_program(graph, step)]
    wanted = {step.id for step in runs}
    for step in graph.steps:
        if step.run is None or step.id not in wanted:
            steps.append(step)
            continue
        finder.reading.progress.report(f"Following what {step.name} runs", len(steps), len(graph.steps))
        parts = finder.parts(step)
        for part in parts:
            program = finder.build if step.kind == "custom" else finder.program
            findings.add(program, part.places, part.gaps, where="reach", step=step)
            findings.add_unread(part.code, step, finder.packages)
        steps.append(step._replace(run=step.run._replace(reach=finder.reach(parts))))
    return tuple(steps)


def _build_units(graph: Graph) -> dict[str, Unit]:
    """The build code of every package that is here; an import name in it may mean that of any package it depends on."""
    fetched = {p.id: p for p in graph.packages if p.root and (Path(p.root) / BUILD_FILE).is_file()}
    targets: dict[str, list[str]] = {package: [] for package in fetched}
    for edge in graph.package_edges:
        if edge.source in fetched and edge.target in fetched:
            targets[edge.source].append(edge.target)
    return {package.id: Unit(package, BUILD_FILE, {"*": tuple(targets[package.id])}) for package in fetched.values()}


def _merge(known: tuple[Finding, ...], found: list[Finding]) -> tuple[Finding, ...]:
    """All; what was said of a place already is not said again."""
    places = {(f.package, f.capability, f.file, f.line) for f in known}
    return (*known, *(f for f in found if (f.package, f.capability, f.file, f.line) not in places))
