"""Changes as things that are viewed one by one, and known again by what they say: in a rebased or bumped version a mark still applies."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from reviewer.content.walk import Kind
from reviewer.upgrade.changed import ChangedFile
from reviewer.upgrade.lines import AROUND, Hunk


class Marks(NamedTuple):
    """Under which digests a changed file is marked viewed.

    `whole` is its present content, which is viewed anywhere where it was viewed once (None: it is gone, or a link). `changes` has one
    digest for each change; a file without hunks, as one that was only renamed or is no text, is one change.
    """

    whole: str | None
    changes: tuple[str, ...]


def marks_of(file: ChangedFile) -> Marks:
    """The marks of a changed file. Raises ReviewerError where it cannot be read any more."""
    old, new = (side.content() if side and side.kind is not Kind.LINK else b"" for side in (file.old, file.new))
    whole = f"sha256:{hashlib.sha256(new).hexdigest()}" if file.new and file.new.kind is not Kind.LINK else None
    if not file.hunks:
        sides = [
            f"{side.path}\0{side.kind}\0{side.blob}".encode(errors="surrogateescape") if side else b""
            for side in (file.old, file.new)
        ]
        return Marks(whole, (_digest("file", sides),))
    before, after = old.split(b"\n"), new.split(b"\n")
    path = file.path.encode(errors="surrogateescape")
    told = [_digest(path, _said(hunk, before, after)) for hunk in file.changes]
    # Of two changes that say the same in the same surroundings each is viewed by itself.
    met = Counter[str]()
    for at, digest in enumerate(told):
        met[digest] += 1
        if met[digest] > 1:
            told[at] = _digest("again", (digest.encode(), str(met[digest]).encode()))
    return Marks(whole, tuple(told))


def _said(hunk: Hunk, before: Sequence[bytes], after: Sequence[bytes]) -> Sequence[bytes]:
    """What a change takes away and brings, and the lines around it."""
    above, below = after[max(0, hunk.new[0] - AROUND) : hunk.new[0]], after[hunk.new[1] : hunk.new[1] + AROUND]
    parts = (above, before[slice(*hunk.old)], after[slice(*hunk.new)], below)
    return tuple(b"\n".join(lines) + b"%d" % len(lines) for lines in parts)


def _digest(kind: str | bytes, parts: Sequence[bytes]) -> str:
    whole = hashlib.sha256()
    for part in (kind.encode() if isinstance(kind, str) else kind, *parts):
        whole.update(b"%d:" % len(part) + part)
    return f"change:{whole.hexdigest()}"
