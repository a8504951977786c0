"""Which code a call reaches: a function of the build files, zig's build API, or something that cannot be followed."""

from typing import TYPE_CHECKING

from reviewer.ecosystems.zig.reading.calls import BuildCalls, format_text
from reviewer.ecosystems.zig.reading.scope import Function, Shape
from reviewer.ecosystems.zig.reading.values import (
    NOTHING,
    NULL,
    UNKNOWN,
    Builder,
    Dependency,
    Items,
    LazyPath,
    ModuleThing,
    Part,
    Record,
    Std,
    StepThing,
    Tag,
    Value,
    alternatives,
    join,
    name_of,
    text_of,
    tracked,
)
from reviewer.ecosystems.zig.reading.world import Call, World

if TYPE_CHECKING:
    from reviewer.ecosystems.zig.reading.eval import Evaluator

_LISTS = (
    "ArrayList",
    "ArrayListUnmanaged",
    "ArrayListAligned",
    "ArrayListAlignedUnmanaged",
    "BoundedArray",
    "SegmentedList",
)
_MAPS = ("StringHashMap", "StringHashMapUnmanaged", "AutoHashMap", "AutoHashMapUnmanaged", "StringArrayHashMap", "AutoArrayHashMap",
         "StringArrayHashMapUnmanaged", "AutoArrayHashMapUnmanaged", "BufSet", "BufMap", "EnumMap", "EnumArray")  # fmt: skip
# These functions of zig's library look at what they are given, and call nothing of it.
_HARMLESS = ("std.debug.", "std.log.", "std.mem.eql", "std.testing.", "std.meta.eql", "std.fmt.", "std.enums.")
_ENDING = ("std.process.exit", "std.process.fatal", "std.process.abort", "std.debug.panic", "std.zig.fatal")
_FORMATS = {
    "allocPrint": 1,
    "allocPrintZ": 1,
    "allocPrintSentinel": 1,
    "comptimePrint": 0,
    "bufPrint": 1,
    "bufPrintZ": 1,
}
_PASSING = frozenset(
    {"@as", "@constCast", "@ptrCast", "@alignCast", "@volatileCast", "@fieldParentPtr", "@intCast", "@addrSpaceCast"}
)
_LOOKING = frozenset({"@TypeOf", "@hasDecl", "@hasField", "@typeName", "@typeInfo", "@sizeOf", "@compileLog",
                      "@intFromPtr", "@setEvalBranchQuota", "@src", "@max", "@min", "@errorName", "@embedFile"})  # fmt: skip


# What is done with lists and maps: taken as a whole, one item taken, nothing of interest.
_WHOLE = frozenset({"toOwnedSlice", "clone", "slice", "constSlice", "values", "valueIterator", "unmanaged"})
_TAKING = frozenset(
    {
        "get",
        "getPtr",
        "getLast",
        "pop",
        "orderedRemove",
        "swapRemove",
        "next",
        "fetchPut",
        "getEntry",
        "first",
        "last",
        "remove",
    }
)
_KEEPING = (
    "deinit",
    "ensure",
    "resize",
    "clear",
    "shrink",
    "contains",
    "count",
    "capacity",
    "sort",
    "lock",
    "unlock",
    "keys",
    "reIndex",
)


