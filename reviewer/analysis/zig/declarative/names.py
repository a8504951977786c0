"""What the names of declarative build code mean: which function a call calls, which type a value has, as far as it is certain."""

import posixpath
from collections.abc import Callable
from typing import NamedTuple

from reviewer.analysis.zig.declarative.listed import DATA, DeclarativeList
from reviewer.analysis.zig.declarative.text import odd_names, odd_text
from reviewer.content.walk import VERSION_CONTROL
from reviewer.ecosystems.zig.reading.syntax import (
    Node,
    TooLargeError,
    after_value,
    before_value,
    identifier,
    parse,
    string_value,
)

CONTAINERS = frozenset({"struct_declaration", "enum_declaration", "union_declaration", "error_set_declaration"})
THROUGH = frozenset({
    "try_expression", "unary_expression", "parenthesized_expression", "null_coercion_expression", "dereference_expression",
    "expression_statement", "labeled_statement", "comptime_expression", "comptime_statement", "block_expression",
})  # fmt: skip
TYPE_THROUGH = frozenset({"pointer_type", "nullable_type", "slice_type", "array_type", "error_union_type"})


class Hindrance(NamedTuple):
    """Why a file is not declarative."""

    file: str
    line: int
    text: str


class Local(NamedTuple):
    """A struct of the checked files."""

    file: "File"
    node: Node


class Function(NamedTuple):
    """A function of the checked files."""

    file: "File"
    node: Node


class Library(NamedTuple):
    """Something of zig's library, by its path."""

    path: str


Kind = str | Local | Function | Library | None
"""What an expression is: a type of the list, a value of a struct of these files, one of these; None: not known."""


class Struct(NamedTuple):
    """The struct itself, not a value of it; a file counts as one."""

    local: Local


Meaning = Kind | Struct


class Scope:
    """Names with what they mean, of a block or of a struct, inside a parent."""

    def __init__(self, parent: "Scope | None", container: Local | None = None) -> None:
        self.parent = parent
        self.container = container
        self.names: dict[str, Meaning] = {}


class File:
    """A file of the package's build code, parsed."""

    def __init__(self, path: str, root: Node) -> None:
        self.path = path
        self.root = root


