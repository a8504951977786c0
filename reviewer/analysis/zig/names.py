"""One zig file, on its own: which outside names it uses where, and what its own names stand for.

Outside names are paths: `("std", "fs", "cwd")`. A path that goes through another file keeps that file as its head (`@import:x.zig`), to be
resolved when the files are seen together (`reviewer.analysis.zig.program`). Calls, `try`, `&`, `.*` and the like are seen through, so
that the methods of what a call returns read as parts of the path: `std.fs.cwd().deleteTree` is `std.fs.cwd.deleteTree`. Where code
decides between several, all count.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from reviewer.ecosystems.zig.reading.syntax import Node, after_value, before_value, identifier, parse, string_value

Path = tuple[str, ...]
Paths = tuple[Path, ...]

TEXT = "#text"
"""Head of a path that is a known string."""
SELF = "@self"
"""Head of a path to a container of the same file: `("@self", key)`, the file itself has the key `""`."""
IMPORT = "@import:"
ANY = "?"
"""Head of a path on a value of unknown type."""

_MAX_PATHS = 8
_MAX_PARTS = 24
_MAX_DEPTH = 60
_MAX_WORDS = 24

_CONTAINERS = frozenset({
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
_TYPES = frozenset({"pointer_type", "nullable_type", "slice_type", "error_union_type", "array_type"})
_CHAIN = frozenset({"field_expression", "call_expression", "index_expression", "identifier"})
_PASSING = frozenset({"@ptrCast", "@alignCast", "@constCast", "@volatileCast", "@as", "@errorCast", "@addrSpaceCast"})
_ASKING = frozenset({"@TypeOf", "@hasDecl", "@hasField", "@typeName", "@sizeOf", "@alignOf", "@offsetOf"})
"""Builtins that only look at what they are given."""


class Use(NamedTuple):
    """A place that uses an outside name. `words` are the strings that a call is given, as far as they are known."""

    line: int
    column: int
    path: Path
    words: tuple[str, ...] = ()


class FileNames(NamedTuple):
    """`exports`: by container key and name, what the names of the file stand for; the name `*` is for what `usingnamespace` brings in.

    `imports` and `embeds` pair a place with what is written there, None where that is not a known string. `gaps`: what could not be read.
    `tests`: first and last lines of test declarations, which zig looks at only when it builds tests.
    """

    uses: tuple[Use, ...]
    exports: Mapping[str, Mapping[str, Paths]]
    imports: tuple[tuple[int, int, str | None], ...]
    embeds: tuple[tuple[int, int, str | None], ...]
    gaps: tuple[tuple[int, int, str], ...]
    lines: int
    tests: tuple[tuple[int, int], ...] = ()

    def without_tests(self) -> "FileNames":
        """What counts where no tests are built."""

        def counts(line: int) -> bool:
            return not any(first <= line <= last for first, last in self.tests)

        return self._replace(
            uses=tuple(use for use in self.uses if counts(use.line)),
            imports=tuple(place for place in self.imports if counts(place[0])),
            embeds=tuple(place for place in self.embeds if counts(place[0])),
        )


def read_names(text: str, matters: Callable[[Path], bool]) -> FileNames:
    """The names of one file, of those outside it only what `matters`. Raises syntax.TooLargeError."""
    parsed = parse(text)
    reader = _Reader(parsed.root, matters)
    reader.read()
    exports = reader.exports()
    for container in reader.containers.values():
        # It and its scope refer to each other: the tree should not wait for a garbage collection.
        container.declared.clear()
        container.spread.clear()
    gaps = [(line, column, "could not be parsed") for line, column in parsed.errors[:10]]
    gaps += [(line, column, "nested too deeply to be followed") for line, column in parsed.too_deep[:10]]
    return FileNames(
        uses=tuple(reader.uses),
        exports=exports,
        imports=tuple(reader.imports),
        embeds=tuple(reader.embeds),
        gaps=(*gaps, *reader.gaps),
        tests=tuple(_tests(parsed.root)),
        lines=text.count("\n") + (not text.endswith("\n") and bool(text)),
    )


class _Container:
    """A file, struct, union, enum or opaque type; `declared` holds its names' nodes until they are asked for."""

    def __init__(self, key: str, node: Node, scope: "_Scope | None") -> None:
        self.key = key
        self.scope = _Scope(scope, self)
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


class _Scope:
    def __init__(self, parent: "_Scope | None", container: _Container | None = None) -> None:
        self.parent = parent
        self.container = container
        self.names: dict[str, Paths] = {}