class Dispatcher:
    """Calls by what they are called on. Where that is one of several values, each is followed."""

    def __init__(self, world: World, evaluator: "Evaluator") -> None:
        self.world = world
        self.evaluator = evaluator
        self.calls = BuildCalls(world)

    def method(self, receiver: Value, call: Call) -> Value:
        """`receiver.name(…)`."""
        receivers = alternatives(receiver)
        if not receivers:
            return NULL
        return join([self._method(one, call) for one in receivers])

    def _method(self, receiver: Value, call: Call) -> Value:
        if isinstance(receiver, Builder):
            return self.calls.on_builder(receiver, call)
        if isinstance(receiver, StepThing):
            return self.calls.links.on_step(receiver, call)
        if isinstance(receiver, ModuleThing):
            return self.calls.links.on_module(receiver, call)
        if isinstance(receiver, Dependency):
            return self.calls.on_dependency(receiver, call)
        if isinstance(receiver, LazyPath):
            return self.calls.on_path(receiver, call)
        if isinstance(receiver, Items):
            return self._on_items(receiver, call)
        if isinstance(receiver, Std):
            return self._on_std(receiver, call)
        if isinstance(receiver, Record | Shape):
            return self._on_container(receiver, call)
        if isinstance(receiver, Part):
            return self._on_part(receiver, call)
        if call.name == "create" and len(call.args) == 1 and isinstance(call.args[0], Shape):
            return Record({}, call.args[0], self.evaluator.conditional)  # allocator.create(T)
        if call.name == "alloc" and len(call.args) == 2:
            return Items([])  # which is filled later
        return self.world.opaque(call.frame, call.node, call.name, call.args)

    def value(self, callee: Value, call: Call) -> Value:
        """`callee(…)`, where it is not a method."""
        found = []
        for one in alternatives(callee):
            if isinstance(one, Function):
                found.append(self.evaluator.invoke(one, call.args, call.node))
            elif isinstance(one, Std):
                owner, _, name = one.path.rpartition(".")
                found.append(self._on_std(Std(owner), Call(call.frame, call.node, name, call.args)))
            else:
                found.append(self.world.opaque(call.frame, call.node, call.name, call.args))
        return join(found)

    def _on_container(self, receiver: Record | Shape, call: Call) -> Value:
        function = self.evaluator.member(receiver, call.name)
        if isinstance(function, Function) and isinstance(receiver, Record) and receiver.fields.get(call.name) is None:
            return self.evaluator.invoke(function, [receiver, *call.args], call.node)
        if isinstance(function, Function | Std):
            return self.value(function, call)
        return self.world.opaque(call.frame, call.node, call.name, [receiver, *call.args])

    def _on_items(self, receiver: Items, call: Call) -> Value:
        """Lists and maps of zig's library; what is taken out of them may be anything that was put in."""
        name = call.name
        if name.startswith(("appendSlice", "insertSlice")):
            for one in alternatives(call.args[-1] if call.args else UNKNOWN):
                receiver.extend(list(one.items) if isinstance(one, Items) else [UNKNOWN])
        elif name.startswith(("append", "insert", "put", "prepend")):
            receiver.extend([call.args[-1] if call.args else UNKNOWN])
        elif name.startswith("getOrPut"):
            return Record({"value_ptr": receiver, "key_ptr": call.arg(len(call.args) - 1)})
        elif name == "iterator":
            return Items(
                Record({"key": UNKNOWN, "key_ptr": UNKNOWN, "value": one, "value_ptr": one}) for one in receiver.items
            )
        elif name in _WHOLE:
            return receiver
        elif name in _TAKING:
            return join((NULL, *receiver.items))
        elif not name.startswith(_KEEPING):
            return self.world.opaque(call.frame, call.node, name, [receiver, *call.args])
        return UNKNOWN

    def _on_part(self, part: Part, call: Call) -> Value:
        """Reaching into a builder, step or module: the known ways are followed, the others said."""
        if (
            part.name == "dependencies"
            and call.name.startswith("append")
            and isinstance(part.whole, StepThing)
            and call.args
        ):
            for step in self.world.steps_of(call, call.args[-1]):
                part.whole.wait_for(step)
            return NOTHING
        if part.name == "import_table" and isinstance(part.whole, ModuleThing):
            return self._on_imports(part.whole, call)
        if (
            part.name == "modules"
            and call.name.startswith("put")
            and isinstance(part.whole, Builder)
            and len(call.args) > 1
        ):
            modules = part.whole.instance.modules.setdefault(name_of(call.args[-2]), [])
            modules.extend(self.world.modules_of(call, call.args[-1]))
            return NOTHING
        if call.name in ("get", "getPtr", "contains", "count", "keys", "values") and isinstance(part.whole, Builder):
            instance = part.whole.instance
            pools: dict[str, dict[str, Value]] = {
                "top_level_steps": dict(instance.top_level),
                "modules": {name: join(modules) for name, modules in instance.modules.items()},
                "named_writefiles": dict(instance.named_steps),
                "named_lazy_paths": instance.named_paths,
            }
            pool = pools.get(part.name, {})
            if call.name.startswith("get"):
                return pool.get(text_of(call.arg(0)), NULL)
            return Items(list(pool.values())) if call.name == "values" else UNKNOWN
        if call.name in ("count", "contains", "get"):
            return UNKNOWN
        return self.world.opaque(call.frame, call.node, f"{part.name}.{call.name}", [part])

    def _on_imports(self, module: ModuleThing, call: Call) -> Value:
        """The table behind `module.addImport`."""
        if call.name == "get":
            return join((NULL, *module.imports.get(text_of(call.arg(0)), ())))
        if call.name == "put" and call.args:
            self.calls.links.on_module(module, Call(call.frame, call.node, "addImport", call.args[-2:]))
            return NOTHING
        if call.name == "values":
            return Items(join(found) for found in module.imports.values())
        if call.name == "iterator":
            return Items(Record({"key_ptr": name, "value_ptr": join(found)}) for name, found in module.imports.items())
        if call.name in ("keys", "count", "contains"):
            return Items(module.imports) if call.name == "keys" else UNKNOWN
        return self.world.opaque(call.frame, call.node, f"import_table.{call.name}", [module])

    def _on_std(self, receiver: Std, call: Call) -> Value:
        """A function of zig's library."""
        path, name = receiver.path, call.name
        kind = path.rpartition(".")[2]
        first = alternatives(call.arg(0))
        if name in _FORMATS and path.endswith(".fmt"):
            return format_text(call.arg(_FORMATS[name]), call.arg(_FORMATS[name] + 1))
        if _is_collection(f"{path}.{name}"):
            return Std(f"{path}.{name}")
        if _is_collection(path):
            return Items([])
        if path.startswith(("std.Build", "std.build")):
            if name == "create" and any(isinstance(one, Builder) for one in first):
                made = self.calls.creates(kind.removesuffix("Step"), call.args[0], call.rest())
                if made is not None:
                    return made
            if kind == "Step" and name == "init":
                return self._custom_step(call)
            if any(isinstance(one, Builder | StepThing | ModuleThing | Dependency | LazyPath) for one in first):
                return self.method(call.args[0], call.rest())
        if f"{path}.{name}" in ("std.meta.fields", "std.enums.values", "std.meta.tags", "std.meta.fieldNames"):
            return _fields(call.arg(0), name)
        if f"{path}.{name}" in _ENDING:
            return NOTHING
        if f"{path}.{name}".startswith(_HARMLESS):
            return UNKNOWN
        return self.world.opaque(call.frame, call.node, f"{path}.{name}", call.args)

    def _custom_step(self, call: Call) -> Value:
        """`std.Build.Step.init`: up to zig 0.16 a step with code of its own, which runs inside the build."""
        owners = [one for one in alternatives(call.option(0, "owner")) if isinstance(one, Builder)]
        if not owners:
            return self.world.opaque(call.frame, call.node, "std.Build.Step.init", [Part(NULL, "a step"), *call.args])
        step = self.world.new_step(call, owners[0].instance, "custom", name_of(call.option(0, "name")))
        self.calls.links.custom(step, call.option(0, "makeFn"), call)
        return step

    def builtin(self, call: Call) -> Value:
        """`@name(…)`."""
        name = call.name
        if name == "@import":
            return self.evaluator.load(call.frame, text_of(call.arg(0)))
        if name == "@This":
            return call.frame.shape
        if name == "@field":
            if isinstance(call.arg(1), str):
                return self.evaluator.member(call.arg(0), call.arg(1))
            return self.world.opaque(call.frame, call.node, name, [call.arg(0)])
        if name == "@call":
            given = call.args[-1] if call.args else UNKNOWN
            args = given.items if isinstance(given, Items) else [given]
            return self.value(call.arg(1), Call(call.frame, call.node, name, args))
        if name == "@memcpy":
            for filled in alternatives(call.arg(0)):
                if isinstance(filled, Items):
                    self._on_items(filled, Call(call.frame, call.node, "appendSlice", call.args))
                    return NOTHING
        if name in _PASSING:
            return call.args[-1] if call.args else UNKNOWN
        if name == "@typeInfo" and isinstance(call.arg(0), Shape):
            fields = _fields(call.arg(0), "fields")
            about = Record(
                {
                    "fields": fields,
                    "field_names": _fields(call.arg(0), "fieldNames"),
                    "decls": _declarations(call.arg(0)),
                }
            )
            return Record(dict.fromkeys(("enum", "struct", "union"), about))
        if name == "@enumFromInt" and isinstance(call.arg(0), Tag):
            return call.arg(0)
        if name in ("@panic", "@compileError", "@trap"):
            return NOTHING
        if name == "@tagName":
            return text_of(call.arg(0)) if isinstance(call.arg(0), Tag) else UNKNOWN
        return UNKNOWN if name in _LOOKING else self.world.opaque(call.frame, call.node, name, call.args)

    def fit(self, value: Value, expected: Value) -> Value:
        """A value as the type that is expected of it."""
        if isinstance(expected, Std) and _is_collection(expected.path):
            empty = isinstance(value, Tag) or (isinstance(value, Record) and not tracked(value))
            return Items([]) if empty else value
        if isinstance(expected, Shape):
            if isinstance(value, Record) and value.shape is None:
                value.shape = expected
            elif isinstance(value, Items):
                value.items[:] = [self.fit(one, expected) for one in value.items]
            elif isinstance(value, Tag) and value.name in expected.declarations:
                return self.evaluator.declaration(expected, value.name)
        return value


def _fields(container: Value, asked: str) -> Value:
    """The fields of an enum, struct or union, as std.meta gives them; the value of an enum's field stands for the field itself."""
    if not isinstance(container, Shape):
        return UNKNOWN
    names = list(container.fields)
    if asked == "fields":
        return Items(Record({"name": name, "value": Tag(name)}) for name in names)
    return Items(names if asked == "fieldNames" else map(Tag, names))


def _declarations(container: Shape) -> Items:
    """What `@typeInfo` tells: the public ones."""
    public = (name for name, node in container.declarations.items() if node.child("pub") is not None)
    return Items(Record({"name": name}) for name in public)


def _is_collection(path: str) -> bool:
    """A list or map type; zig 0.17 has `std.array_hash_map.String`."""
    return path.rpartition(".")[2] in (*_LISTS, *_MAPS) or "hash_map." in path or "array_list." in path
