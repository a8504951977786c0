"""Zig Object Notation as values, each with the line and column where it begins (from 1; equal values are equal wherever they stand)."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class _Placed:
    line: int = field(compare=False)
    column: int = field(compare=False)


@dataclass(frozen=True, slots=True)
class ZonBool(_Placed):
    """`true` or `false`."""

    value: bool


@dataclass(frozen=True, slots=True)
class ZonNull(_Placed):
    """`null`."""


@dataclass(frozen=True, slots=True)
class ZonInt(_Placed):
    """An integer of any size."""

    value: int


@dataclass(frozen=True, slots=True)
class ZonFloat(_Placed):
    """A float, `inf` and `nan` included; rounded to what Python holds."""

    value: float


@dataclass(frozen=True, slots=True)
class ZonChar(_Placed):
    """A character literal, as its code point."""

    value: int


@dataclass(frozen=True, slots=True)
class ZonString(_Placed):
    r"""A string; bytes that are not UTF-8 (`"\xff"`) are lone surrogates, as in file names (surrogateescape)."""

    value: str


@dataclass(frozen=True, slots=True)
class ZonEnumLiteral(_Placed):
    """`.name`."""

    name: str


@dataclass(frozen=True, slots=True)
class ZonArray(_Placed):
    """`.{ 1, 2 }`; never empty, see ZonStruct."""

    items: tuple["ZonValue", ...]


@dataclass(frozen=True, slots=True)
class ZonField(_Placed):
    """A named value of a struct, placed where its name begins."""

    value: "ZonValue"


@dataclass(frozen=True, slots=True)
class ZonStruct(_Placed):
    """`.{ .a = 1 }`, in the order of the text; also `.{}`, which ZON itself does not tell from an empty array."""

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
