"""The verdict for code hosts: SARIF 2.1.0 (OASIS), and GitHub's workflow commands."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from reviewer import __version__
from reviewer.gate.check import Check
from reviewer.lock.status import Assessment, Status
from reviewer.model.graph import Finding, Graph

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_MAX_NOTES = 100
"""Of one package."""
_SETTLED = (Status.OWN, Status.TRUSTED, Status.POLICY)


def check_to_sarif(result: Check, graph: Graph) -> dict[str, Any]:
    """One result for each package that is not approved, one note for each finding in it, one notification for each problem."""
    rules: list[dict[str, Any]] = [
        {"id": status.value, "shortDescription": {"text": f"A dependency is {status.value}"}}
        for status in Status
        if status not in _SETTLED
    ]
    results: list[dict[str, Any]] = []
    for assessment in _unsettled(result):
        file, line = _place(assessment, graph)
        region = {"artifactLocation": {"uri": file}, "region": {"startLine": line}}
        results.append(
            {
                "ruleId": assessment.status.value,
                "level": "note" if assessment in result.backlog else "error",
                "message": {"text": f"{assessment.package}: {assessment.reason}"},
                "locations": [{"physicalLocation": region}],
            }
        )
        results += [_note(finding, graph) for finding in graph.findings_of(assessment.package)[:_MAX_NOTES]]
    capabilities = sorted({result["ruleId"] for result in results} - {rule["id"] for rule in rules})
    rules += [{"id": name, "shortDescription": {"text": f"Code of a dependency: {name}"}} for name in capabilities]
    notifications = [{"level": p.severity.value, "message": {"text": f"{p.where}: {p.text}"}} for p in result.problems]
    run = {
        "tool": {"driver": {"name": "Reviewer", "version": __version__, "rules": rules}},
        "results": results,
        "invocations": [{"executionSuccessful": result.exit_code != 2, "toolExecutionNotifications": notifications}],
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _note(finding: Finding, graph: Graph) -> dict[str, Any]:
    """At its line where the package lies in the repository, else at the manifest that brings the package in."""
    package = graph.package[finding.package]
    folder = Path(package.root)
    inside = bool(package.root) and folder.is_relative_to(graph.root)
    file = (folder.relative_to(graph.root) / finding.file).as_posix() if inside else "build.zig.zon"
    where = f"{package.name}/{finding.file}:{finding.line}:{finding.column}"
    region = {"startLine": max(finding.line, 1) if inside else 1}
    return {
        "ruleId": finding.capability,
        "level": "note",
        "message": {"text": f"{where}: {finding.text}"},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": file}, "region": region}}],
    }


def check_to_github(result: Check, graph: Graph) -> Iterator[str]:
    """`::error file=…,line=…::…` lines; percent, newline and delimiters escaped as GitHub's runner does."""
    for assessment in _unsettled(result):
        file, line = _place(assessment, graph)
        level = "notice" if assessment in result.backlog else "error"
        yield f"::{level} file={_property(file)},line={line}::{_message(f'{assessment.package}: {assessment.reason}')}"
    for problem in result.problems:
        yield f"::{problem.severity.value}::{_message(f'{problem.where}: {problem.text}')}"


def _unsettled(result: Check) -> Iterator[Assessment]:
    return (assessment for assessment in result.packages if assessment.status not in _SETTLED)


def _place(assessment: Assessment, graph: Graph) -> tuple[str, int]:
    """The line that creates the package's run step where it lies in the repository, else the manifest that brings the package in."""
    package = graph.package[assessment.package]
    folder = Path(package.root)
    for step in graph.runs_of(package.id):
        for location in step.created_at:
            if location.package == package.id and package.root and folder.is_relative_to(graph.root):
                return (folder.relative_to(graph.root) / location.file).as_posix(), max(location.line, 1)
    return "build.zig.zon", 1


def _message(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")
