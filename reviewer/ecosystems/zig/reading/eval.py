"""Follows the functions of build files: which node is evaluated how is in `build_expressions` and `build_statements`."""

from collections.abc import Callable, Sequence

from reviewer.ecosystems.zig.reading.dispatch import Dispatcher
from reviewer.ecosystems.zig.reading.expressions import EXPRESSIONS, TYPE_PASSING, needs_type, struct_value
from reviewer.ecosystems.zig.reading.members import member
from reviewer.ecosystems.zig.reading.scope import Cell, Frame, Function, Scope, Shape, declare
from reviewer.ecosystems.zig.reading.statements import STATEMENTS
from reviewer.ecosystems.zig.reading.syntax import Node, after_value, identifier
from reviewer.ecosystems.zig.reading.values import (
    MAX_ITEMS,
    NOTHING,
    UNKNOWN,
    Choice,
    Items,
    Record,
    Tag,
    Value,
    alternatives,
    join,
)
from reviewer.ecosystems.zig.reading.world import Call, OutOfBoundsError, World
from reviewer.progress import Progress

MAX_EVALUATIONS = 600_000
"""Nodes evaluated for one instance of a package."""
MAX_TOTAL = 1_000_000
"""Nodes evaluated for all of a project."""
MAX_DEPTH = 150
"""Evaluations inside each other; each takes two to five of Python's 1000 frames."""
MAX_REPEAT = 3
"""How often a function may be followed inside itself."""

_HANDLERS = {**EXPRESSIONS, **STATEMENTS}


