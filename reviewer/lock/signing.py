"""Signatures of decisions, made with the reviewer's SSH key as git makes those of commits: `ssh-keygen -Y`, format SSHSIG.

What is signed is the decision itself as its reviewer made it (`reviewer.lock.voices`), so it covers package, content, verdict, criteria,
note, run steps and grants, its reviewer and its time; and the project, where review.toml names it (`[policy] project`): a signature made
for another project then fits nothing here. Who may sign for which address is in `review.signers` beside review.lock, in OpenSSH's
allowed_signers format (`ssh-keygen(1)`, ALLOWED SIGNERS); a key's validity is asked for the time of the decision, as git does.

Only what was decided on the machine that signs is signed (`reviewer.review.own`): anybody can write another's name into review.lock.

What a signature cannot show, and who must: that an entry or a signature was removed (then the package needs review again); that an older
decision was put back (`reviewer.lock.replay`, from git's history); that review.signers or review.toml was changed (both are part of what
a project reviews: let its code host demand an owner's consent); that a stolen key signed with a time at which it was still valid.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from reviewer.content.read import read_source
from reviewer.errors import ReviewerError
from reviewer.lock.decision import Decision, Lock
from reviewer.lock.format import render
from reviewer.lock.voices import address_of, voices
from reviewer.progress import Progress

if TYPE_CHECKING:
    from subprocess import CompletedProcess

    from reviewer.lock.verified import Verified

SIGNERS_FILE = "review.signers"
_NAMESPACE = "review.lock"
_MAX_SIGNERS = 1 << 20
_BEGIN, _END = "-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----"
_SECONDS = 60
_AT_ONCE = 4


class Signed(StrEnum):
    """What a signature says: `unknown` fits, but is by a key that may not sign for the reviewer it names."""

    GOOD = "good"
    UNKNOWN = "unknown"
    ALTERED = "altered"


class Signature(NamedTuple):
    """What is known of one voice's signature. `key`: the public key, base64, the same for the same key."""

    state: Signed
    key: str


Signatures = Mapping[str, Sequence[Signature | None]]
"""Of an entry's voices in their order (None: not signed), by package id; entries without any signature are not in it."""


def sign(decision: Decision, key: str, project: str = "", *, terminal: bool = True) -> Decision:
    """The decision with a signature by the private key in this file, or the agent's where it is a public one. Raises ReviewerError.

    `key` may also be a public key itself, as git takes it (`key::ssh-ed25519 …`), of which the agent has the private one.
    A voice by itself, not an entry of several. `ssh-keygen` may ask for a passphrase, at the terminal unless there is none to ask at.
    """
    import tempfile

    with tempfile.TemporaryDirectory(prefix="reviewer-") as folder:
        file, literal = key, key.removeprefix("key::")
        if literal != key or key.startswith(("ssh-", "ecdsa-", "sk-")):
            file = str(Path(folder, "key.pub"))
            Path(file).write_text(f"{literal}\n", "utf-8")
        words = ("-n", _namespace(project), "-f", file)
        done = _ssh_keygen("sign", *words, given=_signed_part(decision), terminal=terminal)
    if done.returncode != 0:
        told = (done.stderr.decode(errors="replace").strip().splitlines() or ["ssh-keygen failed"])[-1]
        cure = "check `git config user.signingkey`; a key with a passphrase can be loaded with `ssh-add` first"
        raise ReviewerError(f"cannot sign: {told[:200]}", where=key, cure=cure)
    body = done.stdout.decode().strip().removeprefix(_BEGIN).removesuffix(_END)
    return decision._replace(signature="".join(body.split()))


def verify_all(
    lock: Lock, root: Path, project: str = "", *, progress: Progress | None = None, full: bool = False
) -> Signatures:
    """What the signatures say. Raises ReviewerError where that cannot be known, or CancelledError.

    Each is looked at once: the answer is kept, by everything that it depends on. `full` believes nothing that an earlier run kept.
    """
    signed = [voice for decision in lock.decisions.values() for voice in voices(decision) if voice.signature]
    if not signed:
        return {}
    from reviewer.lock.verified import Verified, content_key  # few locks are signed, and looking should start fast

    there = (root / SIGNERS_FILE).exists() or (root / SIGNERS_FILE).is_symlink()
    signers = read_source(root, SIGNERS_FILE, _MAX_SIGNERS) if there else ""
    known_signers = content_key(signers)  # which may be long
    verified = Verified(full=full)
    keys = [content_key(known_signers, *_question(voice, "", project)) for voice in signed]
    new = {key: _question(v, signers, project) for key, v in zip(keys, signed, strict=True) if key not in verified}
    if new:
        _look(new, verified, progress or Progress())
    states = iter(
        Signature(Signed(verified[key]), _public_key(v.signature)) for key, v in zip(keys, signed, strict=True)
    )
    return {
        decision.package: tuple(next(states) if voice.signature else None for voice in voices(decision))
        for decision in lock.decisions.values()
        if decision.signature or any(confirmation.signature for confirmation in decision.also)
    }


