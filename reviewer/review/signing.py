"""Signing what one decided oneself: which decisions those are, and the lock with them signed."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from reviewer.errors import ReviewerError
from reviewer.lock.decision import Decision, Lock
from reviewer.lock.signing import Signed, sign, verify_all
from reviewer.lock.voices import by_person, person, together
from reviewer.progress import Progress
from reviewer.review.identity import signing_key
from reviewer.review.own import decided_here, was_decided


class ToSign(NamedTuple):
    """This reviewer's voices that wait for a signature, and those that bear the name but were not decided on this machine."""

    own: tuple[Decision, ...]
    foreign: tuple[Decision, ...]


def to_sign(lock: Lock, root: Path, name: str, project: str) -> ToSign:
    """The voices of this reviewer that are not signed, or were signed before review.toml named the project. Raises ReviewerError.

    One whose signature does not fit is not among them: signing it again would hide that somebody altered it.
    """
    earlier, known = verify_all(lock, root) if project else {}, decided_here()
    own: list[Decision] = []
    foreign: list[Decision] = []
    for package, entry in lock.decisions.items():
        voices = by_person(entry)
        voice = voices.get(person(name))
        if voice is None:
            continue
        before = dict(zip(voices, earlier.get(package, ()), strict=False)).get(person(name))
        if before is not None and before.state is Signed.GOOD:
            own.append(voice)  # which the key itself vouches for
        elif not voice.signature:
            (own if was_decided(voice, known) else foreign).append(voice)
    return ToSign(tuple(own), tuple(foreign))


def foreign_line(voice: Decision) -> str:
    """Why a voice is not signed, and what to do."""
    return f"not signed: {voice.package} ({voice.verdict.value}, {voice.at}): not decided on this machine, so look and decide again here"


def signed(
    lock: Lock, own: Sequence[Decision], key: str, project: str, progress: Progress, *, terminal: bool
) -> dict[str, Decision]:
    """The entries with these voices of them signed, by package id. Raises ReviewerError or CancelledError, then nothing is signed."""
    entries = {}
    for number, voice in enumerate(own):
        progress.report("signing", number, len(own))
        made = sign(voice._replace(signature=""), key, project, terminal=terminal)
        voices = by_person(lock.decisions[voice.package])
        entries[voice.package] = together({**voices, person(voice.by): made}.values())
    return entries


def key_to_sign_with(root: Path) -> str:
    """The file of the key that git signs with. Raises ReviewerError where there is none."""
    key = signing_key(root)
    if not key:
        cure = "set it, for example `git config --global user.signingkey ~/.ssh/id_ed25519`"
        raise ReviewerError("git knows no key to sign with", cure=cure)
    return str(Path(key).expanduser()) if key.startswith("~") else key


def key_is_listed(lock: Lock, root: Path, own: Sequence[Decision], project: str) -> bool:
    """Whether review.signers lists the key that these voices were signed with. Raises ReviewerError."""
    states = verify_all(lock, root, project)
    return all(
        signature is None or signature.state is not Signed.UNKNOWN
        for voice in own
        for who, signature in zip(by_person(lock.decisions[voice.package]), states.get(voice.package, ()), strict=False)
        if who == person(voice.by) and voice.package in lock.decisions
    )
