"""From a place in a program to the line of source that it was compiled from (DWARF, by pyelftools).

The program is hostile, and a few bytes of its debug information can stand for more lines than there is memory: it is read in a process of
its own, whose memory, time and answer are bounded.
"""

import bisect
import functools
import itertools
import json
import os
import posixpath
import resource
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from elftools.elf.elffile import ELFFile

MAX_PROGRAM_BYTES = 512 << 20
MAX_MEMORY = 2 << 30
MAX_SECONDS = 40
MAX_LINE_BYTES = 16 << 20
"""Of all line programs together; one byte can stand for a row."""
MAX_ROWS = 1_000_000
_MAX_ANSWER = 64 << 20


class SourceLines:
    """Answers for one program. The program is hostile: whatever is wrong with it, there is no answer."""

    def __init__(self, program: Path) -> None:
        self._program = program
        self._lines = _ask(program, "lines")

    def all_at(self, offset: int) -> Iterator[tuple[str, int]]:
        """The place itself, then each at which it was called within the same compiled function."""
        if (found := self.at(offset)) is not None:
            yield found
            yield from self.callers_at(offset)

    def at(self, offset: int) -> tuple[str, int] | None:
        """File, as the compiler named it, and line; None if it is not known. `offset`, within the program's file, is where a call returns
        to: the call is the instruction before."""
        rows = self._lines.rows
        found = bisect.bisect_left(rows, self._address(offset), key=lambda row: row[0]) - 1
        if found < 0:
            return None
        _, file, line = rows[found]
        return (self._lines.files[file], line) if self._lines.files[file] else None

    def callers_at(self, offset: int) -> tuple[tuple[str, int], ...]:
        """Where the code at this place was called, as far as it was compiled into its callers, innermost first; takes seconds at first."""
        address = self._address(offset) - 1
        holding = [each for each in self._inlined.rows if each[0] <= address < each[1]]
        return tuple(
            (self._inlined.files[file], line) for _, _, _, file, line in sorted(holding, key=lambda each: -each[2])
        )

    @functools.cached_property
    def _inlined(self) -> "_Answer":
        return _ask(self._program, "inlined")

    def _address(self, offset: int) -> int:
        return next((offset - at + start for at, size, start in self._lines.segments if at <= offset < at + size), 0)


class _Answer(NamedTuple):
    """`rows` end with the number of a file of `files` and a line."""

    files: list[str]
    segments: list[tuple[int, int, int]]
    rows: list[tuple[int, ...]]


def _ask(program: Path, what: str) -> _Answer:
    """What the other process tells; empty where it tells nothing."""
    try:
        answer = json.loads(_told(program, what))
        return _Answer(answer["files"], answer["segments"], answer["rows"])
    except (OSError, ValueError, KeyError, subprocess.SubprocessError, RecursionError):
        return _Answer([""], [], [])


def _told(program: Path, what: str) -> bytes:
    # Neither through a link nor waiting for a writer: the file lies where the observed program could write.
    file = os.open(program, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        found = os.fstat(file)
        if not stat.S_ISREG(found.st_mode) or found.st_size > MAX_PROGRAM_BYTES:
            raise ValueError("not a program")
        return subprocess.run(
            [sys.executable, "-P", "-m", __name__, what],
            stdin=file,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=2 * MAX_SECONDS,
            check=True,
        ).stdout
    finally:
        os.close(file)


def main() -> None:
    """Read the program on stdin, and print where each line's code begins, or which code was compiled into its callers."""
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_SECONDS, MAX_SECONDS))
    from elftools.elf.elffile import ELFFile

    elf = ELFFile(sys.stdin.buffer)
    segments = [(part["p_offset"], part["p_filesz"], part["p_vaddr"]) for part in elf.iter_segments("PT_LOAD")]
    files: dict[str, int] = {"": 0}
    found = _rows(elf, files) if sys.argv[1] == "lines" else _inlined_rows(elf, files)
    rows = sorted(itertools.islice(found, MAX_ROWS + 1))
    if len(rows) > MAX_ROWS:
        raise ValueError("too many lines")
    answer = json.dumps({"files": list(files), "segments": segments, "rows": rows}).encode()
    if len(answer) <= _MAX_ANSWER:
        sys.stdout.buffer.write(answer)


