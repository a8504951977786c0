"""Which lines of a file changed, and which words inside a line."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

MOST_BYTES = 20 << 20
"""Of one side of a file; what is larger is not compared line by line."""
_WORD = re.compile(r"\w+|\s+|.", re.DOTALL)
_FUNCTION = re.compile(r"\b(?:fn|test|function|def|func)\b")
_FAR, _NEAR = 600, 5
"""Lines that are looked at for what is around a line, before and after it."""
_LONGEST = 2_000
"""Characters of a line whose words are compared."""


class Hunk(NamedTuple):
    """Lines `old[start:end]` were replaced by `new[start:end]`, from 0; one of them may be empty."""

    old: tuple[int, int]
    new: tuple[int, int]


Span = tuple[int, int]
"""Characters of a line, or lines, from 0, the end left out."""

AROUND = 3
"""Equal lines that are shown before and after a change."""
APART = 2 * AROUND + 3
"""Equal lines that part two changes: fewer would all be shown between them, so that they are read as one."""


def hunks(old: bytes, new: bytes, *, blanks: bool = True) -> tuple[Hunk, ...]:
    """Where two contents differ, in order; `blanks` false: lines that differ in white space only are equal. Lines end in a newline.

    Patience: of what libgit2 offers (it has no histogram) the one that gives short differences and stays fast on lines that were shuffled,
    where its minimal one takes quadratic time.
    """
    from pygit2 import Patch
    from pygit2.enums import DiffOption

    flags = DiffOption.FORCE_TEXT | DiffOption.PATIENCE | DiffOption.INDENT_HEURISTIC
    if not blanks:
        flags |= DiffOption.IGNORE_WHITESPACE | DiffOption.IGNORE_BLANK_LINES
    patch = Patch.create_from(old, new, flag=flags, context_lines=0)
    found = []
    for hunk in patch.hunks:
        # git counts an empty range from the line before it
        before = hunk.old_start - 1 if hunk.old_lines else hunk.old_start
        after = hunk.new_start - 1 if hunk.new_lines else hunk.new_start
        found.append(Hunk((before, before + hunk.old_lines), (after, after + hunk.new_lines)))
    return tuple(found)


def close_together(found: Sequence[Hunk]) -> tuple[tuple[Hunk, ...], ...]:
    """Hunks in groups that are read as one change each, and viewed one by one."""
    groups: list[list[Hunk]] = []
    for hunk in found:
        if groups and hunk.new[0] - groups[-1][-1].new[1] < APART:
            groups[-1].append(hunk)
        else:
            groups.append([hunk])
    return tuple(tuple(group) for group in groups)


def without_blanks(old: bytes, new: bytes, found: Sequence[Hunk]) -> tuple[tuple[Hunk, ...], ...]:
    """What of each hunk is more than white space, as hunks within it: none where it differs in white space only."""
    before, after = old.split(b"\n"), new.split(b"\n")
    return tuple(_within(hunk, before, after) for hunk in found)


def _within(hunk: Hunk, before: Sequence[bytes], after: Sequence[bytes]) -> tuple[Hunk, ...]:
    sides = (b"".join(line + b"\n" for line in lines) for lines in (before[slice(*hunk.old)], after[slice(*hunk.new)]))
    inside = hunks(*sides, blanks=False)
    first, second = hunk.old[0], hunk.new[0]
    return tuple(
        Hunk((first + part.old[0], first + part.old[1]), (second + part.new[0], second + part.new[1]))
        for part in inside
    )


def lines_of(content: bytes) -> list[str]:
    """The lines as text, without their newlines; what is not UTF-8 becomes U+FFFD."""
    lines = content.decode(errors="replace").split("\n")
    return lines[:-1] if lines[-1] == "" else lines


def enclosing(lines: Sequence[str], at: int) -> str:
    """The line that begins the function or other block around line `at` (from 0), as indentation tells; empty where none does."""
    inner = next((_indent(lines[line]) for line in range(at, min(at + _NEAR, len(lines))) if lines[line].strip()), 0)
    found = ""
    for line in range(at - 1, max(-1, at - _FAR), -1):
        text = lines[line]
        if inner == 0:
            break
        if text.strip() and _indent(text) < inner:
            inner = _indent(text)
            if text.rstrip().endswith(("{", ":")):
                found = text.strip()
                if _FUNCTION.search(text):
                    break
    return found[:_LONGEST]


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


@lru_cache(maxsize=4_000)
def changed_words(old: str, new: str) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """What of a line that became another was removed, and what was added. Nothing where the two have little in common."""
    from rapidfuzz.distance import LCSseq

    if len(old) > _LONGEST or len(new) > _LONGEST:
        return (), ()
    before, after = _WORD.findall(old), _WORD.findall(new)
    if LCSseq.normalized_similarity(before, after) < 0.35:
        return (), ()
    removed: list[Span] = []
    added: list[Span] = []
    starts, ends = _starts(before), _starts(after)
    for step in LCSseq.opcodes(before, after):
        if step.tag != "equal":
            _add(removed, starts[step.src_start], starts[step.src_end])
            _add(added, ends[step.dest_start], ends[step.dest_end])
    return tuple(removed), tuple(added)


def _starts(words: list[str]) -> list[int]:
    found = [0]
    for word in words:
        found.append(found[-1] + len(word))
    return found


def _add(spans: list[Span], start: int, end: int) -> None:
    if start == end:
        return
    if spans and spans[-1][1] == start:
        spans[-1] = (spans[-1][0], end)
    else:
        spans.append((start, end))
