"""Which binds a policy really asks for, in the order in which they must be mounted."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from reviewer.content.text import visible
from reviewer.errors import ReviewerError
from reviewer.sandbox.policy import HOME, Bind, Policy

SYSTEM = Path("/usr")
SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 -- inside the sandbox, a folder of its own
TEMPORARY = Path("/tmp")  # noqa: S108 -- inside the sandbox, a folder of its own

_OWN = (SYSTEM, Path("/etc"), Path("/proc"), Path("/dev"), SHARED_MEMORY, TEMPORARY, HOME)
"""What the sandbox mounts itself: a bind may lie inside, and never over it."""
_COVERING = {path: own for own in _OWN for path in (own, *own.parents)}
"""What would cover which of them."""

_CURE = "move it into a folder of its own"


@dataclass(frozen=True, slots=True)
class Mount:
    """One bind, read-only unless `writable`."""

    bind: Bind
    writable: bool


def plan(policy: Policy) -> tuple[Mount, ...]:
    """The policy's binds, outer ones first, without those that an outer one already shows. Raises ReviewerError."""
    wanted: dict[Path, Mount] = {}
    for mount in _all(policy):
        _check(mount.bind)
        other = wanted.setdefault(mount.bind.inside, mount)
        if other != mount:
            raise ReviewerError(f"the sandbox was asked to show two things as {_shown(mount.bind.inside)}")
    for folder in policy.folders:
        _check_inside(folder)
    mounts: dict[Path, Mount] = {}
    for mount in sorted(wanted.values(), key=lambda mount: len(mount.bind.inside.parts)):
        outer = _around(mount.bind.inside, mounts)
        if outer is None:
            mounts[mount.bind.inside] = mount
            continue
        seen = outer.bind.host / mount.bind.inside.relative_to(outer.bind.inside)
        _check_mount_point(seen, outer.bind.host)
        if seen != mount.bind.host or outer.writable != mount.writable:
            mounts[mount.bind.inside] = mount
    return tuple(mounts.values())


def _all(policy: Policy) -> Iterator[Mount]:
    for bind in policy.read_only:
        yield Mount(bind, writable=False)
    for bind in policy.writable:
        yield Mount(bind, writable=True)


def _around(inside: Path, mounts: Mapping[Path, Mount]) -> Mount | None:
    """The innermost mount that holds this path; /usr is one."""
    for path in (inside, *inside.parents):
        if path in mounts:
            return mounts[path]
        if path == SYSTEM:
            return Mount(Bind(SYSTEM, SYSTEM), writable=False)
    return None


def _check(bind: Bind) -> None:
    _check_plain(bind.host)
    if not bind.host.exists():
        raise ReviewerError("the sandbox cannot show what is not there", where=_shown(bind.host))
    _check_inside(bind.inside)
    if own := _COVERING.get(bind.inside):
        raise ReviewerError(f"would cover the sandbox's own {own}", where=_shown(bind.inside), cure=_CURE)
    if bind.host in (home := Path.home(), *home.parents):
        raise ReviewerError("holds your home folder, which the sandbox must hide", where=_shown(bind.host), cure=_CURE)


def _check_inside(path: Path) -> None:
    _check_plain(path)
    if path.parts[1:2] in (("proc",), ("dev",)) and path.parts[:3] != SHARED_MEMORY.parts:
        raise ReviewerError("is the kernel's and cannot be shown in the sandbox", where=_shown(path), cure=_CURE)


def _check_plain(path: Path) -> None:
    if not path.is_absolute() or ".." in path.parts or "\0" in str(path):
        raise ReviewerError("the sandbox needs a plain absolute path", where=_shown(path))


def _check_mount_point(seen: Path, top: Path) -> None:
    """A bind inside another one needs a real file or folder to be mounted on.

    Sandboxed code may have written the outer folder in an earlier run: a link there would lead the mount elsewhere.
    """
    for path in (seen, *seen.parents):
        if path == top:
            break
        if path.is_symlink():
            raise ReviewerError(
                "is a link, on which the sandbox cannot mount", where=_shown(path), cure="use the real path"
            )
    if not seen.exists():
        raise ReviewerError("is not there for the sandbox to mount on", where=_shown(seen))


def _shown(path: Path) -> str:
    return visible(str(path))
