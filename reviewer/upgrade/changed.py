"""Which files of a package changed between two contents, in the order in which they should be read."""

from collections import Counter
from collections.abc import Callable, Iterator
from enum import IntEnum, StrEnum
from typing import NamedTuple

from reviewer.content.kind import file_kind
from reviewer.content.walk import Kind
from reviewer.progress import Progress
from reviewer.upgrade.files import Files, Shipped
from reviewer.upgrade.lines import MOST_BYTES, Hunk, close_together, hunks, without_blanks

_SOURCES = (
    ".zig", ".zon", ".c", ".h", ".cc", ".cpp", ".cxx", ".hpp", ".m", ".mm", ".s", ".S", ".py", ".js", ".ts", ".sh", ".rs", ".go", ".lua",
)  # fmt: skip
_ALIKE = 0.5
"""Share of equal lines from which a file counts as another one that was renamed."""
_MOST_PAIRS = 20_000

_Pair = tuple[Shipped | None, Shipped | None]
"""A file then and now."""


class Part(IntEnum):
    """What a file is to the build, in the order of reading."""

    BUILD = 0
    REACH = 1
    SOURCE = 2
    REST = 3


PARTS = {
    Part.BUILD: "build code",
    Part.REACH: "decides what a run step does",
    Part.SOURCE: "source",
    Part.REST: "other",
}


class Fate(StrEnum):
    """What became of a file."""

    ADDED = "added"
    REMOVED = "removed"
    ALTERED = "altered"
    RENAMED = "renamed"


class Unread(StrEnum):
    """Why a file has no hunks although its content differs."""

    BINARY = "binary"
    LARGE = "too large to be compared by lines"
    LINK = "a symbolic link"


class ChangedFile(NamedTuple):
    """`old` or `new` is None for an added or removed file. `hunks` of a file that was only renamed, or is `unread`, are empty."""

    fate: Fate
    part: Part
    old: Shipped | None
    new: Shipped | None
    hunks: tuple[Hunk, ...]
    unread: Unread | None = None

    @property
    def path(self) -> str:
        """Its path now; of a removed file the one that it had."""
        shown = self.new or self.old
        assert shown is not None
        return shown.path

    @property
    def changes(self) -> tuple[Hunk, ...]:
        """Its changes as they are read: hunks that lie close together are one, with what is equal between them."""
        groups = close_together(self.hunks)
        return tuple(Hunk((g[0].old[0], g[-1].old[1]), (g[0].new[0], g[-1].new[1])) for g in groups)

    @property
    def added(self) -> int:
        """Lines that are new."""
        return sum(hunk.new[1] - hunk.new[0] for hunk in self.hunks)

    @property
    def removed(self) -> int:
        """Lines that are gone."""
        return sum(hunk.old[1] - hunk.old[0] for hunk in self.hunks)

    @property
    def notes(self) -> tuple[str, ...]:
        """What else is to be said of it."""
        old, new = self.old, self.new
        told = [f"from {old.path}"] if self.fate is Fate.RENAMED and old else []
        if self.unread:
            told.append(self.unread.value)
        if new and new.kind is Kind.EXEC and (old is None or old.kind is not Kind.EXEC):
            told.append("executable")
        elif old and new and old.kind is not new.kind:
            told.append(f"{old.kind.value} before, {new.kind.value} now")
        return tuple(told)


def changed_files(
    old: Files, new: Files, part_of: Callable[[str], Part], progress: Progress
) -> tuple[ChangedFile, ...]:
    """Every file that differs, build code first.

    Raises ReviewerError where a file cannot be read, and CancelledError.
    """
    pairs: list[_Pair] = [(old.get(path), file) for path, file in new.items()]
    pairs += [(file, None) for path, file in old.items() if path not in new]
    found = []
    for before, after in _renamed([pair for pair in pairs if _differ(*pair)], progress):
        progress.check()
        found.append(_compared(before, after, part_of))
    return tuple(sorted(found, key=lambda file: (file.part, file.path)))


