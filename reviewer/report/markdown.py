"""The report as Markdown, for a pull request's text.

Whatever may be hostile stands in code spans: there neither HTML, links, mentions nor references to other requests mean anything.
"""

import re
from collections.abc import Iterator

from reviewer.content.text import visible
from reviewer.lock.status import Status
from reviewer.report.contents import Report, ReportPackage

_MAX_TEXT = 300
_MAX_STEPS = 5
"""Of one package: code hosts take only so much."""
_SETTLED = (Status.TRUSTED, Status.POLICY, Status.OWN)


def to_markdown(report: Report) -> str:
    """What needs a reviewer in full, the rest as a list of names."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    yield f"## Review of {_code(report.project)}: {report.verdict}"
    yield ""
    yield f"{_code(report.toolchain)}, {report.evidence} evidence, for {_code(report.options)}"
    for problem in report.problems:
        yield f"- {problem.severity.value}: {_code(problem.where)} {_code(problem.text)}"
    if report.exceptions:
        yield ""
        yield f"### exceptions in force ({len(report.exceptions)})"
        yield ""
        yield from (f"- {_code(exception)}" for exception in report.exceptions)
    for status in Status:
        packages = [package for package in report.packages if package.status is status and status is not Status.OWN]
        if not packages:
            continue
        yield ""
        yield f"### {status.value} ({len(packages)})"
        yield ""
        for package in packages:
            yield from _package(package, short=status in _SETTLED)


def _package(package: ReportPackage, *, short: bool) -> Iterator[str]:
    yield f"- {_code(f'{package.name} {package.version}'.strip())}: {_code(package.reason)}"
    for one in package.behind:
        if one.alarm or one.note:
            note = f", note: {_code(one.note)}" if one.note else ""
            yield f"  - {'**look into this**: ' if one.alarm else ''}{_code(one.text)}{note}"
    if short:
        return
    yield f"  - {_code(package.id)}"
    for step in package.steps[:_MAX_STEPS]:
        hidden = "**hidden** run step" if step.hidden else "run step"
        created = f", created at {_code(step.created)}" if step.created else ""
        yield f"  - ▶ {hidden} {_code(step.name)}{created}"
    if len(package.steps) > _MAX_STEPS:
        yield f"  - and {len(package.steps) - _MAX_STEPS:,} more run steps"
    capabilities = sorted({finding.capability for finding in package.findings})
    if capabilities:
        yield f"  - its code: {_code(', '.join(capabilities))}"
    yield f"  - {package.lines_left:,} {'line' if package.lines_left == 1 else 'lines'} left to read"


def _code(text: str) -> str:
    shown = visible(text[:_MAX_TEXT]) + ("…" if len(text) > _MAX_TEXT else "")
    if not shown.strip():
        return "(empty)"
    fence = "`" * (max((len(run) for run in re.findall("`+", shown)), default=0) + 1)
    apart = " " if "`" in shown or shown[0] == shown[-1] == " " else ""
    return f"{fence}{apart}{shown}{apart}{fence}"
