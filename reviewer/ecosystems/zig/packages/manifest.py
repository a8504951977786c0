"""`build.zig.zon`: what a package says about itself and what it depends on (Zig 0.17.1, lib/compiler/Maker/Package/Manifest.zig)."""

import os
import re
from pathlib import Path
from typing import NamedTuple

from reviewer.content.read import read_source
from reviewer.content.text import visible
from reviewer.ecosystems.zig.packages.zon import MAX_SIZE, ZonError, parse_zon
from reviewer.ecosystems.zig.packages.zon_values import (
    ZonArray,
    ZonBool,
    ZonEnumLiteral,
    ZonInt,
    ZonString,
    ZonStruct,
    ZonValue,
)

BASENAME = "build.zig.zon"

_MAX_NAME = 256
_MAX_LOCATION = 4096

# `name-version-hashplus` since 0.14 and, before that, the multihash of SHA-256. Zig itself checks the length only and would follow
# a hash such as `../x` out of the package folder.
_HASH = re.compile(r"[A-Za-z0-9_]{1,32}-[A-Za-z0-9.+-]{1,32}-[A-Za-z0-9_-]{44}|1220[0-9a-f]{64}")
_VERSION = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?")


class Dependency(NamedTuple):
    """One entry of `.dependencies`: exactly one of `url` and `path` is set, `hash` only with `url`. Placed at its name."""

    name: str
    url: str | None
    hash: str | None
    path: str | None
    lazy: bool
    line: int
    column: int


class Manifest(NamedTuple):
    """The fields that Reviewer reads; `name` and `version` are empty where the manifest has none."""

    name: str = ""
    version: str = ""
    minimum_zig_version: str | None = None
    fingerprint: int | None = None
    paths: tuple[str, ...] = ()
    dependencies: tuple[Dependency, ...] = ()


def load_manifest(folder: Path, where: str = BASENAME) -> Manifest:
    """The manifest of the package in `folder`. Raises ReviewerError where it is missing, unreadable or broken."""
    return parse_manifest(read_source(folder, BASENAME, MAX_SIZE), where)


def minimum_zig_version(root: Path) -> str | None:
    """What the project in `root` asks for, None where it has no manifest. Raises ReviewerError where that is broken."""
    return load_manifest(root).minimum_zig_version if os.path.lexists(root / BASENAME) else None


def parse_manifest(text: str, where: str = BASENAME) -> Manifest:
    """The manifest in `text`; `where` names it in errors.

    As zig does, ignores fields that it does not know; more tolerant than zig, it takes manifests without name, version, fingerprint or
    paths, and the string names of before 0.14. Raises ZonError with line and column for what has the wrong shape.
    """
    return _Reader(where).manifest(parse_zon(text, where))


class _Reader:
    def __init__(self, where: str) -> None:
        self._where = where

    def manifest(self, value: ZonValue) -> Manifest:
        if not isinstance(value, ZonStruct):
            raise self._error(value, "expected a manifest such as '.{ .name = .example }'")
        fields = {key: field.value for key, field in value.fields.items()}
        return Manifest(
            name=self._name(fields.get("name")),
            version=self._version(fields.get("version"), "version") or "",
            minimum_zig_version=self._version(fields.get("minimum_zig_version"), "minimum_zig_version"),
            fingerprint=self._fingerprint(fields.get("fingerprint")),
            paths=self._paths(fields.get("paths")),
            dependencies=self._dependencies(fields.get("dependencies")),
        )

    def _name(self, value: ZonValue | None) -> str:
        if isinstance(value, ZonEnumLiteral):
            name = value.name
        elif isinstance(value, ZonString):
            name = value.value
        elif value is None:
            return ""
        else:
            raise self._error(value, "expected 'name' to be an enum literal such as '.example'")
        if len(name) > _MAX_NAME:
            raise self._error(value, f"'name' is longer than {_MAX_NAME} characters")
        return name

    def _version(self, value: ZonValue | None, field: str) -> str | None:
        if value is None:
            return None
        text = self._string(value, field, _MAX_NAME)
        if not _VERSION.fullmatch(text):
            raise self._error(value, f"'{field}' is not a semantic version such as \"1.2.3\"")
        return text

    def _fingerprint(self, value: ZonValue | None) -> int | None:
        if value is None:
            return None
        if not isinstance(value, ZonInt) or not 0 <= value.value < 1 << 64:
            raise self._error(value, "expected 'fingerprint' to be an integer of 64 bits")
        return value.value

    def _paths(self, value: ZonValue | None) -> tuple[str, ...]:
        if value is None or (isinstance(value, ZonStruct) and not value.fields):
            return ()
        if not isinstance(value, ZonArray):
            raise self._error(value, "expected 'paths' to be a list of strings")
        return tuple(self._string(item, "paths", _MAX_LOCATION) for item in value.items)

    def _dependencies(self, value: ZonValue | None) -> tuple[Dependency, ...]:
        if value is None:
            return ()
        if not isinstance(value, ZonStruct):
            raise self._error(value, "expected 'dependencies' to be a struct such as '.{ .name = .{ … } }'")
        return tuple(
            self._dependency(name, field.value, field.line, field.column) for name, field in value.fields.items()
        )

    def _dependency(self, name: str, value: ZonValue, line: int, column: int) -> Dependency:
        shown = visible(name[:_MAX_NAME])
        if len(name) > _MAX_NAME:
            raise ZonError(f"a dependency's name is longer than {_MAX_NAME} characters", self._where, line, column)
        if not isinstance(value, ZonStruct):
            raise self._error(value, f"expected dependency '{shown}' to be a struct such as '.{{ .path = \"…\" }}'")
        fields = {key: field.value for key, field in value.fields.items()}
        url = self._optional_string(fields.get("url"), "url")
        path = self._optional_string(fields.get("path"), "path")
        if (url is None) == (path is None):
            raise self._error(value, f"dependency '{shown}' needs exactly one of 'url' and 'path'")
        if path is not None and (path.startswith("/") or "\0" in path):
            raise self._error(fields["path"], f"dependency '{shown}' needs a path relative to its package")
        return Dependency(
            name=name, url=url, hash=self._hash(fields.get("hash"), path), path=path, lazy=self._lazy(fields.get("lazy")),
            line=line, column=column,
        )  # fmt: skip

    def _hash(self, value: ZonValue | None, path: str | None) -> str | None:
        if value is None:
            return None
        if path is not None:
            raise self._error(value, "dependencies by path have no hash")
        text = self._string(value, "hash", _MAX_LOCATION)
        if not _HASH.fullmatch(text):
            raise self._error(value, f"'{visible(text[:120])}' is not a package hash")
        return text

    def _lazy(self, value: ZonValue | None) -> bool:
        if value is not None and not isinstance(value, ZonBool):
            raise self._error(value, "expected 'lazy' to be true or false")
        return value is not None and value.value

    def _optional_string(self, value: ZonValue | None, field: str) -> str | None:
        return None if value is None else self._string(value, field, _MAX_LOCATION)

    def _string(self, value: ZonValue, field: str, limit: int) -> str:
        if not isinstance(value, ZonString):
            raise self._error(value, f"expected '{field}' to be a string")
        if len(value.value) > limit:
            raise self._error(value, f"'{field}' is longer than {limit} characters")
        return value.value

    def _error(self, value: ZonValue, what: str) -> ZonError:
        return ZonError(what, self._where, value.line, value.column)
