"""The pure question: what does the lock say about each package and run step of a graph?"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from reviewer.lock.decision import Decision, Lock
from reviewer.model.graph import Graph


class Status(StrEnum):
    """Computed, never stored. DESIGN.md, Vocabulary."""

    TRUSTED = "trusted"
    UNREVIEWED = "unreviewed"
    CHANGED = "changed"
    REJECTED = "rejected"
    DEFERRED = "deferred"
    OWN = "own"


@dataclass(frozen=True, slots=True)
class StepAssessment:
    """A run step's status, and in words why."""

    step: str
    status: Status
    reason: str


@dataclass(frozen=True, slots=True)
class Assessment:
    """A package's status, in words why, the decision that it rests on (possibly of an older version), and its run steps."""

    package: str
    status: Status
    reason: str
    decision: Decision | None
    steps: tuple[StepAssessment, ...] = ()


def assess(graph: Graph, lock: Lock) -> Mapping[str, Assessment]:
    """Every package of the graph, by id, in the graph's order."""
    raise NotImplementedError
