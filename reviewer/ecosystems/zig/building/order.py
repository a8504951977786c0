"""From an order of the gate to a build: the zig and the packages that the graph was made with, rules for its steps, and how it ended."""

from pathlib import Path

from reviewer.content.text import visible
from reviewer.ecosystems import BuildOrder, NotAsApprovedError
from reviewer.ecosystems.zig.building.build import build_enforced
from reviewer.ecosystems.zig.building.decide import StepRules
from reviewer.ecosystems.zig.configured.alone import alone
from reviewer.ecosystems.zig.options import package_sources
from reviewer.ecosystems.zig.packages.table import PackageTable, find_packages
from reviewer.ecosystems.zig.toolchains.find import Toolchain, find_toolchains
from reviewer.errors import ReviewerError
from reviewer.model.graph import Graph
from reviewer.progress import Progress
from reviewer.sandbox.probe import require_bubblewrap
from reviewer.sandbox.result import STOPPED, Outcome

_SIGNALLED = 128


def build_ordered(graph: Graph, order: BuildOrder, progress: Progress, *, zig: Path | None = None) -> int:
    """Zig's exit code, or 128 + the number of the signal that ended it, as shells have it.

    Raises ReviewerError where it could not begin or was stopped at a limit, NotAsApprovedError, or CancelledError.
    """
    require_bubblewrap("the enforced build")
    root = Path(graph.root)
    table = find_packages(root, progress, sources=package_sources(graph.options))
    _require_same_packages(graph, table)
    toolchain = _same_toolchain(graph, table, zig)
    rules = StepRules(graph, table, order.grants, order.refused, progress)
    words = order.words
    with alone(root, progress):
        built = build_enforced(
            graph,
            table,
            toolchain,
            words.words,
            rules.decide,
            progress,
            prefix=words.prefix,
            arguments=words.arguments,
            shown=words.shown,
            approve=order.approve,
        )
    if built.stopped:
        raise NotAsApprovedError("; ".join(dict.fromkeys(built.stopped)), cure="the build was stopped")
    result = built.result
    if result.outcome is not Outcome.FINISHED:
        raise ReviewerError(f"the build {STOPPED[result.outcome]}", where=visible(str(root)))
    if result.exit_code != 0 and not progress.cancelled:
        for text in rules.tests():
            order.tell(text)
    if result.signal is not None:
        return _SIGNALLED + result.signal
    return result.exit_code or 0


def _require_same_packages(graph: Graph, table: PackageTable) -> None:
    """Raises NotAsApprovedError where they are not what the verdict was about."""
    approved = {package.id: package.digest for package in graph.packages}
    now = {package.package.id: package.package.digest for package in table.packages}
    if changed := sorted(
        identity for identity in approved.keys() | now.keys() if approved.get(identity) != now.get(identity)
    ):
        what = f"changed while the build was prepared: {visible(', '.join(changed[:5]))}"
        raise NotAsApprovedError(what, cure="nothing was executed; start again")


def _same_toolchain(graph: Graph, table: PackageTable, named: Path | None) -> Toolchain:
    for toolchain in find_toolchains(table.minimum_zig_version, named):
        if toolchain.version == graph.toolchain:
            return toolchain
    raise ReviewerError(f"zig {graph.toolchain}, which configured the project, is not found any more", cure="try again")
