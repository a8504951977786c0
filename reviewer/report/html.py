"""The report as one HTML file that needs nothing else: no script, no picture, no font, nothing from the network. Prints well."""

from collections.abc import Iterator
from html import escape

from reviewer.content.text import visible
from reviewer.lock.decision import Decision
from reviewer.lock.status import Status
from reviewer.report.contents import Report, ReportPackage
from reviewer.resources import resource

# Even where something slipped through the escaping, a browser would run and fetch nothing.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def to_html(report: Report) -> str:
    """UTF-8 text. Everything of a project is escaped, and what cannot be seen is written out."""
    return "\n".join(_page(report)) + "\n"


def _page(report: Report) -> Iterator[str]:
    style = resource("report.css").read_text("utf-8").strip()
    yield "<!DOCTYPE html>"
    yield '<html lang="en">'
    yield "<head>"
    yield '<meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield '<meta name="color-scheme" content="light dark">'
    yield f"<title>Review of {_text(report.project)}</title>"
    yield f"<style>\n{style}\n</style>"
    yield "</head>"
    yield "<body>"
    yield "<header>"
    yield f"<h1>Review of {_text(report.project)}</h1>"
    yield f'<p class="verdict {"good" if report.exit_code == 0 else "bad"}">{_text(report.verdict)}</p>'
    yield f"<p>{_text(report.toolchain)}, {report.evidence} evidence, for {_text(report.options)}</p>"
    yield "</header>"
    if report.problems:
        yield "<h2>Problems</h2>"
        yield "<ul>"
        for problem in report.problems:
            yield f"<li>{problem.severity.value}: <code>{_text(problem.where)}</code> {_text(problem.text)}</li>"
        yield "</ul>"
    yield from _overview(report)
    if report.exceptions:
        yield "<h2>Exceptions in force</h2>"
        yield "<ul>"
        yield from (f"<li>{_text(exception)}</li>" for exception in report.exceptions)
        yield "</ul>"
    for number, package in enumerate(report.packages):
        yield from _package(number, package)
    yield "</body>"
    yield "</html>"


def _overview(report: Report) -> Iterator[str]:
    yield "<h2>Packages</h2>"
    yield "<table>"
    columns = ("status", "package", "version", "run steps", "lines left", "why")
    yield "<thead><tr>" + "".join(f'<th scope="col">{name}</th>' for name in columns) + "</tr></thead>"
    yield "<tbody>"
    for number, package in enumerate(report.packages):
        hidden = sum(step.hidden for step in package.steps)
        counts = [f"{len(package.steps) - hidden}"] if len(package.steps) > hidden else []
        steps = " + ".join([*counts, *([f"{hidden} hidden"] if hidden else [])])
        yield (
            f'<tr><td>{_badge(package.status)}</td><td><a href="#p{number}">{_text(package.name)}</a></td>'
            f"<td>{_text(package.version)}</td><td>{steps}</td>"
            f'<td class="number">{package.lines_left or ""}</td><td>{_text(package.reason)}</td></tr>'
        )
    yield "</tbody>"
    yield "</table>"


def _package(number: int, package: ReportPackage) -> Iterator[str]:
    yield f'<section id="p{number}">'
    yield f"<h2>{_text(package.name)} {_text(package.version)} {_badge(package.status)}</h2>"
    yield "<dl>"
    yield from _row("why", package.reason)
    yield from _row("id", package.id, code=True)
    yield from _row("content", package.digest or "not here", code=True)
    yield from _row("source", package.source, code=True)
    if package.decision is not None:
        yield from _decision(package, package.decision)
    for one in package.behind:
        yield from _row("look into" if one.alarm else "by", one.text, alarm=one.alarm)
        yield from _row("note", one.note)
    yield "</dl>"
    if package.steps:
        yield "<h3>Run steps</h3>"
        yield "<ul>"
        for step in package.steps:
            hidden = ' <span class="badge hidden">hidden</span>' if step.hidden else ""
            created = f", created at <code>{_text(step.created)}</code>" if step.created else ""
            yield f"<li>{_text(step.name)}{hidden} {_badge(step.status)}{created}<br><code>{_text(step.command)}</code></li>"
        yield "</ul>"
    if package.findings:
        yield "<h3>What its code can do</h3>"
        yield "<ul>"
        for finding in package.findings:
            yield f"<li><b>{_text(finding.capability)}</b> <code>{_text(finding.place)}</code> {_text(finding.text)}</li>"
        if package.more_findings:
            yield f"<li>and {package.more_findings:,} more</li>"
        yield "</ul>"
    yield "</section>"


def _decision(package: ReportPackage, decision: Decision) -> Iterator[str]:
    about = "" if decision.package == package.id else f", about {decision.package}"
    yield from _row("decision", f"{decision.verdict.value} for {', '.join(decision.criteria)}{about}")
    if decision.digest != package.digest:
        yield from _row("decided content", decision.digest, code=True)
    yield from _row("against", decision.basis or "", code=True)
    for step in decision.steps.values():
        for capability, what in sorted(step.grants.items()):
            yield from _row("grant", f"{step.name}: {capability} {' '.join(what) or '(all of it)'}")


def _row(label: str, value: str, *, code: bool = False, alarm: bool = False) -> Iterator[str]:
    if value:
        shown = f"<code>{_text(value)}</code>" if code else _text(value)
        mark = ' class="alarm"' if alarm else ""
        yield f"<dt>{label}</dt><dd{mark}>{shown}</dd>"


def _badge(status: Status) -> str:
    return f'<span class="badge {status.value}">{status.value}</span>'


def _text(text: str) -> str:
    return escape(visible(text[:2_000])) + ("…" if len(text) > 2_000 else "")
