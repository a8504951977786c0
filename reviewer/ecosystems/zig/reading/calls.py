"""What the calls of zig's build API do to the graph: std.Build, its dependencies and paths.

Steps are named as in lib/std/Build.zig of zig 0.17; the calls of all versions since 0.11 are known.
"""

import posixpath
from collections.abc import Callable

from reviewer.ecosystems.zig.reading.links import StepCalls
from reviewer.ecosystems.zig.reading.values import (
    MAX_TEXT,
    NOTHING,
    NULL,
    UNKNOWN,
    UNKNOWN_TEXT,
    Builder,
    Dependency,
    Instance,
    Items,
    LazyPath,
    ModuleThing,
    Record,
    RunThing,
    StepThing,
    Tag,
    Value,
    alternatives,
    join,
    name_of,
    path_text,
    printable,
    text_of,
)
from reviewer.ecosystems.zig.reading.world import Call, World, as_paths, options_key

MAX_PATH = 4096

# Calls that only compute or ask; what they return cannot be known here.
_QUERIES = frozenset({
    "option", "standardTargetOptions", "standardOptimizeOption", "standardTargetOptionsQueryOnly", "resolveTargetQuery", "parseTargetQuery",
    "findProgram", "run", "runAllowFail", "runFallible", "fmtErr", "isRoot", "systemIntegrationOption", "truncateFile", "makePath",
    "addSearchPrefix", "setInstallPrefix", "getInstallPath", "resolveInstallPrefix", "validateUserInputDidItFail", "addUserInputOption",
    "addUserInputFlag", "dependOnFileContents", "dependOnFileMetadata", "dependOnDirectoryContents", "dependOnDirectoryMetadata",
    "verbose_cc", "standardReleaseOptions", "version", "updateFile", "exec", "execAllowFail", "execFromStep", "wantSharedLibSymLinks",
    "pkgHashOrNull", "lazyImport", "setPreferredReleaseMode", "detectNativeSystemPaths", "getEnvMap", "hostTarget", "pushInstalledFile",
})  # fmt: skip


