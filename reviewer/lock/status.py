"""The pure question: what does the lock say about each package and run step of a graph?"""

from collections.abc import Mapping, Sequence, Set
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from reviewer.content.text import visible
from reviewer.lock.decision import Criteria, Decision, ListedStep, Lock, Verdict, allows
from reviewer.lock.demands import demand_of, names_of, short_name, shortfall, unlisted
from reviewer.lock.imports import NOTHING, Imported
from reviewer.lock.policy import POLICY_FILE, Policy
from reviewer.lock.signing import Signatures, Signed
from reviewer.lock.voices import newest, voices
from reviewer.model.fingerprint import READ_PREFIX
from reviewer.model.graph import Evidence, Graph, Location, Package, Step

if TYPE_CHECKING:
    from reviewer.lock.history import Event

_NO_POLICY = Policy()
_OWN_PIN = "."


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
    `imported`: the name of the import that the decision is from; empty where it is the project's own. `refused_by`: the imports that reject
    it. `lacks`: in two words, what a trust that is there lacks of what review.toml demands; the reason tells it whole.
    """

    package: str
    status: Status
    reason: str
    decision: Decision | None
    steps: tuple[StepAssessment, ...] = ()
    imported: str = ""
    refused_by: tuple[str, ...] = ()
    lacks: str = ""


class _Decided(NamedTuple):
    """What was decided, apart from a package's own entry. `gone`: here, on packages that the graph does not have (any more)."""

    gone: Sequence[Decision]
    refused: Set[str]
    imported: Imported
    policy: Policy
    signatures: Signatures
    put_back: Mapping[str, "Event"]


def assess(
    graph: Graph,
    lock: Lock,
    policy: Policy = _NO_POLICY,
    imported: Imported = NOTHING,
    signatures: Signatures = MappingProxyType({}),
    put_back: Mapping[str, "Event"] = MappingProxyType({}),
) -> Mapping[str, Assessment]:
    """Every package of the graph, by id, in the graph's order. What the policy lets pass, it lets pass criterion `run`.

    An entry of this lock outweighs any import; what an import rejects passes by no policy and no other import. `signatures`: what those of
    the lock's signed entries say. `put_back`: what was decided after a trust that stands in the lock again (`reviewer.lock.replay`).
    """
    runs: dict[str, list[Step]] = {}
    for step in graph.run_steps:
        runs.setdefault(step.package, []).append(step)
    gone = [decision for decision in lock.decisions.values() if decision.package not in graph.package]
    refused = {decision.digest for decision in lock.decisions.values() if decision.verdict is Verdict.REJECTED}
    decided = _Decided(gone, refused, imported, policy, signatures, put_back)
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
    imported, lacks = "", ""
    refusals = {} if graph.is_own(package.id) else _refusals(package, decided.imported)
    if decision is not None and (alarm := _alarm(decision, decided)):
        status, reason = Status.REJECTED, alarm
    elif graph.is_own(package.id):
        status, reason, decision = Status.OWN, "part of this project", _own(package, decision, decided)
    elif decision is not None:
        status, reason, lacks = _by_demand(package, decision, decided, *_decided(package, decision))
    else:
        status, reason, decision = _undecided(package, decided.gone)
        if decision is not None and (alarm := _alarm(decision, decided)):  # what this content would be compared with
            status, reason = Status.REJECTED, f"{alarm} (the entry of {_short(_version(package, decision))})"
        elif not refusals and (found := _import(package, decision, decided)):
            imported, decision = found
            words = f"{_in_words(decision)}, imported from {imported}"
            status, reason, lacks = _by_demand(package, decision, decided, Status.TRUSTED, words, imported=True)
        elif (
            not refusals and decided.policy.declarative and (basis := _passes(graph, package, decision, decided.policy))
        ):
            status, reason, decision = Status.POLICY, f"passes by {POLICY_FILE}, unread: {basis}", None
    steps = tuple(StepAssessment(step.id, status, reason) for step in runs)
    if status is Status.TRUSTED and decision and graph.evidence is not Evidence.READ:
        steps = tuple(_assess_step(step, decision, reason) for step in runs)
        if changed := [step for step in steps if step.status is Status.CHANGED]:
            status = Status.CHANGED
            reason = changed[0].reason + (f", and {len(changed) - 1} more" if len(changed) > 1 else "")
    told = "; ".join((reason, *refusals.values()))
    return Assessment(package.id, status, told, decision, steps, imported, tuple(refusals), lacks)


