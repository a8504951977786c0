"""What zig code of packages can do, by the rules."""

from collections.abc import Iterable, Iterator

from reviewer.analysis.zig.names import Use
from reviewer.analysis.zig.program import Gap, Place, Program
from reviewer.content.text import visible
from reviewer.model.graph import Finding

_MAX_NAME = 80


def find_in(program: Program, places: Iterable[Place], gaps: Iterable[Gap], *, where: str) -> Iterator[Finding]:
    """The findings of these files, as code of this kind (`build` or `reach`); one for a line and capability."""
    seen: set[tuple[str, str, int, str]] = set()
    for place in places:
        package = program.units[place.unit].package.id
        for use in sorted(program.uses(place)):
            rule = program.reading.rules.match(use.path, use.words, where)
            if rule is None or (package, place.file, use.line, rule.capability) in seen:
                continue
            seen.add((package, place.file, use.line, rule.capability))
            text = f"{rule.explanation}: {_shown(use)}"
            yield Finding(package, rule.capability, place.file, use.line, use.column, text)
    for gap in gaps:
        package = program.units[gap.place.unit].package.id
        if (package, gap.place.file, gap.line, "unanalyzed") not in seen:
            seen.add((package, gap.place.file, gap.line, "unanalyzed"))
            yield Finding(package, "unanalyzed", gap.place.file, gap.line, gap.column, gap.text)


def _shown(use: Use) -> str:
    name = ".".join(part for part in use.path if part != "?")
    if use.words:
        name += f"({' '.join(use.words)})"
    return visible(name if len(name) <= _MAX_NAME else f"{name[: _MAX_NAME - 1]}…")