_Question = tuple[str, str, str, str, str, str]
"""Everything that a signature's state depends on: what is signed, the signature, address, time, signers, namespace."""


def _question(voice: Decision, signers: str, project: str) -> _Question:
    said = _signed_part(voice).decode()
    return said, voice.signature, address_of(voice.by), voice.at, signers, _namespace(project)


def _look(new: Mapping[str, _Question], verified: "Verified", progress: Progress) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        try:
            for number, (key, state) in enumerate(zip(new, pool.map(_verify, new.values()), strict=True)):
                progress.report("Verifying signatures", number, len(new))
                verified.add(key, state.value)
        finally:
            pool.shutdown(cancel_futures=True)
            verified.keep()


def _namespace(project: str) -> str:
    return f"{_NAMESPACE}@{project}" if project else _NAMESPACE


def _signed_part(decision: Decision) -> bytes:
    return render(Lock({decision.package: decision._replace(signature="", also=())}))


def _verify(question: _Question) -> Signed:
    import tempfile

    said, signature, address, at, signers, namespace = question
    with tempfile.TemporaryDirectory(prefix="reviewer-") as folder:
        allowed, armored = Path(folder, "signers"), Path(folder, "signature")
        allowed.write_text(signers, "utf-8")
        lines = (signature[start : start + 70] for start in range(0, len(signature), 70))
        armored.write_text("\n".join((_BEGIN, *lines, _END, "")), "ascii")
        words = ("-n", namespace, "-s", str(armored))
        when = f"verify-time={''.join(filter(str.isdigit, at))}"
        who = ("-f", str(allowed), "-I", address, "-O", when)
        if _ssh_keygen("verify", *who, *words, given=said.encode()).returncode == 0:
            return Signed.GOOD
        fits = _ssh_keygen("check-novalidate", *words, given=said.encode()).returncode == 0
        return Signed.UNKNOWN if fits else Signed.ALTERED


def _public_key(signature: str) -> str:
    """The key that a signature names as its own (PROTOCOL.sshsig: magic, version, then the key); empty where it is no signature.

    Of a certificate only the key in it, so that two certificates for one key are one key.
    """
    from base64 import b64decode, b64encode

    try:
        blob, _ = _string(b64decode(signature), len(b"SSHSIG") + 4)
        kind, at = _string(blob, 0)
        if kind.endswith(b"-cert-v01@openssh.com"):
            at = _string(blob, at)[1]  # the nonce
            parts = (
                1 if b"ed25519" in kind and not kind.startswith(b"sk-") else 3 if kind.startswith(b"sk-ecdsa") else 2
            )
            end = at
            for _ in range(parts):
                end = _string(blob, end)[1]
            plain = kind.removesuffix(b"-cert-v01@openssh.com") + (b"@openssh.com" if kind.startswith(b"sk-") else b"")
            blob = len(plain).to_bytes(4, "big") + plain + blob[at:end]
    except ValueError:
        return ""
    return b64encode(blob).decode()


def _string(data: bytes, at: int) -> tuple[bytes, int]:
    """A length and so many bytes, as SSH writes them, and where they end."""
    start = at + 4
    end = start + int.from_bytes(data[at:start], "big")
    if start > len(data) or end > len(data):
        raise ValueError("cut off")
    return data[start:end], end


def _ssh_keygen(act: str, *words: str, given: bytes, terminal: bool = False) -> "CompletedProcess[bytes]":
    import os
    import subprocess

    try:
        return subprocess.run(
            ["ssh-keygen", "-Y", act, *words],
            input=given,
            capture_output=True,
            timeout=_SECONDS,
            env={**os.environ, "TZ": "UTC"},  # in which verify-time is read
            start_new_session=not terminal,
        )
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        cure = "install OpenSSH, then try again"
        raise ReviewerError(f"signatures need ssh-keygen, which does not work ({error})", cure=cure) from error
