"""What reading the build files has found so far: steps, modules, instances of packages, findings."""

from collections.abc import Callable, Sequence

from reviewer.ecosystems.zig.packages.table import PackageTable, ZigPackage
from reviewer.ecosystems.zig.reading.scope import Frame
from reviewer.ecosystems.zig.reading.syntax import Node
from reviewer.ecosystems.zig.reading.values import (
    NULL,
    UNKNOWN,
    Dependency,
    Instance,
    Items,
    LazyPath,
    ModuleThing,
    Record,
    StepThing,
    Value,
    alternatives,
    describe,
    inside,
    join,
    printable,
    text_of,
    tracked,
)
from reviewer.model.graph import Finding, Problem

MAX_INSTANCES = 8
"""Of one package: options change nothing in what is read, so further ones would only repeat it."""
MAX_THINGS = 10_000
"""Steps and modules of one project."""
MAX_CHAIN = 24
"""Packages in a chain of dependencies that are followed into each other."""


class OutOfBoundsError(Exception):
    """More code than is followed for one package; its arguments are the places where following it stopped, innermost first."""


class Call:
    """One call that creates or links something: its arguments without the receiver, and where it stands."""

    __slots__ = ("args", "frame", "name", "node")

    def __init__(self, frame: Frame, node: Node, name: str, args: Sequence[Value]) -> None:
        self.frame = frame
        self.node = node
        self.name = name
        self.args = args

    def rest(self) -> "Call":
        """The call without its first argument."""
        return Call(self.frame, self.node, self.name, self.args[1:])

    def arg(self, index: int) -> Value:
        """An argument; unknown if there are fewer."""
        return self.args[index] if index < len(self.args) else UNKNOWN

    def option(self, index: int, name: str) -> Value:
        """A field of an options argument; null if it is not given there."""
        values = [one.fields.get(name, NULL) for one in alternatives(self.arg(index)) if isinstance(one, Record)]
        return join(values) if values else NULL


