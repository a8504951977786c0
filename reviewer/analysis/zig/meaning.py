"""What a name or an expression of one zig file stands for: outside names, containers of the file, known strings.

Paths are those of `reviewer.analysis.zig.names`. A name is found out when it is first asked for, and kept.
"""

from collections.abc import Iterable

from reviewer.ecosystems.zig.reading.syntax import Node, after_value, before_value, identifier, string_value

Path = tuple[str, ...]
Paths = tuple[Path, ...]

TEXT = "#text"
"""Head of a path that is a known string."""
SELF = "@self"
"""Head of a path to a container of the same file: `("@self", key)`, the file itself has the key `""`."""
IMPORT = "@import:"
ANY = "?"
"""Head of a path on a value of unknown type."""

MAX_PARTS = 24
_MAX_PATHS = 8
_MAX_DEPTH = 60

CONTAINERS = frozenset({
    "source_file", "struct_declaration", "enum_declaration", "union_declaration", "opaque_declaration",
})  # fmt: skip
_NOT_VALUES = frozenset({
    "payload", "arguments", "block_label", "break_label", "switch_case_condition", "error_type", "parameters", "type",
})  # fmt: skip
_TRANSPARENT = frozenset({
    "try_expression", "catch_expression", "null_coercion_expression", "dereference_expression", "unary_expression",
    "parenthesized_expression", "nullable_type", "pointer_type", "slice_type", "array_type", "comptime_expression", "error_union_type",
    "if_expression", "switch_expression", "switch_case", "binary_expression", "labeled_type_expression", "block_expression",
    "expression_statement", "while_expression", "for_expression", "block", "break_expression", "labeled_statement", "nosuspend_expression",
})  # fmt: skip
TYPES = frozenset({"pointer_type", "nullable_type", "slice_type", "error_union_type", "array_type"})
CHAIN = frozenset({"field_expression", "call_expression", "index_expression", "identifier"})
_PASSING = frozenset({"@ptrCast", "@alignCast", "@constCast", "@volatileCast", "@as", "@errorCast", "@addrSpaceCast"})


class Container:
    """A file, struct, union, enum or opaque type; `declared` holds its names' nodes until they are asked for."""

    def __init__(self, key: str, node: Node, scope: "Scope | None") -> None:
        self.key = key
        self.scope = Scope(scope, self)
        self.declared: dict[str, Node] = {}
        self.known: dict[str, Paths] = {}
        self.spread: list[Node] = []
        for child in node.children:
            if child.kind == "function_declaration":
                self.declared.setdefault(identifier(child.fields.get("name")), child)
            elif child.kind == "variable_declaration":
                for target in before_value(child):
                    if target.kind == "identifier":
                        self.declared.setdefault(identifier(target), child)
            elif child.kind == "container_field":
                self.declared.setdefault(identifier(child.fields.get("name")), child)
            elif child.kind == "using_namespace_declaration":
                self.spread.extend(child.parts[-1:])


class Scope:
    """Names of a block or a container, with what they stand for, inside a parent."""

    def __init__(self, parent: "Scope | None", container: Container | None = None) -> None:
        self.parent = parent
        self.container = container
        self.names: dict[str, Paths] = {}

    def assign(self, name: str, paths: Paths) -> None:
        """The name, of this scope or one around it, may stand for these too."""
        inner: Scope | None = self
        while inner is not None:
            if name in inner.names:
                inner.names[name] = join([inner.names[name], paths])
                return
            inner = inner.parent


