"""From a place in a program to the line of source that it was compiled from (DWARF, by pyelftools)."""

import bisect
import posixpath
from pathlib import Path
from typing import Any

from elftools.elf.elffile import ELFFile

MAX_PROGRAM_BYTES = 512 << 20


class SourceLines:
    """Answers for one program. The program is hostile: whatever is wrong with it, there is no answer."""

    def __init__(self, program: Path) -> None:
        self._rows: list[tuple[int, str, int]] = []
        self._segments: list[tuple[int, int, int]] = []
        try:
            if program.stat().st_size <= MAX_PROGRAM_BYTES:
                with program.open("rb") as file:
                    elf = ELFFile(file)
                    self._segments = [
                        (part["p_offset"], part["p_filesz"], part["p_vaddr"]) for part in elf.iter_segments("PT_LOAD")
                    ]
                    self._rows = sorted(_rows(elf))
        except Exception:
            self._rows = []

    def at(self, offset: int) -> tuple[str, int] | None:
        """File, as the compiler named it, and line; None if it is not known. `offset`, within the program's file, is where a call returns
        to: the call is the instruction before."""
        address = next((offset - at + start for at, size, start in self._segments if at <= offset < at + size), 0)
        found = bisect.bisect_right(self._rows, (address - 1, "\U0010ffff", 0)) - 1
        if found < 0:
            return None
        _, file, line = self._rows[found]
        return (file, line) if file else None


def _rows(elf: ELFFile) -> list[tuple[int, str, int]]:
    """Where each line's code begins; an empty file where code without lines begins."""
    rows: list[tuple[int, str, int]] = []
    if not elf.has_dwarf_info():
        return rows
    dwarf = elf.get_dwarf_info()
    for unit in dwarf.iter_CUs():
        lines = dwarf.line_program_for_CU(unit)
        if lines is None:
            continue
        folder = unit.get_top_DIE().attributes.get("DW_AT_comp_dir")
        names = _names(lines.header, _text(folder.value) if folder else "")
        for entry in lines.get_entries():
            state = entry.state
            if state is not None:
                known = not state.end_sequence and 0 <= state.file < len(names)
                rows.append((state.address, names[state.file] if known else "", state.line))
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
