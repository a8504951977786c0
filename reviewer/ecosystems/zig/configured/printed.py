"""What zig itself prints of a configuration, as far as it is needed to check the hook's report against what make would execute.

`--print-configuration` (0.17): the ZON is printed by zig's own maker with hostile strings escaped, so lines at a fixed indentation
cannot be forged from inside a name.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from reviewer.errors import ReviewerError

_STEP = re.compile(
    r'^        \.\{\n            \.name = "(?P<name>(?:[^"\\\n]|\\.)*)",\n            \.owner = (?P<owner>[^\n]*),\n'
    r"            \.deps = \.\{(?P<deps>[^}]*)\},\n(?P<rest>.*?)^        \},$",
    re.MULTILINE | re.DOTALL,
)
_TAG = re.compile(r"^ +\.(?:flags = \.\{ )?\.?tag = \.(?P<tag>\w+),", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class PrintedStep:
    """One step of the configuration; `name` as raw bytes, `depends_on` the numbers of the steps that it waits for.

    `owner` is zig's number of the package's instance, `.root` for the project; `details` the ZON of what steps of its kind have.
    """

    name: bytes
    tag: str
    depends_on: tuple[int, ...]
    owner: str
    details: str


def read_printed(data: bytes) -> tuple[PrintedStep, ...]:
    """The steps in zig's order. Raises ReviewerError when this is not a printed configuration."""
    text = data.decode("latin-1")  # names are bytes, not always UTF-8
    start = text.find("\n    .steps = .{\n")
    if not text.startswith(".{\n") or start < 0:
        raise ReviewerError("zig printed something else than its configuration")
    steps = []
    for match in _STEP.finditer(text, start):
        tag = _TAG.search(match["rest"])
        numbers = tuple(int(number) for number in re.findall(r"\d+", match["deps"]))
        details = match["rest"].partition(".extended = ")[2].rstrip().removesuffix(",")
        steps.append(PrintedStep(_unescape(match["name"]), tag["tag"] if tag else "", numbers, match["owner"], details))
    return tuple(steps)


def is_listed(listed: Sequence[str], data: bytes) -> bool:
    """Whether `zig build -l` (up to 0.16) printed these names, ` (default)` and descriptions, after whatever a build.zig printed before.

    The text is compared without its spaces: how names are padded differs between versions.
    """
    expected = "".join(listed).encode("latin-1")
    return b"".join(data.split()).endswith(b"".join(expected.split()))


_ESCAPE = re.compile(r"\\(x[0-9a-fA-F]{2}|.)")
_SHORT = {"n": "\n", "r": "\r", "t": "\t"}


def _unescape(literal: str) -> bytes:
    """The bytes of a string literal as `std.zig.stringEscape` writes it: anything but printable ASCII is `\\xNN` or a short escape."""

    def replace(match: re.Match[str]) -> str:
        escape = match[1]
        return chr(int(escape[1:], 16)) if len(escape) == 3 else _SHORT.get(escape, escape)

    return _ESCAPE.sub(replace, literal).encode("latin-1")
