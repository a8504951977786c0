"""Expressions of a build file, over the values of `build_values`."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from reviewer.ecosystems.zig.reading.scope import Cell, Scope, Shape, find
from reviewer.ecosystems.zig.reading.syntax import Node, identifier, string_value
from reviewer.ecosystems.zig.reading.values import (
    MAX_TEXT,
    NOTHING,
    NULL,
    UNKNOWN,
    Builder,
    Choice,
    Items,
    Part,
    Record,
    Std,
    Tag,
    Value,
    alternatives,
    join,
    text_of,
    tracked,
)
from reviewer.ecosystems.zig.reading.world import Call

if TYPE_CHECKING:
    from reviewer.ecosystems.zig.reading.eval import Evaluator

_Handler = Callable[["Evaluator", Node, Scope], Value]


def _identifier(ev: "Evaluator", node: Node, scope: Scope) -> Value:
    found = find(scope, identifier(node))
    if isinstance(found, Cell):
        return found.value
    return ev.declaration(found[0], identifier(node)) if found is not None else UNKNOWN


def _string(_: "Evaluator", node: Node, __: Scope) -> Value:
    return string_value(node)


def _integer(_: "Evaluator", node: Node, __: Scope) -> Value:
    return int(node.text) if node.text.isdecimal() and len(node.text) < 19 else UNKNOWN


def _boolean(_: "Evaluator", node: Node, __: Scope) -> Value:
    return bool(node.children) and node.children[0].kind == "true"


def _field_expression(ev: "Evaluator", node: Node, scope: Scope) -> Value:
    name = identifier(node.fields.get("member"))
    owner = node.fields.get("object")
    if owner is None:
        return Tag(name)
    value = ev.member(ev.eval(owner, scope), name)
    if isinstance(value, Std):
        ev.frame.file.followed.add(id(node.fields.get("member")))
    return value


def _unwrap(ev: "Evaluator", node: Node, scope: Scope) -> Value:
    return join(alternatives(ev.last(node, scope)))


def _unary(ev: "Evaluator", node: Node, scope: Scope) -> Value:
    value = ev.last(node, scope)
    operator = node.fields.get("operator")
    return value if operator is not None and operator.kind == "&" else UNKNOWN


def _binary(ev: "Evaluator", node: Node, scope: Scope) -> Value:
    # A long `a ++ b ++ c` nests to the left.
    spine = [node]
    while (left := spine[-1].fields.get("left")) is not None and left.kind == "binary_expression":
        spine.append(left)
    first = spine[-1].fields.get("left")
    value = ev.eval(first, scope) if first is not None else UNKNOWN
    for one in reversed(spine):
        operator = one.fields.get("operator")
        right = one.fields.get("right")
        if right is not None:
            value = _operate(ev, operator.kind if operator is not None else "", value, right, scope)
    return value


def _operate(ev: "Evaluator", operator: str, left: Value, right: Node, scope: Scope) -> Value:
    if operator in ("orelse", "and", "or"):
        other = ev.maybe(right, scope)
        return _or_else(left, other) if operator == "orelse" else UNKNOWN
    other = ev.eval(right, scope)
    if operator == "++":
        return _concatenate(left, other)
    return UNKNOWN


def _catch(ev: "Evaluator", node: Node, scope: Scope) -> Value:
    parts = node.parts
    if not parts:
        return UNKNOWN
    value = ev.eval(parts[0], scope)
    inner = Scope(scope)
    if (payload := node.child("payload")) is not None:
        ev.capture(payload, [NOTHING], inner)  # an error
    other = ev.maybe(parts[-1], inner) if len(parts) > 1 else NOTHING
    return join((value, other))


def _index(ev: "Evaluator", node: Node, scope: Scope) -> Value:
    owner = node.fields.get("object")
    index = node.fields.get("index")
    value = ev.eval(owner, scope) if owner is not None else UNKNOWN
    at = ev.eval(index, scope) if index is not None else UNKNOWN
    found: list[Value] = []
    for one in alternatives(value):
        if not isinstance(one, Items):
            found.append(Part(one, "an item") if tracked(one) else UNKNOWN)
        elif index is not None and index.kind == "range_expression":
            found.append(one)
        elif isinstance(at, int) and at < len(one.items):
            found.append(one.items[at])
        else:
            found.extend(one.items or [UNKNOWN])
    return join(found) if found else UNKNOWN


TYPE_PASSING = frozenset({"try_expression", "parenthesized_expression", "comptime_expression", "unary_expression"})


def needs_type(node: Node) -> bool:
    """Whether what the expression means depends on the type that is expected there: `.{}`, `.init(…)`, `.empty`."""
    while node.kind in TYPE_PASSING and node.parts:
        node = node.parts[-1]
    if node.kind == "call_expression":
        node = node.fields.get("function", node)
    return node.kind == "anonymous_struct_initializer" or (
        node.kind == "field_expression" and "object" not in node.fields
    )


def _struct_value(ev: "Evaluator", node: Node, scope: Scope) -> Value:
    if node.kind == "struct_initializer" and node.parts:
        expected = ev.eval(node.parts[0], scope)
        return ev.dispatch.fit(struct_value(ev, node, scope, expected), expected)
    return struct_value(ev, node, scope, UNKNOWN)


def struct_value(ev: "Evaluator", node: Node, scope: Scope, expected: Value) -> Value:
    """`.{ … }` where a type is expected; also an enum literal, which needs no more than its name."""
    listed = node.child("initializer_list")
    if listed is None:
        return ev.eval(node, scope) if node.kind == "field_expression" else Record({}, conditional=ev.conditional)
    shape = next((one for one in alternatives(expected) if isinstance(one, Shape)), None)
    fields: dict[str, Value] = {}
    items: list[Value] = []
    for part in listed.parts:
        left = part.fields.get("left") if part.kind == "assignment_expression" else None
        name = identifier(left.fields.get("member")) if left is not None else ""
        if part.kind == "field_initializer" and part.parts:
            name = identifier(part.parts[0])
        if name:
            declared = shape.fields.get(name) if shape is not None else None
            kind = declared.fields.get("type") if declared is not None else None
            right = part.parts[-1]
            if shape is not None and kind is not None and needs_type(right):
                fields[name] = ev.expect(right, ev.eval(kind, shape.scope), scope)
            else:
                fields[name] = ev.eval(right, scope)
        else:
            items.append(ev.expect(part, expected, scope) if shape is not None else ev.eval(part, scope))
    return Items(items) if items else Record(fields, conditional=ev.conditional)


def _container(ev: "Evaluator", node: Node, scope: Scope) -> Value:
    return Shape(node, scope, ev.frame.file)


def _call(ev: "Evaluator", node: Node, scope: Scope) -> Value:
    function = node.fields.get("function")
    opened = node.child("(") or node
    if function is None:
        return ev.look_through(node, scope)
    args = [part for part in node.parts if part is not function]
    if function.kind == "field_expression":
        name = function.fields.get("member")
        owner = function.fields.get("object")
        receiver = ev.eval(owner, scope) if owner is not None else Tag("")
        if any(isinstance(one, Builder | Std) for one in alternatives(receiver)):
            ev.frame.file.followed.add(id(name))
        call = Call(ev.frame, opened, identifier(name), [ev.eval(arg, scope) for arg in args])
        ev.charge(call.args)
        return ev.dispatch.method(receiver, call)
    named = function.child("arguments") if identifier(function.child("builtin_identifier")) == "@field" else None
    if named is not None and len(named.parts) == 2 and named.parts[1].kind == "string":
        # `@field(b, "name")(…)` is `b.name(…)`
        receiver = ev.eval(named.parts[0], scope)
        call = Call(ev.frame, opened, string_value(named.parts[1]), [ev.eval(arg, scope) for arg in args])
        return ev.dispatch.method(receiver, call)
    callee = ev.eval(function, scope)
    call = Call(ev.frame, opened, identifier(function), [ev.eval(arg, scope) for arg in args])
    ev.charge(call.args)
    return ev.dispatch.value(callee, call)


def _builtin(ev: "Evaluator", node: Node, scope: Scope) -> Value:
    name = node.child("builtin_identifier")
    arguments = node.child("arguments")
    args = [ev.eval(part, scope) for part in arguments.parts] if arguments is not None else []
    return ev.dispatch.builtin(Call(ev.frame, node, name.text if name is not None else "", args))


def _or_else(left: Value, right: Value) -> Value:
    values = left.values if isinstance(left, Choice) else (left,)
    if any(one is NULL or one is UNKNOWN or one is NOTHING for one in values):
        known = [one for one in values if one is not NULL]
        return join((*known, right))
    return left


def _concatenate(left: Value, right: Value) -> Value:
    if isinstance(left, Items) and isinstance(right, Items):
        return Items([*left.items, *right.items])
    if isinstance(left, Record) and not left.fields:
        return right
    if isinstance(right, Record) and not right.fields:
        return left
    if isinstance(left, Items) or isinstance(right, Items):
        known = left if isinstance(left, Items) else right
        return Items([*known.items, UNKNOWN])
    if isinstance(left, str) or isinstance(right, str):
        text = text_of(left) + text_of(right)
        return text if len(text) <= MAX_TEXT else UNKNOWN
    return UNKNOWN


def _last(ev: "Evaluator", node: Node, scope: Scope) -> Value:
    return ev.last(node, scope)


_TYPES = ("pointer_type", "slice_type", "array_type", "nullable_type", "error_union_type")
_CONTAINERS = ("struct_declaration", "enum_declaration", "union_declaration", "opaque_declaration")

EXPRESSIONS: dict[str, _Handler] = {
    "identifier": _identifier,
    "string": _string,
    "multiline_string": _string,
    "integer": _integer,
    "boolean": _boolean,
    "null": lambda *_: NULL,
    "error_type": lambda *_: NOTHING,
    "undefined": lambda *_: NOTHING,
    "unreachable": lambda *_: NOTHING,
    "field_expression": _field_expression,
    "null_coercion_expression": _unwrap,
    "dereference_expression": _last,
    "try_expression": _last,
    "comptime_expression": _last,
    "comptime_type_expression": _last,
    "comptime_statement": _last,
    "nosuspend_statement": _last,
    "nosuspend_expression": _last,
    "expression_statement": _last,
    "parenthesized_expression": _last,
    "block_expression": _last,
    "unary_expression": _unary,
    "binary_expression": _binary,
    "catch_expression": _catch,
    "index_expression": _index,
    "anonymous_struct_initializer": _struct_value,
    "struct_initializer": _struct_value,
    "call_expression": _call,
    "builtin_function": _builtin,
    "continue_expression": lambda *_: NOTHING,
    **dict.fromkeys(_TYPES, _last),
    **dict.fromkeys(_CONTAINERS, _container),
}
"""By kind of node in tree-sitter-zig."""
