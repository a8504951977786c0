"""An enforced build of a project whose steps are granted nothing."""

import os
import threading
from collections.abc import Sequence
from pathlib import Path

from reviewer.ecosystems.zig.building.build import Built, Decide, build_enforced
from reviewer.ecosystems.zig.building.decide import StepRules
from reviewer.ecosystems.zig.building.layout import Layout
from reviewer.ecosystems.zig.building.match import Matched
from reviewer.ecosystems.zig.configured.kept import configured_graph
from reviewer.ecosystems.zig.packages.table import PackageTable, find_packages
from reviewer.ecosystems.zig.toolchains.find import Toolchain
from reviewer.model.graph import Graph, Step
from reviewer.progress import Progress
from reviewer.sandbox.broker import Allowed, Refused
from reviewer.sandbox.supervise import Streams


class Steps:
    """The steps that ran, each the approved one, under Reviewer's rules without any grant."""

    def __init__(self) -> None:
        self.ran: list[tuple[str, Matched]] = []

    def rules(self, graph: Graph, table: PackageTable) -> Decide:
        rules = StepRules(graph, table, {}, lambda refusal: f"was refused: {refusal.acts}", Progress())

        def decide(step: Step, matched: Matched, layout: Layout) -> Allowed | Refused:
            self.ran.append((step.id, matched))
            return rules.decide(step, matched, layout)

        return decide

    def names(self) -> list[str]:
        return sorted(name for name, _ in self.ran)


class Output:
    """What was printed, while it is printed: a pipe for a terminal's place."""

    def __init__(self) -> None:
        self._reading, self.writing = os.pipe()
        self._data = bytearray()
        self._thread = threading.Thread(target=self._read)
        self._thread.start()

    def _read(self) -> None:
        while chunk := os.read(self._reading, 1 << 16):
            self._data += chunk
        os.close(self._reading)

    def text(self) -> str:
        os.close(self.writing)
        self._thread.join()
        return self._data.decode("utf-8", "replace")


def build(
    project: Path,
    toolchain: Toolchain,
    steps: Steps,
    *words: str,
    arguments: Sequence[str] = (),
    options: tuple[str, ...] = (),
) -> tuple[Built, str]:
    """The build, and what it printed."""
    table = find_packages(project, Progress())
    graph = configured_graph(project, table, Progress(), zig=toolchain.zig, options=options)
    output, nothing = Output(), os.open("/dev/null", os.O_RDONLY)
    try:
        streams = Streams(nothing, output.writing, output.writing)
        built = build_enforced(
            graph,
            table,
            toolchain,
            (*options, *words),
            steps.rules(graph, table),
            Progress(),
            arguments=arguments,
            streams=streams,
        )
    finally:
        os.close(nothing)
        told = output.text()
    return built, told
