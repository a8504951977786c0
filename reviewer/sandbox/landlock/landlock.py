"""What the guard is told for a policy, and the folders that stand for the sandbox's own home and /tmp."""

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from reviewer.content.text import visible
from reviewer.errors import ReviewerError
from reviewer.sandbox.abandoned import abandoned, make_own
from reviewer.sandbox.bubblewrap import CERTIFICATES, NAME_SERVICE, environment
from reviewer.sandbox.held_back import held_back
from reviewer.sandbox.landlock.removal import remove
from reviewer.sandbox.landlock.system import landlock_version
from reviewer.sandbox.mounts import SYSTEM, TEMPORARY, plan
from reviewer.sandbox.policy import HOME, Bind, Network, Policy

_LEAST_VERSION = 3
"""Of Landlock: before, files that may only be read could be cut to nothing."""

# The system's programs and libraries, and what build tools ask the kernel about the machine. Not /proc itself: it shows the command lines
# of all users.
_READABLE = (
    str(SYSTEM),
    *(f"/{name}" for name in ("bin", "sbin", "lib", "lib32", "lib64", "libx32")),
    *("/etc/alternatives", "/etc/ld.so.cache"),
    *(f"/proc/{name}" for name in ("cpuinfo", "meminfo", "stat", "loadavg", "version", "filesystems")),
    "/proc/sys/vm/overcommit_memory",
)
_DEVICES = tuple(f"/dev/{name}" for name in ("null", "zero", "full", "random", "urandom"))

_START = Path(__file__).with_name("__main__.py")

_BUBBLEWRAP = "with bubblewrap it can: `reviewer doctor` says what keeps it from working"


@dataclass(frozen=True, slots=True)
class Landlock:
    """Which Python the guard runs with, and which version of Landlock it uses."""

    python: Path
    version: int

    @property
    def words(self) -> tuple[str, ...]:
        """How the guard is started, up to its own options; nothing of the environment or of the current folder decides about its code."""
        return (str(self.python), "-I", "-S", "-B", str(_START))


def find_landlock() -> Landlock:
    """Raises ReviewerError where this kernel's Landlock is missing or too old."""
    version = landlock_version()
    if version < _LEAST_VERSION:
        has = f"has version {version} of Landlock" if version else "has no Landlock, or it is switched off"
        raise ReviewerError(f"the kernel {has}; version {_LEAST_VERSION} (Linux 6.2) is needed")
    return Landlock(Path(sys.executable), version)


@dataclass(frozen=True, slots=True)
class Private:
    """A run's own folders on disk, gone with it."""

    folder: Path

    @property
    def home(self) -> Path:
        """In place of /home/build."""
        return self.folder / "home"

    @property
    def temporary(self) -> Path:
        """In place of /tmp."""
        return self.folder / "tmp"


@contextlib.contextmanager
def private_folders() -> Iterator[Private]:
    """Made for one run. The guard removes them, even where Reviewer is killed; here only what it could not, or never came to."""
    parent = Path(os.path.realpath(tempfile.gettempdir()))
    for left in abandoned(parent, "run"):
        remove(str(left))
    private = Private(make_own(parent, "run"))
    try:
        private.home.mkdir(0o700)
        private.temporary.mkdir(0o700)
        yield private
    finally:
        remove(str(private.folder))


class Shown(NamedTuple):
    """What a policy asks for, as this kind can give it: `links` with the writable folder that each lies in."""

    read: tuple[Path, ...]
    write: tuple[Path, ...]
    links: tuple[tuple[Bind, Path], ...]


def shown(policy: Policy) -> Shown:
    """Raises ReviewerError for what cannot be given without mounts."""
    if policy.network in (Network.UNIX, Network.GATED):
        raise ReviewerError("a run with connections of its own needs namespaces", cure=_BUBBLEWRAP)
    mounts = plan(policy)
    links = []
    for mount in mounts:
        host, inside = mount.bind.host, mount.bind.inside
        around = [other for other in mounts if other is not mount and inside.is_relative_to(other.bind.inside)]
        outer = max(around, key=lambda other: len(other.bind.inside.parts), default=None)
        place = visible(str(inside))
        if host != inside:
            if outer is None or not outer.writable or outer.bind.host != outer.bind.inside:
                raise ReviewerError(
                    f"cannot be shown as {place} without mounts", where=visible(str(host)), cure=_BUBBLEWRAP
                )
            links.append((mount.bind, outer.bind.inside))
        elif outer is not None and outer.writable and not mount.writable:
            raise ReviewerError("cannot be kept from writing without mounts", where=place, cure=_BUBBLEWRAP)
    return Shown(
        tuple(mount.bind.host for mount in mounts if not mount.writable),
        tuple(mount.bind.host for mount in mounts if mount.writable),
        tuple(links),
    )


def arguments(landlock: Landlock, policy: Policy, shown: Shown, private: Private) -> list[str]:
    """The guard's options, but for the file descriptors of one run."""
    result = [
        "--version",
        str(landlock.version),
        "--private",
        str(private.folder),
        "--chdir",
        str(_workdir(policy, private)),
    ]
    result += ["--tcp", "all" if policy.network is Network.HOST else "none"]
    of_network = (*CERTIFICATES, *NAME_SERVICE) if policy.network is Network.HOST else ()
    for name in (*(name for name in (*_READABLE, *of_network) if Path(name).exists()), *map(str, shown.read)):
        result += ["--read", name]
    for name in _DEVICES:
        result += ["--use", name]
    for path in (*shown.write, private.home, private.temporary):
        result += ["--write", str(path)]
    own_places = {"HOME": str(private.home), "TMPDIR": str(private.temporary)}
    for name, value in held_back(environment({**own_places, **policy.environment})).items():
        result += ["--setenv", f"{name}={value}"]
    return result


def _workdir(policy: Policy, private: Private) -> Path:
    shown = any(policy.workdir.is_relative_to(bind.inside) for bind in (*policy.read_only, *policy.writable))
    for name, own in ((HOME, private.home), (TEMPORARY, private.temporary)):
        if not shown and policy.workdir.is_relative_to(name):
            return own / policy.workdir.relative_to(name)
    return policy.workdir
