"""Whether the configuration that zig is about to make is the one that was approved: what build code tells when it is shown and when it is
built must be the same."""

import contextlib
import hashlib
from collections.abc import Mapping
from pathlib import Path

from reviewer.content.text import visible
from reviewer.ecosystems.zig.building.layout import Layout
from reviewer.ecosystems.zig.configured.known import complete
from reviewer.ecosystems.zig.configured.report import MAX_BYTES, Report, build_graph, parse_report
from reviewer.ecosystems.zig.configured.sandboxed import known_frames
from reviewer.ecosystems.zig.packages.kept import project_cache
from reviewer.ecosystems.zig.packages.table import PackageTable
from reviewer.errors import ReviewerError
from reviewer.model.graph import Graph, Step


def read_report(path: Path) -> bytes:
    """The hook's report of this build. Raises ReviewerError where there is none."""
    if path.is_symlink() or not path.is_file() or path.stat().st_size > MAX_BYTES:
        raise ReviewerError("build code ended the configuration before Reviewer's report")
    return path.read_bytes()


class Story:
    """Knows the approved graph. A report that was once the same is known by its digest in `kept`, and not compared again."""

    def __init__(self, approved: Graph, table: PackageTable, layout: Layout) -> None:
        self._approved = approved
        self._table = table
        self._layout = layout
        self._kept = project_cache(layout.zig.root) / f"same-{layout.zig.toolchain.version}"

    def require_same(self, data: bytes) -> None:
        """Raises ReviewerError where the report tells another story than was approved."""
        digest = self._digest(data)
        with contextlib.suppress(OSError):
            if self._kept.read_text("ascii", "replace") == digest:
                return
        require_same_story(self._approved, self.report(data), self._table, self._layout.places(self._table))
        with contextlib.suppress(OSError):
            self._kept.write_text(digest, "ascii")

    def report(self, data: bytes) -> Report:
        """Raises ReviewerError where it is not whole."""
        zig = self._layout.zig
        return complete(parse_report(data, zig.overlay.secret), known_frames(zig))

    def _digest(self, data: bytes) -> str:
        """Of the report, and all that it is compared with."""
        packages = [(p.package.id, p.package.digest) for p in self._table.packages]
        told = [self._approved.toolchain, packages, [_told(step) for step in self._approved.steps]]
        return hashlib.sha256(data + repr(told).encode("utf-8", "surrogateescape")).hexdigest()


def require_same_story(approved: Graph, report: Report, table: PackageTable, places: Mapping[str, str]) -> None:
    """Raises ReviewerError that names the first step in which the report differs from the approved graph."""
    final = build_graph(
        _without_arguments(report, approved),
        table,
        root=Path(approved.root),
        toolchain=approved.toolchain or "",
        options=approved.options,
        places=places,
    )
    for before, after in zip(approved.steps, final.steps, strict=False):
        if _told(before) != _told(after):
            raise _changed(after, f"it was {visible(before.name)} of {before.package}" if before.id != after.id else "")
    if len(final.steps) != len(approved.steps):
        longer = final if len(final.steps) > len(approved.steps) else approved
        step = longer.steps[min(len(final.steps), len(approved.steps))]
        raise _changed(step, "it was not there" if longer is final else "it is gone")


def _told(step: Step) -> tuple[object, ...]:
    run = step.run
    return step.id, step.package, step.kind, step.depends_on, None if run is None else run.fingerprint


def _changed(step: Step, how: str) -> ReviewerError:
    more = f" ({how})" if how else ""
    return ReviewerError(
        f"the configuration changed between showing and building: step “{visible(step.name)}” of {step.package}{more}",
        where=step.id,
        cure="read its build code: it tells one thing when it is reviewed, and another when it is built",
    )


def _without_arguments(report: Report, approved: Graph) -> Report:
    """Up to zig 0.16 the arguments after `--` are words of the steps that pass them on, marked by the hook; they are the user's own."""
    if approved.toolchain and approved.toolchain.startswith(("0.14.", "0.15.", "0.16.")):
        steps = [
            {**step, "run": {**step["run"], "args": [a for a in step["run"]["args"] if a["kind"] != "passthru"]}}
            if "run" in step
            else step
            for step in report.steps
        ]
        return report._replace(steps=steps)
    return report
