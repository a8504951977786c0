"""Zig source as a plain tree of nodes: parsed with tree-sitter-zig, bounded in size and depth, nothing executed."""

import re
from collections.abc import Iterator
from typing import NamedTuple

import tree_sitter
import tree_sitter_zig

MAX_BYTES = 1024 * 1024
MAX_NODES = 100_000
MAX_NESTING = 400

_LANGUAGE = tree_sitter.Language(tree_sitter_zig.language())

# Tokens that carry no meaning of their own once the tree is built.
_PUNCTUATION = frozenset({"{", "}", ")", "[", "]", ";", ",", ".", '"', "|", "comment"})
# The grammar leaves these values anonymous.
_VALUES = frozenset({"null", "undefined", "unreachable"})
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "\\": "\\", "'": "'", '"': '"'}


class Node:
    """`text` is set for leaves only; `line` and `column` (of bytes, as zig counts) start at 1. `named`: not a bare token."""

    __slots__ = ("children", "column", "fields", "kind", "line", "named", "text")

    def __init__(self, kind: str, line: int, column: int, *, named: bool) -> None:
        self.kind = kind
        self.line = line
        self.column = column
        self.named = named
        self.text = ""
        self.children: list[Node] = []
        self.fields: dict[str, Node] = {}

    @property
    def parts(self) -> list["Node"]:
        """The children that are not bare tokens."""
        return [child for child in self.children if child.named]

    def child(self, kind: str) -> "Node | None":
        """The first child of a kind."""
        return next((child for child in self.children if child.kind == kind), None)

    def walk(self) -> Iterator["Node"]:
        """This node and everything below it, in source order."""
        pending = [self]
        while pending:
            node = pending.pop()
            yield node
            pending.extend(reversed(node.children))


class TooLargeError(Exception):
    """The file is too large to be read as build code; the text says by which measure."""


class Parsed(NamedTuple):
    """`errors`: places that are not valid Zig, or not Zig that this grammar knows. `too_deep`: places cut off for their nesting."""

    root: Node
    errors: tuple[tuple[int, int], ...]
    too_deep: tuple[tuple[int, int], ...]


def parse(text: str) -> Parsed:
    """Parse Zig source; invalid parts are skipped and listed. Raises TooLargeError."""
    data = text.encode("utf-8", "replace")
    if len(data) > MAX_BYTES:
        raise TooLargeError(f"the file has more than {MAX_BYTES // 1024} KB")
    tree = tree_sitter.Parser(_LANGUAGE).parse(data)
    if tree.root_node.descendant_count > MAX_NODES:
        raise TooLargeError(f"the file has more than {MAX_NODES} syntax nodes")
    return _convert(tree, data)


def _convert(tree: tree_sitter.Tree, data: bytes) -> Parsed:
    errors: list[tuple[int, int]] = []
    too_deep: list[tuple[int, int]] = []
    cursor = tree.walk()
    root = Node("source_file", 1, 1, named=True)
    parents = [root]
    if not cursor.goto_first_child():
        return Parsed(root, (), ())
    while True:
        source = cursor.node
        assert source is not None
        kind = source.type
        entered = False
        if kind not in _PUNCTUATION or source.is_missing:
            row, column = source.start_point
            node = Node(kind, row + 1, column + 1, named=source.is_named or kind in _VALUES)
            if source.is_missing or kind == "ERROR":
                errors.append((node.line, node.column))
            parent = parents[-1]
            parent.children.append(node)
            if (name := cursor.field_name) is not None:
                parent.fields.setdefault(name, node)
            if len(parents) >= MAX_NESTING and source.child_count:
                too_deep.append((node.line, node.column))
            elif cursor.goto_first_child():
                parents.append(node)
                entered = True
            elif node.named or kind == "ERROR":
                node.text = data[source.start_byte : source.end_byte].decode("utf-8", "replace")
        if entered:
            continue
        while not cursor.goto_next_sibling():
            parents.pop()
            if not parents or not cursor.goto_parent():
                return Parsed(root, tuple(errors), tuple(too_deep))
            if cursor.depth == 0:
                return Parsed(root, tuple(errors), tuple(too_deep))


def identifier(node: Node | None) -> str:
    """The name that an identifier stands for, `@"…"` resolved; empty for anything else."""
    if node is None:
        return ""
    if node.text:
        return node.text
    quoted = node.child("string")
    return string_value(quoted) if quoted is not None else ""


def string_value(node: Node) -> str:
    """The text of a string literal (https://ziglang.org/documentation/master/#String-Literals-and-Unicode-Code-Point-Literals)."""
    if node.kind == "multiline_string":
        return "\n".join(line.lstrip().removeprefix("\\\\") for line in node.text.splitlines())
    return "".join(_unescape(part.text) if part.kind == "escape_sequence" else part.text for part in node.children)


def _unescape(text: str) -> str:
    simple = _ESCAPES.get(text[1:])
    if simple is not None:
        return simple
    digits = re.fullmatch(r"\\(?:x([0-9a-fA-F]{2})|u\{([0-9a-fA-F]{1,6})\})", text)
    if digits is None:
        return text
    code = int(digits[1] or digits[2], 16)
    return chr(code) if code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else "\ufffd"


def before_value(node: Node) -> list[Node]:
    """What a declaration or assignment gives a value to: what stands before its `=` or `+=`, without the type."""
    kind = node.fields.get("type")
    return [child for child in node.children[: _equals(node)] if child is not kind]


def after_value(node: Node) -> list[Node]:
    """What stands after the `=` of a declaration or assignment."""
    return [child for child in node.children[_equals(node) + 1 :] if child.named]


def _equals(node: Node) -> int:
    operators = (i for i, child in enumerate(node.children) if not child.named and child.kind.endswith("="))
    return next(operators, len(node.children))
