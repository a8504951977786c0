"""Which headers of the packages a C file takes in, told from its `#include` lines."""

import posixpath
import re
from collections.abc import Iterable
from pathlib import Path

from reviewer.content.read import read_text
from reviewer.errors import ReviewerError
from reviewer.model.graph import Package
from reviewer.progress import Progress

SUFFIXES = (".c", ".h", ".cc", ".cpp", ".cxx", ".hpp", ".hh", ".m", ".mm", ".s", ".S", ".asm", ".inc", ".inl", ".rc")
MAX_FILES = 4000
_MAX_BYTES = 4 << 20
_INCLUDE = re.compile(
    r'^[ \t]*#[ \t]*(?:include|import|embed)[ \t]*(?:"([^"\n]{1,300})"|<([^>\n]{1,300})>)', re.MULTILINE
)

File = tuple[str, str]
"""A package id and a path in it."""


def included(
    sources: Iterable[File], folders: Iterable[File], packages: dict[str, Package], progress: Progress
) -> tuple[list[File], list[str]]:
    """The sources and all that they include from their own folder or from these folders, and what could not be read.

    Headers that are not found there are the compiler's, the system's or generated, and left out.
    """
    places = list(dict.fromkeys(folders))
    found: dict[File, None] = {}
    gaps: list[str] = []
    pending = list(sources)[::-1]
    while pending:
        progress.check()
        file = pending.pop()
        if file in found:
            continue
        if len(found) >= MAX_FILES:
            gaps.append(f"more than {MAX_FILES} C files: the rest is not followed")
            break
        found[file] = None
        package, path = file
        if not path.endswith(SUFFIXES):
            continue
        try:
            text = read_text(Path(packages[package].root), path, _MAX_BYTES)
        except ReviewerError as error:
            gaps.append(f"{packages[package].name}:{path} could not be read: {error.what}")
            continue
        own = (package, posixpath.dirname(path))
        for match in _INCLUDE.finditer(text):
            name = match[1] or match[2]
            for folder in (own, *places) if match[1] else places:
                header = posixpath.normpath(posixpath.join(folder[1], name))
                if not header.startswith("..") and (Path(packages[folder[0]].root) / header).is_file():
                    pending.append((folder[0], header))
                    break
    return list(found), gaps