class Names:
    """The files of one package's build code, and what stands for what in them. `file` is the one that is being looked at."""

    def __init__(self, read: Callable[[str], str], known: DeclarativeList) -> None:
        self.read = read
        self.known = known
        self.files: dict[str, File | None] = {}
        self.lines: dict[str, int] = {}
        self.pending: list[File] = []
        self.hindrances: list[Hindrance] = []
        self.file: File
        self._depth = 0

    def load(self, path: str, by: str, line: int) -> File | None:
        """A file of the package, to be checked too; None, and a hindrance, where it cannot be read."""
        if path not in self.files:
            self.files[path] = None
            try:
                text = self.read(path)
                parsed = parse(text)
            except (ValueError, TooLargeError) as error:
                self.hindrances.append(Hindrance(by, line, f"{path} could not be read: {error}"))
                return None
            self.lines[path] = text.count("\n") + bool(text and not text.endswith("\n"))
            for bad, _ in (*parsed.errors, *parsed.too_deep):
                self.hindrances.append(Hindrance(path, bad, "this could not be parsed"))
            for bad, what in (*odd_text(text, parsed.root), *odd_names(parsed.root)):
                self.hindrances.append(Hindrance(path, bad, what))
            file = self.files[path] = File(path, parsed.root)
            self.pending.append(file)
        return self.files[path]

    def meaning(self, node: Node, scope: Scope) -> Meaning:
        """What an expression stands for, as far as it is certain."""
        self._depth += 1
        try:
            return self._mean(node, scope) if self._depth < 60 else None
        finally:
            self._depth -= 1

    def _mean(self, node: Node, scope: Scope) -> Meaning:
        kind = node.kind
        if kind == "identifier":
            return self._lookup(identifier(node), scope)
        if kind == "field_expression":
            whole = node.fields.get("object")
            return (
                None
                if whole is None
                else self._member(self.meaning(whole, scope), identifier(node.fields.get("member")))
            )
        if kind == "call_expression":
            return self._result(node, scope)
        if kind == "index_expression":
            return self.meaning(node.fields["object"], scope) if "object" in node.fields else None
        if kind in ("string", "multiline_string", "integer", "float", "boolean", "character"):
            return DATA
        if kind in CONTAINERS:
            return Struct(Local(self.file, node))
        if kind == "builtin_function":
            found = self.imported(node)
            if found is None and builtin_name(node) == "@This":
                return self._this(scope)
            return found
        if kind == "struct_initializer" and node.parts:
            return self.type_of(node.parts[0], scope)
        if kind == "catch_expression" and node.parts:
            return self.meaning(node.parts[0], scope)
        if kind == "binary_expression" and node.child("orelse") is not None and node.parts:
            return self.meaning(node.parts[0], scope)
        if kind == "if_expression" and len(node.parts) >= 3:
            one, other = (self.meaning(part, scope) for part in node.parts[-2:])
            return one if one == other else None
        if kind in THROUGH and len(node.parts) == 1:
            return self.meaning(node.parts[0], scope)
        if kind == "anonymous_struct_initializer":
            items = [item for part in node.parts for item in part.parts]
            kinds = {self.meaning(item, scope) for item in items if item.kind != "assignment_expression"}
            return (
                kinds.pop() if len(kinds) == 1 and not any(i.kind == "assignment_expression" for i in items) else None
            )
        return None

    def _result(self, node: Node, scope: Scope) -> Meaning:
        function = node.fields.get("function")
        if function is None:
            return None
        meaning = self.meaning(function, scope)
        if isinstance(meaning, Function):
            returns = meaning.node.fields.get("type")
            outer, self.file = self.file, meaning.file
            try:
                return self.type_of(returns, self._scope_of(meaning))
            finally:
                self.file = outer
        if isinstance(meaning, Library) or function.kind != "field_expression" or "object" not in function.fields:
            return None
        owner = self.meaning(function.fields["object"], scope)
        if isinstance(owner, str) and owner != DATA:
            method = self.known.types[owner].methods.get(identifier(function.fields.get("member")))
            return method.returns if method is not None else None
        return None

    def _scope_of(self, function: Function) -> Scope:
        return Scope(None, Local(function.file, function.file.root))

    def type_of(self, node: Node | None, scope: Scope) -> Meaning:
        """What a value of this type is; pointers, optionals, slices and arrays of a type count as the type."""
        while node is not None and node.kind in (*TYPE_THROUGH, "parenthesized_expression") and node.parts:
            node = node.parts[-1]
        if node is None:
            return None
        if node.kind == "builtin_type":
            return DATA
        if node.kind == "field_expression":
            node = without_pointer(node)
        meaning = self.meaning(node, scope)
        if isinstance(meaning, Struct):
            return meaning.local
        if isinstance(meaning, Library):
            return self.known.names.get(
                meaning.path, DATA if meaning.path.startswith(("std.Target", "std.builtin")) else None
            )
        return None

    def _this(self, scope: Scope | None) -> Meaning:
        while scope is not None and scope.container is None:
            scope = scope.parent
        return None if scope is None or scope.container is None else Struct(scope.container)

    def _lookup(self, name: str, scope: Scope | None) -> Meaning:
        while scope is not None:
            if name in scope.names:
                return scope.names[name]
            if scope.container is not None and (found := self._declared(scope.container, name, scope)) is not None:
                return found
            scope = scope.parent
        return None

    def _declared(self, local: Local, name: str, scope: Scope) -> Meaning:
        for child in local.node.children:
            if child.kind == "function_declaration" and identifier(child.fields.get("name")) == name:
                return Function(local.file, child)
            if child.kind == "variable_declaration" and any(
                target.kind == "identifier" and identifier(target) == name for target in before_value(child)
            ):
                outer, self.file = self.file, local.file
                try:
                    values = after_value(child)
                    if "type" in child.fields:
                        return self.type_of(child.fields["type"], scope) or DATA
                    return self.meaning(values[-1], scope) or DATA if values else DATA
                finally:
                    self.file = outer
        return None

    def _member(self, owner: Meaning, name: str) -> Meaning:
        if isinstance(owner, Library):
            return Library(f"{owner.path}.{name}")
        if isinstance(owner, Struct):
            return self._declared(owner.local, name, Scope(None, owner.local))
        if isinstance(owner, Local):
            scope = Scope(None, owner)
            for child in owner.node.children:
                if child.kind == "container_field" and identifier(child.fields.get("name")) == name:
                    return self.type_of(child.fields.get("type"), self._outer(owner))
            found = self._declared(owner, name, scope)
            return found if isinstance(found, Function) else None
        if owner == DATA:
            return DATA
        if isinstance(owner, str):
            return self.known.types[owner].fields.get(name)
        return None

    def _outer(self, local: Local) -> Scope:
        """Where the names in a struct's fields are looked up: in it, then at the top of its file."""
        return Scope(Scope(None, Local(local.file, local.file.root)), local)

    def imported(self, node: Node) -> Meaning:
        """What `@import(…)` brings in: the library, or a file of the package; None for anything else."""
        if builtin_name(node) != "@import":
            return None
        given = node.child("arguments")
        name = next((string_value(part) for part in given.parts if part.kind == "string"), "") if given else ""
        if name in ("std", "builtin"):
            return Library(name)
        if name.endswith(".zig"):
            path = posixpath.normpath(posixpath.join(posixpath.dirname(self.file.path), name))
            covered = not path.startswith("..") and path.partition("/")[0] not in VERSION_CONTROL
            file = self.load(path, self.file.path, node.line) if covered else None
            return Struct(Local(file, file.root)) if file is not None else None
        return None


def is_local_variable(name: str, scope: Scope | None) -> bool:
    """Whether the name is declared in the function around, not at the top or in a struct."""
    while scope is not None:
        if name in scope.names:
            return True
        scope = scope.parent
    return False


def is_chain(node: Node) -> bool:
    """Whether it is names and fields only."""
    while node.kind == "field_expression" and "object" in node.fields:
        node = node.fields["object"]
        while node.kind in TYPE_THROUGH and node.parts:
            node = node.parts[-1]
    return node.kind == "identifier" or builtin_name(node) == "@import"


def without_pointer(node: Node) -> Node:
    """The grammar reads `*std.Build` as `(*std).Build`: the same without the pointer."""
    whole = node.fields.get("object")
    if whole is None:
        return node
    bare = whole
    while bare.kind in TYPE_THROUGH and bare.parts:
        bare = bare.parts[-1]
    if bare.kind == "field_expression":
        bare = without_pointer(bare)
    if bare is whole:
        return node
    copy = Node(node.kind, node.line, node.column, named=True)
    copy.children = [bare, *node.children[1:]]
    copy.fields = {"object": bare, "member": node.fields["member"]}
    return copy


def builtin_name(node: Node) -> str:
    """`@import`; empty for anything but a builtin."""
    name = node.child("builtin_identifier") if node.kind == "builtin_function" else None
    return name.text if name is not None else ""
