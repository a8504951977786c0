"""Names that C and C++ code calls or takes the address of, told from its tokens: comments and strings are left out.

Nothing is preprocessed, so that every branch of an `#if` counts. What a file does to hide a call from such a reading (names put together in
macros or over line ends, raw strings) is a gap at that line. Members (`a.open()`, `a->open()`) and declarations are no calls; what a
macro stands for is one.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from typing import NamedTuple

_CPP = (".cc", ".cpp", ".cxx", ".hpp", ".hh")

_TOKEN = re.compile(
    r"""//(?:[^\\\n]|\\.)*                                         # comments may go on after a backslash
    |/\*.*?(?:\*/|\Z)
    |(?P<raw>\b(?:u8|[uUL])?R"(?P<end>[^()\s\\]{0,16})\((?:.*?\)(?P=end)"|.*\Z))
    |(?P<string>"(?:[^"\\\n]|\\.)*"?)
    |'(?:[^'\\\n]|\\.)*'?
    |(?<!\w)\d[\w.]*(?:'\w+)*
    |(?P<name>[A-Za-z_]\w*)
    |(?P<paste>\#\#|%:%:)""",
    re.VERBOSE | re.DOTALL,
)
_SPLIT_NAME = re.compile(r"\w\\[ \t]*\r?\n\w")
_TYPES = (
    *(
        "void",
        "char",
        "short",
        "int",
        "long",
        "float",
        "double",
        "signed",
        "unsigned",
        "bool",
        "_Bool",
        "struct",
        "union",
        "enum",
    ),
    *(
        "const",
        "volatile",
        "extern",
        "static",
        "inline",
        "virtual",
        "FILE",
        "DIR",
        "size_t",
        "ssize_t",
        "pid_t",
        "mode_t",
        "off_t",
    ),
)
"""Words before a name that make it a declaration."""
_RENAMED_TYPE = re.compile(rf"^[ \t]*#[ \t]*define[ \t]+(?:{'|'.join(_TYPES)})\b", re.MULTILINE)
_NOT_CALLED = re.compile(r"(?:[.]|->|\bdefine[ \t]|\bdefined[ \t(])[ \t]*$")
_BEFORE = re.compile(r"(?P<name>[A-Za-z_]\w*)?(?P<stars>[\s*&]*)$")
_CALL = re.compile(r"\s*(?:(?:__)?volatile(?:__)?|goto)?\s*\(")  # the words stand after `asm`
_MENTION = re.compile(r"(?:[=&]|\bstd::|^[ \t]*#[ \t]*define[ \t]+\w+(?:\([^)\n]*\))?[ \t].*)\s*$", re.MULTILINE)
_LOOK = 120
_MAX_STATEMENT = 300
_MAX_GAPS = 20


class Call(NamedTuple):
    """A place that calls a name, or takes its address; `words` are the strings that follow in its statement."""

    line: int
    column: int
    name: str
    words: tuple[str, ...]


class Gap(NamedTuple):
    """A place that cannot be followed."""

    line: int
    column: int
    text: str


def read_calls(text: str, path: str, asked: Callable[[str], bool]) -> tuple[tuple[Call, ...], tuple[Gap, ...]]:
    """The calls of names that are `asked` for, and what could hide others. Takes time in proportion to the text."""
    starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def place(offset: int) -> tuple[int, int]:
        line = bisect_right(starts, offset)
        return line, offset - starts[line - 1] + 1

    calls: list[Call] = []
    gaps = [Gap(*place(match.start()), what) for match, what in _hidden(text)]
    pasted = False
    for token in _TOKEN.finditer(text):
        kind = token.lastgroup
        if kind == "name" and asked(token[0]) and _is_used(text, token.start(), token.end()):
            statement = text[token.end() : token.end() + _MAX_STATEMENT].partition(";")[0]
            words = tuple(match["string"].strip('"') for match in _TOKEN.finditer(statement) if match["string"])
            calls.append(Call(*place(token.start()), token[0], words))
        elif kind == "paste" and not pasted:
            pasted = True
            gaps.append(
                Gap(*place(token.start()), "puts names together in macros, so that what they call is not known")
            )
        elif token["raw"] and not path.endswith(_CPP):
            gaps.append(Gap(*place(token.start()), "may be a raw string or code: what it holds is not followed"))
    return tuple(calls), tuple(gaps[:_MAX_GAPS])


def _hidden(text: str) -> Iterator[tuple[re.Match[str], str]]:
    for match in _SPLIT_NAME.finditer(text):
        yield match, "divides a word over two lines, so that what it names is not known"
        break
    for match in _RENAMED_TYPE.finditer(text):
        yield match, "gives a word of the language another meaning"
        break


def _is_used(text: str, start: int, end: int) -> bool:
    before = text[max(0, start - _LOOK) : start]
    if _NOT_CALLED.search(before):
        return False
    if not _CALL.match(text, end):
        return _MENTION.search(before) is not None
    word = _BEFORE.search(before)
    return word is None or word["name"] not in _TYPES