class _Reader:
    def __init__(self, root: Node, matters: Callable[[Path], bool]) -> None:
        self.matters = matters
        self.uses: list[Use] = []
        self.imports: list[tuple[int, int, str | None]] = []
        self.embeds: list[tuple[int, int, str | None]] = []
        self.gaps: list[tuple[int, int, str]] = []
        self.containers: dict[str, _Container] = {}
        self.by_node: dict[int, _Container] = {}
        self.depth = 0
        self.root = root
        self.file = self._container(root, None, "")

    def exports(self) -> dict[str, dict[str, Paths]]:
        """All names of all containers, asked for now."""
        found: dict[str, dict[str, Paths]] = {}
        for key, container in list(self.containers.items()):
            names = {name: paths for name in container.declared if (paths := self._declared(container, name))}
            if container.spread:
                names["*"] = self._spread(container)
            if names:
                found[key] = names
        return found

    # Walking

    def read(self) -> None:
        pending: list[tuple[Node, _Scope]] = [(self.root, self.file.scope)]
        while pending:
            node, scope = pending.pop()
            pending.extend(reversed(self._visit(node, scope)))

    def _visit(self, node: Node, scope: _Scope) -> list[tuple[Node, _Scope]]:
        kind = node.kind
        if kind in _CONTAINERS:
            scope = self._container(node, scope).scope
        elif kind == "function_declaration":
            return self._function(node, scope)
        elif kind == "variable_declaration":
            return self._variable(node, scope)
        elif kind == "block":
            scope = _Scope(scope)
        elif kind in _CHAIN or kind == "builtin_function":
            return self._mention(node, scope)
        elif kind == "asm_expression":
            self._use(node, ("asm",), ())
        elif kind == "container_field" or kind == "parameter" or kind == "struct_initializer":
            return self._typed(node, scope)
        elif kind == "assignment_expression":
            self._remember_field(node, scope)
            left, right = node.fields.get("left"), node.fields.get("right")
            if (
                left is not None
                and right is not None
                and "object" not in left.fields
                and left.kind == "field_expression"
            ):
                return [(right, scope)]
        elif node.child("payload") is not None:
            scope = self._payloads(node, scope)
        return [(child, scope) for child in node.children if child.named and child.kind != "payload"]

    def _function(self, node: Node, scope: _Scope) -> list[tuple[Node, _Scope]]:
        name = node.fields.get("name") or node
        if node.child("extern") is not None:
            self._use(name, ("extern", identifier(node.fields.get("name"))), ())
        elif node.child("export") is not None:
            self._use(name, ("export", identifier(node.fields.get("name"))), ())
        inner = _Scope(scope)
        parameters = node.fields.get("parameters") or node.child("parameters")
        for parameter in parameters.children if parameters is not None else ():
            if parameter.kind == "parameter":
                kind = parameter.fields.get("type")
                inner.names[identifier(parameter.fields.get("name"))] = self._paths(kind, inner) if kind else ()
        rest = [node.fields.get("type"), node.fields.get("body")]
        visited = [parameters] if parameters is not None else []
        return [(part, inner) for part in (*visited, *rest) if part is not None and not _is_name(part)]

    def _variable(self, node: Node, scope: _Scope) -> list[tuple[Node, _Scope]]:
        kind, values = node.fields.get("type"), after_value(node)
        targets = [target for target in before_value(node) if target.kind == "identifier"]
        if node.child("extern") is not None:
            self._use(node, ("extern", identifier(targets[0]) if targets else ""), ())
        in_container = scope.container is not None
        declares = any(child.kind in ("const", "var") for child in node.children)
        if not in_container:
            paths = _join([self._paths(value, scope) for value in values] + [self._paths(kind, scope) if kind else ()])
            for target in targets:
                name = identifier(target)
                if declares:
                    scope.names[name] = paths
                else:
                    self._assign(name, paths, scope)
        if kind is not None:
            for value in values:
                self._literal(value, self._paths(kind, scope), scope)
        discards = [identifier(target) for target in targets] == ["_"]
        declares = declares or discards
        visited = [value for value in values if not (declares and _is_name(value))]
        visited += [base for value in values if declares and _is_name(value) and _builtin(base := _base(value))]
        if kind is not None and not _is_name(kind):
            visited.insert(0, kind)
        visited += [t for t in before_value(node) if t.kind not in ("identifier", "const", "var") and t.named]
        return [(part, scope) for part in visited]

    def _typed(self, node: Node, scope: _Scope) -> list[tuple[Node, _Scope]]:
        """A name where a type stands uses nothing by itself; values of that type are known by it."""
        kind = (
            node.parts[:1] if node.kind == "struct_initializer" else [node.fields.get("type"), node.fields.get("name")]
        )
        return [(part, scope) for part in node.parts if not (part in kind and _is_name(part))]

    def _literal(self, value: Node, kinds: Paths, scope: _Scope) -> None:
        """`.init(…)` where a type is expected is a function of that type."""
        while value.kind in ("try_expression", "catch_expression", "parenthesized_expression") and value.parts:
            value = value.parts[0]
        function = value.fields.get("function")
        if function is not None and function.kind == "field_expression" and "object" not in function.fields:
            name = identifier(function.fields.get("member"))
            for path in kinds:
                self._use(function.fields.get("member") or value, (*path, name), self._words(value, scope))

    def _assign(self, name: str, paths: Paths, scope: _Scope) -> None:
        inner: _Scope | None = scope
        while inner is not None:
            if name in inner.names:
                inner.names[name] = _join([inner.names[name], paths])
                return
            inner = inner.parent

    def _remember_field(self, node: Node, scope: _Scope) -> None:
        """`.dir = std.fs.cwd()` says what `dir` of some value of this file may be."""
        left, right = node.fields.get("left"), node.fields.get("right")
        if left is None or right is None or left.kind != "field_expression":
            return
        if paths := self._paths(right, scope):
            name = identifier(left.fields.get("member"))
            self.file.known[f".{name}"] = _join([self.file.known.get(f".{name}", ()), paths])

    def _payloads(self, node: Node, scope: _Scope) -> _Scope:
        inner = _Scope(scope)
        before: list[Paths] = []
        for child in node.children:
            if child.kind == "payload":
                for name in child.parts:
                    if name.kind == "identifier":
                        inner.names[identifier(name)] = () if node.kind == "catch_expression" else _join(before)
            elif child.named and child.kind not in ("block", "block_expression"):
                before.append(self._paths(child, scope))
        return inner

    # Mentions

    def _mention(self, node: Node, scope: _Scope) -> list[tuple[Node, _Scope]]:
        """Everything that one chain of fields and calls names; what remains to be looked at are its arguments."""
        if name := _builtin(node):
            return self._builtin(node, name, scope)
        self._name(node, scope)
        rest: list[tuple[Node, _Scope]] = []
        current = node
        while True:
            inner = current.fields.get("function") or current.fields.get("object")
            rest += [
                (part, scope)
                for part in current.parts
                if part is not inner and part is not current.fields.get("member")
            ]
            while (
                inner is not None and inner.kind in _TYPES and inner.parts
            ):  # the grammar reads `*std.Build` as `(*std).Build`
                rest += [(part, scope) for part in inner.parts[:-1]]
                inner = inner.parts[-1]
            if inner is None:
                return rest
            if inner.kind not in _CHAIN:
                return [*rest, (inner, scope)]
            if inner.kind == "call_expression":  # `b.addSystemCommand(&.{"sh"}).step`
                self._name(inner, scope)
            current = inner

    def _name(self, node: Node, scope: _Scope) -> None:
        paths = self._paths(node, scope)
        function = node.fields.get("function") or node
        place = function.fields.get("member") or node
        words = self._words(node, scope) if node.kind == "call_expression" else ()
        for path in paths:
            self._use(place, path, words)
        if not paths and function.kind == "field_expression" and "object" in function.fields:
            self._use(place, (ANY, identifier(place)), words)

    def _builtin(self, node: Node, name: str, scope: _Scope) -> list[tuple[Node, _Scope]]:
        given = node.child("arguments")
        arguments = given.parts if given is not None else []
        if name == "@import" or name == "@embedFile":
            texts = [path[1] for argument in arguments for path in self._paths(argument, scope) if path[0] == TEXT]
            places = self.imports if name == "@import" else self.embeds
            places.extend((node.line, node.column, text) for text in texts or (None,))
            if name == "@import":
                return []
        elif name == "@field":
            for path in self._paths(node, scope):
                self._use(node, path, ())
            arguments = arguments[1:]
        elif name in _ASKING:
            return [(a, scope) for a in arguments if not _is_name(a)]
        elif name == "@This":
            return []
        words = [path[1] for argument in arguments for path in self._paths(argument, scope) if path[0] == TEXT]
        self._use(node, (name,), tuple(words[:_MAX_WORDS]))
        return [(argument, scope) for argument in arguments]

    def _words(self, node: Node, scope: _Scope) -> tuple[str, ...]:
        words: list[str] = []
        pending = [part for part in reversed(node.parts) if part is not node.fields.get("function")]
        left = 200
        while pending and len(words) < _MAX_WORDS and left:
            part = pending.pop()
            left -= 1
            if part.kind in ("string", "multiline_string", "identifier", "field_expression", "binary_expression"):
                texts = [path[1] for path in self._paths(part, scope) if path[0] == TEXT]
                words += texts
                if texts or part.kind != "binary_expression":
                    continue
            if part.kind not in _CONTAINERS and part.kind != "call_expression":
                pending.extend(reversed(part.parts))
        return tuple(words[:_MAX_WORDS])

    def _use(self, node: Node, path: Path, words: tuple[str, ...]) -> None:
        if path and path[0] not in (TEXT, SELF) and (path[0].startswith(IMPORT) or self.matters(path)):
            self.uses.append(Use(node.line, node.column, path[:_MAX_PARTS], words))

    # What a node stands for

    def _paths(self, node: Node, scope: _Scope) -> Paths:
        if self.depth >= _MAX_DEPTH:
            gap = (node.line, node.column, "nested too deeply to be followed")
            if len(self.gaps) < 10 and gap not in self.gaps:
                self.gaps.append(gap)
            return ()
        self.depth += 1
        try:
            return self._stands_for(node, scope)
        finally:
            self.depth -= 1

    def _stands_for(self, node: Node, scope: _Scope) -> Paths:
        kind = node.kind
        if kind == "identifier":
            return self._lookup(identifier(node), scope)
        if kind == "field_expression":
            whole = node.fields.get("object")
            return (
                () if whole is None else self._members(self._paths(whole, scope), identifier(node.fields.get("member")))
            )
        if kind == "call_expression":
            function = node.fields.get("function")
            return self._paths(function, scope) if function is not None else ()
        if kind == "index_expression":
            whole = node.fields.get("object")
            return self._paths(whole, scope) if whole is not None else ()
        if kind == "string" or kind == "multiline_string":
            return ((TEXT, string_value(node)),)
        if kind in _CONTAINERS:
            return ((SELF, self._container(node, scope).key),)
        if name := _builtin(node):
            return self._builtin_paths(node, name, scope)
        if kind == "struct_initializer":
            return self._paths(node.parts[0], scope) if node.parts else ()
        if kind == "binary_expression" and node.child("++") is not None and len(node.parts) == 2:
            return self._joined(*(self._paths(part, scope) for part in node.parts))
        if kind == "anonymous_struct_initializer" or kind == "initializer_list":
            items = [part for part in node.parts if part.kind != "assignment_expression"]
            return _join(self._paths(part, scope) for part in items[:_MAX_PATHS])
        if kind in _TRANSPARENT or kind.endswith("_statement"):
            inner = scope if node.child("payload") is None else self._payloads(node, scope)
            return _join(self._paths(part, inner) for part in node.parts if part.kind not in _NOT_VALUES)
        return ()

    def _joined(self, left: Paths, right: Paths) -> Paths:
        texts = [(TEXT, a[1] + b[1]) for a in left if a[0] == TEXT for b in right if b[0] == TEXT]
        return _join((tuple(texts),)) if texts else _join((left, right))

    def _builtin_paths(self, node: Node, name: str, scope: _Scope) -> Paths:
        given = node.child("arguments")
        arguments = given.parts if given is not None else []
        if name == "@import" and arguments:
            found = [path[1] for path in self._paths(arguments[0], scope) if path[0] == TEXT]
            return _join(((("std",) if text == "std" else (f"{IMPORT}{text}",)),) for text in found)
        if name == "@This":
            inner: _Scope | None = scope
            while inner is not None and inner.container is None:
                inner = inner.parent
            return ((SELF, inner.container.key),) if inner is not None and inner.container is not None else ()
        if name == "@field" and len(arguments) == 2:
            whole = self._paths(arguments[0], scope)
            names = [path[1] for path in self._paths(arguments[1], scope) if path[0] == TEXT]
            if not names:
                return _join(((*path, "@field"),) for path in whole if path[0] not in (TEXT, SELF))
            return _join(self._members(whole, name) for name in names)
        if name in _PASSING:
            return _join(self._paths(argument, scope) for argument in arguments)
        return ((name,),) if name == "@cImport" else ()

    def _members(self, paths: Paths, name: str) -> Paths:
        found: list[Paths] = []
        for path in paths:
            if path[0] == SELF:
                container = self.containers.get(path[1])
                found.append(self._declared(container, name) if container is not None else ())
            elif path[0] != TEXT and len(path) < _MAX_PARTS:
                found.append(((*path, name),))
        return _join(found) or self.file.known.get(f".{name}", ())

    def _lookup(self, name: str, scope: _Scope | None) -> Paths:
        spread: list[Paths] = []
        while scope is not None:
            if name in scope.names:
                return scope.names[name]
            if scope.container is not None:
                if name in scope.container.declared:
                    return self._declared(scope.container, name)
                if scope.container.spread:
                    spread.append(self._members(self._spread(scope.container), name))
            scope = scope.parent
        return _join(spread)

    def _spread(self, container: _Container) -> Paths:
        if "*" not in container.known:
            container.known["*"] = ()
            container.known["*"] = _join(self._paths(node, container.scope) for node in container.spread)
        return container.known["*"]

    def _declared(self, container: _Container, name: str) -> Paths:
        if name in container.known:
            return container.known[name]
        node = container.declared.get(name)
        if node is None:
            return self._members(self._spread(container), name) if container.spread else ()
        container.known[name] = ()  # while it is being found out: a name that stands for itself stands for nothing
        kind = node.fields.get("type")
        parts = [kind] if kind is not None else []
        if node.kind == "function_declaration":
            parts += _returned(node)
            scope = self._parameters(node, container.scope)
        else:
            parts += after_value(node)
            scope = container.scope
            for part in parts:
                if part.kind in _CONTAINERS:
                    self._container(part, scope, f"{container.key}.{name}".lstrip("."))
        container.known[name] = _join(self._paths(part, scope) for part in parts)
        return container.known[name]

    def _parameters(self, node: Node, scope: _Scope) -> _Scope:
        inner = _Scope(scope)
        parameters = node.fields.get("parameters") or node.child("parameters")
        for parameter in parameters.children if parameters is not None else ():
            kind = parameter.fields.get("type")
            if parameter.kind == "parameter" and kind is not None:
                inner.names[identifier(parameter.fields.get("name"))] = self._paths(kind, inner)
        return inner

    def _container(self, node: Node, scope: _Scope | None, key: str | None = None) -> _Container:
        found = self.by_node.get(id(node))
        if found is None:
            if key is None or key in self.containers:
                key = f"#{len(self.containers)}"
            found = self.by_node[id(node)] = self.containers[key] = _Container(key, node, scope)
        return found


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


