"""`python -m benchmarks.recall FOLDER…`: how many run steps of real projects reading alone finds, against what zig configures.

Each folder is a project, or holds projects; those that cannot be configured here are named and left out. Packages are found as `reviewer`
finds them: in the project's `zig-pkg`, or in zig's global cache (ZIG_GLOBAL_CACHE_DIR). `--misses` lists what was not found.

A run step that was read is one that is configured if the same package owns both, and the same line of the same file creates
both. Of a line that creates several, as many match as were read; all of them where a mark at that very line says that their
number could not be followed (a loop over the files of a folder, say): whoever reviews that line then knows. Where zig's own
trace is cut short and does not tell the creating line, what is left of both sides matches by owner and name.

Precision is of the run steps for which reading found what reaches them: only such are in zig's graph, while reading also tells the
dependencies' own tests and examples. It still takes every branch, so that it finds run steps that only other options or other
machines bring: these lower the precision and are no mistake.

A miss is covered where an `unanalyzed` mark stands at a line of its creation stack: where it is created, or where a call on the
way to there is made.
"""

import argparse
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from reviewer.ecosystems.zig.loading import load_graph
from reviewer.errors import ReviewerError
from reviewer.model.graph import Evidence, Graph, Location, Step
from reviewer.progress import Progress

_ROW = "{:26} {:8} {:>8} {:>10} {:>6} {:>7} {:>7} {:>7} {:>9} {:>7} {:>8}"
_HEADINGS = (
    "project",
    "zig",
    "packages",
    "configured",
    "read",
    "reached",
    "matched",
    "recall",
    "precision",
    "misses",
    "covered",
)


class Place(NamedTuple):
    """What two run steps have to agree on; `package` is the owner, `code` the package whose file creates it."""

    package: str
    code: str
    file: str
    line: int


class Recall(NamedTuple):
    """The comparison of one project."""

    project: str
    toolchain: str
    packages: int
    configured: int
    read: int
    reached: int
    misses: tuple[Step, ...]
    uncovered: tuple[Step, ...]
    phantoms: tuple[Step, ...]

    @property
    def matched(self) -> int:
        """Configured run steps that were read."""
        return self.configured - len(self.misses)

    def row(self) -> str:
        """One line of the table."""
        recall, precision = (
            _share(self.matched, self.configured),
            _share(self.reached - len(self.phantoms), self.reached),
        )
        covered = f"{len(self.misses) - len(self.uncovered)}/{len(self.misses)}"
        return _ROW.format(
            self.project,
            self.toolchain,
            self.packages,
            self.configured,
            self.read,
            self.reached,
            self.matched,
            recall,
            precision,
            len(self.misses),
            covered,
        )


def compare(project: str, read: Graph, configured: Graph) -> Recall:
    """Run step by run step, in the order of the graphs."""
    wanted, found = _run_steps(configured), _run_steps(read)
    marks = {(f.package, f.file, f.line) for f in read.findings if f.capability == "unanalyzed"}
    repeated = {_place(step) for step in found if step.created_at and _at(step.created_at[0]) in marks}
    misses = [step for step in _left_over(wanted, found) if _place(step) not in repeated]
    uncovered = [step for step in misses if not any(_at(place) in marks for place in step.created_at)]
    return Recall(
        project,
        configured.toolchain or "",
        len(configured.packages),
        len(wanted),
        len(found),
        sum(map(_is_reached, found)),
        tuple(misses),
        tuple(uncovered),
        tuple(step for step in _left_over(found, wanted) if _is_reached(step)),
    )


def _run_steps(graph: Graph) -> list[Step]:
    return [step for step in graph.steps if step.run is not None]


def _is_reached(step: Step) -> bool:
    return step.run is not None and bool(step.run.why)


def _left_over(steps: list[Step], others: list[Step]) -> list[Step]:
    """Steps without a counterpart; those that agree in more find theirs first."""
    left, free = steps, others
    for agree in (_stack, _place, _untold):
        available = Counter(map(agree, free))
        taken = Counter(map(agree, left)) & available
        left, free = _without(left, taken, agree), _without(free, taken, agree)
    return left


def _without(steps: list[Step], taken: Counter[Any], agree: Callable[[Step], Any]) -> list[Step]:
    rest, left = Counter(taken), []
    for step in steps:
        key = agree(step)
        if key is not None and rest[key]:
            rest[key] -= 1
        else:
            left.append(step)
    return left


def _stack(step: Step) -> tuple[object, ...] | None:
    return (step.package, *map(_at, step.created_at)) if step.created_at else None


def _place(step: Step) -> Place | None:
    if not step.created_at:
        return None
    code = step.created_at[0]
    return Place(step.package, code.package, code.file, code.line)


def _untold(step: Step) -> tuple[str, str] | None:
    told = step.created_at and step.created_at[0].package == step.package
    return None if told and step.evidence is Evidence.CONFIGURED else (step.package, step.name)


def _at(place: Location) -> tuple[str, str, int]:
    return place.package, place.file, place.line


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "-"


def projects(folders: list[Path]) -> Iterator[Path]:
    """The folders that are projects themselves, and the projects in the others."""
    for folder in (folder.resolve() for folder in folders):
        if (folder / "build.zig").exists():
            yield folder
        else:
            yield from sorted(file.parent for file in folder.glob("*/build.zig"))


def _show(kind: str, step: Step) -> None:
    stack = " < ".join(f"{place.file}:{place.line}" for place in step.created_at)
    print(f"    {kind}: {step.name} of {step.package} at {stack}")


def main() -> None:
    """Print the table row by row."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.recall", description=__doc__.partition("\n")[0])
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    parser.add_argument("--misses", action="store_true", help="list the run steps that were not read")
    parser.add_argument(
        "--phantoms", action="store_true", help="list the run steps that were read and are not configured"
    )
    arguments = parser.parse_args()
    print(_ROW.format(*_HEADINGS))
    compared = []
    for project in projects(arguments.folders):
        try:
            configured = load_graph(project, Evidence.CONFIGURED, Progress())
            read = load_graph(project, Evidence.READ, Progress())
        except ReviewerError as error:
            print(f"{project.name:26} left out: {error}")
            continue
        one = compare(project.name, read, configured)
        compared.append(one)
        print(one.row(), flush=True)
        for step in one.misses if arguments.misses else ():
            _show("uncovered" if step in one.uncovered else "covered", step)
        for step in one.phantoms if arguments.phantoms else ():
            _show("phantom", step)
    total = Recall(
        f"all {len(compared)}",
        "",
        sum(one.packages for one in compared),
        sum(one.configured for one in compared),
        sum(one.read for one in compared),
        sum(one.reached for one in compared),
        tuple(step for one in compared for step in one.misses),
        tuple(step for one in compared for step in one.uncovered),
        tuple(step for one in compared for step in one.phantoms),
    )
    print(total.row())


if __name__ == "__main__":
    main()
