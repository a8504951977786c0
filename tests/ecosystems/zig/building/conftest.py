"""A project whose run steps do what they do not declare."""

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from reviewer.ecosystems import Refusal
from reviewer.ecosystems.zig.building.build import build_enforced
from reviewer.ecosystems.zig.building.decide import StepRules
from reviewer.ecosystems.zig.building.layout import Layout
from reviewer.ecosystems.zig.building.match import Matched
from reviewer.ecosystems.zig.configured.kept import configured_graph
from reviewer.ecosystems.zig.packages.table import find_packages
from reviewer.ecosystems.zig.toolchains.find import find_toolchain
from reviewer.model.graph import Graph, Step
from reviewer.progress import Progress
from reviewer.sandbox.broker import Allowed, Refused
from reviewer.sandbox.supervise import Streams
from tests.ecosystems.zig.building.helpers import Output

HOSTILE = Path(__file__).parent / "hostile"


class Project:
    """The hostile project, built for real."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.refusals: list[Refusal] = []
        self.told = ""
        self.stopped: tuple[str, ...] = ()
        self.requests: list[tuple[Step, Matched]] = []
        self.meanwhile: Callable[[Layout, Graph], None] | None = None
        """Called once, when the first step is asked for."""

    def build(self, step: str, grants: Mapping[str, tuple[str, ...]] | None = None, *options: str) -> bool:
        """Whether the build of this step went well, with these grants for its run step."""
        toolchain = find_toolchain("0.17.0")
        table = find_packages(self.root, Progress())
        graph = configured_graph(self.root, table, Progress(), zig=toolchain.zig, options=options)
        shutil.rmtree(self.root / "zig-out", ignore_errors=True)
        names = {
            top.name: run.id
            for top in graph.steps
            if top.kind == "top_level"
            for install in top.depends_on
            for run in graph.run_steps
            if run.id in graph.step[install].depends_on
        }
        self.refusals.clear()
        self.rules = rules = StepRules(graph, table, {names[step]: grants} if grants else {}, self._refused, Progress())
        self.requests.clear()

        def decide(step: Step, matched: Matched, layout: Layout) -> Allowed | Refused:
            self.requests.append((step, matched))
            meanwhile, self.meanwhile = self.meanwhile, None
            if meanwhile is not None:
                meanwhile(layout, graph)
            return rules.decide(step, matched, layout)

        output, nothing = Output(), os.open("/dev/null", os.O_RDONLY)
        try:
            streams = Streams(nothing, output.writing, output.writing)
            built = build_enforced(graph, table, toolchain, [*options, step], decide, Progress(), streams=streams)
        finally:
            os.close(nothing)
            self.told = output.text()
        self.stopped = built.stopped
        return built.result.exit_code == 0 and not built.stopped

    def _refused(self, refusal: Refusal) -> str:
        self.refusals.append(refusal)
        return "; ".join(f"was refused: {act.capability} {act.what}" for act in refusal.acts)

    def acts(self) -> set[tuple[str, str]]:
        return {(act.capability, act.what) for refusal in self.refusals for act in refusal.acts}

    def made(self, step: str, name: str = "copy") -> str:
        return (self.root / "zig-out" / step / name).read_text()


@pytest.fixture(scope="package")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    yield Project(Path(shutil.copytree(HOSTILE, tmp_path_factory.mktemp("hostile") / "project")))