def _builtin(node: Node) -> str:
    if node.kind != "builtin_function":
        return ""
    name = node.child("builtin_identifier")
    return name.text if name is not None else ""


def _base(node: Node) -> Node:
    """What a chain of fields and types rests on."""
    while True:
        if node.kind == "field_expression" and "object" in node.fields:
            node = node.fields["object"]
        elif node.kind in _TYPES and node.parts:
            node = node.parts[-1]
        else:
            return node


def _is_name(node: Node) -> bool:
    """Whether the node only names something, without calling anything."""
    base = _base(node)
    return base.kind in ("identifier", "builtin_type") or _builtin(base) in ("@import", "@This")


def _join(several: Iterable[Paths]) -> Paths:
    return tuple(dict.fromkeys(path for paths in several for path in paths))[:_MAX_PATHS]


def _tests(root: Node) -> Iterator[tuple[int, int]]:
    for node in root.walk():
        if node.kind == "test_declaration":
            yield node.line, max(inner.line for inner in node.walk())


def names_to_json(names: FileNames) -> Any:
    """A plain value, for keeping."""
    return [names.uses, names.exports, names.imports, names.embeds, names.gaps, names.lines, names.tests]


def names_from_json(value: Any) -> FileNames:
    """What `names_to_json` gave, after it went through JSON."""
    uses, exports, imports, embeds, gaps, lines, tests = value
    return FileNames(
        uses=tuple(Use(line, column, tuple(path), tuple(words)) for line, column, path, words in uses),
        exports={
            key: {name: tuple(map(tuple, paths)) for name, paths in known.items()} for key, known in exports.items()
        },
        imports=tuple(map(tuple, imports)),
        embeds=tuple(map(tuple, embeds)),
        gaps=tuple(map(tuple, gaps)),
        lines=lines,
        tests=tuple(map(tuple, tests)),
    )