def _own(package: Package, decision: Decision | None, decided: _Decided) -> Decision | None:
    """What grants steps of the project itself something, by fingerprint; it may be from when the project had another version."""
    earlier = (gone for gone in decided.gone if gone.package.partition("#")[2] == _OWN_PIN)
    found = decision or max(earlier, key=lambda entry: entry.at, default=None)
    if found is None or found.verdict is not Verdict.TRUSTED or _alarm(found, decided):
        return None
    status, _, _ = _by_demand(package, found, decided, Status.TRUSTED, "")
    return found if status is Status.TRUSTED else None


def _import(package: Package, older: Decision | None, decided: _Decided) -> tuple[str, Decision] | None:
    """Whose trust counts, with the import's name: in exactly this content, where nobody here refused it or put an older version off."""
    if package.digest is None or package.digest in decided.refused:
        return None
    if older is not None and older.verdict is not Verdict.TRUSTED:
        return None
    found = [one for one in decided.imported.trusts.get(package.id, ()) if one[1].digest == package.digest]
    return max(found, key=lambda one: (allows(one[1], Criteria.SHIP), one[1].at, one[0]), default=None)


def _refusals(package: Package, imported: Imported) -> Mapping[str, str]:
    """By import, in words, who rejects this package or this content elsewhere."""
    keys = (package.id, package.digest or "")
    found = {name: decision for key in keys for name, decision in imported.rejects.get(key, ())}
    told = ((name, _in_words(decision), decision.note) for name, decision in sorted(found.items()))
    return {name: f"{words} in import {name}" + (f" ({_short(note)})" if note else "") for name, words, note in told}


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


def _alarm(decision: Decision, decided: _Decided) -> str:
    """Why an entry is worth an alarm, whatever it says: it is no decision of anybody, or none that still holds. Empty where it is not."""
    signatures = decided.signatures.get(decision.package, ())
    if any(signature is not None and signature.state is Signed.ALTERED for signature in signatures):
        return "its entry in review.lock was altered after it was signed: restore it, and find out by whom"
    event = decided.put_back.get(decision.package)
    if event is None or event.after is None:
        return ""
    then = newest(event.after)
    what = "trusted with less" if then.verdict is Verdict.TRUSTED else then.verdict.value
    where = f"{then.at[:10]}, commit {event.commit.id}" if event.commit else then.at[:10]
    return (
        f"an older trust was put back: it was {what} by {short_name(then.by)} after that ({where}); "
        "find out by whom, and decide anew"
    )


def _by_demand(
    package: Package, decision: Decision, decided: _Decided, status: Status, reason: str, *, imported: bool = False
) -> tuple[Status, str, str]:
    """Status and reason once it is known who stands behind a decision, and what it lacks. An import is pinned instead of signed."""
    signatures = () if imported else decided.signatures.get(decision.package, ())
    demand = demand_of(decided.policy.rules, decision, package.name)
    lacks = shortfall(decision, signatures, demand._replace(signed=demand.signed and not imported))
    if status is Status.TRUSTED and lacks:
        return Status.UNREVIEWED, f"{reason}, {lacks.text}", lacks.short
    for voice, signature in zip(voices(decision), signatures, strict=False):
        if signature is not None and signature.state is Signed.UNKNOWN:
            reason += f"; {unlisted(voice)}"
    return status, reason, ""


def _passes(graph: Graph, package: Package, older: Decision | None, policy: Policy) -> str:
    """On what it rests that the package only describes a build and nothing of it is executed or given to what is; empty if it is not so."""
    code = graph.build_code_of.get(package.id)
    if code is None or not code.declarative or package.digest is None:
        return ""
    if older is not None and older.verdict is not Verdict.TRUSTED:
        return ""
    if any(rule.pattern and rule.fits(package.id, package.name) for rule in policy.rules):
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
    if listing_of(decision, step) is not None:
        return StepAssessment(step.id, Status.TRUSTED, reason)
    place = f" ({created})" if (created := _created(step)) else ""
    return StepAssessment(
        step.id, Status.CHANGED, f'runs "{_short(step.name)}"{place}, which the decision does not list'
    )


def listing_of(decision: Decision, step: Step) -> ListedStep | None:
    """How the reviewer saw this step: as it is, or when reading the line of the same content that creates it; None if not at all."""
    if step.run is not None and step.run.fingerprint in decision.steps:
        return decision.steps[step.run.fingerprint]
    place = _place(step)
    if place is None:
        return None
    read = (seen for fingerprint, seen in decision.steps.items() if fingerprint.startswith(READ_PREFIX))
    return next((seen for seen in read if seen.created == _short(str(place))), None)


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
    names = names_of(decision)
    return f"{decision.verdict}{purpose} by {names}" if names else f"{decision.verdict}{purpose}"


def _short(text: str) -> str:
    """Fit for a table cell and a line of review.lock."""
    shown = visible(text[:200])
    return f"{shown}…" if len(text) > 200 else shown
