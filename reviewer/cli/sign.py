"""`lock sign`: sign what one decided oneself."""

import argparse
from pathlib import Path

from reviewer.cli.terminal import complain, confirm, end_progress, progress, say
from reviewer.lock.policy import load_policy
from reviewer.lock.signing import SIGNERS_FILE
from reviewer.lock.storage import FILE_NAME, load, save
from reviewer.lock.voices import address_of
from reviewer.review.identity import reviewer_name
from reviewer.review.signing import foreign_line, key_is_listed, key_to_sign_with, signed, to_sign


def sign(arguments: argparse.Namespace) -> int:
    """Sign every unsigned decision of whoever runs this. Exit code 0."""
    root = Path(arguments.project).resolve()
    path = root / FILE_NAME
    lock, name, project = load(path), reviewer_name(root), load_policy(root).project
    own, foreign = to_sign(lock, root, name, project)
    for voice in foreign:
        say(foreign_line(voice))
    if not own:
        say(f"there is no unsigned decision by {name}")
        return 0
    key = key_to_sign_with(root)
    for voice in own:
        say(f"sign: {voice.package} ({voice.verdict.value}, {voice.at})")
    if not confirm(f"Sign {len(own)} with {key}?", yes=arguments.yes):
        say("nothing was changed")
        return 0
    try:
        entries = signed(lock, own, key, project, progress(), terminal=True)
    finally:
        end_progress()
    after = save(path, lock, lock.with_decisions(entries.values()))
    say(f"{len(own)} signed")
    if not key_is_listed(after, root, own, project):
        complain(
            f"{SIGNERS_FILE} does not list this key yet: add a line `{address_of(own[0].by)} KEY`, with your public key, and commit it"
        )
    return 0
