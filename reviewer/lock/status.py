"""The pure question: what does the lock say about each package and run step of a graph?"""

from collections.abc import Mapping, Sequence, Set
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from reviewer.content.text import visible
from reviewer.lock.decision import Criteria, Decision, ListedStep, Lock, Verdict, allows
from reviewer.lock.imports import NOTHING, Imported
from reviewer.lock.policy import POLICY_FILE, Policy
from reviewer.lock.signing import SIGNERS_FILE, Signed, address_of
from reviewer.model.fingerprint import READ_PREFIX
from reviewer.model.graph import Evidence, Graph, Location, Package, Step

_NO_POLICY = Policy()


class Status(StrEnum):
    """Computed, never stored. DESIGN.md, Vocabulary."""

    TRUSTED = "trusted"
    UNREVIEWED = "unreviewed"
    CHANGED = "changed"
    REJECTED = "rejected"
    DEFERRED = "deferred"
    OWN = "own"
    POLICY = "policy"
    """Nobody decided; the project's review.toml lets it pass."""


class StepAssessment(NamedTuple):
    """A run step's status, and in words why."""

    step: str
    status: Status
    reason: str


class Assessment(NamedTuple):
    """A package's status, in words why, the decision that it rests on (possibly of an older version), and its run steps.

    `steps` are those that the package owns, so that every run step is in exactly one assessment. Reasons are safe to show.
    `imported`: the name of the import that the decision is from; empty where it is the project's own.
    """

    package: str
    status: Status
    reason: str
    decision: Decision | None
    steps: tuple[StepAssessment, ...] = ()
    imported: str = ""


class _Decided(NamedTuple):
    """What was decided, apart from a package's own entry. `gone`: here, on packages that the graph does not have (any more)."""

    gone: Sequence[Decision]
    refused: Set[str]
    imported: Imported
    policy: Policy
    signatures: Mapping[str, Signed]


def assess(
    graph: Graph,
    lock: Lock,
    policy: Policy = _NO_POLICY,
    imported: Imported = NOTHING,
    signatures: Mapping[str, Signed] = MappingProxyType({}),
) -> Mapping[str, Assessment]:
    """Every package of the graph, by id, in the graph's order. What the policy lets pass, it lets pass criterion `run`.

    An entry of this lock outweighs any import; what an import rejects passes by no policy and no other import. `signatures`: what those of
    the lock's signed entries say.
    """
    runs: dict[str, list[Step]] = {}
    for step in graph.run_steps:
        runs.setdefault(step.package, []).append(step)
    gone = [decision for decision in lock.decisions.values() if decision.package not in graph.package]
    refused = {decision.digest for decision in lock.decisions.values() if decision.verdict is Verdict.REJECTED}
    decided = _Decided(gone, refused, imported, policy, signatures)
    return {
        package.id: _assess(graph, package, runs.get(package.id, []), lock.decisions.get(package.id), decided)
        for package in graph.packages
    }


def listed_steps(graph: Graph, package: str) -> Mapping[str, ListedStep]:
    """What a decision about this package must record: the run steps that it owns, by fingerprint, without grants."""
    return {
        step.run.fingerprint: ListedStep(_short(step.name), _created(step))
        for step in graph.run_steps
        if step.run is not None and step.package == package
    }


def _assess(
    graph: Graph,
    package: Package,
    runs: Sequence[Step],
    decision: Decision | None,
    decided: _Decided,
) -> Assessment:
    imported, refusals = "", () if graph.is_own(package.id) else _refusals(package, decided.imported)
    if graph.is_own(package.id):
        status, reason, decision = Status.OWN, "part of this project", None
    elif decision is not None:
        status, reason = _by_signature(decision, decided, *_decided(package, decision))
    else:
        status, reason, decision = _undecided(package, decided.gone)
        if not refusals and (found := _import(package, decision, decided)):
            imported, decision = found
            status, reason = Status.TRUSTED, f"{_in_words(decision)}, imported from {imported}"
        elif not refusals and decided.policy.declarative and (basis := _passes(graph, package, decision)):
            status, reason, decision = Status.POLICY, f"passes by {POLICY_FILE}, unread: {basis}", None
    steps = tuple(StepAssessment(step.id, status, reason) for step in runs)
    if status is Status.TRUSTED and decision and graph.evidence is not Evidence.READ:
        steps = tuple(_assess_step(step, decision, reason) for step in runs)
        if changed := [step for step in steps if step.status is Status.CHANGED]:
            status = Status.CHANGED
            reason = changed[0].reason + (f", and {len(changed) - 1} more" if len(changed) > 1 else "")
    return Assessment(package.id, status, "; ".join((reason, *refusals)), decision, steps, imported)


def _import(package: Package, older: Decision | None, decided: _Decided) -> tuple[str, Decision] | None:
    """Whose trust counts, with the import's name: in exactly this content, where nobody here refused it or put an older version off."""
    if package.digest is None or package.digest in decided.refused:
        return None
    if older is not None and older.verdict is not Verdict.TRUSTED:
        return None
    found = [one for one in decided.imported.trusts.get(package.id, ()) if one[1].digest == package.digest]
    return max(found, key=lambda one: (allows(one[1], Criteria.SHIP), one[1].at, one[0]), default=None)


def _refusals(package: Package, imported: Imported) -> tuple[str, ...]:
    """In words, who rejects this package or this content elsewhere."""
    keys = (package.id, package.digest or "")
    found = {name: decision for key in keys for name, decision in imported.rejects.get(key, ())}
    told = ((name, _in_words(decision), decision.note) for name, decision in sorted(found.items()))
    return tuple(f"{words} in import {name}" + (f" ({_short(note)})" if note else "") for name, words, note in told)