class BuildCalls:
    """Follows calls on builders, dependencies, paths and step types; those on steps and modules are in `build_links`."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.links = StepCalls(world)
        self._builder: dict[str, Callable[[Instance, Call], Value]] = {
            "addExecutable": lambda b, c: self.compile(b, c, "exe"),
            "addLibrary": lambda b, c: self.compile(b, c, "lib"),
            "addStaticLibrary": lambda b, c: self.compile(b, c, "lib"),
            "addSharedLibrary": lambda b, c: self.compile(b, c, "lib"),
            "addObject": lambda b, c: self.compile(b, c, "obj"),
            "addAssembly": lambda b, c: self.compile(b, c, "obj"),
            "addTest": lambda b, c: self.compile(b, c, "test_obj" if c.option(0, "emit_object") is True else "test"),
            "createModule": lambda b, c: self.links.module(b, c, 0, None),
            "addModule": self._add_module,
            "addRunArtifact": self._run_artifact,
            "addSystemCommand": self._system_command,
            "addRunFile": self._run_file,
            "addOptions": lambda b, c: self._make(b, c, "options", "options"),
            "addWriteFiles": lambda b, c: self._make(b, c, "write_file", "WriteFile"),
            "addTempFiles": lambda b, c: self._make(b, c, "write_file", "WriteFile"),
            "addMutateFiles": lambda b, c: self._make(b, c, "write_file", "WriteFile"),
            "addNamedWriteFiles": self._named_write_files,
            "addWriteFile": self._write_file,
            "addUpdateSourceFiles": self._update_source_files,
            "addConfigHeader": self._config_header,
            "addTranslateC": lambda b, c: self._make(b, c, "translate_c", "translate-c"),
            "addFail": lambda b, c: self._make(b, c, "fail", "fail"),
            "addFmt": lambda b, c: self._make(
                b, c, "fmt", "zig fmt --check" if c.option(0, "check") is True else "zig fmt"
            ),
            "addObjCopy": lambda b, c: self._make(b, c, "obj_copy", f"objcopy {self._shown(b, c.arg(0))}"),
            "addCheckFile": lambda b, c: self._make(b, c, "check_file", "CheckFile"),
            "addRemoveDirTree": self._remove_tree,
            "addInstallArtifact": self._install_artifact,
            "installArtifact": lambda b, c: self._installed(b, self._install_artifact(b, c)),
            "addInstallDirectory": self._install_directory,
            "installDirectory": lambda b, c: self._installed(b, self._install_directory(b, c)),
            "addInstallFileWithDir": lambda b, c: self._install_file(b, c, 2),
            "addInstallFile": lambda b, c: self._install_file(b, c, 1),
            "addInstallBinFile": lambda b, c: self._install_file(b, c, 1),
            "addInstallLibFile": lambda b, c: self._install_file(b, c, 1),
            "addInstallHeaderFile": lambda b, c: self._install_file(b, c, 1),
            "installFile": lambda b, c: self._installed(b, self._install_file(b, c, 1)),
            "installBinFile": lambda b, c: self._installed(b, self._install_file(b, c, 1)),
            "installLibFile": lambda b, c: self._installed(b, self._install_file(b, c, 1)),
            "findProgramLazy": self._find_program,
            "step": self._top_level,
            "getInstallStep": lambda b, _: b.install,
            "getUninstallStep": lambda b, _: b.uninstall,
            "path": self._path,
            "pathFromRoot": self._path,
            "pathJoin": lambda _, c: _joined_path(c.arg(0)),
            "pathResolve": lambda _, c: _joined_path(c.arg(0)),
            "pathList": lambda b, c: _each(c.arg(0), lambda sub: LazyPath(text_of(sub), b.package)),
            "fmt": lambda _, c: format_text(c.arg(0), c.arg(1)),
            "dupe": lambda _, c: c.arg(0),
            "dupePath": lambda _, c: c.arg(0),
            "dupeStrings": lambda _, c: c.arg(0),
            "dependency": self._dependency,
            "lazyDependency": self._dependency,
            "dependencyLazy": self._dependency,
            "anonymousDependency": lambda b, c: self.world.opaque(c.frame, c.node, c.name, [Builder(b)]),
            "addNamedLazyPath": self._named_lazy_path,
        }
        # `Step.X.create(b, …)` to the builder's own call of the same arguments.
        self._create: dict[str, Callable[[Instance, Call], Value]] = {
            "Run": lambda b, c: self._new_run(b, c, name_of(c.arg(0))),
            "Compile": lambda b, c: self.compile(b, c, text_of(c.option(0, "kind"))),
            "Options": self._builder["addOptions"],
            "WriteFile": self._builder["addWriteFiles"],
            "UpdateSourceFiles": self._update_source_files,
            "ConfigHeader": self._config_header,
            "TranslateC": self._builder["addTranslateC"],
            "InstallArtifact": self._install_artifact,
            "InstallFile": lambda b, c: self._install_file(b, c, 2),
            "InstallDir": self._install_directory,
            "ObjCopy": self._builder["addObjCopy"],
            "CheckFile": self._builder["addCheckFile"],
            "RemoveDir": self._remove_tree,
            "Fail": self._builder["addFail"],
            "Fmt": self._builder["addFmt"],
            "FindProgram": self._find_program,
            "Module": self._builder["createModule"],
        }

    def on_builder(self, builder: Builder, call: Call) -> Value:
        """`b.name(…)`."""
        handler = self._builder.get(call.name)
        if handler is not None:
            return handler(builder.instance, call)
        if call.name in _QUERIES:
            return UNKNOWN
        return self.world.opaque(call.frame, call.node, f"b.{call.name}", [builder])

    def creates(self, kind: str, builder: Value, call: Call) -> Value | None:
        """`std.Build.Step.<kind>.create(builder, …)`, `call` without the builder; None if there is no such step type."""
        handler = self._create.get(kind)
        owners = [one.instance for one in alternatives(builder) if isinstance(one, Builder)]
        return join(handler(owner, call) for owner in owners) if handler is not None and owners else None

    def compile(self, b: Instance, call: Call, built: str) -> StepThing:
        """A compile step. Before zig 0.14 it could make its own root module."""
        name = name_of(call.option(0, "name"), "test" if built.startswith("test") else UNKNOWN_TEXT)
        shown = built if built.startswith("test") and name == "test" else f"{built} {name}"
        step = self.world.new_step(call, b, "compile", f"compile {shown}")
        step.artifact, step.built = name, built
        root = call.option(0, "root_module")
        if not any(isinstance(one, Record) for one in alternatives(call.arg(0))):
            self.world.unanalyzed(
                call.frame, call.node, f"what {printable(call.name)}(…) compiles could not be followed"
            )
        elif root is NULL:
            step.modules = [self.links.module(b, call, 0, None)]
        else:
            step.modules = self.world.modules_of(call, root)
        for one in alternatives(call.arg(0)):
            if isinstance(one, Record):
                self.world.absorb(
                    step, Items([v for k, v in one.fields.items() if k not in ("root_module", "root_source_file")])
                )
        b.artifacts.setdefault(name, []).append(step)
        return step

    def _make(self, b: Instance, call: Call, kind: str, name: str) -> StepThing:
        """A step that waits for whatever it is given."""
        step = self.world.new_step(call, b, kind, name)
        self.world.absorb(step, Items(list(call.args)))
        return step

    def _add_module(self, b: Instance, call: Call) -> ModuleThing:
        name = name_of(call.arg(0))
        module = self.links.module(b, call, 1, name)
        b.modules.setdefault(name, []).append(module)
        return module

    def _new_run(self, b: Instance, call: Call, name: str) -> StepThing:
        step = self.world.new_step(call, b, "run", name)
        step.run = RunThing()
        return step

    def _run_artifact(self, b: Instance, call: Call) -> Value:
        runs = []
        for artifact in self.world.steps_of(call, call.arg(0)):
            run = self._new_run(b, call, "run " + artifact.name.removeprefix("compile "))
            self.links.artifact_word(run, artifact)
            runs.append(run)
        if not runs:
            run = self._new_run(b, call, f"run {UNKNOWN_TEXT}")
            self.links.word(run, UNKNOWN)
            runs.append(run)
        return join(runs)

    def _system_command(self, b: Instance, call: Call) -> StepThing:
        words = next((one.items for one in alternatives(call.arg(0)) if isinstance(one, Items)), [UNKNOWN])
        run = self._new_run(b, call, f"run {text_of(words[0]) if words else UNKNOWN_TEXT}")
        self.links.words(run, call.arg(0))
        return run

    def _run_file(self, b: Instance, call: Call) -> StepThing:
        run = self._new_run(b, call, f"run {self._shown(b, call.arg(0))}")
        paths = self.world.paths_of(call, b, call.arg(0))
        self.links.file_word(run, join(paths) if paths else UNKNOWN, "", "")
        return run

    def _named_write_files(self, b: Instance, call: Call) -> StepThing:
        step = self._make(b, call, "write_file", "WriteFile")
        b.named_steps[text_of(call.arg(0))] = step
        b.named_paths[text_of(call.arg(0))] = LazyPath(step=step)
        return step

    def _named_lazy_path(self, b: Instance, call: Call) -> Value:
        name = text_of(call.arg(0))
        paths = self.world.paths_of(call, b, call.arg(1))
        b.named_paths[name] = join([b.named_paths.get(name, NOTHING), *paths])
        return NOTHING

    def _write_file(self, b: Instance, call: Call) -> StepThing:
        return self._make(b, call, "write_file", f"WriteFile {text_of(call.arg(0))}")

    def _update_source_files(self, b: Instance, call: Call) -> StepThing:
        return self._make(b, call, "update_source_files", "UpdateSourceFiles")

    def _remove_tree(self, b: Instance, call: Call) -> StepThing:
        return self._make(b, call, "remove_dir", f"RemoveDir {self._shown(b, call.arg(0))}")

    def _config_header(self, b: Instance, call: Call) -> StepThing:
        style = call.option(0, "style")
        tag, source = "blank", NULL
        for one in alternatives(style):
            if isinstance(one, Tag):
                tag = one.name
            elif isinstance(one, Record) and one.fields:
                tag, source = next(iter(one.fields.items()))
        paths = [path for one in alternatives(source) for path in as_paths(one, b)]
        path = text_of(call.option(0, "include_path"))
        if path == UNKNOWN_TEXT:
            stem = posixpath.basename(paths[0].sub) if paths else ""
            path = stem.removesuffix(".in") if stem.endswith(".h.in") else "config.h"
        of = f" {_display(paths[0])}" if paths else ""
        return self._make(b, call, "config_header", f"configure {tag} header{of} to {path}")

    def _install_artifact(self, b: Instance, call: Call) -> Value:
        installs = []
        for artifact in self.world.steps_of(call, call.arg(0)):
            install = self.world.new_step(call, b, "install_artifact", f"install {artifact.artifact}")
            install.wait_for(artifact)
            self.world.absorb(install, Items(list(call.args[1:])))
            installs.append(install)
        return join(installs)

    def _install_directory(self, b: Instance, call: Call) -> StepThing:
        return self._make(b, call, "install_dir", f"install {self._shown(b, call.option(0, 'source_dir'))}/")

    def _install_file(self, b: Instance, call: Call, destination: int) -> StepThing:
        source = f"{self._shown(b, call.arg(0))} to {text_of(call.arg(destination))}"
        return self._make(b, call, "install_file", f"install {source}")

    def _installed(self, b: Instance, steps: Value) -> Value:
        for step in alternatives(steps):
            b.install.wait_for(step)
        return NOTHING

    def _find_program(self, b: Instance, call: Call) -> LazyPath:
        names = call.option(0, "names")
        items = names.items if isinstance(names, Items) else [UNKNOWN]
        step = self._make(
            b, call, "find_program", f"find program {text_of(items[0] if items else UNKNOWN)} ({len(items)} candidates)"
        )
        return LazyPath(step=step)

    def _top_level(self, b: Instance, call: Call) -> StepThing:
        step = self.world.new_step(call, b, "top_level", name_of(call.arg(0)))
        b.top_level.setdefault(step.name, step)
        return step

    def _path(self, b: Instance, call: Call) -> LazyPath:
        return LazyPath(_clean(text_of(call.arg(0))), b.package)

    def _dependency(self, b: Instance, call: Call) -> Value:
        table = dict(b.package.dependencies)
        names = [one for one in alternatives(call.arg(0)) if isinstance(one, str)]
        if not names or len(names) < len(alternatives(call.arg(0))):
            self.world.unanalyzed(call.frame, call.node, "which dependency is asked for could not be followed")
            names = names or list(table)
        found: list[Value] = []
        for name in names:
            package = self.world.packages.get(table.get(name, ""))
            if package is None or package.folder is None:
                if call.name == "dependency":
                    what = f"the dependency “{printable(name)}” is not here, so what it does could not be read"
                    self.world.unanalyzed(call.frame, call.node, what)
                found.append(NULL)
                continue
            label = name if b.label == "root" else f"{b.label}.{name}"
            found.append(Dependency(self.world.instance(package, label, options_key(call.arg(1)))))
        return join(found)

    def on_dependency(self, dependency: Dependency, call: Call) -> Value:
        """`dep.name(…)`."""
        instance = dependency.instance
        asked = [one for one in alternatives(call.arg(0)) if isinstance(one, str)]
        pools: dict[str, dict[str, Value]] = {
            "module": {name: join(modules) for name, modules in instance.modules.items()},
            "artifact": _artifacts(instance),
            "namedLazyPath": instance.named_paths,
            "namedWriteFiles": dict(instance.named_steps),
        }
        if call.name == "path":
            return join(LazyPath(_clean(text), instance.package) for text in asked or [text_of(call.arg(0))])
        if call.name not in pools:
            return self.world.opaque(call.frame, call.node, call.name, [dependency])
        pool = pools[call.name]
        if asked and all(name in pool for name in asked):
            return join(pool[name] for name in asked)
        shown = printable(text_of(call.arg(0)))
        self.world.unanalyzed(
            call.frame, call.node, f"which {call.name} “{shown}” of {instance.label} is could not be followed"
        )
        return join(pool.values()) if pool and not asked else NULL

    def on_path(self, path: LazyPath, call: Call) -> Value:
        """`lazy_path.name(…)`."""
        if call.name in ("path", "join", "relative"):
            sub = text_of(call.arg(1 if len(call.args) > 1 else 0))
            return path.below(_clean(posixpath.join(path.sub, sub)))
        if call.name == "dirname":
            return path.below(posixpath.dirname(path.sub), up=int(path.step is not None and not path.sub))
        if call.name == "addStepDependencies" and path.step is not None:
            for step in self.world.steps_of(call, call.arg(0)):
                step.wait_for(path.step)
            return NOTHING
        # getPath and its likes: the same place, as text.
        return path

    def _shown(self, b: Instance, value: Value) -> str:
        """As zig 0.17 prints a path in the name of a step."""
        paths = [path for one in alternatives(value) for path in as_paths(one, b)]
        return _display(paths[0]) if paths else text_of(value)


def _artifacts(instance: Instance) -> dict[str, Value]:
    """Compile steps by name; those that the package installs, where it installs any of that name."""
    installed = {wait for step in instance.install.waits if step.kind == "install_artifact" for wait in step.waits}
    found = {}
    for name, steps in instance.artifacts.items():
        chosen = [step for step in steps if step in installed]
        found[name] = join(chosen or steps)
    return found


def _display(path: LazyPath) -> str:
    """std.Build.LazyPath.format."""
    if path.step is not None:
        return "generated"
    return path.sub if not path.base else f"{path.base} {path.sub}"


def _clean(sub: str) -> str:
    if len(sub) > MAX_PATH:
        return UNKNOWN_TEXT
    return posixpath.normpath(sub) if sub else ""


def _joined_path(parts: Value) -> Value:
    if isinstance(parts, Items) and parts.items:
        first = parts.items[0]
        if isinstance(first, LazyPath):
            rest = [text_of(part) for part in parts.items[1:]]
            return first.below(_clean(posixpath.join(first.sub, *rest)))
        return _clean(posixpath.join(*(text_of(part) for part in parts.items)))
    return UNKNOWN


def _each(values: Value, make: Callable[[Value], Value]) -> Value:
    return Items([make(value) for value in values.items]) if isinstance(values, Items) else UNKNOWN


def format_text(template: Value, args: Value) -> Value:
    """`std.fmt` with the arguments that are known; the others show as `[?]`."""
    if not isinstance(template, str):
        return UNKNOWN
    values = (
        list(args.items) if isinstance(args, Items) else list(args.fields.values()) if isinstance(args, Record) else []
    )
    named = args.fields if isinstance(args, Record) else {}
    out: list[str] = []
    at = 0
    while at < len(template):
        char = template[at]
        if template[at : at + 2] in ("{{", "}}"):
            out.append(char)
            at += 2
        elif char == "{" and (end := template.find("}", at)) > 0:
            spec = template[at + 1 : end]
            key = spec[1 : spec.find("]")] if spec.startswith("[") else ""
            if key:
                value = (
                    values[int(key)]
                    if key.isdecimal() and len(key) < 4 and int(key) < len(values)
                    else named.get(key, UNKNOWN)
                )
            else:
                value = values.pop(0) if values else UNKNOWN
            out.append(path_text(value) if isinstance(value, LazyPath) and value.step is None else text_of(value))
            at = end + 1
        else:
            out.append(char)
            at += 1
    text = "".join(out)
    return text if len(text) <= MAX_TEXT else UNKNOWN
