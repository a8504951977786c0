"""One zig file, on its own: which outside names it uses where, and what its own names stand for.

Outside names are paths: `("std", "fs", "cwd")`. A path that goes through another file keeps that file as its head (`@import:x.zig`), to be
resolved when the files are seen together (`reviewer.analysis.zig.program`). Calls, `try`, `&`, `.*` and the like are seen through, so
that the methods of what a call returns read as parts of the path: `std.fs.cwd().deleteTree` is `std.fs.cwd.deleteTree`. Where code
decides between several, all count.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from reviewer.analysis.zig.meaning import (
    ANY,
    CHAIN,
    CONTAINERS,
    IMPORT,
    MAX_PARTS,
    SELF,
    TEXT,
    TYPES,
    Meanings,
    Path,
    Paths,
    Scope,
    builtin,
    join,
)
from reviewer.ecosystems.zig.reading.syntax import Node, after_value, before_value, identifier, parse

_MAX_WORDS = 24

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
    exports = reader.meanings.exports()
    for container in reader.meanings.containers.values():
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
        gaps=(*gaps, *reader.meanings.gaps),
        tests=tuple(_tests(parsed.root)),
        lines=text.count("\n") + (not text.endswith("\n") and bool(text)),
    )


class _Reader:
    def __init__(self, root: Node, matters: Callable[[Path], bool]) -> None:
        self.matters = matters
        self.uses: list[Use] = []
        self.imports: list[tuple[int, int, str | None]] = []
        self.embeds: list[tuple[int, int, str | None]] = []
        self.root = root
        self.meanings = Meanings(root)

    # Walking

    def read(self) -> None:
        pending: list[tuple[Node, Scope]] = [(self.root, self.meanings.file.scope)]
        while pending:
            node, scope = pending.pop()
            pending.extend(reversed(self._visit(node, scope)))

    def _visit(self, node: Node, scope: Scope) -> list[tuple[Node, Scope]]:
        kind = node.kind
        if kind in CONTAINERS:
            scope = self.meanings.container(node, scope).scope
        elif kind == "function_declaration":
            return self._function(node, scope)
        elif kind == "variable_declaration":
            return self._variable(node, scope)
        elif kind == "block":
            scope = Scope(scope)
        elif kind in CHAIN or kind == "builtin_function":
            return self._mention(node, scope)
        elif kind == "asm_expression":
            self._use(node, ("asm",), ())
        elif kind == "container_field" or kind == "parameter" or kind == "struct_initializer":
            return self._typed(node, scope)
        elif kind == "assignment_expression":
            self.meanings.remember_field(node, scope)
            left, right = node.fields.get("left"), node.fields.get("right")
            if (
                left is not None
                and right is not None
                and "object" not in left.fields
                and left.kind == "field_expression"
            ):
                return [(right, scope)]
        elif node.child("payload") is not None:
            scope = self.meanings.payloads(node, scope)
        return [(child, scope) for child in node.children if child.named and child.kind != "payload"]

    def _function(self, node: Node, scope: Scope) -> list[tuple[Node, Scope]]:
        name = node.fields.get("name") or node
        if node.child("extern") is not None:
            self._use(name, ("extern", identifier(node.fields.get("name"))), ())
        elif node.child("export") is not None:
            self._use(name, ("export", identifier(node.fields.get("name"))), ())
        inner = self.meanings.parameters(node, scope)
        parameters = node.fields.get("parameters") or node.child("parameters")
        rest = [node.fields.get("type"), node.fields.get("body")]
        visited = [parameters] if parameters is not None else []
        return [(part, inner) for part in (*visited, *rest) if part is not None and not _is_name(part)]

    def _variable(self, node: Node, scope: Scope) -> list[tuple[Node, Scope]]:
        kind, values = node.fields.get("type"), after_value(node)
        targets = [target for target in before_value(node) if target.kind == "identifier"]
        if node.child("extern") is not None:
            self._use(node, ("extern", identifier(targets[0]) if targets else ""), ())
        in_container = scope.container is not None
        declares = any(child.kind in ("const", "var") for child in node.children)
        if not in_container:
            paths = join(
                [self.meanings.paths(value, scope) for value in values]
                + [self.meanings.paths(kind, scope) if kind else ()]
            )
            for target in targets:
                name = identifier(target)
                if declares:
                    scope.names[name] = paths
                else:
                    scope.assign(name, paths)
        if kind is not None:
            for value in values:
                self._literal(value, self.meanings.paths(kind, scope), scope)
        discards = [identifier(target) for target in targets] == ["_"]
        declares = declares or discards
        visited = [value for value in values if not (declares and _is_name(value))]
        visited += [base for value in values if declares and _is_name(value) and builtin(base := _base(value))]
        if kind is not None and not _is_name(kind):
            visited.insert(0, kind)
        visited += [t for t in before_value(node) if t.kind not in ("identifier", "const", "var") and t.named]
        return [(part, scope) for part in visited]

    def _typed(self, node: Node, scope: Scope) -> list[tuple[Node, Scope]]:
        """A name where a type stands uses nothing by itself; values of that type are known by it."""
        kind = (
            node.parts[:1] if node.kind == "struct_initializer" else [node.fields.get("type"), node.fields.get("name")]
        )
        return [(part, scope) for part in node.parts if not (part in kind and _is_name(part))]

    def _literal(self, value: Node, kinds: Paths, scope: Scope) -> None:
        """`.init(…)` where a type is expected is a function of that type."""
        while value.kind in ("try_expression", "catch_expression", "parenthesized_expression") and value.parts:
            value = value.parts[0]
        function = value.fields.get("function")
        if function is not None and function.kind == "field_expression" and "object" not in function.fields:
            name = identifier(function.fields.get("member"))
            for path in kinds:
                self._use(function.fields.get("member") or value, (*path, name), self._words(value, scope))

    # Mentions

    def _mention(self, node: Node, scope: Scope) -> list[tuple[Node, Scope]]:
        """Everything that one chain of fields and calls names; what remains to be looked at are its arguments."""
        if name := builtin(node):
            return self._builtin(node, name, scope)
        self._name(node, scope)
        rest: list[tuple[Node, Scope]] = []
        current = node
        while True:
            inner = current.fields.get("function") or current.fields.get("object")
            rest += [
                (part, scope)
                for part in current.parts
                if part is not inner and part is not current.fields.get("member")
            ]
            while (
                inner is not None and inner.kind in TYPES and inner.parts
            ):  # the grammar reads `*std.Build` as `(*std).Build`
                rest += [(part, scope) for part in inner.parts[:-1]]
                inner = inner.parts[-1]
            if inner is None:
                return rest
            if inner.kind not in CHAIN:
                return [*rest, (inner, scope)]
            if inner.kind == "call_expression":  # `b.addSystemCommand(&.{"sh"}).step`
                self._name(inner, scope)
            current = inner

    def _name(self, node: Node, scope: Scope) -> None:
        paths = self.meanings.paths(node, scope)
        function = node.fields.get("function") or node
        place = function.fields.get("member") or node
        words = self._words(node, scope) if node.kind == "call_expression" else ()
        for path in paths:
            self._use(place, path, words)
        if not paths and function.kind == "field_expression" and "object" in function.fields:
            self._use(place, (ANY, identifier(place)), words)

    def _builtin(self, node: Node, name: str, scope: Scope) -> list[tuple[Node, Scope]]:
        given = node.child("arguments")
        arguments = given.parts if given is not None else []
        if name == "@import" or name == "@embedFile":
            texts = [
                path[1] for argument in arguments for path in self.meanings.paths(argument, scope) if path[0] == TEXT
            ]
            places = self.imports if name == "@import" else self.embeds
            places.extend((node.line, node.column, text) for text in texts or (None,))
            if name == "@import":
                return []
        elif name == "@field":
            for path in self.meanings.paths(node, scope):
                self._use(node, path, ())
            arguments = arguments[1:]
        elif name in _ASKING:
            return [(a, scope) for a in arguments if not _is_name(a)]
        elif name == "@This":
            return []
        words = [path[1] for argument in arguments for path in self.meanings.paths(argument, scope) if path[0] == TEXT]
        self._use(node, (name,), tuple(words[:_MAX_WORDS]))
        return [(argument, scope) for argument in arguments]

    def _words(self, node: Node, scope: Scope) -> tuple[str, ...]:
        words: list[str] = []
        pending = [part for part in reversed(node.parts) if part is not node.fields.get("function")]
        left = 200
        while pending and len(words) < _MAX_WORDS and left:
            part = pending.pop()
            left -= 1
            if part.kind in ("string", "multiline_string", "identifier", "field_expression", "binary_expression"):
                texts = [path[1] for path in self.meanings.paths(part, scope) if path[0] == TEXT]
                words += texts
                if texts or part.kind != "binary_expression":
                    continue
            if part.kind not in CONTAINERS and part.kind != "call_expression":
                pending.extend(reversed(part.parts))
        return tuple(words[:_MAX_WORDS])

    def _use(self, node: Node, path: Path, words: tuple[str, ...]) -> None:
        if path and path[0] not in (TEXT, SELF) and (path[0].startswith(IMPORT) or self.matters(path)):
            self.uses.append(Use(node.line, node.column, path[:MAX_PARTS], words))


def _base(node: Node) -> Node:
    """What a chain of fields and types rests on."""
    while True:
        if node.kind == "field_expression" and "object" in node.fields:
            node = node.fields["object"]
        elif node.kind in TYPES and node.parts:
            node = node.parts[-1]
        else:
            return node


def _is_name(node: Node) -> bool:
    """Whether the node only names something, without calling anything."""
    base = _base(node)
    return base.kind in ("identifier", "builtin_type") or builtin(base) in ("@import", "@This")


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
