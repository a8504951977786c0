"""Where in a project the thing is that a place in Zig source names: a declaration, an imported file, a dependency, a module, a path.

For reading, not for proof: names are followed through the scopes of one file and along imports, nothing is evaluated.
"""

import os
import posixpath
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import tree_sitter
import tree_sitter_zig

from reviewer.content.read import read_source
from reviewer.ecosystems.zig.packages.manifest import load_manifest
from reviewer.ecosystems.zig.reading.syntax import MAX_BYTES
from reviewer.errors import ReviewerError
from reviewer.model.graph import Graph, Location

BUILD_FILE = "build.zig"
_DEPENDENCY = {"dependency", "lazyDependency", "lazyImport", "dependencyFromBuildZig"}
_RUN_CREATORS = {"addRunArtifact", "addSystemCommand", "addRunFile"}
_MEMBERS = {"function_declaration", "container_field"}
_MOST_OCCURRENCES = 2_000
_MOST_STEPS = 8
"""How far one name is followed to the next."""

_PARSER = tree_sitter.Parser(tree_sitter.Language(tree_sitter_zig.language()))

_Node = tree_sitter.Node


def find_definitions(graph: Graph, package: str, file: str, source: str, line: int, column: int) -> Iterator[Location]:
    """The places that the name at a line and column (characters, from 1) may stand for, the best first; a file may be missing there."""
    parsed = _File(graph, package, file, source)
    node = parsed.node_at(line, column)
    if node is None or node.type not in {"identifier", "string", "string_content", "builtin_identifier"}:
        yield from _program_of(graph, package, file, line)
    elif node.type == "identifier":
        if _text(node) in _RUN_CREATORS:
            yield from _program_of(graph, package, file, line)
        yield from parsed.named_by(node, _MOST_STEPS)
    else:
        yield from parsed.told_by_string(node, _MOST_STEPS)


def _program_of(graph: Graph, package: str, file: str, line: int) -> Iterator[Location]:
    """The source of the program that a run step executes which is created here."""
    for step in graph.run_steps:
        here = any((place.package, place.file, place.line) == (package, file, line) for place in step.created_at)
        if here and step.run is not None and step.run.program_source is not None:
            yield step.run.program_source