def _rows(elf: "ELFFile", files: dict[str, int]) -> list[tuple[int, int, int]]:
    """Address, number of the file and line; file 0 where code without lines begins. `files` gets their numbers.

    Raises ValueError where there is too much: half of the lines would be wrong for the other half.
    """
    rows: list[tuple[int, int, int]] = []
    size = 0
    if not elf.has_dwarf_info():
        return rows
    dwarf = elf.get_dwarf_info()
    for unit in dwarf.iter_CUs():
        lines = dwarf.line_program_for_CU(unit)
        if lines is None:
            continue
        size += lines.program_end_offset - lines.program_start_offset
        if size > MAX_LINE_BYTES or len(rows) > MAX_ROWS:
            raise ValueError("too many lines")
        folder = unit.get_top_DIE().attributes.get("DW_AT_comp_dir")
        names = _names(lines.header, _text(folder.value) if folder else "")
        for entry in lines.get_entries():
            state = entry.state
            if state is not None:
                known = not state.end_sequence and 0 <= state.file < len(names)
                file = files.setdefault(names[state.file] if known else "", len(files))
                rows.append((state.address, file, state.line))
    return rows


def _inlined_rows(elf: "ELFFile", files: dict[str, int]) -> Iterator[tuple[int, int, int, int, int]]:
    """First and last address, depth, and number of the file and line of the call, of all code that was compiled into its callers."""
    if not elf.has_dwarf_info():
        return
    dwarf = elf.get_dwarf_info()
    ranges = dwarf.range_lists()
    for unit in dwarf.iter_CUs():
        top = unit.get_top_DIE()
        lines = dwarf.line_program_for_CU(unit)
        if lines is None:
            continue
        folder = top.attributes.get("DW_AT_comp_dir")
        names = _names(lines.header, _text(folder.value) if folder else "")
        base = top.attributes["DW_AT_low_pc"].value if "DW_AT_low_pc" in top.attributes else 0
        depth = 0
        for die in unit.iter_DIEs():
            if die.is_null():
                depth -= 1
                continue
            if die.tag == "DW_TAG_inlined_subroutine":
                call = [
                    die.attributes[name].value if name in die.attributes else 0
                    for name in ("DW_AT_call_file", "DW_AT_call_line")
                ]
                if 0 <= call[0] < len(names) and names[call[0]]:
                    file = files.setdefault(names[call[0]], len(files))
                    yield from ((low, high, depth, file, call[1]) for low, high in _ranges(die, unit, ranges, base))
            depth += bool(die.has_children)


def _ranges(die: Any, unit: Any, lists: Any, base: int) -> Iterator[tuple[int, int]]:
    """The addresses that an entry is about (DWARF 5, 2.17)."""
    low, high, several = (die.attributes.get(f"DW_AT_{name}") for name in ("low_pc", "high_pc", "ranges"))
    if low is not None and high is not None:
        yield low.value, high.value if high.form == "DW_FORM_addr" else low.value + high.value
    elif several is not None and lists is not None:
        for entry in lists.get_range_list_at_offset(several.value, cu=unit):
            if hasattr(entry, "base_address"):
                base = entry.base_address
            else:
                add = 0 if getattr(entry, "is_absolute", False) else base
                yield entry.begin_offset + add, entry.end_offset + add


def _names(header: Any, folder: str) -> list[str]:
    """Paths by file number, which counts from 1 before DWARF 5 (then folder 0 is that of the compilation)."""
    old = header.version < 5
    folders = (
        [_text(name) for name in header.include_directory]
        if old
        else [_text(d.DW_LNCT_path) for d in header.directories]
    )
    if old:
        folders.insert(0, folder)
    names = [""] if old else []
    for entry in header.file_entry:
        inside = folders[entry.dir_index] if entry.dir_index < len(folders) else ""
        names.append(posixpath.normpath(posixpath.join(folder, inside, _text(entry.name))))
    return names


def _text(value: bytes | str) -> str:
    return value.decode("utf-8", "surrogateescape") if isinstance(value, bytes) else value


if __name__ == "__main__":
    main()
