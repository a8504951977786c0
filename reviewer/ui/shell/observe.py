"""From the wish to observe a run step to its run: the exact graph is needed first, and a yes for this project."""

from typing import NamedTuple

from PySide6.QtCore import QCoreApplication

from reviewer.model.graph import Step
from reviewer.ui.state.session import Session


class Wanted(NamedTuple):
    """A run step by what it is called, since a configured graph may give it another id than a read one."""

    id: str
    package: str
    name: str

    @classmethod
    def of(cls, step: Step) -> "Wanted":
        """The step, to be found again."""
        return cls(step.id, step.package, step.name)

    def find(self, session: Session) -> Step | None:
        """The step in another graph of the same project; None where it is not sure which it is."""
        graph = session.review.graph
        alike = [step for step in graph.run_steps if (step.package, step.name) == (self.package, self.name)]
        same = next((step for step in alike if step.id == self.id), None)
        return same or (alike[0] if len(alike) == 1 else None)


def text_before_observing() -> str:
    """What is asked where the project was only read so far."""
    return QCoreApplication.translate(
        "Observe",
        "To run a step, its exact command has to be known, so the project's build scripts are executed first, then the step. Reviewer "
        "does both in a sandbox: no network, a home folder of decoys in the place of yours, packages read-only.\n\n"
        "The answer is remembered for this project.",
    )
