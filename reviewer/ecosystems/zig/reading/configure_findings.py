"""What a build file can do while it is configured, told by the library functions that it names: `const fs = std.fs;` and the like are seen
through. Ids: CAPABILITIES.md."""

from collections.abc import Iterator

from reviewer.ecosystems.zig.reading.scope import SourceFile
from reviewer.ecosystems.zig.reading.syntax import Node, identifier, string_value
from reviewer.ecosystems.zig.reading.values import printable
from reviewer.ecosystems.zig.reading.world import World

_MAX_ALIAS = 8
"""Aliases of aliases that are seen through."""

# The first prefix that fits decides; an empty capability means harmless.
_LIBRARY = (
    ("std.process.Child", "proc.spawn"),
    ("std.process.run", "proc.spawn"),
    ("std.process.spawn", "proc.spawn"),
    ("std.process.exec", "proc.spawn"),
    ("std.process.replace", "proc.spawn"),
    ("std.process.getEnv", "env.read"),
    ("std.process.hasEnvVar", "env.read"),
    ("std.process.changeCurDir", "env.write"),
    ("std.process.setCurrentDir", "env.write"),
    ("std.ChildProcess", "proc.spawn"),
    ("std.fs.path", ""),
    ("std.fs.max_", ""),
    ("std.fs", "fs"),
    ("std.Io.Dir.path", ""),
    ("std.Io.Dir", "fs"),
    ("std.Io.net", "net.out"),
    ("std.http", "net.out"),
    ("std.net", "net.out"),
    ("std.posix.getenv", "env.read"),
    ("std.posix", "syscall.raw"),
    ("std.os.getenv", "env.read"),
    ("std.os.environ", "env.read"),
    ("std.os.linux", "syscall.raw"),
    ("std.os.windows", "syscall.raw"),
    ("std.os", "syscall.raw"),
    ("std.c", "code.ffi"),
    ("std.DynLib", "code.load_native"),
    ("std.base64", "obf.encoded"),
)
_BUILDER = {
    "run": "proc.spawn",
    "runAllowFail": "proc.spawn",
    "runFallible": "proc.spawn",
    "exec": "proc.spawn",
    "execAllowFail": "proc.spawn",
}
_WRITES = (
    "create", "write", "make", "rename", "symLink", "copy", "update", "atomic", "set", "hardLink", "chmod", "chown", "truncate",
)  # fmt: skip
_FILE_CALLS = frozenset({
    "openFile", "readFile", "readFileAlloc", "readFileAllocOptions", "openDir", "statFile", "access", "createFile", "writeFile",
    "writeFile2", "makePath", "makeDir", "makeOpenPath", "deleteFile", "deleteTree", "deleteDir", "rename", "copyFile", "symLink",
    "updateFile", "createDirPath", "createDir", "readLink", "atomicFile",
})  # fmt: skip
_BUILDER_NAMES = frozenset({"b", "builder", "build", "owner"})
_VERBS = {
    "proc.spawn": "runs a program",
    "fs.read": "reads files",
    "fs.write": "writes files",
    "fs.delete": "deletes files",
    "net.out": "uses the network",
    "env.read": "reads environment variables",
    "env.write": "changes the environment",
    "syscall.raw": "makes system calls",
    "code.ffi": "calls C functions",
    "code.load_native": "loads a native library",
    "code.asm": "contains assembly",
    "obf.encoded": "decodes encoded data",
}


def find_in_source(file: SourceFile, world: World) -> None:
    """Add the findings of one parsed file."""
    aliases = _aliases(file.root)
    seen: set[int] = set()
    for node in file.root.walk():
        if node.kind == "asm_expression":
            _add(world, file, node, "code.asm", "asm")
        elif node.kind == "function_declaration" and node.child("extern") is not None:
            _add(world, file, node, "code.ffi", identifier(node.fields.get("name")))
        elif node.kind == "field_expression" and id(node) not in seen:
            seen.update(id(inner) for inner in _spine(node))
            path = _expand(_path(node), aliases)
            capability = _capability(path)
            if capability:
                _add(world, file, node.fields.get("member") or node, capability, path)


