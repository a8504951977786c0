"""The declarative part of std.Build, as resources/rules/declarative.toml lists it for the zig versions that may build a project."""

import hashlib
import tomllib
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from reviewer.resources import resource

DATA = "data"
"""The type of strings, numbers and the like."""


class Method(NamedTuple):
    """What it returns, and which argument (if any) says where something is written."""

    returns: str
    place: int | None


class HandleType(NamedTuple):
    """A type of std.Build."""

    methods: Mapping[str, Method]
    fields: Mapping[str, str]
    assign: frozenset[str]


class DeclarativeList(NamedTuple):
    """`names` maps paths from std to types; `version` is the digest of the list."""

    zig: str
    types: Mapping[str, HandleType]
    names: Mapping[str, str]
    functions: frozenset[str]
    values: tuple[str, ...]
    data: frozenset[str]
    builtins: frozenset[str]
    telling: frozenset[str]
    version: str


@cache
def declarative_list(toolchain: str | None) -> DeclarativeList | None:
    """The list for a zig version; of all known versions where it is not known which will build. None for a version that has no list."""
    content = resource("rules/declarative.toml").read_bytes()
    value = tomllib.loads(content.decode())
    versions: list[str] = value["versions"]
    if toolchain is not None:
        versions = [v for v in versions if toolchain == v or toolchain.startswith(f"{v}.")]
        if not versions:
            return None
    types = {}
    names = {}
    for name, each in value["types"].items():
        methods = {}
        for method, text in each.get("methods", {}).items():
            told, _, only = text.partition("@")
            first, _, last = only.strip().partition("-")
            if not only or any(first <= version <= (last or first) for version in versions):
                returns, _, place = told.strip().partition(" place ")
                methods[method] = Method(returns, int(place) if place else None)
        types[name] = HandleType(methods, each.get("fields", {}), frozenset(each.get("assign", ())))
        names.update(dict.fromkeys(each["names"], name))
    return DeclarativeList(
        zig=versions[0] if len(versions) == 1 else f"{versions[0]} to {versions[-1]}",
        types=types,
        names=names,
        functions=frozenset(value["functions"]),
        values=tuple(value["values"]),
        data=frozenset(value["data"]),
        builtins=frozenset(value["builtins"]),
        telling=frozenset(value["telling"]),
        version=hashlib.sha256(content).hexdigest(),
    )
