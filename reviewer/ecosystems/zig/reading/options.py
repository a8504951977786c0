"""Which options a build script declares, and what holds where they are not set: a help for choosing them, not a proof.

Only calls whose name is written out are seen. The default of an option is no part of its declaration in zig, so it is known only where
the call is followed by `orelse` and a literal.
"""

import re
from collections.abc import Iterator

from reviewer.ecosystems.zig.reading.syntax import Node, TooLargeError, identifier, parse, string_value
from reviewer.model.graph import BuildOption

_MODES = ("Debug", "ReleaseSafe", "ReleaseFast", "ReleaseSmall")
_TARGET = (
    BuildOption("target", "string", "The CPU architecture, OS, and ABI to build for", default="native"),
    BuildOption("cpu", "string", "Target CPU features to add or subtract"),
    BuildOption("ofmt", "string", "Target object format"),
    BuildOption("dynamic-linker", "string", "Path to interpreter on the target system"),
)
_OPTIMIZE = BuildOption("optimize", "enum", "Prioritize performance, safety, or binary size", _MODES, "Debug")
_RELEASE = BuildOption("release", "bool", "optimize for end users", default="false")


def read_options(source: str) -> tuple[BuildOption, ...]:
    """The options of a build.zig in the order of its calls; none where it is too large to be read."""
    try:
        root = parse(source).root
    except TooLargeError:
        return ()
    enums = dict(_enums(root))
    defaults = {id(node.fields["left"]): node.fields.get("right") for node in root.walk() if _is_orelse(node)}
    found: dict[str, BuildOption] = {}
    for node in root.walk():
        if node.kind == "call_expression":
            for option in _declared(node, defaults.get(id(node)), enums):
                found.setdefault(option.name, option)
    return tuple(found.values())


def _declared(call: Node, default: Node | None, enums: dict[str, tuple[str, ...]]) -> Iterator[BuildOption]:
    function = call.fields.get("function")
    member = identifier(function.fields.get("member")) if function is not None else ""
    if member == "standardTargetOptions":
        yield from _TARGET
    elif member == "standardOptimizeOption":
        preferred = any(identifier(node) == "preferred_optimize_mode" for node in call.walk())
        yield _RELEASE if preferred else _OPTIMIZE
    elif member == "option":
        given = [part for part in call.parts if part is not function]
        if len(given) == 3 and given[1].kind == "string":
            kind, choices = _type(given[0], enums)
            described = given[2].kind in ("string", "multiline_string")
            description = string_value(given[2]) if described else ""
            yield BuildOption(string_value(given[1]), kind, description, choices, _literal(default))


def _type(node: Node, enums: dict[str, tuple[str, ...]]) -> tuple[str, tuple[str, ...]]:
    """Zig's word for the type of an option, and the choices of an enum."""
    if node.kind == "enum_declaration":
        return "enum", _names(node)
    if node.kind == "slice_type":
        return ("list" if any(part.kind == "slice_type" for part in node.parts) else "string"), ()
    name = identifier(node) or identifier(node.fields.get("member")) or "".join(child.kind for child in node.children)
    if name in enums:
        return "enum", enums[name]
    if name == "bool":
        return "bool", ()
    if re.fullmatch(r"[iu]\d+|[iu]size", name):
        return "int", ()
    if re.fullmatch(r"f\d+", name):
        return "float", ()
    return ("lazy_path" if name == "LazyPath" else "string"), ()


def _enums(root: Node) -> Iterator[tuple[str, tuple[str, ...]]]:
    for node in root.walk():
        declared = node.child("enum_declaration") if node.kind == "variable_declaration" else None
        if declared is not None:
            yield identifier(node.child("identifier")), _names(declared)


def _names(declared: Node) -> tuple[str, ...]:
    return tuple(identifier(field.fields.get("name")) for field in declared.parts if field.kind == "container_field")


def _is_orelse(node: Node) -> bool:
    return node.kind == "binary_expression" and node.child("orelse") is not None and "left" in node.fields


def _literal(node: Node | None) -> str | None:
    """A literal as one would type it behind `-Dname=`."""
    if node is None:
        return None
    if node.kind == "boolean":
        return node.children[0].kind if node.children else node.text
    if node.kind == "string":
        return string_value(node)
    if node.kind in ("integer", "float"):
        return node.text
    if node.kind == "unary_expression" and node.child("-") is not None:
        number = _literal(node.fields.get("argument"))
        return f"-{number}" if number else None
    if node.kind == "field_expression":  # `.fast` or `Mode.fast`
        return identifier(node.fields.get("member")) or None
    return None