class _File:
    """One file of a package, parsed."""

    def __init__(self, graph: Graph, package: str, path: str, source: str) -> None:
        self.graph = graph
        self.package = package
        self.path = path
        data = source.encode("utf-8", "replace")
        self._data = data if len(data) <= MAX_BYTES else b""
        self.root = _PARSER.parse(self._data).root_node
        self._lines = source.split("\n")

    def node_at(self, line: int, column: int) -> _Node | None:
        """The smallest named node at a place, or just before it."""
        if not 1 <= line <= len(self._lines):
            return None
        for at in (column - 1, column - 2):
            if at >= 0:
                offset = len(self._lines[line - 1][:at].encode("utf-8", "replace"))
                node = self.root.named_descendant_for_point_range((line - 1, offset), (line - 1, offset + 1))
                if node is not None and node.type in {"identifier", "string", "string_content", "builtin_identifier"}:
                    return node
        return None

    def location(self, node: _Node) -> Location:
        """Where a node is."""
        row, offset = node.start_point
        column = len(self._lines[row].encode("utf-8", "replace")[:offset].decode("utf-8", "replace")) + 1
        return Location(self.package, self.path, row + 1, column)

    # Names

    def named_by(self, node: _Node, left: int) -> Iterator[Location]:
        """What an identifier stands for."""
        if left <= 0:
            return
        parent = node.parent
        if parent is not None and parent.type == "field_expression" and parent.child_by_field_name("member") == node:
            yield from self._member(parent.child_by_field_name("object"), _text(node), left)
            return
        found = self._declared(node)
        if found is None:
            return
        if found != node:
            yield self.location(found)
        else:  # on the declaration itself: on to what it is
            yield from self._value_of(found, left - 1)

    def _member(self, container: _Node | None, name: str, left: int) -> Iterator[Location]:
        for file, scope in self._containers(container, left):
            for child in scope.named_children:
                yield from (file.location(node) for node in _declared_names(child) if _text(node) == name)
        found = self._only_member(name)  # of whatever the value's type is
        if found is not None:
            yield self.location(found)

    def _only_member(self, name: str) -> _Node | None:
        """The one function or field of this name in the file; None where there are several."""
        found = []
        for match in islice(re.finditer(rb"\b%s\b" % re.escape(name.encode()), self._data), _MOST_OCCURRENCES):
            node = self.root.named_descendant_for_byte_range(*match.span())
            parent = node.parent if node is not None and node.type == "identifier" else None
            if parent is not None and parent.type in _MEMBERS and node in _declared_names(parent):
                found.append(node)
        return found[0] if len(found) == 1 else None

    def _containers(self, node: _Node | None, left: int) -> Iterator[tuple["_File", _Node]]:
        """What a name before a dot may be: another file, or a struct of this one."""
        value = node
        if node is not None and node.type == "identifier":
            declared = self._declared(node)
            value = _value(declared) if declared is not None else None
        if value is None or left <= 0:
            return
        imported = self._import_in(value)
        if imported is not None:
            for place in self._imported(imported):
                other = self._open(place)
                if other is not None:
                    yield other, other.root
        elif value.type.endswith("_declaration"):
            yield self, value

    def _open(self, place: Location) -> "_File | None":
        try:
            text = read_source(Path(self.graph.package[place.package].root), place.file, MAX_BYTES)
        except ReviewerError:
            return None
        return _File(self.graph, place.package, place.file, text)

    def _value_of(self, declared: _Node, left: int) -> Iterator[Location]:
        value = _value(declared)
        if value is None or left <= 0:
            return
        for string in _strings(value):
            found = list(self.told_by_string(string, left))
            if found:
                yield from found
                return

    def _declared(self, node: _Node) -> _Node | None:
        """The identifier that declares a name, in the innermost scope around a node."""
        name, scope = _text(node), node.parent
        if scope is not None and node in _declared_names(scope):
            return node
        while scope is not None:
            for child in _declaring_children(scope):
                for declared in _declared_names(child):
                    if _text(declared) == name:
                        return declared
            scope = scope.parent
        return None

    # Strings

    def told_by_string(self, node: _Node, left: int) -> Iterator[Location]:
        """What a string leads to: an import, a dependency, a module, a path."""
        string = node.parent if node.type == "string_content" else node
        if string is not None and string.type == "builtin_identifier" and string.parent is not None:
            string = next(iter(_strings(string.parent)), None)
        if string is None:
            return
        value, call = _string_text(string), _call_around(string)
        name = _called(call)
        if name == "@import":
            yield from self._imported(value)
        elif name in _DEPENDENCY:
            yield from self._of_dependency(value)
        elif name in {"module", "artifact"}:
            yield from self._exported(call, name, value, left)
        elif self.path.endswith(".zon"):
            yield from self._packages_at(value)
        elif "." in value or "/" in value:
            packages = list(self._receiver_packages(call, left)) if name == "path" else []
            for package in packages or [self.package]:
                yield Location(package, posixpath.normpath(value), 1)
            beside = posixpath.normpath(posixpath.join(posixpath.dirname(self.path), value))
            yield Location(self.package, beside, 1)

    def _import_in(self, value: _Node) -> str | None:
        if value.type == "builtin_function" and _called(value) == "@import":
            return next((_string_text(string) for string in _strings(value)), None)
        return None

    def _imported(self, name: str) -> Iterator[Location]:
        if name.endswith((".zig", ".zon")):
            path = posixpath.normpath(posixpath.join(posixpath.dirname(self.path), name))
            yield Location(self.package, path, 1)
            return
        modules = [module for module in self.graph.modules if module.package == self.package]
        for module in sorted(modules, key=lambda module: module.root_source != self.path):
            target = self.graph.module.get(dict(module.imports).get(name, ""))
            if target is not None and target.root_source is not None:
                yield Location(target.package, target.root_source, 1)
        yield from self._of_dependency(name)

    def _of_dependency(self, name: str) -> Iterator[Location]:
        package = self._dependency(name)
        if package is not None:
            yield Location(package, BUILD_FILE, 1)

    def _dependency(self, name: str) -> str | None:
        """The package that the manifest calls so."""
        folder = self.graph.package[self.package].root
        try:
            dependencies = load_manifest(Path(folder)).dependencies
        except ReviewerError:
            return None
        for dependency in dependencies:
            if dependency.name == name:
                return next(
                    (place.package for place in self._packages_at(dependency.path or dependency.hash or "")), None
                )
        return None

    def _packages_at(self, place: str) -> Iterator[Location]:
        """The package with this hash, or in this folder as seen from here."""
        folder = os.path.realpath(f"{self.graph.package[self.package].root}/{place}")
        for package in self.graph.packages:
            if package.pin == place or package.root == folder:
                yield Location(package.id, BUILD_FILE, 1)

    def _receiver_packages(self, call: _Node | None, left: int) -> Iterator[str]:
        """The package of `x` in `x.path("…")`, where `x` is a dependency."""
        function = call.child_by_field_name("function") if call is not None else None
        receiver = function.child_by_field_name("object") if function is not None else None
        for place in self._dependency_in(receiver, left):
            yield place.package

    def _dependency_in(self, node: _Node | None, left: int) -> Iterator[Location]:
        if node is None or left <= 0:
            return
        if node.type == "identifier":
            declared = self._declared(node)
            yield from self._dependency_in(_value(declared) if declared is not None else None, left - 1)
            return
        for string in _strings(node):
            if _called(_call_around(string)) in _DEPENDENCY:
                yield from self._of_dependency(_string_text(string))

    def _exported(self, call: _Node | None, kind: str, value: str, left: int) -> Iterator[Location]:
        """The root file of a module or program of a dependency."""
        for package in self._receiver_packages(call, left):
            for module in self.graph.modules:
                if kind == "module" and (module.package, module.name) == (package, value) and module.root_source:
                    yield Location(package, module.root_source, 1)
            for step in self.graph.steps:
                root = self.graph.module.get(step.root_module or "")
                is_it = kind == "artifact" and step.package == package and value in step.name.split()
                if is_it and root is not None and root.root_source:
                    yield Location(package, root.root_source, 1)
            yield Location(package, BUILD_FILE, 1)


