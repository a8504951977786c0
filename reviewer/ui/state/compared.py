"""A comparison with all that showing it needs, and what the page of changes asks of whoever made it."""

from typing import NamedTuple

from PySide6.QtCore import QObject, Signal

from reviewer.errors import ReviewerError
from reviewer.review.review import Review
from reviewer.review.upgrading import Standing, Upgrade, standing, upgrade_of
from reviewer.upgrade.changed import more_than_blanks
from reviewer.upgrade.compare import Comparison
from reviewer.upgrade.lines import Hunk, lines_of

Lines = tuple[list[str], list[str]]
"""The lines of a file then and now; none of what is not compared by lines."""


class Compared(NamedTuple):
    """An upgrade with the lines of its files, and for each hunk of these what is more than white space."""

    upgrade: Upgrade
    lines: tuple[Lines, ...]
    blanks_aside: tuple[tuple[tuple[Hunk, ...], ...], ...]

    @property
    def comparison(self) -> Comparison:
        """What was compared."""
        return self.upgrade.comparison


def prepared(comparison: Comparison) -> Compared:
    """With everything that showing it needs. Raises ReviewerError where a file cannot be read any more."""
    lines = []
    for file in comparison.files or ():
        sides = [lines_of(side.content()) if file.hunks and side else [] for side in (file.old, file.new)]
        lines.append((sides[0], sides[1]))
    aside = tuple(more_than_blanks(file) for file in comparison.files or ())
    return Compared(upgrade_of(comparison), tuple(lines), aside)


class Comparisons(QObject):
    """Comparisons of packages with something: the last decision, or any other version. `changed` carries a package id, `failed` a sentence.

    `asks`: trusting rests on them, so that what follows is to be confirmed; here nothing is.
    """

    changed = Signal(str)
    failed = Signal(str)
    asks = False

    def __init__(self, review: Review) -> None:
        super().__init__()
        self.review = review

    def has(self, package: str) -> bool:
        """Whether there is something to compare the package with."""
        raise NotImplementedError

    def title(self, package: str) -> str:
        """What the tab says."""
        raise NotImplementedError

    def of(self, package: str) -> Compared | ReviewerError | None:
        """What differs; why that cannot be told; None while it is being found out, or where there is nothing to compare with."""
        raise NotImplementedError

    def reads_now(self, package: str) -> bool:
        """Whether the new side is what the project has."""
        raise NotImplementedError

    def fetch(self, package: str) -> None:
        """Fetch the old side, where that is offered, and compare again."""

    def standing(self, found: Compared) -> Standing:
        """How much of it was viewed, and what trusting it would ask."""
        return standing(self.review, found.upgrade)

    def questions(self, _package: str) -> tuple[str, ...]:
        """What is still to be confirmed, as it is told."""
        return ()

    def is_confirmed(self, _package: str, _text: str) -> bool:
        """Whether the reviewer agreed to this consequence."""
        return False

    def confirm(self, package: str, text: str) -> None:
        """Agree to a consequence, or take that back."""
