"""The bar that offers to fetch the packages which a project lacks: without them part of its graph is missing."""

from pathlib import Path

from reviewer.ecosystems import Fetched, ecosystem_named
from reviewer.model.graph import Graph
from reviewer.progress import Progress
from reviewer.ui.look.text import counted, one_line
from reviewer.ui.shell.offer import OfferBar

_NAMED = 6


class FetchBar(OfferBar):
    """`brought` with what came (Fetched)."""

    def __init__(self, graph: Graph, toolchain: Path | None) -> None:
        super().__init__("Fetching packages")
        self._graph, self._toolchain = graph, toolchain
        self.setAccessibleName(self.tr("Fetch packages"))

    def offer_packages(self, *, lazy: bool) -> bool:
        """Offer the packages that are missing, `lazy` ones too; whether there are any."""
        missing = [p for p in self._graph.packages if not p.fetched and not p.is_path and (lazy or not p.lazy)]
        if not missing:
            return False
        named = ", ".join(one_line(package.name, 40) for package in missing[:_NAMED])
        more = self.tr(" and {} more").format(len(missing) - _NAMED) if len(missing) > _NAMED else ""

        def fetch(progress: Progress) -> Fetched:
            graph = self._graph
            return ecosystem_named(graph.ecosystem).fetch(
                Path(graph.root), progress, toolchain=self._toolchain, options=graph.options, lazy=lazy
            )

        self.offer(
            self.tr("Part of the graph is missing. {} not fetched: {}{}.").format(
                counted(len(missing), "package"), named, more
            ),
            self.tr("Fetch"),
            self.tr("From the network, held in a sandbox: nothing of them or of the project is executed"),
            fetch,
        )
        return True

    def tell(self, fetched: Fetched) -> str:
        """What became of it, in a line."""
        told = [self.tr("{} came in, and nothing was executed.").format(counted(len(fetched.pins), "package"))]
        if fetched.failures:
            more = self.tr(" (and {} more)").format(len(fetched.failures) - 1) if len(fetched.failures) > 1 else ""
            told.append(self.tr("Not fetched: {}{}").format(fetched.failures[0], more))
        return " ".join(told)
