"""The proof that a package's build code only describes a build: every part of every line must be of a kind that is known to be harmless.

All code of build.zig and of the files of the package that it imports is checked, called or not. A call must be of a function whose source
is checked too, or of one on the list (`listed`), on a value whose type is known. Whatever is not understood is a hindrance: the
proof fails closed.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from reviewer.analysis.zig.declarative.listed import DATA, DeclarativeList
from reviewer.analysis.zig.declarative.names import (
    CONTAINERS,
    THROUGH,
    TYPE_THROUGH,
    File,
    Function,
    Hindrance,
    Library,
    Local,
    Names,
    Scope,
    Struct,
    builtin_name,
    is_chain,
    is_local_variable,
)
from reviewer.analysis.zig.declarative.text import hindrance_in_string
from reviewer.ecosystems.zig.reading.syntax import (
    Node,
    after_value,
    before_value,
    identifier,
    string_value,
)

MAX_HINDRANCES = 20
# Kinds that do nothing by themselves: their parts are checked.
_HARMLESS = THROUGH | TYPE_THROUGH | CONTAINERS | frozenset({
    "source_file", "block", "if_statement", "if_expression", "for_statement", "for_expression", "while_statement", "while_expression",
    "switch_expression", "switch_case", "else_clause", "return_expression", "break_expression", "continue_expression", "break_label",
    "block_label", "defer_statement", "errdefer_statement", "catch_expression", "binary_expression", "anonymous_struct_initializer",
    "struct_initializer", "initializer_list", "range_expression", "string", "multiline_string", "character", "integer", "float", "boolean",
    "builtin_type", "error_type", "null", "undefined", "unreachable", "payload", "container_field", "parameters", "parameter",
    "labeled_type_expression", "index_expression", "slice_expression", "range", "string_content", "escape_sequence", "character_content",
    "error_expression", "anyframe_type",
})  # fmt: skip
_RESERVED = frozenset({"std_options", "panic", "main", "_start", "os", "root", "debug", "start", "dependencies"})
_PLACES = frozenset({"include_path", "install_subdir", "dest_sub_path", "custom", "basename", "dest_rel_path"})


class Proof(NamedTuple):
    """`files` with their numbers of lines; declarative where there is no hindrance."""

    files: tuple[tuple[str, int], ...]
    hindrances: tuple[Hindrance, ...]


def prove(read: Callable[[str], str], start: str, known: DeclarativeList) -> Proof:
    """Check `start` and all that it imports; `read` gives the text of a file of the package and raises ValueError saying why it cannot."""
    return _Prover(read, known).prove(start)


class HinderedError(Exception):
    """Enough is known: this is not declarative."""


class _Prover(Names):
    def prove(self, start: str) -> Proof:
        try:
            first = self.load(start, start, 1)
            while self.pending:
                self.file = self.pending.pop()
                self._file(self.file)
            if first is not None and not any(_is_build(child) for child in first.root.children):
                self.hindrances.append(Hindrance(start, 1, "there is no `pub fn build` of its own in it"))
        except HinderedError:
            pass
        except RecursionError:
            self.hindrances.append(Hindrance(start, 1, "it is nested too deeply to be checked"))
        return Proof(tuple(self.lines.items()), tuple(dict.fromkeys(self.hindrances)))

    def _hinder(self, node: Node, text: str) -> None:
        self.hindrances.append(Hindrance(self.file.path, node.line, text))
        if len(self.hindrances) >= MAX_HINDRANCES:
            raise HinderedError

    # Checking: every node is met exactly once

    def _file(self, file: File) -> None:
        local = Local(file, file.root)
        for child in file.root.children:
            if child.kind == "container_field":
                self._hinder(child, "a build file with fields is not usual")
        self._members(local, Scope(None, local), top=True)

    def _members(self, local: Local, scope: Scope, *, top: bool = False) -> None:
        for child in local.node.children:
            if not child.named:
                continue
            if child.kind == "function_declaration":
                self._function(child, scope, top=top)
            elif child.kind == "variable_declaration":
                self._global(child, scope, top=top)
            elif child.kind == "container_field":
                self._check_parts(child, scope, skip=("name",))
            elif child.kind == "comptime_declaration":
                self._hinder(child, "code that runs while it is compiled stands at the top")
            elif child.kind == "using_namespace_declaration":
                self._hinder(child, "usingnamespace brings in names that are not written here")
            elif child.kind == "test_declaration":
                self._hinder(child, "tests in build code are not usual")
            else:
                self._check(child, scope)

    def _function(self, node: Node, scope: Scope, *, top: bool) -> None:
        name = identifier(node.fields.get("name"))
        for word in ("extern", "export", "callconv", "calling_convention", "noinline"):
            if node.child(word) is not None:
                self._hinder(node, f"{name} is declared {word}")
        if top and name in _RESERVED:
            self._hinder(node, f"{name} has a meaning of its own to zig")
        if node.fields.get("body") is None:
            self._hinder(node, f"{name} has no body")
            return
        inner = Scope(scope)
        parameters = node.fields.get("parameters") or node.child("parameters")
        for parameter in parameters.children if parameters is not None else ():
            if parameter.kind == "parameter":
                kind = parameter.fields.get("type")
                inner.names[identifier(parameter.fields.get("name"))] = self.type_of(kind, scope)
                if kind is not None:
                    self._check_type(kind, inner)
        if (returns := node.fields.get("type")) is not None:
            self._check_type(returns, inner)
        known = {"name", "type", "body", "parameters"}
        for part in node.parts:
            if part.kind not in ("parameters", "pub", "identifier") and part not in [node.fields.get(k) for k in known]:
                self._hinder(part, f"{part.kind.replace('_', ' ')} is not on the list")
        self._check(node.fields["body"], inner)

    def _global(self, node: Node, scope: Scope, *, top: bool) -> None:
        for word in ("extern", "export", "threadlocal", "var", "comptime"):
            if node.child(word) is not None:
                self._hinder(node, f"a declaration with {word}")
        for target in before_value(node):
            if target.kind == "identifier" and top and identifier(target) in _RESERVED:
                self._hinder(node, f"{identifier(target)} has a meaning of its own to zig")
        self._initializer(node, scope)

    def _initializer(self, node: Node, scope: Scope) -> None:
        if (kind := node.fields.get("type")) is not None:
            self._check_type(kind, scope)
        for value in after_value(node):
            if not self._is_alias(value, scope):
                self._check(value, scope)

    def _is_alias(self, value: Node, scope: Scope) -> bool:
        """`const std = @import("std");` names the library and uses nothing; so does `const Step = std.Build.Step;`"""
        meaning = self.meaning(value, scope)
        return isinstance(meaning, Library) and is_chain(value) and self._imports(value)

    def _imports(self, value: Node) -> bool:
        while value.kind == "field_expression" and "object" in value.fields:
            value = value.fields["object"]
        return value.kind == "identifier" or self.imported(value) is not None

    def _check_parts(self, node: Node, scope: Scope, skip: Sequence[str] = ()) -> None:
        left_out = [node.fields.get(name) for name in skip]
        for part in node.parts:
            if part not in left_out:
                self._check(part, scope)

    def _check(self, node: Node, scope: Scope) -> None:
        kind = node.kind
        if kind == "call_expression":
            self._call(node, scope)
        elif kind == "identifier":
            self._identifier(node, scope)
        elif kind == "field_expression":
            self._field(node, scope)
        elif kind == "builtin_function":
            self._builtin(node, scope)
        elif kind == "variable_declaration":
            self._variable(node, scope)
        elif kind == "assignment_expression":
            self._assignment(node, scope)
        elif kind == "string" or kind == "multiline_string":
            if what := hindrance_in_string(string_value(node)):
                self._hinder(node, what)
        elif kind in CONTAINERS:
            if kind != "error_set_declaration":
                local = Local(self.file, node)
                self._members(local, Scope(scope, local))
        elif kind == "block":
            self._check_parts(node, Scope(scope))
        elif kind == "switch_case":
            self._switch_case(node, scope)
        elif kind in _HARMLESS:
            inner = self._payloads(node, scope) if node.child("payload") is not None else scope
            if node.kind == "anonymous_struct_initializer" or node.kind == "struct_initializer":
                self._literal(node, scope)
            elif node.kind == "binary_expression" and node.child("++") is not None:
                self._joined(node)
                self._check_parts(node, inner)
            else:
                for part in node.parts:
                    if part.kind not in ("payload", "break_label", "block_label", "error_type"):
                        self._check(part, inner)
        else:
            self._hinder(node, f"{kind.replace('_', ' ')} is not on the list")

    def _check_type(self, node: Node, scope: Scope) -> None:
        """Where a type stands, a name does nothing; a call is a call."""
        if node.kind in ("identifier", "builtin_type") or (node.kind == "field_expression" and is_chain(node)):
            return
        if node.kind in TYPE_THROUGH:
            for part in node.parts:
                self._check_type(part, scope)
        else:
            self._check(node, scope)

    def _switch_case(self, node: Node, scope: Scope) -> None:
        inner = Scope(scope)
        payload = node.child("payload")
        for name in payload.parts if payload is not None else ():
            inner.names[identifier(name)] = None
        for part in node.parts:
            if part.kind != "payload" and not (part.kind == "field_expression" and "object" not in part.fields):
                self._check(part, inner)

    def _payloads(self, node: Node, scope: Scope) -> Scope:
        inner = Scope(scope)
        before: list[Node] = []
        for child in node.children:
            if child.kind == "payload":
                break
            if child.named:
                before.append(child)
        first = True
        for payload in (child for child in node.children if child.kind == "payload"):
            for at, name in enumerate(part for part in payload.parts if part.kind == "identifier"):
                known = first and node.kind != "catch_expression" and at < len(before)
                counts = known and before[at].kind == "range_expression"
                inner.names[identifier(name)] = DATA if counts else self.meaning(before[at], scope) if known else None
            first = False
        return inner

    def _identifier(self, node: Node, scope: Scope) -> None:
        meaning = self.meaning(node, scope)
        if isinstance(meaning, Function):
            self._hinder(node, f"the function {identifier(node)} is handed over instead of being called")
        elif isinstance(meaning, Library):
            self._value(node, meaning)

    def _value(self, node: Node, meaning: Library) -> None:
        allowed = any(
            meaning.path == name or (name.endswith(".**") and f"{meaning.path}.".startswith(name.removesuffix("**")))
            for name in self.known.values
        )
        if not allowed and not meaning.path.startswith("builtin"):
            self._hinder(node, f"{meaning.path} is not on the list")

    def _field(self, node: Node, scope: Scope) -> None:
        whole = node.fields.get("object")
        if whole is None:
            return  # `.name` of whatever is expected
        meaning = self.meaning(node, scope)
        if isinstance(meaning, Function):
            self._hinder(
                node, f"the function {identifier(node.fields.get('member'))} is handed over instead of being called"
            )
            return
        if isinstance(meaning, Library):
            self._value(node, meaning)
            return
        owner = self.meaning(whole, scope)
        name = identifier(node.fields.get("member"))
        if isinstance(owner, str) and owner != DATA and name not in self.known.types[owner].fields:
            self._hinder(node, f"{owner}.{name} is not on the list")
        if owner is None and name in self.known.telling:
            self._hinder(node, f".{name} of a value that is not known may tell where it is built")
        if not isinstance(owner, Struct) or not is_chain(whole):
            self._check(whole, scope)

    def _literal(self, node: Node, scope: Scope) -> None:
        kind = next((part for part in node.parts if part.kind != "initializer_list"), None)
        if node.kind == "struct_initializer" and kind is not None:
            self._check_type(kind, scope)
        for items in (part for part in node.parts if part.kind == "initializer_list"):
            if len(items.parts) > 1 and all(part.kind in ("integer", "character") for part in items.parts):
                self._hinder(node, "a text may be put together out of its characters")
            for part in items.parts:
                left, right = part.fields.get("left"), part.fields.get("right")
                if (
                    part.kind == "assignment_expression"
                    and left is not None
                    and right is not None
                    and "object" not in left.fields
                ):
                    name = identifier(left.fields.get("member"))
                    if name in _PLACES:
                        self._place(right)
                    elif name == "makeFn":
                        self._hinder(left, "a step with code of its own")
                    elif name == "cwd_relative":
                        self._hinder(left, "a path that leaves the package")
                    self._check(right, scope)
                else:
                    self._check(part, scope)

    def _place(self, node: Node) -> None:
        """Where something is written is said in full, and lies below where it belongs."""
        if node.kind not in ("string", "null") and not (
            node.kind == "field_expression" and "object" not in node.fields
        ):
            self._hinder(node, "where it writes to is computed")

    def _joined(self, node: Node) -> None:
        first = node
        while first.kind == "binary_expression" and first.parts:
            first = first.parts[0]
        if (
            first.kind == "string"
            and (text := string_value(first)).startswith("-")
            and not text.startswith(("-D", "-I"))
        ):
            self._hinder(node, "a compiler flag is put together out of parts")

    # Calls

    def _call(self, node: Node, scope: Scope) -> None:
        function = node.fields.get("function")
        arguments = [part for part in node.parts if part is not function]
        if function is None:
            self._hinder(node, "a call that is not understood")
            return
        place = self._callee(function, scope)
        for at, argument in enumerate(arguments):
            if at == place:
                self._place(argument)
            self._check(argument, scope)
        if function.kind == "field_expression" and identifier(function.fields.get("member")) in (
            "fmt",
            "allocPrint",
            "comptimePrint",
        ):
            for text in (string_value(argument) for argument in arguments if argument.kind == "string"):
                if "{c" in text or "{u" in text or (text.startswith("-") and not text.startswith(("-D", "-I"))):
                    self._hinder(node, "a compiler flag is put together out of parts")

    def _callee(self, function: Node, scope: Scope) -> int | None:
        """Check what is called; the number of the argument that says where something is written."""
        if function.kind == "identifier":
            meaning = self.meaning(function, scope)
            if isinstance(meaning, Library):
                self._library_call(function, meaning)
            elif not isinstance(meaning, Function):
                self._hinder(function, f"what {identifier(function)}(…) calls is not known")
            return None
        if function.kind != "field_expression" or "object" not in function.fields:
            self._hinder(function, "what is called here is not written out")
            return None
        whole = function.fields["object"]
        name = identifier(function.fields.get("member"))
        meaning = self.meaning(function, scope)
        if isinstance(meaning, Library):
            self._library_call(function, meaning)
            return None
        owner = self.meaning(whole, scope)
        if isinstance(meaning, Function):
            if not isinstance(owner, Struct) or not is_chain(whole):
                self._check(whole, scope)
            return None
        self._check(whole, scope)
        if isinstance(owner, str) and owner != DATA:
            method = self.known.types[owner].methods.get(name)
            if method is None:
                self._hinder(function, f"{owner}.{name}(…) is not on the list")
                return None
            return method.place
        if name not in self.known.data:
            self._hinder(function, f"what .{name}(…) calls is not known")
        return None

    def _library_call(self, node: Node, meaning: Library) -> None:
        if meaning.path not in self.known.functions:
            self._hinder(node, f"{meaning.path}(…) is not on the list")

    def _builtin(self, node: Node, scope: Scope) -> None:
        name = builtin_name(node)
        given = node.child("arguments")
        if name not in self.known.builtins:
            self._hinder(node, f"{name} is not on the list")
        elif name == "@import":
            if self.imported(node) is None:
                self._hinder(node, "it imports something else than the library and files of its own package")
            return
        for argument in given.parts if given is not None else ():
            if name in ("@TypeOf", "@hasDecl", "@hasField", "@typeInfo", "@typeName", "@as", "@sizeOf"):
                self._check_type(argument, scope)
            else:
                self._check(argument, scope)

    # Variables

    def _variable(self, node: Node, scope: Scope) -> None:
        targets = before_value(node)
        declares = any(child.kind in ("const", "var") for child in targets)
        if any(child.kind in ("extern", "export", "threadlocal") for child in node.children):
            self._hinder(node, "a declaration that is not on the list")
        self._initializer(node, scope)
        values = after_value(node)
        kind = node.fields.get("type")
        meaning = self.type_of(kind, scope) if kind is not None else self.meaning(values[-1], scope) if values else None
        names = [target for target in targets if target.kind == "identifier"]
        if not declares:
            for name in names:
                if identifier(name) != "_" and not is_local_variable(identifier(name), scope):
                    self._hinder(name, f"{identifier(name)} is changed, which is not a variable of this function")
            for target in targets:
                if target.kind == "field_expression":
                    self._target(target, scope)
                elif target.named and target.kind not in ("identifier", "index_expression"):
                    self._hinder(target, "what is changed here is not understood")
            return
        if len(names) > 1:
            meaning = None
        for name in names:
            scope.names[identifier(name)] = meaning

    def _assignment(self, node: Node, scope: Scope) -> None:
        left, right = node.fields.get("left"), node.fields.get("right")
        if left is None or right is None:
            self._hinder(node, "what is changed here is not understood")
            return
        self._check(right, scope)
        self._target(left, scope)

    def _target(self, node: Node, scope: Scope) -> None:
        whole = node.fields.get("object")
        if node.kind == "identifier":
            if identifier(node) != "_" and not is_local_variable(identifier(node), scope):
                self._hinder(node, f"{identifier(node)} is changed, which is not a variable of this function")
        elif node.kind == "index_expression" and whole is not None:
            self._check_parts(node, scope, skip=("object",))
            self._target(whole, scope)
        elif node.kind == "field_expression" and whole is not None:
            owner = self.meaning(whole, scope)
            name = identifier(node.fields.get("member"))
            if isinstance(owner, str) and owner != DATA:
                if name not in self.known.types[owner].assign:
                    self._hinder(node, f"{owner}.{name} is changed, which is not on the list")
                self._check(whole, scope)
            elif isinstance(owner, Local) or (
                whole.kind == "identifier" and is_local_variable(identifier(whole), scope) and owner is None
            ):
                self._check(whole, scope)
            else:
                self._hinder(node, "what is changed here is not known")
        else:
            self._hinder(node, "what is changed here is not understood")


def _is_build(node: Node) -> bool:
    named = node.kind == "function_declaration" and identifier(node.fields.get("name")) == "build"
    return named and node.child("pub") is not None
