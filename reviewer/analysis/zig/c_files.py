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
# `%:` and `??=` are other spellings of `#` (C11 6.4.6, 5.2.1.1).
_DIRECTIVE = re.compile(
    r"^[ \t\v\f]*(?:#|%:|\?\?=)[ \t\v\f]*(include_next|include|import|embed)\b"
    r"""[ \t\v\f]*(?:"([^"\n]{1,300})"|<([^>\n]{1,300})>)?""",
    re.MULTILINE,
)
_SPLICE = re.compile(r"(?:\\|\?\?/)[ \t]*\r?\n")
_COMMENT = re.compile(r"/\*[^*]*(?:\*(?!/)[^*]*)*(?:\*/|\Z)")
_ASSEMBLED = re.compile(r"\.(?:incbin|include)\b", re.IGNORECASE)

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
    pending = [(file, file[1].endswith(SUFFIXES)) for file in sources][::-1]
    while pending:
        progress.check()
        file, is_code = pending.pop()
        if file in found:
            continue
        if len(found) >= MAX_FILES:
            gaps.append(f"more than {MAX_FILES} C files: the rest is not followed")
            break
        found[file] = None
        if not is_code:
            continue
        package, path = file
        try:
            text = read_text(Path(packages[package].root), path, _MAX_BYTES)
        except ReviewerError as error:
            gaps.append(f"{packages[package].name}:{path} could not be read: {error.what}")
            continue
        wanted, hidden = _directives(text)
        if hidden:
            gaps.append(f"{packages[package].name}:{path}: {hidden}")
        own = (package, posixpath.dirname(path))
        for directive, quoted, name in wanted:
            for folder in (own, *places) if quoted else places:
                header = posixpath.normpath(posixpath.join(folder[1], name))
                if not header.startswith("..") and (Path(packages[folder[0]].root) / header).is_file():
                    # Whatever it is called, what is included is code.
                    pending.append(((folder[0], header), directive != "embed"))
                    break
    return list(found), gaps


def _directives(text: str) -> tuple[list[tuple[str, bool, str]], str]:
    """What a file takes in (by which directive, whether in quotes, name), and in words what of that cannot be told.

    Read once as it is and once without comments, since either could hide a line from the other.
    """
    text = _SPLICE.sub("", text)
    found: dict[tuple[str, bool, str], None] = {}
    hidden = ""
    for seen in (text, _COMMENT.sub(" ", text)):
        for match in _DIRECTIVE.finditer(seen):
            name = match[2] or match[3]
            if name:
                found[match[1], match[2] is not None, name] = None
    for match in _DIRECTIVE.finditer(_COMMENT.sub(" ", text)):
        if not (match[2] or match[3]):
            hidden = "what it includes is the value of a macro"
    if _ASSEMBLED.search(text):
        hidden = "its assembly takes in a file"
    return list(found), hidden
