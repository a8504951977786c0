"""Who decided what, when: the versions of review.lock that the git repository of a project holds.

The repository is as hostile as anything else of a project: see reviewer/git.py for how it is read.
"""

import tempfile
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from reviewer.errors import ReviewerError
from reviewer.git import Borrowed, Where, find_objects
from reviewer.lock.decision import Decision, Lock
from reviewer.lock.format import MAX_BYTES, parse
from reviewer.lock.storage import FILE_NAME, load

MAX_VERSIONS = 500
"""Of review.lock; what is older is left out, and that is said."""
SHALLOW = "this clone has not all of git's history; what is older is left out (`git fetch --unshallow`, or fetch-depth: 0 in CI)"
_MAX_TOTAL = 128 << 20


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
    where = find_objects(root)
    if where.head is None:
        return History(tuple(_events(None, [Lock()], now)))
    gaps = [SHALLOW] if where.shallow else []
    with tempfile.TemporaryDirectory(prefix="reviewer-") as folder:
        git = _Locks(Path(folder), where)
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


class _Locks(Borrowed):
    """The versions of review.lock."""

    def __init__(self, folder: Path, where: Where) -> None:
        super().__init__(folder, where)
        self._path = where.prefix + FILE_NAME

    def versions(self) -> list[_Version]:
        """The commits that changed the file, newest first, with those before them that did."""
        limit = f"--max-count={MAX_VERSIONS + 1}"
        words = ["rev-list", "--parents", "--topo-order", limit, "--format=%an <%ae>%x00%at", self.head]
        lines = self.run([*words, "--", self._path]).decode(errors="replace").split("\n")
        found = []
        for first, second in zip(lines[::2], lines[1::2], strict=False):
            hashes = first.split()[1:]
            author, _, seconds = second.partition("\0")
            found.append(_Version(hashes[0], tuple(hashes[1:]), Commit(hashes[0][:10], author[:200], _time(seconds))))
        return found

    def locks(self, hashes: Iterable[str], gaps: list[str]) -> Iterator[tuple[str, Lock]]:
        """The decisions at each commit; where they cannot be read, a gap instead."""
        asked = [(name, f"{name}:{self._path}") for name in hashes]
        listed = self.run(["cat-file", "--batch-check=%(objecttype) %(objectsize)"], "\n".join(a for _, a in asked))
        total, wanted = 0, []
        for (name, path), told in zip(asked, listed.decode(errors="replace").splitlines(), strict=False):
            kind, _, size = told.rpartition(" ")
            if kind != "blob":
                yield name, Lock()  # the commit that removed it
            elif int(size) > MAX_BYTES or (total := total + int(size)) > _MAX_TOTAL:
                gaps.append(f"{FILE_NAME} of commit {name[:10]} is too large to be read")
            else:
                wanted.append((name, path))
        output = self.run(["cat-file", "--batch=%(objectsize)"], "\n".join(path for _, path in wanted))
        start = 0
        for name, _ in wanted:
            head = output.index(b"\n", start)
            start = head + 1 + int(output[start:head]) + 1
            data = output[head + 1 : start - 1]
            try:
                yield name, parse(data, where=FILE_NAME)
            except ReviewerError as error:
                gaps.append(f"commit {name[:10]}: {error}")


def _time(seconds: str) -> str:
    try:
        return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError, OSError):
        return "at an impossible time"
