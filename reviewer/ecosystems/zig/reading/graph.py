"""Read evidence: the graph that a project's build files visibly describe. Nothing is executed."""

import os
import posixpath
from collections.abc import Iterable, Mapping
from pathlib import Path

from reviewer.ecosystems.zig.interpreters import executed_word
from reviewer.ecosystems.zig.packages.table import PackageTable
from reviewer.ecosystems.zig.reading.file import BUILD_FILE, BuildReader
from reviewer.ecosystems.zig.reading.values import (
    LazyPath,
    ModuleThing,
    RunThing,
    StepThing,
    Value,
    alternatives,
    path_text,
    text_of,
)
from reviewer.ecosystems.zig.reading.world import World
from reviewer.ecosystems.zig.unique import unique
from reviewer.model.fingerprint import read_fingerprint
from reviewer.model.graph import Evidence, Graph, Location, Module, Run, Step
from reviewer.model.questions import annotate
from reviewer.progress import Progress


def read_graph(root: Path, table: PackageTable, progress: Progress) -> Graph:
    """The graph of a whole package table. What could not be followed is in its findings as `unanalyzed`; ids as in a configured graph, with
    step names that leave out optimize mode and target. Raises CancelledError."""
    world = BuildReader(table, progress).read()
    return annotate(_Writer(world, table, progress).graph(root))


class _Writer:
    """From what was read to the model."""

    def __init__(self, world: World, table: PackageTable, progress: Progress) -> None:
        self.progress = progress
        self.world = world
        self.table = table
        self.steps = [step for step in world.steps if self._is_shown(step)]
        names = unique(f"{step.owner.label}/{step.name}" for step in self.steps)
        self.step_ids = {id(step): name for step, name in zip(self.steps, names, strict=True)}
        self.module_ids = self._module_ids()

    def graph(self, root: Path) -> Graph:
        return Graph(
            root=str(root),
            ecosystem="zig",
            toolchain=None,
            evidence=Evidence.READ,
            packages=tuple(package.package for package in self.table.packages),
            package_edges=self.table.edges,
            modules=tuple(self._module(module) for module in self.world.modules),
            steps=tuple(self._step(step) for step in self.steps),
            findings=tuple(self.world.findings.values()),
            problems=(*self.table.problems, *self.world.problems),
        )

    def _is_shown(self, step: StepThing) -> bool:
        """A dependency's own `install` and `uninstall` matter only where something hangs on them."""
        own = step.owner
        return own.label == "root" or step not in (own.install, own.uninstall) or bool(step.waits)

    def _module_ids(self) -> Mapping[int, str]:
        """Exported name, else the artifact it is the root of, else the name it is imported by, else its file."""
        compiled = {
            id(module): step.artifact for step in self.steps if step.kind == "compile" for module in step.modules
        }
        imported = {
            id(m): name for module in self.world.modules for name, targets in module.imports.items() for m in targets
        }
        names = []
        for module in self.world.modules:
            name = module.name
            if name is None and id(module) in compiled:
                name = f"{compiled[id(module)]} (root)"
            if name is None:
                name = imported.get(id(module)) or (module.root.sub if module.root is not None else "") or "module"
            names.append(f"mod:{module.owner.label}/{name}")
        return {id(module): name for module, name in zip(self.world.modules, unique(names), strict=True)}

    def _module(self, module: ModuleThing) -> Module:
        return Module(
            id=self.module_ids[id(module)],
            package=module.owner.package.package.id,
            name=self.module_ids[id(module)].partition("/")[2],
            root_source=None if module.root is None else path_text(module.root, relative_to=module.owner.package),
            imports=tuple(
                (name, self.module_ids[id(target)]) for name, targets in module.imports.items() for target in targets
            ),
            needs_steps=self._ids(module.needs),
            sources=tuple(dict.fromkeys(path_text(path, relative_to=module.owner.package) for path in module.sources)),
            includes=tuple(
                dict.fromkeys(path_text(path, relative_to=module.owner.package) for path in module.includes)
            ),
        )

    def _step(self, step: StepThing) -> Step:
        self.progress.check()
        needed = [need for module in _closure(step.modules) for need in module.needs]
        return Step(
            id=self.step_ids[id(step)],
            package=step.owner.package.package.id,
            kind=step.kind,
            name=step.name,
            evidence=Evidence.READ,
            depends_on=self._ids([*step.waits, *needed]),
            root_module=self.module_ids[id(step.modules[0])] if step.modules else None,
            run=None if step.run is None else self._run(step, step.run),
            created_at=step.created,
        )

    def _ids(self, steps: Iterable[StepThing]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.step_ids[id(step)] for step in steps if id(step) in self.step_ids))

    def _run(self, step: StepThing, run: RunThing) -> Run:
        command = tuple(f"{prefix}{_word(content)}{suffix}" for prefix, content, suffix in run.words)
        inputs = tuple(_word(path) for path in run.inputs)
        outputs = tuple(run.outputs)
        source = self._program(run)
        here = step.created[0]
        package = self.world.packages[here.package].package
        owner = step.owner.package.package
        # The project's own content changes all the time, and pins nothing: there the program is what was reviewed.
        pinned = owner if owner.pin != "." else self.world.packages[source.package].package if source else None
        digest = pinned.digest if pinned is not None and pinned.pin != "." else None
        return Run(
            command=command,
            executes=source.package if source is not None else None,
            program_source=source,
            cwd=None if run.cwd is None else path_text(run.cwd),
            env=dict(run.env),
            inputs=inputs,
            outputs=outputs,
            fingerprint=read_fingerprint(
                here.file if package is owner else f"{package.name}:{here.file}",
                here.line,
                here.column,
                digest,
                command,
                inputs,
                outputs,
            ),
        )

    def _program(self, run: RunThing) -> Location | None:
        """Whose code runs, and where that begins."""
        if run.code is not None:
            return run.code
        words = [_plain_word(prefix, value) for prefix, value, _ in run.words]
        index = executed_word(words)
        if index is None:
            return None
        word = words[index]
        if word is None:
            return _program_file(run.words[index][1])
        package = self.table.packages[0] if run.cwd is None else run.cwd.package
        if package is None or package.folder is None or word.startswith("/"):
            return None
        file = posixpath.normpath(posixpath.join(run.cwd.sub if run.cwd is not None else "", word))
        inside = not file.startswith("../") and os.path.isfile(f"{package.folder}/{file}")  # noqa: PTH113 - never raises
        return Location(package.package.id, file, 1) if inside else None


