"""The content that was decided about, where it is not here any more: fetched once more by its pin, and kept."""

from pathlib import Path

from reviewer.content.text import visible
from reviewer.ecosystems import ecosystem_named
from reviewer.errors import ReviewerError
from reviewer.lock.decision import Decision
from reviewer.model.graph import Graph
from reviewer.progress import Progress
from reviewer.upgrade.store import Store

UNKNOWN = (
    "where it came from is not known: no manifest of now, of the git history or of a reviewed package names its pin, "
    "and the note of the decision no address"
)


def address_of(graph: Graph, decision: Decision, progress: Progress) -> str:
    """Where what was decided about can be fetched from; empty where nobody says so. Raises CancelledError."""
    ecosystem, pin = ecosystem_named(graph.ecosystem), decision.package.partition("#")[2]
    store = Store()
    manifests = (text for file in ecosystem.build_files() for text in store.texts(file))
    return ecosystem.address_of(Path(graph.root), pin, decision.note, manifests, progress)


def fetch_again(graph: Graph, decision: Decision, progress: Progress, *, toolchain: Path | None = None) -> None:
    """Fetch what was decided about and keep it, executing nothing; then there is something to compare with.

    Raises ReviewerError where its address is not known, it does not come, or is not what was decided about, and CancelledError.
    """
    ecosystem, pin = ecosystem_named(graph.ecosystem), decision.package.partition("#")[2]
    address = address_of(graph, decision, progress)
    if not address:
        raise ReviewerError(
            UNKNOWN, where=visible(decision.package), cure="name a folder or an archive to compare with"
        )
    root = Path(graph.root)
    with ecosystem.fetched_again(root, pin, address, progress, toolchain=toolchain) as folder:
        Store().keep(decision.digest, folder, None, progress)
