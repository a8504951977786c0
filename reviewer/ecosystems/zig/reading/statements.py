"""Statements of a build file: both branches of every condition are taken, loops over known lists followed item by item."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from reviewer.ecosystems.zig.reading.expressions import TYPE_PASSING, needs_type
from reviewer.ecosystems.zig.reading.scope import Cell, Scope, declare, find
from reviewer.ecosystems.zig.reading.syntax import Node, after_value, before_value, identifier
from reviewer.ecosystems.zig.reading.values import (
    NOTHING,
    UNKNOWN,
    Builder,
    Choice,
    Items,
    ModuleThing,
    Part,
    Record,
    StepThing,
    Value,
    alternatives,
    join,
    printable,
    tracked,
)
from reviewer.ecosystems.zig.reading.world import Call

if TYPE_CHECKING:
    from reviewer.ecosystems.zig.reading.eval import Evaluator

MAX_LOOP = 512
"""Items of a list that a loop is followed through."""

_Handler = Callable[["Evaluator", Node, Scope], Value]


def _block(ev: "Evaluator", node: Node, scope: Scope) -> Value:
    inner = Scope(scope)
    for part in node.parts:
        ev.eval(part, inner)
    return NOTHING


def _labeled(ev: "Evaluator", node: Node, scope: Scope) -> Value:
    mark = node.child("block_label")
    parts = [part for part in node.parts if part is not mark]
    values: list[Value] = []
    ev.frame.labels.append((identifier(mark.child("identifier")) if mark is not None else "{", values))
    try:
        values.extend(ev.eval(part, scope) for part in parts)
    finally:
        ev.frame.labels.pop()
    return join(values)


def _break(ev: "Evaluator", node: Node, scope: Scope) -> Value:
    label = node.child("break_label")
    for part in node.parts:
        if part is not label:
            name = identifier(label.child("identifier")) if label is not None else ""
            ev.frame.leave(name, ev.eval(part, scope))
    return NOTHING


def _return(ev: "Evaluator", node: Node, scope: Scope) -> Value:
    for part in node.parts:
        value = ev.typed(part, ev.frame.returns, scope)
        ev.frame.returned.append(ev.coerce(value, ev.frame.returns, scope))
    return NOTHING


def _if(ev: "Evaluator", node: Node, scope: Scope) -> Value:
    """Also a chain of `else if`, without nesting."""
    values: list[Value] = []
    pending: Node | None = node
    while pending is not None:
        current, pending = pending, None
        condition = current.fields.get("condition")
        captured: Sequence[Value] = [UNKNOWN]
        if condition is not None:
            captured = [join(alternatives(ev.eval(condition, scope)))]
        inner = Scope(scope)
        for part in _branches(current, condition):
            if part.kind == "payload":
                inner = Scope(scope)
                ev.capture(part, captured, inner)
            elif part.kind in ("if_statement", "if_expression") and values:
                pending = part
            else:
                values.append(ev.maybe(part, inner))
                inner, captured = Scope(scope), [NOTHING]  # what `else` may capture is an error
    return join(values)


def _switch(ev: "Evaluator", node: Node, scope: Scope) -> Value:
    operand: Value = UNKNOWN
    values = []
    for part in node.parts:
        if part.kind != "switch_case":
            operand = ev.eval(part, scope)
            continue
        inner = Scope(scope)
        if (payload := part.child("payload")) is not None:
            ev.capture(payload, [join(alternatives(operand))], inner)
        if part.parts:
            values.append(ev.maybe(part.parts[-1], inner))
    return join(values)


def _while(ev: "Evaluator", node: Node, scope: Scope) -> Value:
    """Once for each item where it takes the next one of a list that is known, once in all otherwise."""
    condition = node.fields.get("condition")
    items = _items_taken(ev, condition, scope)
    value = ev.eval(condition, scope) if condition is not None else UNKNOWN
    captured = [join(alternatives(value))] if items is None else items[:MAX_LOOP]
    values: list[Value] = []
    ev.frame.labels.append(("", values))
    ev.world.uncounted += items is None
    try:
        for one in captured:
            inner = Scope(scope)
            for part in _branches(node, condition):
                if part.kind == "payload":
                    inner = Scope(scope)
                    ev.capture(part, [one], inner)
                else:
                    values.append(ev.maybe(part, inner))
    finally:
        ev.world.uncounted -= items is None
        ev.frame.labels.pop()
    return join(values)


def _items_taken(ev: "Evaluator", condition: Node | None, scope: Scope) -> list[Value] | None:
    """What `list.next(…)` in a loop's condition takes one after the other."""
    while condition is not None and condition.kind in TYPE_PASSING and condition.parts:
        condition = condition.parts[-1]
    function = condition.fields.get("function") if condition is not None else None
    owner = function.fields.get("object") if function is not None else None
    if function is None or owner is None or identifier(function.fields.get("member")) != "next":
        return None
    lists = [one.items for one in alternatives(ev.eval(owner, scope)) if isinstance(one, Items)]
    return list(lists[0]) if len(lists) == 1 else None


