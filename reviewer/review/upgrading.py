"""Where an upgrade stands: what of it somebody has to agree to, and how many of its changes were viewed."""

from typing import NamedTuple

from reviewer.review.review import Review
from reviewer.upgrade.compare import Comparison
from reviewer.upgrade.marks import Marks, marks_of

UNVIEWED = "Not every change was viewed"


class Upgrade(NamedTuple):
    """A comparison, and under which digests its files and their changes are marked viewed."""

    comparison: Comparison
    marks: tuple[Marks, ...]


class Standing(NamedTuple):
    """`questions` must be agreed to one by one, in their words; the last is that not every change was viewed, where that is so."""

    questions: tuple[str, ...]
    viewed: int
    changes: int

    @property
    def ready(self) -> bool:
        """Whether it can be approved with one key, and together with others: nothing follows from it, and all of it was viewed."""
        return not self.questions

    @property
    def progress(self) -> str:
        """`12 of 31 changes viewed`."""
        return f"{self.viewed:,} of {self.changes:,} change{'' if self.changes == 1 else 's'} viewed"


def upgrade_of(comparison: Comparison) -> Upgrade:
    """Reads the changed files, so it belongs off the window's thread. Raises ReviewerError where one cannot be read any more."""
    return Upgrade(comparison, tuple(marks_of(file) for file in comparison.files or ()))


def standing(review: Review, upgrade: Upgrade) -> Standing:
    """Of an upgrade, as far as it was viewed until now."""
    viewed = [seen for marks in upgrade.marks for seen in review.viewed_changes(marks)]
    told = tuple(consequence.question for consequence in upgrade.comparison.questions)
    left = () if all(viewed) else (UNVIEWED,)
    return Standing((*told, *left), sum(viewed), len(viewed))
