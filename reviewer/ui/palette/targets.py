"""What the go-to palette offers, and which of it fits best. No Qt."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reviewer.ui.look.names import step_label
from reviewer.ui.look.text import one_line
from reviewer.ui.packages.rows import Dependencies
from reviewer.ui.state.selection import Selected
from reviewer.ui.state.session import Session

MOST_RESULTS = 50
_FILES_OF = 60


@dataclass(frozen=True, slots=True)
class Target:
    """Something to go to: a place to select, or the id of an act."""

    kind: str
    text: str
    detail: str
    place: Selected | None = None
    act: str | None = None


def places(session: Session) -> list[Target]:
    """Packages, run steps and other steps, and the files to read of the packages that matter most."""
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
    others = [p.id for p in Dependencies(graph).packages if p.id not in set(waiting)]
    for package in [*waiting, *others][:_FILES_OF]:
        owner = one_line(graph.package[package].name)
        for file in review.reading(package):
            place = Selected(package, None, file.path)
            found.append(Target("file", one_line(f"{owner}/{file.path}"), one_line(file.role), place))
    return found


def rank(query: str, targets: Iterable[Target]) -> Sequence[Target]:
    """The targets that hold every word of the query, or its letters in order; the best first."""
    words = query.casefold().split()
    if not words:
        return list(targets)[:MOST_RESULTS]
    scored = []
    for number, target in enumerate(targets):
        score = _score(words, f"{target.text} {target.detail} {target.kind}".casefold(), target.text.casefold())
        if score is not None:
            scored.append((score, number, target))
    return [target for _, _, target in sorted(scored, key=lambda item: item[:2])[:MOST_RESULTS]]


def _score(words: Sequence[str], whole: str, name: str) -> int | None:
    """Smaller is better; None does not fit."""
    if all(word in whole for word in words):
        return 0 if name.startswith(words[0]) else 1 if words[0] in name else 2
    letters = iter(name)
    return 3 if all(letter in letters for word in words for letter in word) else None
