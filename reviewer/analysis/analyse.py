"""From a graph to the same graph with what its code could do."""

from pathlib import Path

from reviewer.analysis.contents import contents_findings
from reviewer.analysis.rules import load_rules
from reviewer.analysis.store import Store, open_store
from reviewer.analysis.zig.declarative.judge import Judge
from reviewer.analysis.zig.findings import Findings
from reviewer.analysis.zig.program import Program, Reading, Unit
from reviewer.analysis.zig.reach import ReachFinder
from reviewer.model.graph import BuildCode, Finding, Graph, Step
from reviewer.model.questions import takes_part
from reviewer.progress import Progress

BUILD_FILE = "build.zig"


def analyse(graph: Graph, progress: Progress, *, alone: bool = False) -> Graph:
    """The graph with the build code of its packages, the reach of its run steps, and the findings of both and of what packages ship.

    `alone`: the root package is wanted as what others use, so that its build code is judged as theirs.
    Safe to call off the window's thread. Raises CancelledError.
    """
    progress.report("Looking at what the build code can do")
    with open_store() as store:
        reading = Reading(load_rules("zig"), store, progress)
        build = Program(_build_units(graph), reading)
        findings = Findings(graph.package, store, progress)
        codes: dict[str, tuple[str, ...]] = {}
        for package in build.units:
            places, gaps = build.files([package])
            findings.add(build, places, gaps, where="build")
            codes[package] = tuple(place.file for place in places if place.unit == package)
        judge = Judge(graph.toolchain, store, progress)
        build_code = tuple(
            judge.judge(package, codes.get(package.id, ()))
            if alone or not graph.is_own(package.id)
            else BuildCode(package.id, codes.get(package.id, ()))
            for package in graph.packages
            if package.root
        )
        steps = _with_reach(graph, ReachFinder(graph, reading, build), findings)
        graph = graph._replace(steps=steps, build_code=build_code)
        odd = _in_contents(graph, store, progress)
    return graph._replace(findings=_merge(graph.findings, [*findings.found, *odd]))


def _in_contents(graph: Graph, store: Store, progress: Progress) -> list[Finding]:
    found: list[Finding] = []
    for number, package in enumerate(graph.packages):
        progress.report(f"Looking at what {package.name} ships", number, len(graph.packages))
        if package.root:
            code = graph.build_code_of.get(package.id)
            reached = () if graph.is_own(package.id) else graph.reached_code(package.id)
            running = {*(code.files if code else ()), *reached}
            found += contents_findings(package, running, store, progress)
    return found


def _with_reach(graph: Graph, finder: ReachFinder, findings: Findings) -> tuple[Step, ...]:
    """Every step, and with their reach the run steps that take part in building the project."""
    steps = []
    for step in graph.steps:
        if step.run is None or not takes_part(graph, step):
            steps.append(step)
            continue
        finder.reading.progress.report(f"Following what {step.name} runs", len(steps), len(graph.steps))
        parts = finder.parts(step)
        for name, part in parts.items():
            findings.add_part(name, part, step)
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