def _decided(package: Package, decision: Decision) -> tuple[Status, str]:
    """The status of a package that has an entry under its own id."""
    if package.digest == decision.digest:
        return Status(decision.verdict), _in_words(decision)
    if package.digest is None and not package.fetched:
        return Status(decision.verdict), f"{_in_words(decision)}; {_absence(package)}"
    if decision.verdict is Verdict.REJECTED:
        return Status.REJECTED, "rejected, but its content differs from what was rejected: look again"
    if package.digest is None:
        return Status.UNREVIEWED, _absence(package)
    if decision.verdict is Verdict.DEFERRED:
        return Status.UNREVIEWED, "its content differs from what was deferred"
    return Status.CHANGED, "its content differs from what was trusted"


def _by_signature(decision: Decision, decided: _Decided, status: Status, reason: str) -> tuple[Status, str]:
    """What is left of a decision once it is known who made it: an altered entry is no decision of anybody, and worth an alarm."""
    signed = decided.signatures.get(decision.package)
    if signed is Signed.ALTERED:
        return (
            Status.REJECTED,
            "its entry in review.lock was altered after it was signed: restore it, and find out by whom",
        )
    if signed is Signed.UNKNOWN:
        reason += f"; signed by a key that {SIGNERS_FILE} does not list for {_short(address_of(decision))}"
    elif signed is None and decided.policy.signed:
        reason += ", not signed"
    if status is Status.TRUSTED and decided.policy.signed and signed is not Signed.GOOD:
        return Status.UNREVIEWED, f"{reason}; {POLICY_FILE} demands it"
    return status, reason


def _passes(graph: Graph, package: Package, older: Decision | None) -> str:
    """On what it rests that the package only describes a build and nothing of it is executed or given to what is; empty if it is not so."""
    code = graph.build_code_of.get(package.id)
    if code is None or not code.declarative or package.digest is None:
        return ""
    if older is not None and older.verdict is not Verdict.TRUSTED:
        return ""
    if graph.runs_of(package.id) or graph.is_reached(package.id):
        return ""
    odd = any(finding.capability == "unanalyzed" for finding in graph.findings_of(package.id))
    return "" if odd else code.basis


def _undecided(package: Package, gone: Sequence[Decision]) -> tuple[Status, str, Decision | None]:
    """The status of a package without an entry, in the light of decisions on versions that the project no longer uses."""
    prefix = f"{package.ecosystem}:{package.name}@"
    older = sorted((d for d in gone if d.package.startswith(prefix)), key=lambda decision: decision.at, reverse=True)
    absence = "" if package.digest else f"; {_absence(package)}"
    trusted = next((decision for decision in older if decision.verdict is Verdict.TRUSTED), None)
    if trusted is not None:
        refused = next((decision for decision in older if decision.verdict is Verdict.REJECTED), None)
        also = f"; {_at(package, refused)}" if refused is not None else ""
        return Status.CHANGED, _since(package, trusted) + also + absence, trusted
    if older:
        return Status.UNREVIEWED, _since(package, older[0]) + absence, older[0]
    return Status.UNREVIEWED, _absence(package) if absence else "no decision yet", None


def _assess_step(step: Step, decision: Decision, reason: str) -> StepAssessment:
    if _lists(decision, step):
        return StepAssessment(step.id, Status.TRUSTED, reason)
    place = f" ({created})" if (created := _created(step)) else ""
    return StepAssessment(
        step.id, Status.CHANGED, f'runs "{_short(step.name)}"{place}, which the decision does not list'
    )


def _lists(decision: Decision, step: Step) -> bool:
    """Whether the reviewer saw this step: as it is, or when reading the line of the same content that creates it."""
    if step.run is not None and step.run.fingerprint in decision.steps:
        return True
    place = _place(step)
    if place is None:
        return False
    read = (seen for fingerprint, seen in decision.steps.items() if fingerprint.startswith(READ_PREFIX))
    return any(seen.created == _short(str(place)) for seen in read)


def _place(step: Step) -> Location | None:
    """Where its owner's build code creates the step: the innermost frame in the owner, not in a helper of another package."""
    return next((place for place in step.created_at if place.package == step.package), None)


def _created(step: Step) -> str:
    place = _place(step) or next(iter(step.created_at), None)
    return "" if place is None else _short(str(place))


def _absence(package: Package) -> str:
    if package.fetched:
        return "its content could not be read"
    return "lazy, not fetched" if package.lazy else "not fetched"


def _since(package: Package, decision: Decision) -> str:
    version = _version(package, decision)
    if version == package.version:
        return f"{_at(package, decision)}, now with another pin" if version else _at(package, decision)
    return f"{_at(package, decision)}, now {_short(package.version) or 'without a version'}"


def _at(package: Package, decision: Decision) -> str:
    version = _short(_version(package, decision))
    return f"{decision.verdict} at {version}" if version else f"{decision.verdict} at another pin"


def _version(package: Package, decision: Decision) -> str:
    """The version in the id of a decision on another version of this package."""
    return decision.package[len(f"{package.ecosystem}:{package.name}@") :].partition("#")[0]


def _in_words(decision: Decision) -> str:
    purpose = ""
    if decision.verdict is Verdict.TRUSTED:
        purpose = " to ship" if allows(decision, Criteria.SHIP) else " to run"
    name = decision.by.partition("<")[0].strip()
    return f"{decision.verdict}{purpose} by {_short(name)}" if name else f"{decision.verdict}{purpose}"


def _short(text: str) -> str:
    """Fit for a table cell and a line of review.lock."""
    shown = visible(text[:200])
    return f"{shown}…" if len(text) > 200 else shown
