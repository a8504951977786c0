"""Whether the configuration that zig is about to make is the one that was approved: what build code tells when it is shown and when it is
built must be the same."""

import contextlib
import hashlib
from collections.abc import Mapping
from pathlib import Path

from reviewer.content.read import read_part
from reviewer.content.text import visible
from reviewer.ecosystems.zig.building.layout import Layout
from reviewer.ecosystems.zig.configured.agreement import require_agreement
from reviewer.ecosystems.zig.configured.known import complete
from reviewer.ecosystems.zig.configured.printed import read_printed
from reviewer.ecosystems.zig.configured.report import MAX_BYTES, Report, build_graph, parse_report
from reviewer.ecosystems.zig.configured.sandboxed import known_frames
from reviewer.ecosystems.zig.packages.kept import project_cache
from reviewer.ecosystems.zig.packages.table import PackageTable
from reviewer.errors import ReviewerError
from reviewer.model.graph import Graph, Module, Step

_CURE = "read its build code: it tells one thing when it is reviewed, and another when it is built"


def read_report(path: Path) -> bytes:
    """The hook's report of this build, which build code may change at this moment. Raises ReviewerError where there is none."""
    try:
        data, size = read_part(path.parent, path.name, 0, MAX_BYTES)
    except (ReviewerError, OSError) as error:
        raise ReviewerError("build code ended the configuration before Reviewer's report") from error
    if size > MAX_BYTES:
        raise ReviewerError(f"the report of the configuration is larger than {MAX_BYTES >> 20} MB")
    return data


class Story:
    """Knows the approved graph. A report that was once the same is known by its digest in `kept`, and not compared again."""

    def __init__(self, approved: Graph, table: PackageTable, layout: Layout) -> None:
        self._approved = approved
        self._table = table
        self._layout = layout
        self._kept = project_cache(layout.zig.root) / f"same-{layout.zig.toolchain.version}"

    def require_same(self, data: bytes, printed: bytes | None) -> None:
        """Raises ReviewerError where the report tells another story than was approved, or what zig's maker printed of what it is about to
        make tells another one than the report: None where the process that reported makes it too."""
        digest = self._digest(data, printed)
        with contextlib.suppress(OSError):
            if self._kept.read_text("ascii", "replace") == digest:
                return
        report = self.report(data)
        require_same_story(self._approved, report, self._table, self._layout.places(self._table))
        if printed is not None:
            require_agreement(report, read_printed(printed))
        with contextlib.suppress(OSError):
            self._kept.write_text(digest, "ascii")

    def report(self, data: bytes) -> Report:
        """Raises ReviewerError where it is not whole."""
        zig = self._layout.zig
        return complete(parse_report(data, zig.overlay.secret), known_frames(zig))

    def _digest(self, data: bytes, printed: bytes | None) -> str:
        """Of the report, and all that it is compared with."""
        packages = [(p.package.id, p.package.digest) for p in self._table.packages]
        steps = [_told(step) for step in self._approved.steps]
        told = [self._approved.toolchain, packages, steps, self._approved.modules]
        digest = hashlib.sha256(repr((len(data), told)).encode("utf-8", "surrogateescape"))
        digest.update(data)
        digest.update(printed or b"")
        return digest.hexdigest()


def require_same_story(approved: Graph, report: Report, table: PackageTable, places: Mapping[str, str]) -> None:
    """Raises ReviewerError that names the first step, or module of a program, in which the report differs from the approved graph."""
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
    if approved.modules != final.modules:
        before_by_id = {module.id: module for module in approved.modules}
        other = [module for module in final.modules if before_by_id.get(module.id) != module] or approved.modules[-1:]
        raise _module_changed(other[0], before_by_id.get(other[0].id))


def _told(step: Step) -> tuple[object, ...]:
    told = step.id, step.package, step.kind, step.depends_on, step.root_module
    run = step.run
    if run is None:
        return told
    source = run.program_source and (run.program_source.package, run.program_source.file)
    return *told, run.fingerprint, source


def _changed(step: Step, how: str) -> ReviewerError:
    more = f" ({how})" if how else ""
    return ReviewerError(
        f"the configuration changed between showing and building: step “{visible(step.name)}” of {step.package}{more}",
        where=step.id,
        cure=_CURE,
    )


def _module_changed(module: Module, before: Module | None) -> ReviewerError:
    text = f"what is compiled changed between showing and building: module “{visible(module.name)}” of {module.package}"
    if before is not None and before.root_source != module.root_source:
        text += f" begins in {visible(module.root_source or 'no file')}, and began in {visible(before.root_source or 'no file')}"
    return ReviewerError(text, where=module.id, cure=_CURE)


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
