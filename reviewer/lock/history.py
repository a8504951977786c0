"""Who decided what, when: the versions of review.lock that the git repository of a project holds.

The repository is as hostile as anything else of a project: its history is read through an empty repository of our own that borrows its
objects, so that no configuration, hook, filter, replacement or remote of it has a say, and nothing is fetched.
"""

import os
import re
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from reviewer.errors import ReviewerError
from reviewer.git import SAFE, ask
from reviewer.lock.decision import Decision, Lock
from reviewer.lock.format import MAX_BYTES, parse
from reviewer.lock.storage import FILE_NAME, load

MAX_VERSIONS = 500
"""Of review.lock; what is older is left out, and that is said."""
SHALLOW = "this clone has not all of git's history; what is older is left out (`git fetch --unshallow`, or fetch-depth: 0 in CI)"
_SECONDS = 60
_MAX_TOTAL = 128 << 20
_MAX_SHALLOW = 1 << 20
_HASH = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


class Commit(NamedTuple):
    """Where a decision came into the project: the abbreviated id, the commit's author as it claims to be, and its time (UTC)."""

    id: str
    author: str
    at: str


class Event(NamedTuple):
    """An entry was made, replaced or removed (`after` None). `commit` None: not committed yet."""

    commit: Commit | None
    package: str
    before: Decision | None
    after: Decision | None


class History(NamedTuple):
    """Events, newest first, and what could not be told."""

    events: tuple[Event, ...]
    gaps: tuple[str, ...] = ()


class _Version(NamedTuple):
    hash: str
    parents: tuple[str, ...]
    commit: Commit


def lock_history(root: Path) -> History:
    """Every change of an entry in the history of the checked-out commit, and in the file since. Raises ReviewerError."""
    now = load(root / FILE_NAME)
    where = _ask(root)
    if where.head is None:
        return History(tuple(_events(None, [Lock()], now)))
    gaps = [SHALLOW] if where.shallow else []
    with tempfile.TemporaryDirectory(prefix="reviewer-") as folder:
        git = _Borrowing(Path(folder), where)
        versions = git.versions()
        if len(versions) > MAX_VERSIONS:
            gaps.append(f"{FILE_NAME} changed more than {MAX_VERSIONS:,} times; what is older is left out")
            versions = versions[:MAX_VERSIONS]
        locks = dict(git.locks([version.hash for version in versions], gaps))
    events: list[Event] = []
    if versions and (committed := locks.get(versions[0].hash)) is not None:
        events += _events(None, [committed], now)
    elif not versions:
        events += _events(None, [Lock()], now)
    for version in versions:
        lock, earlier = locks.get(version.hash), [locks.get(parent) for parent in version.parents]
        if lock is None or None in earlier:
            continue  # told in `gaps`
        events += _events(version.commit, [found for found in earlier if found is not None] or [Lock()], lock)
    return History(tuple(events), tuple(gaps))


def _events(commit: Commit | None, earlier: list[Lock], lock: Lock) -> Iterator[Event]:
    """What differs from every one of the versions before it: a merge that takes over one side decides nothing."""
    for package in sorted({package for one in (*earlier, lock) for package in one.decisions}):
        after = lock.decisions.get(package)
        before = [one.decisions.get(package) for one in earlier]
        if all(one != after for one in before):
            yield Event(commit, package, before[0], after)


class _Where(NamedTuple):
    objects: Path
    format: str
    head: str | None
    prefix: str
    shallow: tuple[str, ...] = ()
    """The commits whose parents are not there."""


def _ask(root: Path) -> _Where:
    """Where the project's objects are. HEAD is not looked up: it may be missing, and then git itself says so of the history."""
    # Separate questions: each answer may hold any character but the newline that ends it.
    objects = _rev_parse(root, "--git-path", "objects")
    if objects is None:
        raise ReviewerError(
            "this folder is in no git repository that can be read, so there is no history",
            where=str(root),
            cure="who decided is in review.lock",
        )
    head = _rev_parse(root, "--verify", "--quiet", "HEAD")
    return _Where(
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


class _Borrowing:
    """A repository without anything but the objects of another."""

    def __init__(self, folder: Path, where: _Where) -> None:
        assert where.head is not None
        self._head, self._path = where.head, where.prefix + FILE_NAME
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

    def versions(self) -> list[_Version]:
        """The commits that changed the file, newest first, with those before them that did."""
        limit = f"--max-count={MAX_VERSIONS + 1}"
        words = ["rev-list", "--parents", "--topo-order", limit, "--format=%an <%ae>%x00%at", self._head]
        lines = self._run([*words, "--", self._path]).decode(errors="replace").split("\n")
        found = []
        for first, second in zip(lines[::2], lines[1::2], strict=False):
            hashes = first.split()[1:]
            author, _, seconds = second.partition("\0")
            found.append(_Version(hashes[0], tuple(hashes[1:]), Commit(hashes[0][:10], author[:200], _time(seconds))))
        return found

    def locks(self, hashes: Iterable[str], gaps: list[str]) -> Iterator[tuple[str, Lock]]:
        """The decisions at each commit; where they cannot be read, a gap instead."""
        asked = [(name, f"{name}:{self._path}") for name in hashes]
        listed = self._run(["cat-file", "--batch-check=%(objecttype) %(objectsize)"], "\n".join(a for _, a in asked))
        total, wanted = 0, []
        for (name, path), told in zip(asked, listed.decode(errors="replace").splitlines(), strict=False):
            kind, _, size = told.rpartition(" ")
            if kind != "blob":
                yield name, Lock()  # the commit that removed it
            elif int(size) > MAX_BYTES or (total := total + int(size)) > _MAX_TOTAL:
                gaps.append(f"{FILE_NAME} of commit {name[:10]} is too large to be read")
            else:
                wanted.append((name, path))
        output = self._run(["cat-file", "--batch=%(objectsize)"], "\n".join(path for _, path in wanted))
        start = 0
        for name, _ in wanted:
            head = output.index(b"\n", start)
            start = head + 1 + int(output[start:head]) + 1
            data = output[head + 1 : start - 1]
            try:
                yield name, parse(data, where=FILE_NAME)
            except ReviewerError as error:
                gaps.append(f"commit {name[:10]}: {error}")

    def _run(self, words: list[str], given: str = "") -> bytes:
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


def _time(seconds: str) -> str:
    try:
        return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError, OSError):
        return "at an impossible time"