def _closure(modules: Iterable[ModuleThing]) -> list[ModuleThing]:
    """The modules and all that they import."""
    found: dict[int, ModuleThing] = {}
    pending = list(modules)[::-1]
    while pending:
        module = pending.pop()
        if id(module) not in found:
            found[id(module)] = module
            pending.extend(target for targets in module.imports.values() for target in targets)
    return list(found.values())


def _word(value: Value) -> str:
    """A word of a command: a path or built program in portable form, else its text."""
    found = list(dict.fromkeys(_one_word(one) for one in alternatives(value)))
    return found[0] if len(found) == 1 else "[" + "|".join(found) + "]" if found else text_of(value)


def _one_word(value: Value) -> str:
    if isinstance(value, StepThing):
        return f"[{value.artifact or value.name}]"
    return path_text(value) if isinstance(value, LazyPath) else text_of(value)


def _plain_word(prefix: str, value: Value) -> str | None:
    if isinstance(value, str):
        return prefix + value
    return "--" if isinstance(value, LazyPath) and value.step is not None and value.step.kind == "run" else None


def _program_file(value: Value) -> Location | None:
    """Where the code of a file or built program begins, if a package ships or builds it."""
    for one in alternatives(value):
        if isinstance(one, LazyPath) and one.package is not None:
            return Location(one.package.package.id, one.sub, 1)
        if isinstance(one, LazyPath) and one.step is not None and one.step.kind == "compile":
            one = one.step
        if isinstance(one, StepThing) and one.modules:
            root = one.modules[0].root
            if root is not None and root.package is not None:
                return Location(root.package.package.id, root.sub, 1)
            return Location(one.modules[0].owner.package.package.id, BUILD_FILE, 1)
    return None
