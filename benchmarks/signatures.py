"""How long it takes to know what many signatures say: the first time, and after that."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.ratio import Budget, Ratio, compare, seconds
from reviewer.lock import verified
from reviewer.lock.decision import Decision, Lock, Verdict
from reviewer.lock.signing import sign, verify_all

_MANY = 60


@contextmanager
def _signed() -> Iterator[tuple[Path, Lock]]:
    """A folder with review.signers, and a lock whose every entry is signed; with a cache folder of their own."""
    with tempfile.TemporaryDirectory() as name:
        folder, key = Path(name), Path(name, "key")
        before = os.environ.get("REVIEWER_CACHE_DIR")
        os.environ["REVIEWER_CACHE_DIR"] = str(folder / "cache")
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
        (folder / "review.signers").write_text(f"ada@example.org {Path(f'{key}.pub').read_text()}")
        digest, who, at = f"sha256:{1:064x}", "Ada <ada@example.org>", "2026-01-01T00:00:00Z"
        made = (Decision(f"zig:p{n}@1#{n}", digest, Verdict.TRUSTED, who, at) for n in range(_MANY))
        yield folder, Lock().with_decisions(sign(decision, str(key)) for decision in made)
        del os.environ["REVIEWER_CACHE_DIR"]
        if before is not None:
            os.environ["REVIEWER_CACHE_DIR"] = before


def together() -> Ratio:
    """Signatures that were never seen are verified at the same time, not one after the other."""
    with _signed() as (folder, lock):
        singles = [Lock({package: decision}) for package, decision in lock.decisions.items()]

        def anew(*locks: Lock) -> None:
            verified.forget()
            for one in locks:
                verify_all(one, folder, full=True)

        ours = f"{_MANY} signatures verified together", lambda: anew(lock)
        return compare(ours, ("one by one", lambda: anew(*singles)), aim=0.8, runs=3)


def known() -> Budget:
    """Signatures that this machine has seen are not looked at again."""
    with _signed() as (folder, lock):
        verify_all(lock, folder)

        def again() -> None:
            verified.forget()
            verify_all(lock, folder)

        return Budget(f"{_MANY} signatures known from before", seconds(again) * 1_000, "ms", 50)
