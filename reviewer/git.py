"""Asking git about a project: its repository is as hostile as anything else of it, so git may neither fetch nor start anything for it."""

import os
import subprocess
from pathlib import Path

SAFE = {
    "GIT_ALLOW_PROTOCOL": "none",  # the one of the two that git before 2.44 knows
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
}
"""An object that is missing in a partial clone is fetched even by `rev-parse`, by whatever program the repository names
(core.sshCommand, remote.*.uploadpack, an ext:: address): no transport is allowed."""


def ask(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """`git WORDS` in this folder; what is not UTF-8 is kept by surrogateescape.

    Only for `config` and `rev-parse`, which run no hook, filter, pager or monitor. Raises OSError or subprocess.SubprocessError where git
    cannot be started or does not answer within ten seconds.
    """
    return subprocess.run(
        ["git", "--no-pager", *words],
        cwd=root,
        env={**os.environ, **SAFE},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="surrogateescape",
        timeout=10,
    )