def more_than_blanks(file: ChangedFile) -> tuple[tuple[Hunk, ...], ...]:
    """For each hunk of a file what of it is more than white space. Raises ReviewerError where the file cannot be read."""
    if not file.hunks:
        return ()
    old, new = (side.content() if side else b"" for side in (file.old, file.new))
    return without_blanks(old, new, file.hunks)


def is_source(path: str) -> bool:
    """Whether the name is that of program text."""
    return path.endswith(_SOURCES)


def _differ(old: Shipped | None, new: Shipped | None) -> bool:
    return old is None or new is None or (old.blob, old.kind) != (new.blob, new.kind)


def _compared(old: Shipped | None, new: Shipped | None, part_of: Callable[[str], Part]) -> ChangedFile:
    if old is None or new is None:
        fate = Fate.ADDED if old is None else Fate.REMOVED
    else:
        fate = Fate.ALTERED if old.path == new.path else Fate.RENAMED
    parts = [part_of(file.path) for file in (old, new) if file is not None]
    unread = _unread(old, new)
    if unread is not None or (old and new and old.blob == new.blob):
        return ChangedFile(fate, min(parts), old, new, (), unread)
    before, after = (file.content() if file else b"" for file in (old, new))
    return ChangedFile(fate, min(parts), old, new, hunks(before, after))


def _unread(old: Shipped | None, new: Shipped | None) -> Unread | None:
    there = [file for file in (old, new) if file is not None]
    if any(file.kind is Kind.LINK for file in there):
        return Unread.LINK
    if any(file.size > MOST_BYTES for file in there):
        return Unread.LARGE
    if any(file_kind(file.content()).binary for file in there):
        return Unread.BINARY
    return None


def _renamed(pairs: list[_Pair], progress: Progress) -> Iterator[_Pair]:
    """The pairs, with files that came and files that went joined where the one is the other under a new name."""
    gone = [old for old, new in pairs if old is not None and new is None]
    came = [new for old, new in pairs if new is not None and old is None]
    yield from ((old, new) for old, new in pairs if old is not None and new is not None)
    partner: dict[str, Shipped] = {}
    by_blob: dict[str, list[Shipped]] = {}
    for file in gone:
        by_blob.setdefault(file.blob, []).append(file)
    for file in came:
        same = by_blob.get(file.blob)
        if same and file.size:
            partner[file.path] = same.pop()
    _by_likeness(came, gone, partner, progress)
    taken = {file.path for file in partner.values()}
    yield from ((partner.get(file.path), file) for file in came)
    yield from ((file, None) for file in gone if file.path not in taken)


def _by_likeness(came: list[Shipped], gone: list[Shipped], partner: dict[str, Shipped], progress: Progress) -> None:
    """Join what shares most of its lines, the best first."""
    taken = {file.path for file in partner.values()}
    left = [file for file in gone if file.path not in taken and _may_be_alike(file)]
    new = [file for file in came if file.path not in partner and _may_be_alike(file)]
    if not left or len(left) * len(new) > _MOST_PAIRS:
        return
    counted = {file.path: Counter(file.content().split(b"\n")) for file in left}
    scores = []
    for file in new:
        progress.check()
        lines = Counter(file.content().split(b"\n"))
        for other in left:
            shared = (lines & counted[other.path]).total()
            score = shared / max(lines.total(), counted[other.path].total())
            if score >= _ALIKE and shared > 3:
                scores.append((score, file.path, other))
    for _, path, other in sorted(scores, key=lambda each: (-each[0], each[1], each[2].path)):
        if path not in partner and other.path not in taken:
            partner[path] = other
            taken.add(other.path)


def _may_be_alike(file: Shipped) -> bool:
    return file.kind is not Kind.LINK and 0 < file.size <= 1 << 20