def _text(node: _Node) -> str:
    return (node.text or b"").decode("utf-8", "replace")


def _string_text(string: _Node) -> str:
    return "".join(_text(part) for part in string.named_children if part.type == "string_content")


def _strings(node: _Node) -> Iterator[_Node]:
    """The strings in a node, in order."""
    pending = [node]
    while pending:
        here = pending.pop()
        if here.type == "string":
            yield here
        else:
            pending.extend(reversed(here.named_children))


def _call_around(string: _Node) -> _Node | None:
    """The call that a string is an argument of."""
    parent = string.parent
    if parent is not None and parent.type == "arguments":
        parent = parent.parent
    return parent if parent is not None and parent.type in {"call_expression", "builtin_function"} else None


def _called(call: _Node | None) -> str:
    """The last name of what is called: `addModule`, `@import`."""
    if call is None:
        return ""
    if call.type == "builtin_function":
        return next((_text(child) for child in call.named_children if child.type == "builtin_identifier"), "")
    function = call.child_by_field_name("function")
    member = function.child_by_field_name("member") if function is not None else None
    return _text(member) if member is not None else ""


def _declaring_children(scope: _Node) -> Iterator[_Node]:
    """The parts of a scope that may declare names in it."""
    for child in scope.named_children:
        yield child
        if child.type == "parameters":
            yield from child.named_children


def _declared_names(node: _Node) -> list[_Node]:
    """The identifiers that a node declares."""
    if node.type == "variable_declaration":
        names = []
        for child in node.children:
            if child.type in {"=", ":"}:
                break
            if child.type == "identifier":
                names.append(child)
        return names
    if node.type in {"function_declaration", "parameter", "container_field"}:
        name = node.child_by_field_name("name")
        return [name] if name is not None else []
    if node.type == "payload":
        return [child for child in node.named_children if child.type == "identifier"]
    return []


def _value(declared: _Node) -> _Node | None:
    """What a declared name is set to."""
    parent = declared.parent
    if parent is None or parent.type != "variable_declaration":
        return None
    equals = next((at for at, child in enumerate(parent.children) if child.type == "="), None)
    if equals is None:
        return None
    return next((child for child in parent.children[equals + 1 :] if child.is_named), None)
