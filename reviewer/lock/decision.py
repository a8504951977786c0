"""Decisions as values: what review.lock holds, free of how it is written or stored."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

Grants = Mapping[str, tuple[str, ...]]
"""Capability id (CAPABILITIES.md) to what of it is allowed: paths for `fs.*`, `host:port` for `net.*`; empty means all of it."""


class Verdict(StrEnum):
    """What a reviewer can say of a package."""

    TRUSTED = "trusted"
    REJECTED = "rejected"
    DEFERRED = "deferred"


class Criteria(StrEnum):
    """For what a package is trusted: to `run` at build time; to `ship` in the product, which includes `run`."""

    RUN = "run"
    SHIP = "ship"


class ListedStep(NamedTuple):
    """A run step that the reviewer saw when deciding; `created` is `file:line` in its owner's build code."""

    name: str
    created: str
    grants: Grants = MappingProxyType({})


class Confirmation(NamedTuple):
    """That another reviewer trusts exactly what an entry says too, with a name, time, note and signature of their own."""

    by: str
    at: str
    note: str = ""
    signature: str = ""


class Decision(NamedTuple):
    """One package's entry. `digest` pins it to content; `at` is UTC, `YYYY-MM-DDTHH:MM:SSZ`; `steps` is keyed by fingerprint.

    `basis` is written as `from`: the package id of the version this one was reviewed against. `signature`: `reviewer.lock.signing`.
    `also`: who trusts the same; `reviewer.lock.voices` makes and orders them.
    """

    package: str
    digest: str
    verdict: Verdict
    by: str
    at: str
    criteria: tuple[Criteria, ...] = (Criteria.RUN,)
    note: str = ""
    basis: str | None = None
    steps: Mapping[str, ListedStep] = MappingProxyType({})
    signature: str = ""
    also: tuple[Confirmation, ...] = ()


class Lock(NamedTuple):
    """All decisions of a project, by package id. A value: changes make a new one."""

    decisions: Mapping[str, Decision] = MappingProxyType({})

    def with_decisions(self, decisions: Iterable[Decision]) -> "Lock":
        """This lock with these entries added or replaced."""
        return Lock({**self.decisions, **{decision.package: decision for decision in decisions}})

    def without(self, packages: Iterable[str]) -> "Lock":
        """This lock with these packages' entries removed."""
        gone = set(packages)
        return Lock({package: decision for package, decision in self.decisions.items() if package not in gone})


def allows(decision: Decision, criteria: Criteria) -> bool:
    """Whether the decision trusts its package for this; to ship includes to run."""
    wanted = {criteria, Criteria.SHIP}
    return decision.verdict is Verdict.TRUSTED and not wanted.isdisjoint(decision.criteria)
