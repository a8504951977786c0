"""Asking git about a project: its repository is as hostile as anything else of it, so git may neither fetch nor start anything for it."""

import os
import re
import subprocess
from pathlib import Path
from typing import NamedTuple

from reviewer.errors import ReviewerError

SAFE = {
    "GIT_ALLOW_PROTOCOL": "none",  # the one of the two that git before 2.44 knows
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
}
"""An object that is missing in a partial clone is fetched even by `rev-parse`, by whatever program the repository names
(core.sshCommand, remote.*.uploadpack, an ext:: address): no transport is allowed."""


_SECONDS = 60
_MAX_SHALLOW = 1 << 20
_HASH = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


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


class Where(NamedTuple):
    """Where a repository's objects are, which commit is checked out (None: none yet), and the folder asked about, within it (`sub/`)."""

    objects: Path
    format: str
    head: str | None
    prefix: str
    shallow: tuple[str, ...] = ()
    """The commits whose parents are not there."""


def find_objects(root: Path) -> Where:
    """Where the objects of the repository around a folder are.

    HEAD's commit is not looked up: it may be missing, and then git itself says so of the history.

    Raises ReviewerError where there is no repository, or no git.
    """
    # Separate questions: each answer may hold any character but the newline that ends it.
    objects = _rev_parse(root, "--git-path", "objects")
    if objects is None:
        raise ReviewerError(
            "this folder is in no git repository that can be read, so there is no history",
            where=str(root),
            cure="what was committed there is not known",
        )
    head = _rev_parse(root, "--verify", "--quiet", "HEAD")
    return Where(
        (root / objects).resolve(),
        _rev_parse(root, "--show-object-format") or "sha1",
        head,
        _rev_parse(root, "--show-prefix") or "",
        _shallow(root),
    )


def _shallow(root: Path) -> tuple[str, ...]:
    if _rev_parse(root, "--is-shallow-repository") != "true" or not (
        named := _rev_parse(root, "--git-path", "shallow")
    ):
        return ()
    try:
        with (root / named).open(encoding="ascii") as file:
            return tuple(line for line in file.read(_MAX_SHALLOW).split() if _HASH.fullmatch(line))
    except (OSError, ValueError):
        return ()


def _rev_parse(root: Path, *words: str) -> str | None:
    try:
        done = ask(root, "rev-parse", *words)
    except (OSError, subprocess.SubprocessError) as error:
        raise ReviewerError("git cannot be started", cure="install git, then try again") from error
    return done.stdout.removesuffix("\n") if done.returncode == 0 else None


class Borrowed:
    """An empty repository of our own in `folder` that borrows the objects of another: no configuration, hook, filter, replacement or remote
    of that has a say, and nothing is fetched. Every commit is read from `head` on.
    """

    def __init__(self, folder: Path, where: Where) -> None:
        assert where.head is not None
        self.head = where.head
        (folder / "refs").mkdir()
        (folder / "objects").mkdir()
        (folder / "HEAD").write_text("ref: refs/heads/none\n")
        if where.shallow:
            (folder / "shallow").write_text("".join(f"{name}\n" for name in where.shallow))
        version = 0 if where.format == "sha1" else 1
        extension = f"[extensions]\n\tobjectFormat = {where.format}\n" if version else ""
        (folder / "config").write_text(f"[core]\n\trepositoryformatversion = {version}\n\tbare = true\n{extension}")
        keep = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        self._env = {
            **keep,
            **SAFE,
            "GIT_DIR": str(folder),
            "GIT_OBJECT_DIRECTORY": str(where.objects),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_LITERAL_PATHSPECS": "1",
        }
        self._folder = folder

    def run(self, words: list[str], given: str = "") -> bytes:
        """What git prints. Raises ReviewerError where it cannot."""
        command = ["git", "--no-pager", *words]
        data = os.fsencode(given)
        try:
            done = subprocess.run(
                command, cwd=self._folder, env=self._env, input=data, capture_output=True, timeout=_SECONDS
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise ReviewerError(f"git did not answer ({error})", cure="try again") from error
        if done.returncode != 0:
            told = done.stderr.decode(errors="replace").strip()[:200]
            raise ReviewerError(f"git cannot read the history: {told}", cure="check the repository with `git fsck`")
        return done.stdout
