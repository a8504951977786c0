"""Which lines of a build file tie a step into the rest of the build: an explanation for the reader, not a proof.

Followed by name within one file: what the creating line is assigned to, whatever is handed that name (`dummy.step.dependOn(&run.step)`),
and so on from there (`module.addObject(dummy)`).
"""

import re
from collections.abc import Sequence

_ASSIGNED = re.compile(r"^\s*(?:const|var)\s+(\w+)\s*=")
_TIE = re.compile(
    r"^\s*(?:_\s*=\s*)?(?P<receiver>\w+)(?P<path>(?:\.\w+)*)"
    r"\.(?:dependOn|addObject|addObjectFile|linkLibrary|addImport|addAnonymousImport|addIncludePath|addConfigHeader|addCSourceFile"
    r"|addCSourceFiles|addFileArg|addFileInput|addArtifactArg|addNamedLazyPath|addCopyFile)\((?P<given>.*)"
)
_NAME = re.compile(r"[A-Za-z_]\w*")
MAX_LINES = 20_000


def find_link_lines(source: str, line: int) -> Sequence[int]:
    """Line numbers from 1, in order; empty when the creating line is assigned to nothing."""
    lines = source.split("\n", MAX_LINES)[:MAX_LINES]
    if not 1 <= line <= len(lines):
        return ()
    assigned = _ASSIGNED.match(lines[line - 1])
    if assigned is None:
        return ()
    tied = {assigned[1]}
    found: set[int] = set()
    # Each round can only add names; a chain is seldom longer than three.
    while True:
        before = len(found)
        for number, text in enumerate(lines, start=1):
            match = _TIE.match(text[:2000])
            if match and number not in found and tied & set(_NAME.findall(match["given"])):
                found.add(number)
                tied.add(match["receiver"])
        if len(found) == before:
            return sorted(found)
