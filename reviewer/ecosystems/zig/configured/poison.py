"""Zig 0.17 knows when build code does what it cannot track, such as looking for a program: the configuration is poisoned. Then the graph
may be another one elsewhere or later, which has to be said, with the first line that did it."""

import re
from dataclasses import replace
from pathlib import Path

from reviewer.ecosystems.zig.configured.sandboxed import SandboxedZig
from reviewer.ecosystems.zig.packages.table import PackageTable
from reviewer.model.graph import Problem, Severity
from reviewer.progress import Progress
from reviewer.sandbox.policy import Limits

_FRAME = re.compile(rb"^(/[^\n]+?):(\d+):\d+: 0x", re.MULTILINE)
_TEXT = "does what zig cannot track while it configures: elsewhere, or at another time, the steps may be others"


def poison_problem(
    zig: SandboxedZig, table: PackageTable, options: tuple[str, ...], output: Path, limits: Limits, progress: Progress
) -> Problem:
    """Configures once more, so that zig stops with a stack trace where it is poisoned first."""
    stopping = replace(
        zig,
        overlay=replace(
            zig.overlay,
            arguments=tuple(word.replace("=poisoned", "=disallowed") for word in zig.overlay.arguments),
        ),
    )
    result = stopping.build(
        (*zig.overlay.only_configure, *options),
        environment={"REVIEWER_REPORT": str(output / "stopped.json")},
        output=output,
        limits=limits,
        progress=progress,
    )
    progress.check()
    folders = sorted(
        ((str(p.folder), p) for p in table.packages if p.folder is not None), key=lambda pair: -len(pair[0])
    )
    for path, line in _FRAME.findall(result.stderr):
        file = path.decode("utf-8", "surrogateescape")
        for folder, package in folders:
            if file.startswith(f"{folder}/"):
                where = f"{package.package.name}:{file[len(folder) + 1 :]}:{line.decode()}"
                return Problem(Severity.WARNING, where, f"the build code {_TEXT}")
    return Problem(Severity.WARNING, "configure", f"some build code {_TEXT}")
