"""`configured` evidence: the project's own configure, run in the sandbox with Reviewer's hook, and what it reported.

Every build.zig runs in there. The report is believed only when it is whole, carries the hook's secret, and agrees with what zig itself
prints after the hook: from 0.17 on every step of the configuration that make would execute (agreement.py); up to 0.16, where
zig prints no more than that, the names and descriptions of the project's top-level steps (ZIG.md, Traps).
"""

import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from reviewer.content.text import visible
from reviewer.ecosystems.zig.configured.agreement import require_agreement
from reviewer.ecosystems.zig.configured.known import complete
from reviewer.ecosystems.zig.configured.lazy import needed_lazy
from reviewer.ecosystems.zig.configured.overlay import Overlay
from reviewer.ecosystems.zig.configured.poison import poison_problem
from reviewer.ecosystems.zig.configured.printed import is_listed, read_printed
from reviewer.ecosystems.zig.configured.report import MAX_BYTES, Report, build_graph, parse_report
from reviewer.ecosystems.zig.configured.sandboxed import known_frames, portable_places, sandboxed_zig
from reviewer.ecosystems.zig.configured.tools import tool_findings
from reviewer.ecosystems.zig.options import package_sources
from reviewer.ecosystems.zig.packages.kept import project_cache
from reviewer.ecosystems.zig.packages.table import PackageTable
from reviewer.ecosystems.zig.toolchains.find import NEWEST, Toolchain
from reviewer.errors import ReviewerError
from reviewer.model.graph import Graph
from reviewer.progress import Progress
from reviewer.sandbox.policy import Limits
from reviewer.sandbox.result import STOPPED, Outcome, RunResult

TIME_LIMIT = 300
"""Seconds. A first configure compiles every build.zig: up to 10 s on a slow machine."""


class BuildCodeError(ReviewerError):
    """A build script does not compile with this zig: it may be written for another."""


_COMPILE_ERROR = re.compile(r"\.zig:\d+:\d+: error: ")
_READ_INSTEAD = "look at its build.zig with --evidence read"


def configure(
    root: Path,
    table: PackageTable,
    toolchain: Toolchain,
    progress: Progress,
    *,
    options: tuple[str, ...] = (),
    time_limit: float = TIME_LIMIT,
) -> Graph:
    """Run the configure of `root` in the sandbox, with these build options. Never returns a partial graph.

    Raises ReviewerError (no sandbox, or why the configure is not to be believed) or CancelledError.
    """
    if package_sources(options).forks and toolchain.minor in ("0.14", "0.15"):
        cure = "leave --fork out, or name zig 0.16 or 0.17 with --zig"
        raise ReviewerError(f"zig {toolchain.version} knows no forks", where="after --", cure=cure)
    zig = sandboxed_zig(root, table, toolchain, progress)
    overlay, output = zig.overlay, project_cache(root) / "report"
    shutil.rmtree(output, ignore_errors=True)
    output.mkdir(parents=True)
    known = known_frames(zig)
    known.touch()
    progress.report(f"Configuring with zig {toolchain.version} in the sandbox")
    limits = Limits(wall_seconds=time_limit, output_bytes=MAX_BYTES)
    result = zig.build(
        (*overlay.only_configure, *options),
        environment={"REVIEWER_REPORT": str(output / "report.json"), "REVIEWER_KNOWN": str(known)},
        read_only=(known,),
        output=output,
        limits=limits,
        progress=progress,
    )
    progress.check()
    progress.report("Reading the build graph")
    report = _accept(result, output / "report.json", overlay, toolchain, root, table, time_limit)
    report = complete(report, known)
    graph = build_graph(
        report, table, root=root, toolchain=toolchain.version, options=options, places=portable_places(zig, table)
    )
    graph = graph._replace(findings=tool_findings(report, graph.steps))
    if not report.poisoned:
        return graph
    problem = poison_problem(zig, table, options, output, limits, progress)
    return graph._replace(problems=(*graph.problems, problem))


def _accept(
    result: RunResult,
    report_file: Path,
    overlay: Overlay,
    toolchain: Toolchain,
    root: Path,
    table: PackageTable,
    time_limit: float,
) -> Report:
    """The report, if the run ended as it should and everything agrees."""
    blamed = _blame(result.stderr, root, table)
    if result.outcome is Outcome.TIMED_OUT:
        raise _failure(f"the configure did not end within {time_limit:g} seconds and was stopped", blamed)
    if result.outcome is not Outcome.FINISHED:
        raise _failure(f"the configure {STOPPED[result.outcome]}", blamed)
    if result.exit_code != 0:
        told = _first_error(result)
        if (lazy := needed_lazy(_read_report(report_file), overlay.secret, told, table)) is not None:
            raise lazy
        if re.search(r"reviewer_\w+\.zig:", told) and toolchain.minor not in NEWEST:
            what = f"zig {toolchain.version} came after this Reviewer, whose hook does not compile with it: {told}"
            raise ReviewerError(what, where=str(toolchain.zig), cure=_READ_INSTEAD)
        if _COMPILE_ERROR.search(told):
            failed = _failure(f"the configure failed with zig {toolchain.version}: {told}", blamed)
            cure = f"name the zig that it is written for with --zig, or {_READ_INSTEAD}"
            raise BuildCodeError(failed.what, where=failed.where, cure=cure)
        if "invalid option: " in told:
            raise ReviewerError(
                told, where="configure", cure="`reviewer graph` lists the options that the project declares"
            )
        raise _failure(f"the configure failed: {told}", blamed)
    data = _read_report(report_file)
    if data is None:
        raise _failure("the configure ended without Reviewer's report: a build.zig ended it early", blamed)
    try:
        report = parse_report(data, overlay.secret)
        _compare(report, result.stdout)
    except ReviewerError as error:
        raise _failure(error.what, blamed) from error
    return report


def _compare(report: Report, stdout: bytes) -> None:
    """Raises ReviewerError where the report does not agree with what zig printed after it."""
    if report.listed is not None:
        if not is_listed(report.listed, stdout):
            raise ReviewerError("the report differs from the steps that zig itself lists")
        return
    require_agreement(report, read_printed(stdout))


def _read_report(path: Path) -> bytes | None:
    """Written by untrusted code: only a plain file of bounded size is read."""
    if path.is_symlink() or not path.is_file() or path.stat().st_size > MAX_BYTES:
        return None
    return path.read_bytes()


def _failure(text: str, blamed: Sequence[str]) -> ReviewerError:
    names = f" (seen in its output: {', '.join(blamed)})" if blamed else ""
    return ReviewerError(text + names, where="configure", cure=_READ_INSTEAD)


def _first_error(result: RunResult) -> str:
    lines = result.stderr.decode("utf-8", "replace").splitlines()
    telling = [line for line in lines if re.search(r"\berror: |panic: |reviewer: ", line)] or [
        line for line in lines if line.strip()
    ]
    if telling:
        return visible(telling[0].strip()[:300])
    return f"signal {result.signal}" if result.signal else f"exit code {result.exit_code}"


def _blame(stderr: bytes, root: Path, table: PackageTable) -> list[str]:
    """Packages whose files the output names: what an error trace of zig does. A hint, not a proof."""
    text = stderr.decode("utf-8", "replace")
    blamed = []
    for package in table.packages:
        if package.folder is None or package.package.pin == ".":
            continue
        paths = {str(package.folder)}
        if package.folder.is_relative_to(root):
            paths.add(str(package.folder.relative_to(root)))
        if any(re.search(re.escape(path) + r"/[^\s:]+:\d+", text) for path in paths):
            blamed.append(package.package.name)
    return blamed
