"""The verdict first, then the real build: composed of review.lock, the ecosystem's building and the sandbox."""

from collections.abc import Callable, Sequence
from pathlib import Path

from reviewer.ecosystems import BuildOrder, BuildWords, Refusal, ecosystem_named
from reviewer.gate.enforced.approval import Approval
from reviewer.gate.enforced.refusals import refused_in_words
from reviewer.model.observation import Act
from reviewer.progress import Progress


def enforced_build(
    approval: Approval,
    words: BuildWords,
    progress: Progress,
    *,
    toolchain: Path | None = None,
    shown: Callable[[str], str],
    observed: Callable[[str], Sequence[Act]],
    tell: Callable[[str], None],
) -> int:
    """Build the project of a graph that is approved; the build system's own exit code. `shown` makes a line fit for the terminal.

    `observed`: what a step (its id) was seen to do before; called on any thread. `tell` prints lines that are fit for it.

    Raises ReviewerError where it could not begin, NotAsApprovedError where it was stopped, CancelledError.
    """
    graph, grants = approval.graph, approval.grants

    def refused(refusal: Refusal) -> str:
        text = refused_in_words(refusal, graph, grants.get(refusal.step, {}), observed(refusal.step))
        return "\n".join(shown(line) for line in text.split("\n"))

    order = BuildOrder(words, grants, approval.withdrawn, refused, tell)
    return ecosystem_named(graph.ecosystem).build(graph, order, progress, toolchain=toolchain)