def _add(world: World, file: SourceFile, node: Node, capability: str, what: str) -> None:
    text = f"{_VERBS[capability]} while it is configured: {printable(what)}"
    world.find(capability, file.package, file.path, node.line, node.column, text)


def _capability(path: str) -> str:
    name = path.rpartition(".")[2]
    parts = path.split(".")
    if path.startswith("std."):
        for prefix, capability in _LIBRARY:
            if (
                path == prefix
                or path.startswith(prefix + ".")
                or (prefix[-1] != "." and path.startswith(prefix) and prefix not in _WHOLE)
            ):
                return _file_capability(path) if capability == "fs" else capability
        return ""
    if name in _BUILDER and len(parts) > 1 and parts[-2] in _BUILDER_NAMES:
        return _BUILDER[name]
    if name in _FILE_CALLS and ("handle" in parts or "cwd" in parts):
        return _file_capability(path)
    return ""


_WHOLE = frozenset({"std.c", "std.os", "std.fs", "std.net"})
"""Not the beginning of a longer name."""


def _file_capability(path: str) -> str:
    *before, name = path.split(".")
    if name in ("cwd", "Dir", "File", "fs"):
        return ""  # names a place only; what is called on it counts
    if name.startswith("delete"):
        return "fs.delete"
    if name.startswith(_WRITES):
        return "fs.write"
    # What is done with a file that is open was said where it was opened.
    return "" if name not in _FILE_CALLS and not _FILE_CALLS.isdisjoint(before) else "fs.read"


def _aliases(root: Node) -> dict[str, str]:
    """Names that stand for something longer, anywhere in the file, and parameters that are builders."""
    aliases: dict[str, str] = {}
    for node in root.walk():
        if node.kind == "variable_declaration" and any(child.kind in ("const", "var") for child in node.children):
            value = node.children[-1]
            name = identifier(node.child("identifier"))
            if node.child("=") is not None and (path := _path(value)) and path != name:
                aliases.setdefault(name, path)
        elif (
            node.kind == "parameter" and (kind := node.fields.get("type")) is not None and _path(kind).endswith("Build")
        ):
            aliases.setdefault(identifier(node.fields.get("name")), "b")
    aliases.pop("b", None)
    return aliases


def _expand(path: str, aliases: dict[str, str]) -> str:
    for _ in range(_MAX_ALIAS):
        head, dot, rest = path.partition(".")
        if head not in aliases:
            break
        path = aliases[head] + dot + rest
        if len(path) > 500:
            break
    return path


_TRANSPARENT = frozenset({
    "try_expression", "catch_expression", "null_coercion_expression", "dereference_expression", "unary_expression", "pointer_type",
    "parenthesized_expression", "nullable_type", "comptime_expression",
})  # fmt: skip


def _spine(node: Node) -> Iterator[Node]:
    """The node and what its fields, calls and unwrappings rest on."""
    current: Node | None = node
    while current is not None:
        yield current
        if current.kind in ("field_expression", "index_expression"):
            current = current.fields.get("object")
        elif current.kind == "call_expression":
            current = current.fields.get("function")
        elif current.kind in _TRANSPARENT:
            current = next(iter(current.parts), None)
        else:
            current = None


def _path(node: Node) -> str:
    """`a.b().c` as `a.b.c`; empty if it rests on something else than a name or `@import("std")`."""
    names: list[str] = []
    for part in _spine(node):
        if part.kind == "field_expression":
            names.append(identifier(part.fields.get("member")))
        elif part.kind == "identifier":
            names.append(identifier(part))
            return ".".join(reversed(names))
        elif part.kind == "builtin_function":
            text = next((string_value(n) for n in part.walk() if n.kind == "string"), "")
            return ".".join(reversed([*names, text])) if text == "std" else ""
    return ""
