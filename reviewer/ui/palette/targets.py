"""What the go-to palette offers, and which of it fits best. No Qt."""

import heapq
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from reviewer.ui.look.names import step_label
from reviewer.ui.look.text import one_line
from reviewer.ui.state.selection import Selected
from reviewer.ui.state.session import Session

MOST_RESULTS = 50
_FILES_OF = 60
_FINDINGS = 2_000
_TYPO = 4
"""Letters from which on a query may have one wrong."""
_ALIKE = 75
"""Of 100, how much alike a name and a query with a wrong letter must be."""


@dataclass(frozen=True, slots=True)
class Target:
    """Something to go to: a place to select, or the id of an act."""

    kind: str
    text: str
    detail: str
    place: Selected | None = None
    act: str | None = None


def places(session: Session) -> list[Target]:
    """Packages, run steps and other steps, the files to read of the packages that matter most, and findings."""
    review = session.review
    graph = review.graph
    found = [
        Target("package", one_line(p.name), one_line(f"{p.version} {review.status(p.id).value}", 40), Selected(p.id))
        for p in graph.packages
    ]
    steps = sorted(graph.steps, key=lambda step: step.run is None)
    for step in steps:
        owner = one_line(graph.package[step.package].name)
        found.append(
            Target("run step" if step.run else "step", step_label(step), owner, Selected(step.package, step.id))
        )
    waiting = review.queue
    others = (package.id for package in graph.packages if not graph.is_own(package.id))
    for package in list(dict.fromkeys([*waiting, *others]))[:_FILES_OF]:
        owner = one_line(graph.package[package].name)
        for file in review.reading(package):
            place = Selected(package, None, file.path)
            found.append(Target("file", one_line(f"{owner}/{file.path}"), one_line(file.role), place))
    findings = sorted(graph.findings, key=lambda finding: finding.capability == "unanalyzed")
    for finding in findings[:_FINDINGS]:
        owner = one_line(graph.package[finding.package].name, 40)
        text = one_line(f"{finding.capability} {owner}/{finding.file}:{finding.line}")
        place = Selected(finding.package, None, finding.file, finding.line)
        found.append(Target("finding", text, one_line(finding.text), place))
    return found


def rank(query: str, targets: Iterable[Target], recent: Sequence[Target] = ()) -> Sequence[Target]:
    """The targets that a query may mean, the best first; among equals, and without a query, those gone to most recently.

    A target fits that holds every word of the query, whose name has its letters in order, or that is written much like it.
    """
    words = query.casefold().split()
    again = {target: number for number, target in enumerate(recent)}
    fitting = []
    for number, target in enumerate(targets):
        if (bad := _badness(words, target)) is not None:
            fitting.append((bad[0], again.get(target, len(again)), bad[1], number, target))
    return [target for *_, target in heapq.nsmallest(MOST_RESULTS, fitting, key=lambda item: item[:4])]


def _badness(words: Sequence[str], target: Target) -> tuple[int, float] | None:
    """How badly a target fits, and how unlike its name is; smaller is better, None does not fit."""
    if not words:
        return 0, 0
    name, whole, query = (
        target.text.casefold(),
        f"{target.text} {target.detail} {target.kind}".casefold(),
        " ".join(words),
    )
    unlike = 100 - fuzz.ratio(query, name)
    if all(word in whole for word in words):
        at = name.find(words[0])
        return (3 if at < 0 else 0 if at == 0 else 2 if name[at - 1].isalnum() else 1), unlike
    letters = iter(name)
    if all(letter in letters for word in words for letter in word):
        return 4, unlike
    alike = fuzz.partial_ratio(query, name) if len(query) >= _TYPO else 0
    return (5, 100 - alike) if alike >= _ALIKE else None
