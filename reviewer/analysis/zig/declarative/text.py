"""What the text of a declarative build file must not hold, and that the syntax tree says the same as the text."""

import re
from collections.abc import Iterator

from reviewer.ecosystems.zig.reading.syntax import Node, identifier

# Zig's own tokens (std/zig/tokenizer.zig), as far as they decide what is code: comments, strings, names.
_TOKEN = re.compile(
    r"""(?P<comment>//[^\n]*)
    |(?P<line>\\\\[^\n]*)
    |(?P<string>@?"(?:\\.|[^"\\\n])*")
    |(?P<char>'(?:\\.|[^'\\\n])+')
    |(?P<name>@?[A-Za-z_][A-Za-z0-9_]*)
    |(?P<number>[0-9][A-Za-z0-9_]*(?:\.[0-9][A-Za-z0-9_]*)?)
    |(?P<other>.)""",
    re.VERBOSE,
)
_NAMES = frozenset({"identifier", "builtin_identifier", "builtin_type"})
_KEYWORDS = frozenset({
    "addrspace", "align", "allowzero", "and", "anyframe", "anytype", "asm", "async", "await", "break", "callconv", "catch", "comptime",
    "const", "continue", "defer", "else", "enum", "errdefer", "error", "export", "extern", "fn", "for", "if", "inline", "linksection",
    "noalias", "noinline", "nosuspend", "opaque", "or", "orelse", "packed", "pub", "resume", "return", "struct", "suspend", "switch",
    "test", "threadlocal", "try", "union", "unreachable", "usingnamespace", "var", "volatile", "while", "null", "undefined", "true",
    "false", "type",
})  # fmt: skip
# Compiler flags that make clang load or run something, or read its arguments from elsewhere; no part of one may stand at the end of a
# string, from where it could be completed.
_LOADING = (
    "-fplugin",
    "-fpass-plugin",
    "-Xclang",
    "-load",
    "-B",
    "--ld-path",
    "-fuse-ld",
    "-ccc",
    "--config",
    "-Wl,-plugin",
)


def odd_text(text: str, root: Node) -> Iterator[tuple[int, str]]:
    """Lines that hold control or invisible characters, and where names of the text and of the tree differ."""
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.removesuffix("\r").replace("\t", " ").isprintable():
            yield number, "there are control or invisible characters in it"
            return
    names = {
        (node.line, node.column): node.text or (node.children[0].kind if node.kind == "builtin_type" else "")
        for node in root.walk()
        if node.kind in _NAMES and (node.text or (node.kind == "builtin_type" and node.children))
    }
    seen = _names(text)
    for place in sorted(seen.keys() | names.keys()):
        if seen.get(place) != names.get(place) and names.get(place, "") not in _KEYWORDS:
            yield place[0], "the syntax tree differs from the text"
            return


def odd_names(root: Node) -> Iterator[tuple[int, str]]:
    """Names in quotes (`@"-fplugin=x"`) that would not be let through as strings, which `@tagName` can make of them."""
    for node in root.walk():
        if node.kind == "identifier" and not node.text and (what := hindrance_in_string(identifier(node))):
            yield node.line, what


def _names(text: str) -> dict[tuple[int, int], str]:
    found: dict[tuple[int, int], str] = {}
    for number, line in enumerate(text.split("\n"), start=1):
        for match in _TOKEN.finditer(line):
            name = match["name"]
            if name and name not in _KEYWORDS:
                found[number, len(line[: match.start()].encode()) + 1] = name
    return found


def hindrance_in_string(text: str) -> str | None:
    """Why a string may not stand in declarative build code: a path that leaves the package, a flag that loads code."""
    if ".." in re.split(r"[/\\]", text) or text.startswith(("/", "~")) or re.match(r"[A-Za-z]:[/\\]", text):
        return "a path that leaves the package"
    if text == "-" or text.startswith("@") or "plugin=" in text or any(_loads(text, flag) for flag in _LOADING):
        return "a compiler flag that loads code, or a part of one"
    return None


def _loads(text: str, flag: str) -> bool:
    return (
        text.startswith(flag)
        or f" {flag}" in text
        or any(text.endswith(flag[:size]) for size in range(2, len(flag) + 1))
    )