class World:
    """Collects. `configure` follows the build function of a package."""

    def __init__(self, table: PackageTable, configure: Callable[[Instance], None]) -> None:
        self.table = table
        self.configure = configure
        self.packages = {package.package.id: package for package in table.packages}
        self.steps: list[StepThing] = []
        self.modules: list[ModuleThing] = []
        self.instances: dict[str, dict[object, Instance]] = {}
        self.findings: dict[tuple[str, str, str, int, int], Finding] = {}
        self.problems: list[Problem] = []
        self.chain = 0
        self.uncounted = 0
        """How many loops are being followed whose rounds are not known."""

    def find(self, capability: str, package: ZigPackage, file: str, line: int, column: int, text: str) -> None:
        """Record a finding, once for a place."""
        key = (capability, package.package.id, file, line, column)
        if key not in self.findings:
            self.findings[key] = Finding(
                package=package.package.id, capability=capability, file=file, line=line, column=column, text=text
            )

    def unanalyzed(self, frame: Frame, node: Node, text: str) -> None:
        """Say what could not be followed."""
        self.find("unanalyzed", frame.file.package, frame.file.path, node.line, node.column, text)

    def opaque(self, frame: Frame, node: Node, name: str, values: Sequence[Value]) -> Value:
        """A call that cannot be followed: harmless unless it receives something through which it could change the build."""
        for value in values:
            if tracked(value):
                what = (
                    f"{printable(name)}(…) receives {describe(value)}, and what it does with it could not be followed"
                )
                self.unanalyzed(frame, node, what)
                break
        return UNKNOWN

    def lost(self, frame: Frame, node: Node, value: Value, how: str) -> None:
        """Something of the build graph goes where it cannot be followed."""
        self.unanalyzed(frame, node, f"{describe(value)} is {how}, and what becomes of it could not be followed")

    def instance(self, package: ZigPackage, label: str, options: object = ()) -> Instance:
        """The package configured with these options; followed when it is first asked for."""
        known = self.instances.setdefault(package.package.id, {})
        if options in known:
            return known[options]
        if len(known) >= MAX_INSTANCES:
            return next(iter(known.values()))
        instance = Instance(package, label)
        known[options] = instance
        self.steps += (instance.install, instance.uninstall)
        self.chain += 1
        try:
            if self.chain <= MAX_CHAIN:
                self.configure(instance)
            else:
                self.find(
                    "unanalyzed", package, "build.zig", 1, 1, f"the chain of dependencies to it is too long ({label})"
                )
        finally:
            self.chain -= 1
        return instance

    def new_step(self, call: Call, owner: Instance, kind: str, name: str) -> StepThing:
        """A step that this call creates."""
        self._bound()
        step = StepThing(owner, kind, name, call.frame.at(call.node))
        self.steps.append(step)
        if self.uncounted and kind in ("run", "custom"):
            what = "creates a run step in every round of a loop, and how many rounds there are could not be followed"
            self.unanalyzed(call.frame, call.node, what)
        return step

    def new_module(self, owner: Instance, name: str | None, root: LazyPath | None) -> ModuleThing:
        """A module; a generated root source file makes it wait for the step that generates it."""
        self._bound()
        module = ModuleThing(owner, name, root)
        if root is not None and root.step is not None:
            module.needs.append(root.step)
        self.modules.append(module)
        return module

    def _bound(self) -> None:
        if len(self.steps) + len(self.modules) >= MAX_THINGS:
            raise OutOfBoundsError

    def absorb(self, step: StepThing, value: Value) -> None:
        """Whatever steps and generated files the value holds, the step waits for them."""
        for one in inside(value):
            for needed in steps_behind(one):
                step.wait_for(needed)

    def need(self, module: ModuleThing, value: Value) -> None:
        """Whatever steps and generated files the value holds, whoever imports the module waits for them."""
        for one in inside(value):
            for needed in steps_behind(one):
                if needed not in module.needs:
                    module.needs.append(needed)

    def steps_of(self, call: Call, value: Value) -> list[StepThing]:
        """The steps that an argument may be; a finding where that is not known."""
        found = [one for one in alternatives(value) if isinstance(one, StepThing)]
        self._check(call, value, len(found), "which step")
        return found

    def modules_of(self, call: Call, value: Value) -> list[ModuleThing]:
        """The modules that an argument may be; a finding where that is not known."""
        found = [one for one in alternatives(value) if isinstance(one, ModuleThing)]
        self._check(call, value, len(found), "which module")
        return found

    def paths_of(self, call: Call, owner: Instance, value: Value) -> list[LazyPath]:
        """The paths that an argument may be; a finding where that is not known."""
        found = [path for one in alternatives(value) for path in as_paths(one, owner)]
        self._check(call, value, len(found), "which file")
        return found

    def _check(self, call: Call, value: Value, found: int, what: str) -> None:
        if found < len(alternatives(value)):
            self.unanalyzed(call.frame, call.node, f"{what} {printable(call.name)}(…) is given could not be followed")


def steps_behind(value: Value) -> list[StepThing]:
    """The step that a value is, or that generates it."""
    if isinstance(value, StepThing):
        return [value]
    if isinstance(value, LazyPath) and value.step is not None:
        return [value.step]
    return []


def as_paths(value: Value, owner: Instance) -> list[LazyPath]:
    """A value where zig wants a std.Build.LazyPath: also its literal forms of all versions."""
    if isinstance(value, LazyPath):
        return [value]
    if not isinstance(value, Record):
        return []
    if "generated" in value.fields:
        return [LazyPath(step=step) for one in inside(value.fields["generated"]) for step in steps_behind(one)]
    if "cwd_relative" in value.fields:
        return [LazyPath(text_of(value.fields["cwd_relative"]))]
    if "path" in value.fields:
        return [LazyPath(text_of(value.fields["path"]), owner.package)]
    for form in ("src_path", "dependency", "relative"):
        inner = value.fields.get(form)
        if isinstance(inner, Record):
            sub = text_of(inner.fields.get("sub_path", ""))
            dependency = inner.fields.get("dependency")
            if form == "relative":
                return [LazyPath(sub, base=text_of(inner.fields.get("base")))]
            package = dependency.instance.package if isinstance(dependency, Dependency) else owner.package
            return [LazyPath(sub, package)]
    return []


def options_key(value: Value, depth: int = 3) -> object:
    """What tells one set of dependency options from another."""
    if isinstance(value, Record) and depth:
        return tuple(sorted((name, options_key(inner, depth - 1)) for name, inner in value.fields.items()))
    if isinstance(value, Items):
        return "list"
    return text_of(value)
