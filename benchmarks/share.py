"""`python -m benchmarks.share FOLDER…`: which share of all dependency code a reviewer must read, over real projects.

Each folder is a project, or holds projects. Packages are found as `reviewer` finds them: in the project's `zig-pkg`, or in zig's global
cache (ZIG_GLOBAL_CACHE_DIR). Counted are lines of code files (by their ending) of every package that is here, and of those the lines of
build code and reach, which is what `reviewer` shows to read. `left` leaves out declarative build code. Nothing is executed.
"""

import argparse
import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from reviewer.analysis.look import CODE
from reviewer.content.walk import Kind, walk
from reviewer.errors import ReviewerError
from reviewer.model.graph import Evidence
from reviewer.progress import Progress
from reviewer.review.open import open_review

_ROW = "{:22} {:>8} {:>11} {:>9} {:>10} {:>8} {:>8} {:>7} {:>7} {:>7}"
_HEADINGS = (
    "project",
    "packages",
    "declarative",
    "run steps",
    "code lines",
    "to read",
    "left",
    "share",
    "seconds",
    "again",
)


class Share(NamedTuple):
    """One project. `seconds` of the first and of a second look, loading included."""

    name: str
    packages: int
    declarative: int
    runs: int
    lines: int
    to_read: int
    left: int
    seconds: float
    again: float

    @property
    def share(self) -> float:
        """Of all code lines those to read, declarative build code apart."""
        return self.left / self.lines if self.lines else 0.0


def measure(project: Path) -> Share:
    """Raises ReviewerError where the project cannot be read."""
    start = time.perf_counter()
    open_review(project, Progress(), evidence=Evidence.READ)
    first = time.perf_counter()
    review = open_review(project, Progress(), evidence=Evidence.READ)
    again = time.perf_counter()
    graph = review.graph
    packages = [package for package in graph.packages if package.fetched and not graph.is_own(package.id)]
    left = review.left
    return Share(
        name=project.name,
        packages=len(packages),
        declarative=sum(graph.is_declarative(package.id) for package in packages),
        runs=sum(1 for step in graph.run_steps if step.run and step.run.reach is not None),
        lines=sum(_code_lines(Path(package.root)) for package in packages),
        to_read=left.lines,
        left=left.lines - left.declarative,
        seconds=first - start,
        again=again - first,
    )


def _code_lines(folder: Path) -> int:
    try:
        entries = walk(folder)
    except ReviewerError:
        return 0
    files = (entry for entry in entries if entry.kind is not Kind.LINK and entry.path.endswith(CODE))
    return sum((folder / entry.path).read_bytes().count(b"\n") for entry in files)


def _projects(folders: list[Path]) -> Iterator[Path]:
    for folder in folders:
        if (folder / "build.zig").is_file():
            yield folder
        else:
            yield from sorted(inner for inner in folder.iterdir() if (inner / "build.zig").is_file())


def main() -> None:
    """Print the table, and the medians over the projects that have dependencies."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", metavar="FOLDER", nargs="+", type=Path)
    print(_ROW.format(*_HEADINGS))
    shares = []
    for project in _projects(parser.parse_args().folders):
        try:
            share = measure(project)
        except ReviewerError as error:
            print(f"{project.name:22} left out: {error}")
            continue
        told = (share.packages, share.declarative, share.runs, share.lines, share.to_read, share.left)
        print(
            _ROW.format(share.name[:22], *told, f"{share.share:.2%}", f"{share.seconds:.2f}", f"{share.again:.2f}"),
            flush=True,
        )
        if share.lines:
            shares.append(share)
    if shares:
        whole = statistics.median(share.to_read / share.lines for share in shares)
        rest = statistics.median(share.share for share in shares)
        print(
            f"{len(shares)} projects with dependencies: median share to read {whole:.2%}, declarative apart {rest:.2%} (aim < 2 %)"
        )


if __name__ == "__main__":
    main()