class Evaluator:
    """Follows functions. `load` finds the file behind an @import (None: it is not there), as a container or part of zig's library."""

    def __init__(self, world: World, load: Callable[[Frame, str], Value], progress: Progress) -> None:
        self.world = world
        self.load = load
        self.progress = progress
        self.dispatch = Dispatcher(world, self)
        self.frame: Frame
        self.conditional = 0
        self.depth = 0
        self.left = MAX_EVALUATIONS
        self.total = MAX_TOTAL
        self.active: list[Node] = []

    def invoke(self, function: Function, args: Sequence[Value], node: Node) -> Value:
        """Follow a call of a function whose source is here; the value that it returns."""
        body = function.node.fields.get("body")
        if body is None or self.active.count(function.node) >= MAX_REPEAT or self.depth >= MAX_DEPTH:
            return self.world.opaque(self.frame, node, function.name, args)
        call = self.frame.at(node) if self.frame.function else ()  # zig itself calls `build`
        frame = Frame(function.shape.file, function.name, function.shape, call, function.node.fields.get("type"))
        scope = Scope(function.shape.scope)
        self._bind(
            scope, function.node.fields.get("parameters") or function.node.child("parameters"), args, function.shape
        )
        caller, self.frame = self.frame, frame
        self.active.append(function.node)
        try:
            self.eval(body, scope)
        finally:
            self.frame = caller
            self.active.pop()
        return join(frame.returned)

    def _bind(self, scope: Scope, parameters: Node | None, args: Sequence[Value], shape: Shape) -> None:
        declared = [p for p in parameters.children if p.kind == "parameter"] if parameters is not None else []
        for index, parameter in enumerate(declared):
            value = args[index] if index < len(args) else UNKNOWN
            if "type" in parameter.fields:
                value = self.coerce(value, parameter.fields["type"], shape.scope)
            declare(scope, identifier(parameter.fields.get("name")), value, self.conditional)

    def declaration(self, shape: Shape, name: str) -> Value:
        """`Container.name`: a declaration, evaluated when it is first used; an enum's field; unknown otherwise."""
        if (cell := shape.cells.get(name)) is not None:
            return cell.value
        node = shape.declarations.get(name)
        if node is None:
            return Tag(name) if name in shape.fields else UNKNOWN
        cell = shape.cells[name] = Cell(UNKNOWN, 0)
        if node.kind == "function_declaration":
            cell.value = Function(shape, node, name)
            return cell.value
        outer, self.frame = self.frame, Frame(shape.file, name, shape)
        try:
            cell.value = self.initial(node, shape.scope)
        finally:
            self.frame = outer
        return cell.value

    def member(self, value: Value, name: str) -> Value:
        """`value.name`."""
        found = []
        for one in value.values if isinstance(value, Choice) else (value,):
            if isinstance(one, Shape):
                found.append(self.declaration(one, name))
            elif isinstance(one, Record):
                found.append(self._field(one, name))
            else:
                found.append(member(one, name))
        return join(found)

    def _field(self, record: Record, name: str) -> Value:
        if name in record.fields:
            return record.fields[name]
        shape = record.shape
        if isinstance(shape, Shape):
            field = shape.fields.get(name)
            if field is None:
                return self.declaration(shape, name)
            default = field.parts[-1] if field.child("=") else None
            if default is not None:
                return self.coerce(self.eval(default, shape.scope), field.fields.get("type"), shape.scope)
        return UNKNOWN

    def eval(self, node: Node, scope: Scope) -> Value:
        """The value of any node; statements have none."""
        self.left -= 1
        if self.left <= 0:
            raise OutOfBoundsError(*self.frame.at(node))
        if not self.left & 0xFFF:
            self.progress.check()
        if self.depth >= MAX_DEPTH:
            self.world.unanalyzed(self.frame, node, "nested too deeply to be followed")
            return UNKNOWN
        self.depth += 1
        try:
            handler = _HANDLERS.get(node.kind)
            return self.look_through(node, scope) if handler is None else handler(self, node, scope)
        finally:
            self.depth -= 1

    def charge(self, args: Sequence[Value]) -> None:
        """Long lists cost as much as the code that wrote them."""
        self.left -= sum(len(arg.items) for arg in args if isinstance(arg, Items)) >> 3

    def look_through(self, node: Node, scope: Scope) -> Value:
        """What has no meaning here is still looked through."""
        for part in node.parts:
            self.eval(part, scope)
        return UNKNOWN

    def last(self, node: Node, scope: Scope) -> Value:
        """The value of the last part."""
        value: Value = NOTHING
        for part in node.parts:
            value = self.eval(part, scope)
        return value

    def maybe(self, node: Node, scope: Scope) -> Value:
        """A part that may not be executed."""
        self.conditional += 1
        try:
            return self.eval(node, scope)
        finally:
            self.conditional -= 1

    def capture(self, payload: Node, values: Sequence[Value], scope: Scope) -> None:
        """Declare the names of `|a, b|`."""
        names = [part for part in payload.parts if part.kind == "identifier"]
        for index, name in enumerate(names):
            value = values[index] if index < len(values) else UNKNOWN
            declare(scope, identifier(name), value, self.conditional)

    def initial(self, node: Node, scope: Scope) -> Value:
        """The value that a declaration gives, by its type if it names one."""
        values = after_value(node)
        if not values:
            return UNKNOWN
        value = self.typed(values[-1], node.fields.get("type"), scope)
        if values[-1].kind == "undefined":
            return self._blank(node.fields.get("type"), scope)
        if isinstance(value, Record) and values[-1].kind == "identifier":
            return Record(dict(value.fields), value.shape, self.conditional)  # a copy, as zig makes it
        return value

    def _blank(self, kind: Node | None, scope: Scope) -> Value:
        """An array that is filled later, of the containers that it is declared for."""
        if kind is None or kind.kind != "array_type" or len(kind.parts) != 2:
            return NOTHING
        length, element = self.eval(kind.parts[0], scope), self.eval(kind.parts[1], scope)
        if not isinstance(length, int) or not isinstance(element, Shape):
            return NOTHING
        return Items(Record({}, element, self.conditional) for _ in range(min(length, MAX_ITEMS)))

    def coerce(self, value: Value, kind: Node | None, scope: Scope) -> Value:
        """A value where a type is expected: struct literals learn their container, `.empty` and `.{}` become lists."""
        if kind is None or not any(isinstance(one, Record | Items | Tag) for one in alternatives(value)):
            return value
        expected = self.eval(kind, scope)
        return join(
            self.dispatch.fit(one, expected) for one in (value.values if isinstance(value, Choice) else (value,))
        )

    def typed(self, node: Node, kind: Node | None, scope: Scope) -> Value:
        """An expression where a type is named, which is what `.init(…)` and `.{}` refer to."""
        if kind is None or not needs_type(node):
            return self.coerce(self.eval(node, scope), kind, scope)
        return self.expect(node, self.eval(kind, scope), scope)

    def expect(self, node: Node, expected: Value, scope: Scope) -> Value:
        """An expression where a type is expected."""
        while node.kind in TYPE_PASSING and node.parts:
            node = node.parts[-1]
        function = node.fields.get("function")
        if self.depth >= MAX_DEPTH or not needs_type(node):
            value = self.eval(node, scope)
        elif function is not None:
            args = [self.eval(part, scope) for part in node.parts if part is not function]
            call = Call(self.frame, node.child("(") or node, identifier(function.fields.get("member")), args)
            return self.dispatch.method(expected, call)
        else:
            self.depth += 1
            try:
                value = struct_value(self, node, scope, expected)
            finally:
                self.depth -= 1
        return join(
            self.dispatch.fit(one, expected) for one in (value.values if isinstance(value, Choice) else (value,))
        )