class Meanings:
    """Of the nodes of one file. `gaps`: what was nested too deeply."""

    def __init__(self, root: Node) -> None:
        self.gaps: list[tuple[int, int, str]] = []
        self.containers: dict[str, Container] = {}
        self._by_node: dict[int, Container] = {}
        self._depth = 0
        self.file = self.container(root, None, "")

    def exports(self) -> dict[str, dict[str, Paths]]:
        """All names of all containers, asked for now."""
        found: dict[str, dict[str, Paths]] = {}
        for key, container in list(self.containers.items()):
            names = {name: paths for name in container.declared if (paths := self.declared(container, name))}
            if container.spread:
                names["*"] = self.spread(container)
            if names:
                found[key] = names
        return found

    def paths(self, node: Node, scope: Scope) -> Paths:
        """What a node stands for; nothing where it is nested too deeply, which is a gap."""
        if self._depth >= _MAX_DEPTH:
            gap = (node.line, node.column, "nested too deeply to be followed")
            if len(self.gaps) < 10 and gap not in self.gaps:
                self.gaps.append(gap)
            return ()
        self._depth += 1
        try:
            return self._stands_for(node, scope)
        finally:
            self._depth -= 1

    def _stands_for(self, node: Node, scope: Scope) -> Paths:
        kind = node.kind
        if kind == "identifier":
            return self._lookup(identifier(node), scope)
        if kind == "field_expression":
            whole = node.fields.get("object")
            return (
                () if whole is None else self._members(self.paths(whole, scope), identifier(node.fields.get("member")))
            )
        if kind == "call_expression":
            function = node.fields.get("function")
            return self.paths(function, scope) if function is not None else ()
        if kind == "index_expression":
            whole = node.fields.get("object")
            return self.paths(whole, scope) if whole is not None else ()
        if kind == "string" or kind == "multiline_string":
            return ((TEXT, string_value(node)),)
        if kind in CONTAINERS:
            return ((SELF, self.container(node, scope).key),)
        if name := builtin(node):
            return self._builtin_paths(node, name, scope)
        if kind == "struct_initializer":
            return self.paths(node.parts[0], scope) if node.parts else ()
        if kind == "binary_expression" and node.child("++") is not None and len(node.parts) == 2:
            return self._joined(*(self.paths(part, scope) for part in node.parts))
        if kind == "anonymous_struct_initializer" or kind == "initializer_list":
            items = [part for part in node.parts if part.kind != "assignment_expression"]
            return join(self.paths(part, scope) for part in items[:_MAX_PATHS])
        if kind in _TRANSPARENT or kind.endswith("_statement"):
            inner = scope if node.child("payload") is None else self.payloads(node, scope)
            return join(self.paths(part, inner) for part in node.parts if part.kind not in _NOT_VALUES)
        return ()

    def _joined(self, left: Paths, right: Paths) -> Paths:
        texts = [(TEXT, a[1] + b[1]) for a in left if a[0] == TEXT for b in right if b[0] == TEXT]
        return join((tuple(texts),)) if texts else join((left, right))

    def _builtin_paths(self, node: Node, name: str, scope: Scope) -> Paths:
        given = node.child("arguments")
        arguments = given.parts if given is not None else []
        if name == "@import" and arguments:
            found = [path[1] for path in self.paths(arguments[0], scope) if path[0] == TEXT]
            return join(((("std",) if text == "std" else (f"{IMPORT}{text}",)),) for text in found)
        if name == "@This":
            inner: Scope | None = scope
            while inner is not None and inner.container is None:
                inner = inner.parent
            return ((SELF, inner.container.key),) if inner is not None and inner.container is not None else ()
        if name == "@field" and len(arguments) == 2:
            whole = self.paths(arguments[0], scope)
            names = [path[1] for path in self.paths(arguments[1], scope) if path[0] == TEXT]
            if not names:
                return join(((*path, "@field"),) for path in whole if path[0] not in (TEXT, SELF))
            return join(self._members(whole, name) for name in names)
        if name in _PASSING:
            return join(self.paths(argument, scope) for argument in arguments)
        return ((name,),) if name == "@cImport" else ()

    def _members(self, paths: Paths, name: str) -> Paths:
        found: list[Paths] = []
        for path in paths:
            if path[0] == SELF:
                container = self.containers.get(path[1])
                found.append(self.declared(container, name) if container is not None else ())
            elif path[0] != TEXT and len(path) < MAX_PARTS:
                found.append(((*path, name),))
        return join(found) or self.file.known.get(f".{name}", ())

    def _lookup(self, name: str, scope: Scope | None) -> Paths:
        spread: list[Paths] = []
        while scope is not None:
            if name in scope.names:
                return scope.names[name]
            if scope.container is not None:
                if name in scope.container.declared:
                    return self.declared(scope.container, name)
                if scope.container.spread:
                    spread.append(self._members(self.spread(scope.container), name))
            scope = scope.parent
        return join(spread)

    def spread(self, container: Container) -> Paths:
        """What `usingnamespace` brings into the container."""
        if "*" not in container.known:
            container.known["*"] = ()
            container.known["*"] = join(self.paths(node, container.scope) for node in container.spread)
        return container.known["*"]

    def declared(self, container: Container, name: str) -> Paths:
        """What a name that the container declares stands for."""
        if name in container.known:
            return container.known[name]
        node = container.declared.get(name)
        if node is None:
            return self._members(self.spread(container), name) if container.spread else ()
        container.known[name] = ()  # while it is being found out: a name that stands for itself stands for nothing
        kind = node.fields.get("type")
        parts = [kind] if kind is not None else []
        if node.kind == "function_declaration":
            parts += _returned(node)
            scope = self.parameters(node, container.scope)
        else:
            parts += after_value(node)
            scope = container.scope
            for part in parts:
                if part.kind in CONTAINERS:
                    self.container(part, scope, f"{container.key}.{name}".lstrip("."))
        container.known[name] = join(self.paths(part, scope) for part in parts)
        return container.known[name]

    def parameters(self, node: Node, scope: Scope) -> Scope:
        """A scope with a function's parameters, known by their types."""
        inner = Scope(scope)
        parameters = node.fields.get("parameters") or node.child("parameters")
        for parameter in parameters.children if parameters is not None else ():
            if parameter.kind == "parameter":
                kind = parameter.fields.get("type")
                inner.names[identifier(parameter.fields.get("name"))] = self.paths(kind, inner) if kind else ()
        return inner

    def container(self, node: Node, scope: Scope | None, key: str | None = None) -> Container:
        """The container that begins at the node; the same one each time."""
        found = self._by_node.get(id(node))
        if found is None:
            if key is None or key in self.containers:
                key = f"#{len(self.containers)}"
            found = self._by_node[id(node)] = self.containers[key] = Container(key, node, scope)
        return found

    def remember_field(self, node: Node, scope: Scope) -> None:
        """`.dir = std.fs.cwd()` says what `dir` of some value of this file may be."""
        left, right = node.fields.get("left"), node.fields.get("right")
        if left is None or right is None or left.kind != "field_expression":
            return
        if paths := self.paths(right, scope):
            name = identifier(left.fields.get("member"))
            self.file.known[f".{name}"] = join([self.file.known.get(f".{name}", ()), paths])

    def payloads(self, node: Node, scope: Scope) -> Scope:
        """A scope with the names between `|…|`: they may be any of what stands before them."""
        inner = Scope(scope)
        before: list[Paths] = []
        for child in node.children:
            if child.kind == "payload":
                for name in child.parts:
                    if name.kind == "identifier":
                        inner.names[identifier(name)] = () if node.kind == "catch_expression" else join(before)
            elif child.named and child.kind not in ("block", "block_expression"):
                before.append(self.paths(child, scope))
        return inner


def _returned(function: Node) -> list[Node]:
    """What a short function hands back."""
    body = function.fields.get("body")
    found: list[Node] = []
    if body is not None:
        for count, node in enumerate(body.walk()):
            if node.kind == "return_expression":
                found += node.parts
            if count > 300 or len(found) > 4:
                break
    return found


def builtin(node: Node) -> str:
    """The name of the builtin function that is called, `@import`; empty for anything else."""
    if node.kind != "builtin_function":
        return ""
    name = node.child("builtin_identifier")
    return name.text if name is not None else ""


def join(several: Iterable[Paths]) -> Paths:
    """All of them once, as many as are kept."""
    return tuple(dict.fromkeys(path for paths in several for path in paths))[:_MAX_PATHS]
