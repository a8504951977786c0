"""`python -m benchmarks.agreement FOLDER…`: whether `reviewer graph` tells the same steps as `zig build --print-configuration` of zig 0.17.

Each folder is a project, or holds projects; those that cannot be configured here are named and left out. Zig prints in the sandbox too,
without our hook in it. A step agrees that has the same number, name, kind, owner and dependencies, and executes or does not, with as many
arguments. What an argument, an input or an output is, every configure compares (reviewer/ecosystems/zig/configured/agreement.py).
"""

import argparse
import re
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from benchmarks.recall import projects
from reviewer.ecosystems.zig.configured.printed import PrintedStep, read_printed
from reviewer.ecosystems.zig.configured.report import MAX_BYTES
from reviewer.ecosystems.zig.configured.sandboxed import sandboxed_zig
from reviewer.ecosystems.zig.loading import load_graph
from reviewer.ecosystems.zig.packages.table import find_packages
from reviewer.ecosystems.zig.toolchains.find import NEWEST, Toolchain, find_toolchain
from reviewer.errors import ReviewerError
from reviewer.model.graph import Evidence, Graph, Step
from reviewer.progress import Progress
from reviewer.sandbox.policy import Limits

_ROW = "{:26} {:>8} {:>8} {:>8} {:>8} {:>10}"
_CONFIGURE_ANEW = "--cache-poison=poisoned"  # or zig would print a configuration that it kept from another time
_ARGUMENT = re.compile(r"^ {20}\.\{$", re.MULTILINE)
_ARGUMENTS = re.compile(r"^ {16}\.args = \.\{\n(.*?)^ {16}\},$", re.MULTILINE | re.DOTALL)


def printed_steps(root: Path, toolchain: Toolchain) -> tuple[PrintedStep, ...]:
    """What plain zig prints of a project, in the sandbox. Raises ReviewerError."""
    progress = Progress()
    zig = sandboxed_zig(root, find_packages(root, progress), toolchain, progress)
    plain = replace(zig, overlay=replace(zig.overlay, arguments=(_CONFIGURE_ANEW,)))
    with tempfile.TemporaryDirectory() as output:
        result = plain.build(
            ("--print-configuration",),
            environment={},
            output=Path(output),
            limits=Limits(wall_seconds=300, output_bytes=MAX_BYTES),
            progress=progress,
        )
    if result.exit_code != 0:
        raise ReviewerError(f"zig printed nothing: {result.stderr.decode('utf-8', 'replace')[:200]}")
    return read_printed(result.stdout)


def disagreeing(graph: Graph, printed: tuple[PrintedStep, ...]) -> Iterator[tuple[Step | None, PrintedStep | None]]:
    """The steps that one side has otherwise or not at all."""
    owners: dict[str, str] = {}
    for number in range(max(len(graph.steps), len(printed))):
        ours = graph.steps[number] if number < len(graph.steps) else None
        theirs = printed[number] if number < len(printed) else None
        if ours is None or theirs is None or not _agree(graph, ours, theirs, owners):
            yield ours, theirs


def _agree(graph: Graph, ours: Step, theirs: PrintedStep, owners: dict[str, str]) -> bool:
    depends_on = tuple(
        dict.fromkeys(graph.steps[number].id for number in theirs.depends_on if number < len(graph.steps))
    )
    same = (ours.name, ours.kind, ours.depends_on) == (
        theirs.name.decode("utf-8", "surrogateescape"),
        theirs.tag,
        depends_on,
    )
    return (
        same
        and owners.setdefault(theirs.owner, ours.package) == ours.package
        and _count(ours) == _printed_count(theirs)
    )


def _count(step: Step) -> int | None:
    return None if step.run is None else len(step.run.command)


def _printed_count(step: PrintedStep) -> int | None:
    if step.tag != "run":
        return None
    arguments = _ARGUMENTS.search(step.details)
    return len(_ARGUMENT.findall(arguments[1])) if arguments else 0


def main() -> None:
    """Print the table row by row."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.agreement", description=__doc__.partition("\n")[0])
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    parser.add_argument("--zig", type=Path, help="a zig 0.17, also for projects that ask for an older one")
    arguments = parser.parse_args()
    toolchain = find_toolchain(NEWEST["0.17"], arguments.zig)
    print(_ROW.format("project", "packages", "steps", "agreed", "runs", "disagreed"))
    rows = []
    for project in projects(arguments.folders):
        try:
            graph = load_graph(project, Evidence.CONFIGURED, Progress(), zig=toolchain.zig)
            differing = list(disagreeing(graph, printed_steps(project, toolchain)))
        except ReviewerError as error:
            print(f"{project.name:26} left out: {error}", flush=True)
            continue
        agreed = len(graph.steps) - sum(ours is not None for ours, _ in differing)
        runs = sum(step.run is not None for step in graph.steps)
        rows.append((len(graph.packages), len(graph.steps), agreed, runs, len(differing)))
        print(_ROW.format(project.name, *rows[-1]), flush=True)
        for ours, theirs in differing:
            print(
                f"    ours {ours and (ours.name, ours.kind, ours.package)}, zig's {theirs and (theirs.name, theirs.tag, theirs.owner)}"
            )
    print(_ROW.format(f"all {len(rows)}", *map(sum, zip(*rows, strict=True)) if rows else (0,) * 5))


if __name__ == "__main__":
    main()
