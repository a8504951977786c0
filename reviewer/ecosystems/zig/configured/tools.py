"""What steps that are no run steps do on the machine that builds: zig itself runs pkg-config for them, or formats source files."""

from collections.abc import Sequence
from typing import Any

from reviewer.content.text import visible
from reviewer.ecosystems.zig.configured.report import Report, text_of
from reviewer.model.graph import Finding, Step

_MAX_NAMED = 5


def tool_findings(report: Report, steps: Sequence[Step]) -> tuple[Finding, ...]:
    """`steps` are the model's, made of the report's and in its order."""
    found = []
    for step, value in zip(steps, report.steps, strict=True):
        if libraries := [text_of(name) for name in _asked(report, value)]:
            more = f" and {len(libraries) - _MAX_NAMED} more" if len(libraries) > _MAX_NAMED else ""
            names = visible(", ".join(libraries[:_MAX_NAMED])) + more
            found.append(_finding(step, "proc.spawn", f"has zig run pkg-config for {names}, and do what that says"))
        if value.get("format") == "write":
            found.append(_finding(step, "fs.write.source", "formats files of the source tree when its step runs"))
    return tuple(found)


def _asked(report: Report, step: Any) -> Sequence[str]:
    """The libraries that zig asks pkg-config for: of all modules that are compiled, or of what is translated."""
    names = dict.fromkeys(step.get("pkg_config", ()))
    modules = dict.fromkeys([step["compile"]["root_module"]] if "compile" in step else ())
    pending = list(modules)
    while pending:
        module = report.modules[pending.pop()]
        names.update(dict.fromkeys(module["pkg_config"]))
        new = [target for _, target in module["imports"] if target not in modules]
        modules.update(dict.fromkeys(new))
        pending += new
    return list(names)


def _finding(step: Step, capability: str, text: str) -> Finding:
    """At the line that created the step, where zig tells it."""
    if not step.created_at:
        return Finding(step.package, capability, "build.zig", 1, 1, text, step.id)
    place = step.created_at[0]
    return Finding(place.package, capability, place.file, place.line, place.column, text, step.id)
