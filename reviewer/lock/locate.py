"""Where in a JSON text a value stands, so that an error about it can name the line."""

import re
from collections.abc import Sequence
from json import JSONDecoder

_BLANK = re.compile(r"[ \t\n\r]*")
_DECODER = JSONDecoder()


def position(text: str, path: Sequence[str | int]) -> tuple[int, int]:
    """Line and column (from 1) of the value at `path` in a text that json.loads accepted; of a repeated key, its last value."""
    at = _skip(text, 0)
    for key in path:
        at = _member(text, at, key) if isinstance(key, str) else _item(text, at, key)
    return line_column(text, at)


def line_column(text: str, offset: int) -> tuple[int, int]:
    """Line and column, both from 1, of a character."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def _member(text: str, at: int, key: str) -> int:
    found = at
    at = _skip(text, at + 1)
    while text[at] == '"':
        name, end = _DECODER.raw_decode(text, at)
        value = _skip(text, _skip(text, end) + 1)
        if name == key:
            found = value
        at = _after(text, value)
    return found


def _item(text: str, at: int, index: int) -> int:
    at = _skip(text, at + 1)
    for _ in range(index):
        at = _after(text, at)
    return at


def _after(text: str, value: int) -> int:
    """Where the next member or item starts, or the closing bracket after the last one."""
    end = _skip(text, _DECODER.raw_decode(text, value)[1])
    return _skip(text, end + 1) if text[end] == "," else end


def _skip(text: str, at: int) -> int:
    blank = _BLANK.match(text, at)
    return blank.end() if blank else at
