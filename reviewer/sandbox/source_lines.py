"""From a place in a program to the line of source that it was compiled from (DWARF, by pyelftools).

The program is hostile, and a few bytes of its debug information can stand for more lines than there is memory: it is read in a process of
its own, whose memory, time and answer are bounded.
"""

import bisect
import json
import os
import posixpath
import resource
import stat
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

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
        self._files: list[str] = []
        self._rows: list[tuple[int, int, int]] = []
        self._segments: list[tuple[int, int, int]] = []
        try:
            answer = json.loads(_ask(program))
            self._files, self._segments, self._rows = answer["files"], answer["segments"], answer["rows"]
        except (OSError, ValueError, KeyError, subprocess.SubprocessError, RecursionError):
            pass

    def at(self, offset: int) -> tuple[str, int] | None:
        """File, as the compiler named it, and line; None if it is not known. `offset`, within the program's file, is where a call returns
        to: the call is the instruction before."""
        address = next((offset - at + start for at, size, start in self._segments if at <= offset < at + size), 0)
        found = bisect.bisect_left(self._rows, address, key=lambda row: row[0]) - 1
        if found < 0:
            return None
        _, file, line = self._rows[found]
        return (self._files[file], line) if self._files[file] else None


def _ask(program: Path) -> bytes:
    """What the other process tells. Raises OSError, ValueError or subprocess.SubprocessError where it tells nothing."""
    # Neither through a link nor waiting for a writer: the file lies where the observed program could write.
    file = os.open(program, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        found = os.fstat(file)
        if not stat.S_ISREG(found.st_mode) or found.st_size > MAX_PROGRAM_BYTES:
            raise ValueError("not a program")
        return subprocess.run(
            [sys.executable, "-P", "-m", __name__],
            stdin=file,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=2 * MAX_SECONDS,
            check=True,
        ).stdout
    finally:
        os.close(file)


def main() -> None:
    """Read the program on stdin, and print where each line's code begins."""
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_SECONDS, MAX_SECONDS))
    from elftools.elf.elffile import ELFFile

    elf = ELFFile(sys.stdin.buffer)
    segments = [(part["p_offset"], part["p_filesz"], part["p_vaddr"]) for part in elf.iter_segments("PT_LOAD")]
    files: dict[str, int] = {"": 0}
    rows = sorted(_rows(elf, files))
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
