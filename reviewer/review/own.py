"""Which decisions were made on this machine: anybody can write a name into review.lock, and nobody should sign what another wrote there."""

from collections.abc import Iterable, Set

from reviewer.lock.decision import Decision, Lock
from reviewer.lock.format import render
from reviewer.lock.verified import content_key
from reviewer.places import state_dir

_FILE = "decided"
_MOST = 8 << 20
"""Bytes that are read of the file; older lines are forgotten."""


def remember_decided(made: Iterable[Decision]) -> None:
    """Keep that these voices were decided here. A folder that cannot be written costs the ease of signing, nothing else."""
    lines = "".join(f"{_key(voice)}\n" for voice in made)
    try:
        state_dir().mkdir(parents=True, exist_ok=True, mode=0o700)
        with (state_dir() / _FILE).open("a", encoding="ascii") as file:
            file.write(lines)
    except OSError:
        return


def decided_here() -> Set[str]:
    """What was remembered; ask with `was_decided`."""
    try:
        with (state_dir() / _FILE).open("rb") as file:
            file.seek(max(0, file.seek(0, 2) - _MOST))
            return set(file.read(_MOST).decode("ascii", "replace").split())
    except OSError:
        return set()


def was_decided(voice: Decision, known: Set[str]) -> bool:
    """Whether this very decision, whatever its signature, was made here."""
    return _key(voice) in known


def _key(voice: Decision) -> str:
    bare = voice._replace(signature="", also=())
    return content_key(render(Lock({bare.package: bare})).decode())