def _for(ev: "Evaluator", node: Node, scope: Scope) -> Value:
    """Once for each item of a list that is known, once in all otherwise."""
    payload = node.child("payload")
    parts = node.parts
    at = parts.index(payload) if payload is not None else len(parts)
    inputs = [ev.eval(part, scope) for part in parts[:at]]
    bodies = parts[at + 1 :]
    values: list[Value] = []
    ev.frame.labels.append(("", values))
    try:
        rounds, certain = _rounds(ev, inputs, node)
        ev.conditional += not certain
        ev.world.uncounted += not certain
        for index, captured in enumerate(rounds):
            inner = Scope(scope)
            if payload is not None:
                ev.capture(payload, captured, inner)
                _point(payload, inputs, index, inner)
            if bodies:
                values.append(ev.eval(bodies[0], inner))
        ev.conditional -= not certain
        ev.world.uncounted -= not certain
        values.extend(ev.maybe(part, scope) for part in bodies[1:])
    finally:
        ev.frame.labels.pop()
    return join(values)


def _point(payload: Node, inputs: Sequence[Value], index: int, scope: Scope) -> None:
    """`|*item|`: what is assigned through it goes into the list."""
    names = [part for part in payload.parts if part.kind == "identifier"]
    for name, value in zip(names, inputs, strict=False):
        cell = scope.names.get(identifier(name))
        if (
            isinstance(value, Items)
            and index == len(value.items)
            and any(part.kind == "*" for part in payload.children)
        ):
            value.extend([NOTHING])  # a list that is still to be filled
        if cell is not None and isinstance(value, Items) and index < len(value.items):
            cell.home = (value.items, index)


def _rounds(ev: "Evaluator", inputs: Sequence[Value], node: Node) -> tuple[list[list[Value]], bool]:
    lists = [[one for one in alternatives(value) if isinstance(one, Items)] for value in inputs]
    certain = any(len(found) == 1 and not isinstance(value, Choice) for found, value in zip(lists, inputs, strict=True))
    count = max((len(one.items) for found in lists for one in found), default=None)
    if count is None:
        return [[UNKNOWN] * len(inputs)], False
    if count > MAX_LOOP:
        ev.world.unanalyzed(ev.frame, node, f"a loop over {count} items is followed for the first {MAX_LOOP} only")
    rounds = []
    for index in range(min(count, MAX_LOOP)):
        items = [join(one.items[index] for one in found if index < len(one.items)) for found in lists]
        rounds.append([item if found else UNKNOWN for item, found in zip(items, lists, strict=True)])
    return rounds, certain


def _variable(ev: "Evaluator", node: Node, scope: Scope) -> Value:
    """A declaration, or an assignment: the grammar has one node for both."""
    if not any(child.kind in ("const", "var") for child in node.children):
        return _assignment(ev, node, scope)
    names = [child for child in before_value(node) if child.kind == "identifier"]
    value = ev.initial(node, scope)
    if len(names) == 1:
        declare(scope, identifier(names[0]), value, ev.conditional)
    else:
        _destructure(names, value, lambda name, one: declare(scope, identifier(name), one, ev.conditional))
    return NOTHING


def _destructure(targets: Sequence[Node], value: Value, assign: Callable[[Node, Value], None]) -> None:
    for index, target in enumerate(targets):
        found = [one.items[index] for one in alternatives(value) if isinstance(one, Items) and index < len(one.items)]
        assign(target, join(found) if found else UNKNOWN)


def _assignment(ev: "Evaluator", node: Node, scope: Scope) -> Value:
    targets = [node.fields["left"]] if "left" in node.fields else [c for c in before_value(node) if c.named]
    values = [node.fields["right"]] if "right" in node.fields else after_value(node)
    if not values:
        return ev.look_through(node, scope)
    pointed = _pointed_type(ev, targets[0], scope) if len(targets) == 1 and needs_type(values[-1]) else UNKNOWN
    value = ev.eval(values[-1], scope) if pointed is UNKNOWN else ev.expect(values[-1], pointed, scope)
    if len(targets) == 1:
        _assign(ev, targets[0], value, scope)
    else:
        _destructure(targets, value, lambda target, one: _assign(ev, target, one, scope))
    return NOTHING


