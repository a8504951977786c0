"""What an expression of a build file may stand for. Values are plain Python objects; what is not known stays `UNKNOWN`."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, TypeAlias

from reviewer.ecosystems.zig.packages.table import ZigPackage
from reviewer.model.graph import Location

Value: TypeAlias = Any
"""A str, int, bool or one of the classes below."""

MAX_ALTERNATIVES = 24
MAX_ITEMS = 4096
MAX_INSIDE = 2048
MAX_TEXT = 65536
UNKNOWN_TEXT = "[?]"
"""Stands in command words and names for what could not be read."""


class _Alike:
    """Equal where all parts are equal. Plain classes here and in the modules around: making dataclasses would cost every start of the
    command line more than reading a build file does."""

    __slots__: tuple[str, ...] = ()

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and all(getattr(self, name) == getattr(other, name) for name in self.__slots__)

    __hash__ = None  # type: ignore[assignment]


class Mark:
    """A value without content."""

    __slots__ = ()


UNKNOWN = Mark()
NULL = Mark()
"""Also a dependency that is not here: what hangs on it is not built either."""
NOTHING = Mark()
"""Of statements, `undefined`, and of what does not return."""


class Tag(_Alike):
    """`.name`, whatever its type."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name


class Std(_Alike):
    """Something of zig's own library, by its path: `std.Build.Step.Run`."""

    __slots__ = ("path",)

    def __init__(self, path: str) -> None:
        self.path = path


class Record:
    """A struct value. `shape` is its container (build_scope.Shape) where that is known; `conditional` as of a build_scope.Cell."""

    __slots__ = ("conditional", "fields", "shape")

    def __init__(self, fields: dict[str, Value], shape: Value = None, conditional: int = 0) -> None:
        self.fields = fields
        self.shape = shape
        self.conditional = conditional


class Items:
    """An array, slice, tuple, list or map (its values), of at most MAX_ITEMS."""

    __slots__ = ("items",)

    def __init__(self, items: Iterable[Value]) -> None:
        self.items: list[Value] = []
        self.extend(items)

    def extend(self, values: Iterable[Value]) -> None:
        """Append as many as fit."""
        self.items.extend(islice(values, MAX_ITEMS - len(self.items)))


class Choice:
    """One of several values, depending on what cannot be known here."""

    __slots__ = ("values",)

    def __init__(self, values: tuple[Value, ...]) -> None:
        self.values = values


class Instance:
    """A package as one dependency call configures it. `label` is zig's dep_prefix without its last dot, `root` for the root."""

    __slots__ = (
        "artifacts",
        "install",
        "label",
        "modules",
        "named_paths",
        "named_steps",
        "package",
        "top_level",
        "uninstall",
    )

    def __init__(self, package: ZigPackage, label: str) -> None:
        self.package = package
        self.label = label
        self.install = StepThing(self, "top_level", "install")
        self.uninstall = StepThing(self, "top_level", "uninstall")
        self.modules: dict[str, list[ModuleThing]] = {}
        self.artifacts: dict[str, list[StepThing]] = {}
        self.named_paths: dict[str, Value] = {}
        self.named_steps: dict[str, StepThing] = {}
        self.top_level = {"install": self.install, "uninstall": self.uninstall}


class Builder(_Alike):
    """`*std.Build`."""

    __slots__ = ("instance",)

    def __init__(self, instance: Instance) -> None:
        self.instance = instance


class Dependency(_Alike):
    """`*std.Build.Dependency`."""

    __slots__ = ("instance",)

    def __init__(self, instance: Instance) -> None:
        self.instance = instance


class LazyPath(_Alike):
    """A file or folder. Of a `package`, or made by a `step` (then `name` says which of its files), or else below a `base`."""

    __slots__ = ("base", "name", "package", "step", "sub", "up")

    def __init__(
        self,
        sub: str = "",
        package: ZigPackage | None = None,
        step: "StepThing | None" = None,
        name: str = "",
        base: str = "",
        up: int = 0,
    ) -> None:
        self.sub = sub
        self.package = package
        self.step = step
        self.name = name
        self.base = base
        self.up = up

    def below(self, sub: str, up: int = 0) -> "LazyPath":
        """The same place with another path below it, `up` folders higher."""
        return LazyPath(sub, self.package, self.step, self.name, self.base, self.up + up)


class ModuleThing:
    """`*std.Build.Module`. `needs` are the steps that whoever imports it waits for, `sources` C files and the like, `includes` folders."""

    __slots__ = ("imports", "includes", "name", "needs", "owner", "root", "sources")

    def __init__(self, owner: Instance, name: str | None, root: LazyPath | None) -> None:
        self.owner = owner
        self.name = name
        self.root = root
        self.imports: dict[str, list[ModuleThing]] = {}
        self.needs: list[StepThing] = []
        self.sources: list[LazyPath] = []
        self.includes: list[LazyPath] = []


class RunThing:
    """What a run step will execute; each word is prefix, content and suffix. `renames`: an output may still change the step's name. `code`:
    the function that the build itself calls for a step of kind `custom`."""

    __slots__ = ("code", "cwd", "env", "inputs", "outputs", "renames", "words")

    def __init__(self) -> None:
        self.words: list[tuple[str, Value, str]] = []
        self.cwd: LazyPath | None = None
        self.env: dict[str, str] = {}
        self.inputs: list[Value] = []
        self.outputs: list[str] = []
        self.renames = True
        self.code: Location | None = None


