"""Zig Object Notation as values, each with the line and column where it begins (from 1)."""

from collections.abc import Mapping
from typing import NamedTuple


class ZonBool(NamedTuple):
    """`true` or `false`."""

    line: int
    column: int
    value: bool


class ZonNull(NamedTuple):
    """`null`."""

    line: int
    column: int


class ZonInt(NamedTuple):
    """An integer of any size."""

    line: int
    column: int
    value: int


class ZonFloat(NamedTuple):
    """A float, `inf` and `nan` included; rounded to what Python holds."""

    line: int
    column: int
    value: float


class ZonChar(NamedTuple):
    """A character literal, as its code point."""

    line: int
    column: int
    value: int


class ZonString(NamedTuple):
    r"""A string; bytes that are not UTF-8 (`"\xff"`) are lone surrogates, as in file names (surrogateescape)."""

    line: int
    column: int
    value: str


class ZonEnumLiteral(NamedTuple):
    """`.name`."""

    line: int
    column: int
    name: str


class ZonArray(NamedTuple):
    """`.{ 1, 2 }`; never empty, see ZonStruct."""

    line: int
    column: int
    items: tuple["ZonValue", ...]


class ZonField(NamedTuple):
    """A named value of a struct, placed where its name begins."""

    line: int
    column: int
    value: "ZonValue"


class ZonStruct(NamedTuple):
    """`.{ .a = 1 }`, in the order of the text; also `.{}`, which ZON itself does not tell from an empty array."""

    line: int
    column: int
    fields: Mapping[str, ZonField]


ZonValue = ZonBool | ZonNull | ZonInt | ZonFloat | ZonChar | ZonString | ZonEnumLiteral | ZonArray | ZonStruct


def to_python(value: ZonValue) -> object:
    """Plain dicts, lists, strings (also for enum literals), numbers (also for characters), booleans and None."""
    match value:
        case ZonStruct():
            return {key: to_python(item.value) for key, item in value.fields.items()}
        case ZonArray():
            return [to_python(item) for item in value.items]
        case ZonEnumLiteral():
            return value.name
        case ZonNull():
            return None
        case _:
            return value.value
