"""What review.toml demands of trust before it counts: signatures, and more than one reviewer, for criteria and for packages."""

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from typing import NamedTuple

from reviewer.content.text import visible
from reviewer.lock.decision import Criteria, Decision, allows
from reviewer.lock.signing import SIGNERS_FILE, Signature, Signed
from reviewer.lock.voices import address_of, count_people, voices


class Rule(NamedTuple):
    """For the packages whose name or id fits `pattern` (empty: all): which criteria need signatures, and how many reviewers each needs.

    What is demanded to run is demanded to ship too.
    """

    pattern: str = ""
    signed: tuple[Criteria, ...] = ()
    run: int = 1
    ship: int = 1

    def fits(self, package: str, name: str) -> bool:
        """Whether it is about this package (id and name)."""
        return not self.pattern or any(fnmatchcase(text, self.pattern) for text in (package, name))


class Demand(NamedTuple):
    """What one decision needs: signatures, and so many different reviewers."""

    signed: bool = False
    reviewers: int = 1


class Lack(NamedTuple):
    """What trust lacks: in words, and as short as a badge."""

    text: str
    short: str


def demanded(rules: Iterable[Rule], package: str, name: str, *, ships: bool) -> Demand:
    """The strictest of the rules that fit, for trust to run, or to ship, which includes to run."""
    fitting = [rule for rule in rules if rule.fits(package, name)]
    signed = any(Criteria.RUN in rule.signed or (ships and Criteria.SHIP in rule.signed) for rule in fitting)
    return Demand(signed, max((max(rule.run, rule.ship if ships else 1) for rule in fitting), default=1))


def shortfall(decision: Decision, signatures: Sequence[Signature | None], demand: Demand) -> Lack | None:
    """What trust lacks of what is demanded; None where it lacks nothing. `signatures`: of its voices, in their order."""
    made = voices(decision)
    known = [*signatures, *[None] * (len(made) - len(signatures))]
    counted = [
        (voice, signature.key if signature else "")
        for voice, signature in zip(made, known, strict=True)
        if not demand.signed or (signature is not None and signature.state is Signed.GOOD)
    ]
    people = count_people([voice for voice, _ in counted], [key for _, key in counted])
    if people >= demand.reviewers:
        return None
    told = _unproven(made, known) if demand.signed else []
    if people < len(counted):
        told.append(f"{len(counted)} names share an address or a key")
    if demand.reviewers == 1:
        return Lack("; ".join([*told, "review.toml demands it"]), "not signed")
    kind = "signed reviewers" if demand.signed else "reviewers"
    told.append(f"{people} of the {demand.reviewers} {kind} that review.toml demands")
    return Lack("; ".join(told), f"{people} of {demand.reviewers} reviewers")


def _unproven(made: Sequence[Decision], signatures: Sequence[Signature | None]) -> list[str]:
    told = []
    for voice, signature in zip(made, signatures, strict=True):
        whose = f" by {short_name(voice.by)}" if len(made) > 1 else ""
        if signature is None:
            told.append(f"not signed{whose}")
        elif signature.state is Signed.UNKNOWN:
            told.append(unlisted(voice))
    return told


def unlisted(voice: Decision) -> str:
    """That the key of a voice is not known for its reviewer."""
    return f"signed by a key that {SIGNERS_FILE} does not list for {visible(address_of(voice.by)[:200])}"


def short_name(by: str) -> str:
    """A reviewer's name for a sentence, safe to show."""
    return visible((by.partition("<")[0].strip() or by.strip())[:80])


def names_of(decision: Decision) -> str:
    """`Ada`, `Ada and Ben`, `Ada, Ben and 3 more`."""
    names = [name for voice in voices(decision) if (name := short_name(voice.by))]
    if len(names) > 3:
        return f"{names[0]}, {names[1]} and {len(names) - 2} more"
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def loose_import(rules: Iterable[Rule], criteria: Sequence[Criteria]) -> bool:
    """Whether an import that is accepted for these criteria could stand in for a signature, so that its content must be pinned."""
    return any(Criteria.RUN in rule.signed or set(rule.signed) & set(criteria) for rule in rules)


def demand_of(rules: Iterable[Rule], decision: Decision, name: str) -> Demand:
    """What this decision needs."""
    return demanded(rules, decision.package, name, ships=allows(decision, Criteria.SHIP))
