"""The text that the zig gate adds to a project's build files, inserted and taken out again to the byte."""

import posixpath
import re
from dataclasses import dataclass

import tree_sitter
import tree_sitter_zig

from reviewer.ecosystems.zig.packages.zon import parse_zon
from reviewer.ecosystems.zig.packages.zon_values import ZonArray, ZonString, ZonStruct, ZonValue
from reviewer.errors import ReviewerError

CHECK_FILE = "review.zig"
BUILD_FILE = "build.zig"
MANIFEST = "build.zig.zon"

_LANGUAGE = tree_sitter.Language(tree_sitter_zig.language())
_CALL = re.compile(rb'@import\("review\.zig"\)\.check\([^()]*\);')
_BY_HAND = f'put `@import("{CHECK_FILE}").check(b);` first in the function that zig calls as build()'
_REST_OF_LINE = re.compile(rb"[ \t]*(?://[^\n]*)?\r?\n")
_ENTRY = f'"{CHECK_FILE}",'


@dataclass(frozen=True, slots=True)
class BuildFunction:
    """The root's build() in bytes of build.zig: `body` follows its `{`, `calls` are statements that call the check."""

    parameter: str
    body: int
    calls: tuple[tuple[int, int], ...]
    called_first: bool
    discards_parameter: bool


def build_function(source: bytes) -> BuildFunction:
    """`pub fn build(b: *std.Build)` of this file. Raises ReviewerError, saying what to do by hand, where it is shaped unusually."""
    tree = tree_sitter.Parser(_LANGUAGE).parse(source)
    found = [node for node in tree.root_node.children if _is_build(node)]
    if len(found) != 1:
        raise _unusual("no `pub fn build` of its own was found" if not found else "there is more than one `build`")
    parameters = next((node for node in found[0].children if node.type == "parameters"), None)
    block = next((node for node in found[0].children if node.type == "block"), None)
    if parameters is None or block is None or not block.children or block.children[0].is_missing:
        raise _unusual("build() could not be read")
    statements = [node for node in block.children if node.is_named and node.type != "comment"]
    spans = [(node.start_byte, node.end_byte) for node in statements]
    calls = tuple((start, end) for start, end in spans if _CALL.fullmatch(source[start:end]))
    name = _parameter(parameters)
    return BuildFunction(
        parameter=name,
        body=block.children[0].end_byte,
        calls=calls,
        called_first=bool(calls) and calls[0] == spans[0],
        discards_parameter=any(
            re.fullmatch(rb"_\s*=\s*" + re.escape(name.encode()) + rb"\s*;", source[start:end]) for start, end in spans
        ),
    )


def add_call(source: bytes) -> bytes:
    """The source with the check as the first statement of build(), and nowhere else."""
    function = build_function(source)
    if function.called_first and len(function.calls) == 1:
        return source
    source = remove_call(source)
    function = build_function(source)
    if function.discards_parameter:
        raise _unusual(f"build() says `_ = {function.parameter};`", "remove that line")
    call = f'@import("{CHECK_FILE}").check({function.parameter});'.encode()
    if rest := _REST_OF_LINE.match(source, function.body):
        newline = b"\r\n" if rest.group().endswith(b"\r\n") else b"\n"
        added = source[: rest.end()] + b"    " + call + newline + source[rest.end() :]
    else:
        added = source[: function.body] + b" " + call + source[function.body :]
    if not _is_reversible(added, source):
        raise _unusual("build() could not be read, probably for a syntax error")
    return added


def remove_call(source: bytes) -> bytes:
    """The source without any call of the check in build(): with the line if it stands alone, else with the space before it."""
    for start, end in reversed(build_function(source).calls):
        line = source.rfind(b"\n", 0, start) + 1
        rest = re.compile(rb"[ \t]*\r?\n").match(source, end)
        if not source[line:start].strip() and rest:
            source = source[:line] + source[rest.end() :]
        else:
            space = 1 if source[start - 1 : start] == b" " else 0
            source = source[: start - space] + source[end:]
    return source


def _is_reversible(added: bytes, source: bytes) -> bool:
    """The grammar may misread what zig would not, and the other way round: trust no edit that cannot be taken back."""
    try:
        return build_function(added).called_first and remove_call(added) == source
    except ReviewerError:
        return False


def add_path(manifest: str) -> str:
    """The manifest with review.zig in `.paths`, without which a package that depends on this one could not be built."""
    items = _paths(manifest)
    if not items or any(_normal(item) in (".", CHECK_FILE) for item in items):
        return manifest
    at = _offset(manifest, items[0])
    return manifest[:at] + _ENTRY + _separator(manifest, at) + manifest[at:]


def remove_path(manifest: str) -> str:
    """The manifest without the entry that `add_path` puts first."""
    items = _paths(manifest)
    if len(items) < 2 or not manifest.startswith(_ENTRY, at := _offset(manifest, items[0])):
        return manifest
    end = at + len(_ENTRY)
    separator = _separator(manifest, at)
    return manifest[:at] + manifest[end + len(separator) if manifest.startswith(separator, end) else end :]


def _is_build(node: tree_sitter.Node) -> bool:
    if node.type != "function_declaration":
        return False
    name = next((child for child in node.children if child.type == "identifier"), None)
    return name is not None and name.text == b"build" and any(child.type == "pub" for child in node.children)


def _parameter(parameters: tree_sitter.Node) -> str:
    listed = [node for node in parameters.children if node.type == "parameter"]
    if len(listed) != 1:
        raise _unusual("build() does not have exactly one parameter")
    if any(node.type in ("comptime", "...") for node in listed[0].children) or not (
        kind := listed[0].named_children[-1:]
    ):
        raise _unusual("build() has a generic parameter")
    name = listed[0].named_children[0]
    if (kind[0].text or b"") == b"anytype" or kind[0] == name:
        raise _unusual("build() has a generic parameter")
    text = (name.text or b"").decode(errors="replace")
    if name.type != "identifier" or text == "_":
        raise _unusual("build() does not name its parameter")
    return text


def _unusual(what: str, cure: str = _BY_HAND) -> ReviewerError:
    return ReviewerError(what, where=BUILD_FILE, cure=cure)


def _paths(manifest: str) -> tuple[ZonValue, ...]:
    value = parse_zon(manifest, MANIFEST)
    listed = value.fields.get("paths") if isinstance(value, ZonStruct) else None
    return listed.value.items if listed is not None and isinstance(listed.value, ZonArray) else ()


def _normal(item: ZonValue) -> str:
    return posixpath.normpath(item.value) if isinstance(item, ZonString) else ""


def _offset(manifest: str, item: ZonValue) -> int:
    """Where the item begins; zon counts lines by line feeds, columns in characters and neither counts a byte order mark."""
    mark = len(manifest) - len(manifest.removeprefix("\ufeff"))
    lines = manifest[mark:].split("\n")
    return mark + sum(len(line) + 1 for line in lines[: item.line - 1]) + item.column - 1


def _separator(manifest: str, at: int) -> str:
    """What stands between entries: a line break and the indentation if the entry at this offset begins its line, else a space."""
    line = manifest.rfind("\n", 0, at) + 1
    if manifest[line:at].strip(" \t") or not line:
        return " "
    return ("\r\n" if manifest[:line].endswith("\r\n") else "\n") + manifest[line:at]
