"""Signatures of decisions, made with the reviewer's SSH key as git makes those of commits: `ssh-keygen -Y`, format SSHSIG.

What is signed is the entry itself, so it covers package, content, verdict, criteria, note, run steps and grants. Who may sign for which
address is in `review.signers` beside review.lock, in OpenSSH's allowed_signers format (`ssh-keygen(1)`, ALLOWED SIGNERS).
"""

from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from reviewer.content.read import read_source
from reviewer.errors import ReviewerError
from reviewer.lock.decision import Decision, Lock
from reviewer.lock.format import render

if TYPE_CHECKING:
    from subprocess import CompletedProcess

SIGNERS_FILE = "review.signers"
_NAMESPACE = "review.lock"
_MAX_SIGNERS = 1 << 20
_BEGIN, _END = "-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----"
_SECONDS = 60


class Signed(StrEnum):
    """What the signature of an entry says: `unknown` fits it, but by a key that may not sign for the reviewer it names."""

    GOOD = "good"
    UNKNOWN = "unknown"
    ALTERED = "altered"


def address_of(decision: Decision) -> str:
    """For whom the key must be listed: the mail address of `Name <mail>`, else the name."""
    return decision.by.partition("<")[2].rpartition(">")[0] or decision.by


def sign(decision: Decision, key: str) -> Decision:
    """The decision with a signature by the private key in this file, or the agent's where it is a public one. Raises ReviewerError.

    `ssh-keygen` may ask for a passphrase at the terminal.
    """
    done = _ssh_keygen("sign", "-n", _NAMESPACE, "-f", key, given=_signed_part(decision))
    if done.returncode != 0:
        told = (done.stderr.decode(errors="replace").strip().splitlines() or ["ssh-keygen failed"])[-1]
        raise ReviewerError(f"cannot sign: {told[:200]}", where=key, cure="check `git config user.signingkey`")
    body = done.stdout.decode().strip().removeprefix(_BEGIN).removesuffix(_END)
    return decision._replace(signature="".join(body.split()))


def verify_all(lock: Lock, root: Path) -> Mapping[str, Signed]:
    """What the signatures say, by package id; entries without one are not in it. Raises ReviewerError where that cannot be known."""
    signed = [decision for decision in lock.decisions.values() if decision.signature]
    if not signed:
        return {}
    there = (root / SIGNERS_FILE).exists() or (root / SIGNERS_FILE).is_symlink()
    signers = read_source(root, SIGNERS_FILE, _MAX_SIGNERS) if there else ""
    return {
        decision.package: _verify(_signed_part(decision), decision.signature, address_of(decision), signers)
        for decision in signed
    }


def _signed_part(decision: Decision) -> bytes:
    return render(Lock({decision.package: decision._replace(signature="")}))


@lru_cache(maxsize=4096)  # a decision about one package leaves all others as they are
def _verify(data: bytes, signature: str, address: str, signers: str) -> Signed:
    import tempfile

    with tempfile.TemporaryDirectory(prefix="reviewer-") as folder:
        allowed, armored = Path(folder, "signers"), Path(folder, "signature")
        allowed.write_text(signers, "utf-8")
        lines = (signature[at : at + 70] for at in range(0, len(signature), 70))
        armored.write_text("\n".join((_BEGIN, *lines, _END, "")), "ascii")
        words = ("-n", _NAMESPACE, "-s", str(armored))
        if _ssh_keygen("verify", "-f", str(allowed), "-I", address, *words, given=data).returncode == 0:
            return Signed.GOOD
        fits = _ssh_keygen("check-novalidate", *words, given=data).returncode == 0
        return Signed.UNKNOWN if fits else Signed.ALTERED


def _ssh_keygen(act: str, *words: str, given: bytes) -> "CompletedProcess[bytes]":
    import subprocess  # few locks are signed, and looking should start fast

    try:
        return subprocess.run(["ssh-keygen", "-Y", act, *words], input=given, capture_output=True, timeout=_SECONDS)
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        cure = "install OpenSSH, then try again"
        raise ReviewerError(f"signatures need ssh-keygen, which does not work ({error})", cure=cure) from error