def _pointed_type(ev: "Evaluator", target: Node, scope: Scope) -> Value:
    """What a struct literal that is assigned through `self.*` has to be."""
    if target.kind != "dereference_expression" or not target.parts:
        return UNKNOWN
    shapes = [one.shape for one in alternatives(ev.eval(target.parts[0], scope)) if isinstance(one, Record)]
    return shapes[0] if len(shapes) == 1 and shapes[0] is not None else UNKNOWN


def _assign(ev: "Evaluator", target: Node, value: Value, scope: Scope) -> None:
    """`target = value`; under a condition the old value remains possible."""
    if target.kind == "identifier":
        found = find(scope, identifier(target))
        if isinstance(found, tuple):
            ev.declaration(found[0], identifier(target))
            found = found[0].cells.get(identifier(target))
        if found is not None:
            found.assign(value, ev.conditional)
        return
    if target.kind in ("field_expression", "dereference_expression", "index_expression") and target.parts:
        pointer = find(scope, identifier(target.parts[0])) if target.kind == "dereference_expression" else None
        if isinstance(pointer, Cell) and pointer.home is not None:
            pointer.assign(value, ev.conditional)
            return
        owners = alternatives(ev.eval(target.fields.get("object") or target.parts[0], scope))
        name = identifier(target.fields.get("member"))
        if not owners and tracked(value):
            ev.world.lost(ev.frame, target, value, "assigned through a pointer")
        for owner in owners:
            _assign_to(ev, owner, name, value, target, sure=len(owners) == 1)


def _assign_to(ev: "Evaluator", owner: Value, name: str, value: Value, node: Node, *, sure: bool) -> None:
    if isinstance(owner, Record) and name:
        old = owner.fields.get(name, NOTHING)
        owner.fields[name] = value if sure and ev.conditional <= owner.conditional else join((old, value))
    elif isinstance(owner, Record) and isinstance(value, Record):
        owner.fields.update(value.fields)
        owner.shape = owner.shape or value.shape
    elif isinstance(owner, Items) and node.kind in ("index_expression", "dereference_expression"):
        owner.extend([value] if value is not NOTHING else [])
    elif isinstance(owner, StepThing):
        ev.dispatch.calls.links.assign(owner, name, value, Call(ev.frame, node, name, [value]))
    elif isinstance(owner, ModuleThing) and name == "root_source_file":
        ev.world.need(owner, value)
    elif isinstance(owner, Builder) and name == "default_step":
        for step in ev.world.steps_of(Call(ev.frame, node, name, [value]), value):
            owner.instance.install.wait_for(step)
    elif isinstance(owner, Part) or isinstance(ev.member(owner, name), Part) or tracked(value):
        ev.world.lost(
            ev.frame, node, value if tracked(value) else owner, f"assigned to {printable(name) or 'a pointer'}"
        )


def _defer(ev: "Evaluator", node: Node, scope: Scope) -> Value:
    inner = Scope(scope)
    for part in node.parts:
        if part.kind == "payload":
            ev.capture(part, [NOTHING], inner)
        else:
            ev.maybe(part, inner)
    return NOTHING


def _branches(node: Node, condition: Node | None) -> list[Node]:
    """What follows the condition of `if` and `while`, with what `else` holds put in line."""
    parts: list[Node] = []
    for part in node.parts:
        if part.kind == "else_clause":
            parts.extend(part.parts)
        elif part is not condition:
            parts.append(part)
    return parts


STATEMENTS: dict[str, _Handler] = {
    "block": _block,
    "labeled_statement": _labeled,
    "labeled_type_expression": _labeled,
    "break_expression": _break,
    "return_expression": _return,
    "if_statement": _if,
    "if_expression": _if,
    "if_type_expression": _if,
    "switch_expression": _switch,
    "while_statement": _while,
    "while_expression": _while,
    "for_statement": _for,
    "for_expression": _for,
    "variable_declaration": _variable,
    "assignment_expression": _assignment,
    "defer_statement": _defer,
    "errdefer_statement": _defer,
}
"""By kind of node in tree-sitter-zig."""
