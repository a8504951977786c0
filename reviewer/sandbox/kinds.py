"""The two kinds of sandbox, and how each starts a command; what is the same for both is in supervise."""

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar

from reviewer.sandbox.bubblewrap import Bubblewrap
from reviewer.sandbox.bubblewrap import arguments as bubblewrap_arguments
from reviewer.sandbox.devices import own_devices
from reviewer.sandbox.landlock.calls import landlock_deny_list
from reviewer.sandbox.landlock.landlock import Landlock, private_folders, shown
from reviewer.sandbox.landlock.landlock import arguments as landlock_arguments
from reviewer.sandbox.landlock.links import linked
from reviewer.sandbox.policy import Policy
from reviewer.sandbox.seccomp import Machine, Rule, build_filter, deny_list
from reviewer.sandbox.start import Start


@dataclass(frozen=True, slots=True)
class BubblewrapSandbox:
    """bubblewrap that passed its probe, and what it is known not to stop."""

    kind: ClassVar[str] = "bubblewrap"
    lacks: ClassVar[tuple[str, ...]] = ()
    mounts: ClassVar[bool] = True
    bubblewrap: Bubblewrap
    machine: Machine
    holes: tuple[str, ...]

    @contextlib.contextmanager
    def start(self, policy: Policy, rules: Iterable[Rule] | None = None) -> Iterator[Start]:
        """How to start a command under this policy. `rules`: other system calls to refuse than a run's. Raises ReviewerError for what it
        cannot show."""
        with own_devices() as devices:
            program = build_filter(self.machine, deny_list(policy) if rules is None else rules)
            yield Start(
                (str(self.bubblewrap.program),), bubblewrap_arguments(self.bubblewrap, policy, devices), program
            )


@dataclass(frozen=True, slots=True)
class LandlockSandbox:
    """Landlock, the filter and the guard, which passed their probe, and what they are known not to stop."""

    kind: ClassVar[str] = "Landlock"
    lacks: ClassVar[tuple[str, ...]] = ("observing steps", "fetching packages", "the enforced build")
    """What it cannot serve: see `probe.require_bubblewrap`."""
    mounts: ClassVar[bool] = False
    """Whether anything can be shown in any place. Here only in folders that may be written, and by links."""
    landlock: Landlock
    machine: Machine
    holes: tuple[str, ...]

    @contextlib.contextmanager
    def start(self, policy: Policy) -> Iterator[Start]:
        """How to start a command under this policy. Raises ReviewerError for what it cannot show."""
        limits, given = policy.limits, shown(policy)
        with private_folders() as private, linked(given.links):
            yield Start(
                self.landlock.words,
                landlock_arguments(self.landlock, policy, given, private),
                build_filter(self.machine, landlock_deny_list(policy, self.landlock.version)),
                temporary=((private.home, limits.home_bytes), (private.temporary, limits.tmp_bytes)),
                guarded=True,
            )


Sandbox = BubblewrapSandbox | LandlockSandbox
