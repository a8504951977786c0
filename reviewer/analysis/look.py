"""What the files of a package hold beside code that rules can read: tricks with characters, code out of sight, packed data, programs.

What runs while building is looked at closely, and all of it is told. Of everything else, whatever its type, only that which is hardly ever
there for a good reason: a capability is a fact, and a finding is raised when it is odd.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from reviewer.analysis.contents import Note
from reviewer.content.kind import entropy, file_kind
from reviewer.content.read import read_part
from reviewer.content.text import visible
from reviewer.content.tricks import after_blank_lines, far_right, full_name, hidden, lookalikes, reorders
from reviewer.content.walk import Entry, Kind, walk
from reviewer.errors import ReviewerError
from reviewer.progress import Progress

MAX_FILE = 2 << 20
"""Bytes looked at of one file; more than any source has."""
MAX_PACKAGE = 256 << 20
"""Bytes looked at of one package."""
_HEAD = 8 << 10
_MAX_NOTES = 50
_MAX_LINES = 10

CODE = (
    ".zig", ".zon", ".c", ".h", ".cc", ".cpp", ".cxx", ".hpp", ".m", ".mm", ".s", ".S", ".py", ".js", ".mjs", ".cjs", ".ts", ".sh", ".bash",
    ".ps1", ".bat", ".cmd", ".rs", ".go", ".lua", ".rb", ".pl", ".php", ".java", ".kt", ".cs", ".swift", ".cmake", ".mk", ".nix",
)  # fmt: skip
_MEDIA = (
    ".png",
    ".jpg",
    ".jpeg",
    ".gif",
    ".bmp",
    ".ico",
    ".webp",
    ".pdf",
    ".ttf",
    ".otf",
    ".woff",
    ".woff2",
    ".wav",
    ".mp3",
    ".ogg",
)
_PROSE = (".md", ".txt", ".rst", ".json", ".xml", ".html", ".csv", ".css", ".svg", ".toml", ".yml", ".yaml")
_TESTS = re.compile(
    r"(^|/)(tests?|testdata|test[-_]?data|fixtures?|samples?|examples?|corpus|corpora|fuzz\w*|specs?|bench\w*|docs?)(/|$)",
    re.IGNORECASE,
)
_PROGRAMS = ("ELF", "Windows", "Mach-O", "Java class", "WebAssembly", "LLVM", "static library", "Android")

# In bytes, because most files are read for this alone: overrides, embeddings and isolates; tags, which are drawn as nothing.
_REORDERING = re.compile(rb"\xe2\x80[\xaa\xab\xad\xae]|\xe2\x81[\xa6-\xa8]")
_TAGS = re.compile(rb"\xf3\xa0[\x80\x81][\x80-\xbf]")
_FAR = re.compile(rb"[ \t]{80,}(?=[^ \t\r\n])")
_MAY_BE_FAR = (b" " * 40, b"\t" * 20, b"\t \t", b" \t ")
_MAY_BE_PAGE = (b"\n\n\n\n", b"\n \n", b"\n\t\n", b"\n\r\n\r\n\r\n", b" \n \n", b"  \n")
_PAGE = re.compile(rb"\n(?:[ \t\r]*\n){80}(?=[^\n]*[^ \t\r\n])")
_FAR_COLUMN = 200
_COMMENT = ("\\", "//", "/*", "#", "*", "--", ";", "|", '"', "}", ",", ")")

_PACKED = re.compile(r"[A-Za-z0-9+/=_-]{300,}|(?:\\x[0-9A-Fa-f]{2}){80,}|(?:0x[0-9A-Fa-f]{1,2},\s*){150,}")


def look(folder: Path, progress: Progress) -> Iterator[Note]:
    """What is odd wherever it stands, bounded in size. Raises CancelledError."""
    try:
        entries = walk(folder)
    except ReviewerError:
        return  # which is a problem of the graph already
    left = MAX_PACKAGE
    count = 0
    for entry in entries:
        progress.check()
        if entry.kind is Kind.LINK:
            continue
        if left <= 0:
            text = "the package is so large that its contents from here on were not looked at"
            yield Note(entry.path, 1, 1, "unanalyzed", text)
            return
        wanted = MAX_FILE if entry.path.endswith(CODE) else _HEAD
        left -= min(entry.size, wanted)
        for note in _odd(folder, entry, wanted):
            count += 1
            if count > _MAX_NOTES:
                yield Note(
                    note.file,
                    note.line,
                    note.column,
                    "unanalyzed",
                    "more that is odd, from here on not told one by one",
                )
                return
            yield note


def _odd(folder: Path, entry: Entry, wanted: int) -> Iterator[Note]:
    name = entry.path
    if hidden(name):
        yield Note(name, 1, 1, "obf.unicode", f"its name holds characters that are not seen: {visible(name)}")
    try:
        content, _ = read_part(folder, name, 0, wanted)
    except ReviewerError as error:
        yield Note(name, 1, 1, "unanalyzed", f"could not be read: {error.what}")
        return
    kind = file_kind(content[:_HEAD])
    tests = _TESTS.search(name) is not None
    lower = name.lower()
    if kind.binary:
        if kind.name.startswith("Windows") and b"\0" not in content[:256]:
            return  # a text that begins with MZ
        program = kind.name.startswith(_PROGRAMS)
        if lower.endswith((*CODE, *_PROSE)) and (program or kind.name.endswith(" archive")):
            yield Note(name, 1, 1, "src.binary", f"is of the kind {kind.name}, whatever its name says")
        elif program and (not tests or lower.endswith(_MEDIA)):
            executable = ", and may be executed" if entry.kind is Kind.EXEC else ""
            yield Note(name, 1, 1, "src.binary", f"is a prebuilt {kind.name}{executable}")
    elif kind.name == "script" and lower.endswith(_MEDIA):
        yield Note(name, 1, 1, "src.binary", "is a script, whatever its name says")
    elif not tests and name.endswith(CODE):
        yield from _odd_text(name, content)


def _odd_text(name: str, content: bytes) -> Iterator[Note]:
    for pattern, told in (
        (_REORDERING, "is shown in another order than it is read"),
        (_TAGS, "holds a character that is not seen"),
    ):
        match = None if content.isascii() else pattern.search(content)
        if match:
            yield Note(name, *_place(content, match.start()), "obf.unicode", f"{told}: {full_name(match[0].decode())}")
    for match in _FAR.finditer(content) if any(sign in content for sign in _MAY_BE_FAR) else ():
        before = content[content.rfind(b"\n", 0, match.start()) + 1 : match.end()]
        after = content[match.end() : match.end() + 2].decode("utf-8", "replace")
        if len(before.expandtabs(4)) >= _FAR_COLUMN and not after.startswith(_COMMENT):
            yield Note(name, *_place(content, match.end()), "obf.offscreen", "stands far to the right, behind blanks")
            break
    if any(sign in content for sign in _MAY_BE_PAGE) and (match := _PAGE.search(content)):
        yield Note(name, *_place(content, match.end()), "obf.offscreen", "stands behind pages of blank lines")


def _place(content: bytes, at: int) -> tuple[int, int]:
    start = content.rfind(b"\n", 0, at) + 1
    return content.count(b"\n", 0, at) + 1, len(content[start:at].decode("utf-8", "replace")) + 1


def look_closely(folder: Path, name: str) -> Iterator[Note]:
    """Everything that a file which runs while building should not hold; at most _MAX_LINES of each kind."""
    try:
        content, size = read_part(folder, name, 0, MAX_FILE)
    except ReviewerError as error:
        yield Note(name, 1, 1, "unanalyzed", f"could not be read: {error.what}")
        return
    kind = file_kind(content)
    if kind.binary:
        yield Note(name, 1, 1, "src.binary", f"runs while building and cannot be read: {kind.name}")
        return
    if size > len(content):
        yield Note(name, 1, 1, "unanalyzed", f"only its first {MAX_FILE >> 20} MB were looked at")
    told: dict[str, int] = {}
    lines = content.decode("utf-8", "replace").split("\n")
    for note in _close(name, lines):
        told[note.capability] = told.get(note.capability, 0) + 1
        if told[note.capability] <= _MAX_LINES:
            yield note


def _close(name: str, lines: list[str]) -> Iterator[Note]:
    for index in after_blank_lines(lines):
        yield Note(name, index + 1, 1, "obf.offscreen", "stands behind a page of blank lines")
    for number, line in enumerate(lines, start=1):
        line = line.removesuffix("\r")
        if len(line) >= 80 or not (line.isascii() and line.isprintable()):
            yield from _close_line(name, number, line)


def _close_line(name: str, number: int, line: str) -> Iterator[Note]:
    places = [at for at in hidden(line) if not (number == 1 and at == 0 and line[0] == "\ufeff")]
    if places:
        told = "is shown in another order than it is read" if reorders(line) else "holds a character that is not seen"
        yield Note(name, number, places[0] + 1, "obf.unicode", f"{told}: {full_name(line[places[0]])}")
    for found in lookalikes(line)[:1]:
        text = f"can be taken for “{visible(found.taken_for)}”"
        yield Note(name, number, found.start + 1, "obf.unicode", text)
    at = far_right(line)
    if at is not None and not line[at:].startswith(_COMMENT):
        yield Note(name, number, at + 1, "obf.offscreen", "stands far to the right, behind blanks")
    packed = _PACKED.search(line)
    if packed and len(set(packed[0])) > 12 and entropy(packed[0].encode()) > 3.4:
        text = f"holds {len(packed[0]):,} characters of packed data"
        yield Note(name, number, packed.start() + 1, "obf.encoded", text)
