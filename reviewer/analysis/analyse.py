"""From a graph to the same graph with what its code could do."""

from reviewer.analysis.rules import load_rules
from reviewer.analysis.store import open_store
from reviewer.analysis.zig.findings import find_in
from reviewer.analysis.zig.program import Program, Reading, Unit
from reviewer.model.graph import Finding, Graph
from reviewer.progress import Progress

BUILD_FILE = "build.zig"


def analyse(graph: Graph, progress: Progress) -> Graph:
    """The graph with the findings of its packages' build code. Safe to call off the window's thread. Raises CancelledError."""
    progress.report("Looking at what the build code can do")
    with open_store() as store:
        reading = Reading(load_rules("zig"), store, progress)
        found = _in_build_code(graph, reading)
    return graph._replace(findings=_merge(graph.findings, found))


def _in_build_code(graph: Graph, reading: Reading) -> list[Finding]:
    program = Program(_build_units(graph), reading)
    places, gaps = program.files(program.units)
    return list(find_in(program, places, gaps, where="build"))


def _build_units(graph: Graph) -> dict[str, Unit]:
    """The build code of every package that is here; an import name in it may mean that of any package it depends on."""
    fetched = {package.id: package for package in graph.packages if _has_build_code(package.root)}
    targets: dict[str, list[str]] = {package: [] for package in fetched}
    for edge in graph.package_edges:
        if edge.source in fetched and edge.target in fetched:
            targets[edge.source].append(edge.target)
    return {package.id: Unit(package, BUILD_FILE, {"*": tuple(targets[package.id])}) for package in fetched.values()}


def _has_build_code(root: str) -> bool:
    from pathlib import Path

    return bool(root) and (Path(root) / BUILD_FILE).is_file()


def _merge(known: tuple[Finding, ...], found: list[Finding]) -> tuple[Finding, ...]:
    """All, package by package as they were met first; what was said of a place already is not said again."""
    places = {(f.package, f.capability, f.file, f.line) for f in known}
    return (*known, *(f for f in found if (f.package, f.capability, f.file, f.line) not in places))
