"""`lock sign`: sign what one decided oneself."""

import argparse
from pathlib import Path

from reviewer.cli.terminal import complain, confirm, end_progress, progress, say
from reviewer.errors import ReviewerError
from reviewer.lock.signing import SIGNERS_FILE, Signed, address_of, verify_all
from reviewer.lock.signing import sign as sign_decision
from reviewer.lock.storage import FILE_NAME, load, save
from reviewer.review.identity import reviewer_name, signing_key


def sign(arguments: argparse.Namespace) -> int:
    """Sign every unsigned decision of whoever runs this. Exit code 0."""
    root = Path(arguments.project).resolve()
    path = root / FILE_NAME
    lock, name = load(path), reviewer_name(root)
    own = [decision for decision in lock.decisions.values() if decision.by == name and not decision.signature]
    if not own:
        say(f"there is no unsigned decision by {name}")
        return 0
    key = str(Path(signing_key(root)).expanduser()) if signing_key(root) else ""
    if not key:
        cure = "set it, for example `git config --global user.signingkey ~/.ssh/id_ed25519`"
        raise ReviewerError("git knows no key to sign with", cure=cure)
    for decision in own:
        say(f"sign: {decision.package} ({decision.verdict.value}, {decision.at})")
    if not confirm(f"Sign {len(own)} with {key}?", yes=arguments.yes):
        say("nothing was changed")
        return 0
    shown, signed = progress(), []
    for number, decision in enumerate(own):
        shown.report("signing", number, len(own))
        signed.append(sign_decision(decision, key))
    end_progress()
    after = save(path, lock, lock.with_decisions(signed))
    say(f"{len(own)} signed")
    if Signed.UNKNOWN in {verify_all(after, root).get(decision.package) for decision in own}:
        complain(
            f"{SIGNERS_FILE} does not list this key yet: add a line `{address_of(own[0])} KEY`, with your public key, and commit it"
        )
    return 0
