"""What review.lock holds about packages that the project no longer has, and what of it is worth keeping."""

from collections.abc import Mapping
from typing import NamedTuple

from reviewer.content.text import visible
from reviewer.errors import ReviewerError
from reviewer.lock.decision import Verdict
from reviewer.model.graph import Severity
from reviewer.review.review import Review


class Prune(NamedTuple):
    """Package ids to drop, and those that are gone too but kept, with why."""

    dropped: tuple[str, ...]
    kept: Mapping[str, str]


def what_to_prune(review: Review) -> Prune:
    """Raises ReviewerError where it cannot be known which packages the project has.

    Kept are rejects (content that somebody refused must not come back as merely unknown), what a package that is waiting is compared
    with, and what the entry of a package that is there was reviewed against.
    """
    graph, decisions = review.graph, review.lock.decisions
    if any(problem.severity is Severity.ERROR for problem in graph.problems):
        cure = "see `reviewer check`, then try again"
        raise ReviewerError("the project could not be read whole, so nothing is known to be gone", cure=cure)
    if absent := [package for package in graph.packages if not package.fetched]:
        what = f"{visible(absent[0].name)[:80]} is not fetched, so the packages that it needs are not known"
        more = f" (nor for {len(absent) - 1} more)" if len(absent) > 1 else ""
        raise ReviewerError(what + more, where=graph.root, cure="fetch all first, with `reviewer fetch --all`")
    kept: dict[str, str] = {}
    for assessment in review.assessments.values():
        decision = assessment.decision
        if decision is None:
            continue
        if decision.package != assessment.package:
            kept.setdefault(decision.package, f"{assessment.package} is compared with it")
        elif decision.basis is not None:
            kept.setdefault(decision.basis, f"{assessment.package} was reviewed against it")
    gone = [package for package in decisions if package not in graph.package]
    for package in gone:
        if decisions[package].verdict is Verdict.REJECTED:
            kept[package] = "it is rejected; `reviewer forget` removes it"
    return Prune(
        tuple(sorted(package for package in gone if package not in kept)),
        {package: kept[package] for package in sorted(gone) if package in kept},
    )