class StepThing:
    """`*std.Build.Step` and the step types around it. `kind` is zig's tag; `artifact` (its name), `built` (exe, lib, obj, test) `modules`
    (what its root module may be) and `headers` (collects what whoever links it may include) are of compile steps."""

    __slots__ = ("artifact", "built", "created", "headers", "kind", "modules", "name", "owner", "run", "waits")

    def __init__(self, owner: Instance, kind: str, name: str, created: tuple[Location, ...] = ()) -> None:
        self.owner = owner
        self.kind = kind
        self.name = name
        self.created = created
        self.waits: dict[StepThing, None] = {}
        self.artifact = ""
        self.built = ""
        self.modules: list[ModuleThing] = []
        self.run: RunThing | None = None
        self.headers: StepThing | None = None

    def wait_for(self, other: "StepThing") -> None:
        """`step.dependOn`."""
        if other is not self:
            self.waits[other] = None


class Part(_Alike):
    """A field of a builder, step or module through which it could be changed behind the reader's back."""

    __slots__ = ("name", "whole")

    def __init__(self, whole: Value, name: str) -> None:
        self.whole = whole
        self.name = name


def alternatives(value: Value) -> tuple[Value, ...]:
    """What the value may be, without null and nothing."""
    values = value.values if isinstance(value, Choice) else (value,)
    return tuple(v for v in values if v is not NULL and v is not NOTHING)


def join(values: Iterable[Value]) -> Value:
    """One of these values; of more than MAX_ALTERNATIVES, the others are unknown."""
    distinct: list[Value] = []
    values = tuple(values)
    if len(values) == 1:
        return values[0]
    for value in values:
        for one in value.values if isinstance(value, Choice) else (value,):
            if one is not NOTHING and not any(one is other or _same(one, other) for other in distinct):
                if len(distinct) == MAX_ALTERNATIVES:
                    return Choice((*distinct, UNKNOWN))
                distinct.append(one)
    if not distinct:
        return NOTHING
    return distinct[0] if len(distinct) == 1 else Choice(tuple(distinct))


def _same(one: Value, other: Value) -> bool:
    return type(one) is type(other) and bool(one == other)


def tracked(value: Value) -> bool:
    """Whether code that receives this value could change the build graph."""
    if isinstance(value, str | int | Mark | Tag | Std):
        return False
    return any(_is_handle(one) for one in inside(value))


def _is_handle(value: Value) -> bool:
    handle = isinstance(value, Builder | StepThing | ModuleThing | Dependency | Part)
    return handle or (isinstance(value, LazyPath) and value.step is not None)


def describe(value: Value) -> str:
    """What a tracked value is, for a reviewer."""
    one = next((one for one in inside(value) if _is_handle(one)), None)
    if isinstance(one, Builder):
        return "the builder"
    if isinstance(one, StepThing):
        return f"the step “{printable(one.name)}”"
    if isinstance(one, ModuleThing):
        return "a module"
    if isinstance(one, Dependency):
        return "a dependency"
    if isinstance(one, Part):
        return f"{printable(one.name)} of {describe(one.whole)}" if tracked(one.whole) else printable(one.name)
    return "a generated file"


def printable(text: str) -> str:
    """Hostile text for a message: one short line without control or invisible characters."""
    short = text if len(text) <= 60 else text[:59] + "…"
    return "".join(char if char.isprintable() else "\ufffd" for char in short)


def inside(value: Value) -> Iterator[Value]:
    """Everything that a value holds, itself included, as far as MAX_INSIDE."""
    seen: set[int] = set()
    pending = [value]
    while pending and len(seen) < MAX_INSIDE:
        one = pending.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        if isinstance(one, Choice):
            pending.extend(reversed(one.values))
        elif isinstance(one, Record):
            pending.extend(reversed(one.fields.values()))
        elif isinstance(one, Items):
            pending.extend(reversed(one.items))


def text_of(value: Value) -> str:
    """The value as text, for command words; `[?]` where it is not known, `[a|b]` where it is one of several."""
    texts = list(dict.fromkeys(_text(one) for one in alternatives(value)))
    if not texts:
        return UNKNOWN_TEXT
    return texts[0] if len(texts) == 1 else "[" + "|".join("?" if t == UNKNOWN_TEXT else t for t in texts) + "]"


def name_of(value: Value, default: str = UNKNOWN_TEXT) -> str:
    """The value as a name: the first that is known."""
    return next((text for text in map(_text, alternatives(value)) if UNKNOWN_TEXT not in text), text_or(value, default))


def text_or(value: Value, default: str) -> str:
    """The value as text, or a default where nothing of it is known."""
    text = text_of(value)
    return default if text == UNKNOWN_TEXT else text


def _text(value: Value) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Tag):
        return value.name
    if isinstance(value, LazyPath) and value.step is None:
        return path_text(value)
    return UNKNOWN_TEXT


def path_text(path: LazyPath, relative_to: ZigPackage | None = None) -> str:
    """A path in portable words (see `reviewer.model.graph.Run`)."""
    if path.package is not None:
        return path.sub if path.package is relative_to else f"{path.package.package.name}:{path.sub}"
    if path.step is not None:
        name = path.name or path.step.artifact or path.step.name
        return f"[{name}]" + "/.." * path.up + (f"/{path.sub}" if path.sub else "")
    if path.base:
        return f"[{path.base}]" + (f"/{path.sub}" if path.sub else "")
    return path.sub
