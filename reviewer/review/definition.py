"""Go to definition: from a place in a file of a package to where what is named there is declared."""

import posixpath
import re
from collections.abc import Callable, Iterator

from reviewer.ecosystems.zig.reading.definition import find_definitions
from reviewer.model.graph import Graph, Location

_SUFFIXES = ("", ".js", ".mjs", ".cjs", ".ts", ".py", ".h", "/index.js", "/index.ts", "/__init__.py")
_QUOTED = re.compile(r"""["'<]([^"'<>\n]{1,400})["'>]""")
_LONGEST = 4_000


def find_definition(
    graph: Graph,
    package: str,
    file: str,
    source: str,
    line: int,
    column: int,
    has_file: Callable[[str, str], bool],
) -> Location | None:
    """Where what is named at a line and column (from 1) is declared or leads to; None where that is not known.

    `has_file(package, path)` tells what can be read. Zig is followed by its syntax, other languages by their usual words.
    """
    finder = find_definitions if file.endswith((".zig", ".zon")) else _by_words
    here = Location(package, file, line)
    for place in finder(graph, package, file, source, line, column):
        if place.package in graph.package and has_file(place.package, place.file) and place[:3] != here[:3]:
            return place
    return None


def _by_words(_: Graph, package: str, file: str, source: str, line: int, column: int) -> Iterator[Location]:
    lines = source.split("\n")
    text = lines[line - 1][:_LONGEST] if 1 <= line <= len(lines) else ""
    for quoted in _QUOTED.finditer(text):
        if quoted.start() <= column - 1 <= quoted.end():
            for folder in (posixpath.dirname(file), ""):
                path = posixpath.normpath(posixpath.join(folder, quoted[1]))
                yield from (Location(package, path + suffix, 1) for suffix in _SUFFIXES)
    word = next((found for found in re.finditer(r"\w+", text) if found.start() <= column - 1 <= found.end()), None)
    if word is None:
        return
    name = re.escape(word.group())
    declares = re.compile(
        rf"\b(?:def|class|function|func|fn|const|let|var|struct|enum|union|interface|type|macro_rules!|#\s*define)\s+{name}\b"
        rf"|^[A-Za-z_][\w \t*]*[\s*]{name}\s*\("
        rf"|^\s*{name}\s*(?::?=)(?!=)"
    )
    for number, candidate in enumerate(lines, start=1):
        found = declares.search(candidate[:_LONGEST]) if word.group() in candidate else None
        if found is not None:
            yield Location(package, file, number, candidate.index(word.group(), found.start()) + 1)
