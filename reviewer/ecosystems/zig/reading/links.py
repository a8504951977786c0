"""What the calls on steps and modules do: links between them, and the words of run steps (lib/std/Build/Step/*.zig, Module.zig)."""

import posixpath
from collections.abc import Callable

from reviewer.ecosystems.zig.reading.scope import Function
from reviewer.ecosystems.zig.reading.values import (
    MAX_ITEMS,
    NOTHING,
    NULL,
    UNKNOWN,
    Choice,
    Instance,
    Items,
    LazyPath,
    ModuleThing,
    Record,
    RunThing,
    Std,
    StepThing,
    Tag,
    Value,
    alternatives,
    join,
    name_of,
    printable,
    text_of,
    text_or,
)
from reviewer.ecosystems.zig.reading.world import Call, World, as_paths
from reviewer.model.graph import Location

PASSED_ON = "[arguments after --]"

# Calls that link whatever they are given into a module; compile steps had them too, up to zig 0.15.
_MODULE_LINKS = frozenset({
    "addObject", "linkLibrary", "addObjectFile", "addAssemblyFile", "addIncludePath", "addSystemIncludePath", "addAfterIncludePath",
    "addConfigHeader", "addFrameworkPath", "addSystemFrameworkPath", "addEmbedPath", "addLibraryPath", "addRPath", "addCSourceFile",
    "addCSourceFiles", "addWin32ResourceFile", "linkLibraryOrObject",
})  # fmt: skip
_SOURCES = frozenset({"addCSourceFile", "addCSourceFiles", "addAssemblyFile", "addObjectFile", "addWin32ResourceFile"})
_INCLUDES = frozenset({"addIncludePath", "addSystemIncludePath", "addAfterIncludePath"})
_MODULE_FLAGS = frozenset({
    "addCMacro", "addRPathSpecial", "linkFramework", "linkSystemLibrary", "linkSystemLibrary2", "linkLibC", "linkLibCpp", "linkLibCPP",
    "defineCMacro", "linkFrameworkNeeded", "linkFrameworkWeak", "linkSystemLibraryName", "linkSystemLibraryNeeded",
    "linkSystemLibraryPkgConfigOnly", "linkSystemLibraryWeak", "getGraph", "addFlag", "linkSystemLibraryNeededName",
})  # fmt: skip
# Calls that only set something, or make the step wait for what they are given.
_STEP_CALLS = frozenset({
    "addError", "fail", "cast", "setVerboseLink", "setVerboseCC", "forceUndefinedSymbol", "setLibCFile", "setLinkerScript",
    "setLinkerScriptPath", "setVersionScript", "installHeader", "installHeadersDirectory", "installHeadersDirectoryOptions",
    "installConfigHeader", "installLibraryHeaders", "dependsOnSystemLibrary", "isDynamicLibrary", "isStaticLibrary", "isDll",
    "rootModuleTarget", "producesPdbFile", "producesImplib", "checkObject", "expectStdErrEqual", "expectStdErrMatch", "expectStdOutEqual",
    "expectStdOutMatch", "expectExitCode", "addCheck", "hasTermCheck", "enableTestRunnerMode", "enableProtocolMode", "clearEnvironment",
    "removeEnvironmentVariable", "addOption", "addOptionPath", "addOptionPathDirectory", "addOptionPathUntracked", "addOptionArtifact",
    "addOptionFileSource", "addValues", "addValue", "addIdent", "addCopyFileToSource", "addBytesToSource", "addCopyFile",
    "addCopyDirectory", "add", "addBytes", "addCFlags", "defineCMacroRaw", "setBuildMode", "setTarget", "setOutputDir", "strip",
    "setMainPkgPath", "setFilter", "setNamePrefix", "setTestRunner", "setPreopen", "setExecCmd", "addSystemFrameworkPath",
    "setTestFilter", "getEnvMap", "addThirdPartyEnabledArgDarling", "addThirdPartyEnabledArgQemu", "addThirdPartyEnabledArgRosetta",
    "addThirdPartyEnabledArgWasmtime", "addThirdPartyEnabledArgWine", "setUnwindTables", "getCompileDependencies", "addDefines",
    "checkInDirectory", "checkExact", "checkContains", "checkNotPresent", "checkStart", "checkInSymtab", "checkComputeCompare",
    "checkInHeaders", "checkExtract", "dumpSection", "checkInDynamicSection", "checkInDynamicSymtab",
})  # fmt: skip


class StepCalls:
    """Follows calls on steps and modules."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._run: dict[str, Callable[[StepThing, Call], Value]] = {
            "addArg": lambda run, c: self.word(run, c.arg(0)),
            "addArgs": lambda run, c: self.words(run, c.arg(0)),
            "addPassthruArgs": lambda run, _: self.word(run, PASSED_ON),
            "addArtifactArg": lambda run, c: self._artifact(run, c, 0, "", ""),
            "addPrefixedArtifactArg": lambda run, c: self._artifact(run, c, 1, text_of(c.arg(0)), ""),
            "addArtifactArg2": lambda run, c: self._artifact(run, c, 0, *_affixes(c)),
            "addFileContentArg": lambda run, c: self._file(run, c, 0, "content of ", ""),
            "addPrefixedFileContentArg": lambda run, c: self._file(run, c, 1, text_of(c.arg(0)) + "content of ", ""),
            "addFileContentArg2": lambda run, c: self._file(run, c, 0, _affixes(c)[0] + "content of ", _affixes(c)[1]),
            "addDecoratedDirectoryArg": lambda run, c: self._file(run, c, 1, text_of(c.arg(0)), text_of(c.arg(2))),
            "addFileInput": self._file_input,
            "captureStdOut": lambda run, c: self._captured(run, text_or(c.option(0, "basename"), "stdout")),
            "captureStdErr": lambda run, c: self._captured(run, text_or(c.option(0, "basename"), "stderr")),
            "setCwd": self._set_cwd,
            "setEnvironmentVariable": self._set_environment,
            "addPathDir": self._set_path,
            "setStdIn": self._set_stdin,
            "setName": self._set_name,
        }
        for kind in ("File", "Directory", "DirectorySource"):
            self._run[f"add{kind}Arg"] = lambda run, c: self._file(run, c, 0, "", "")
            self._run[f"addPrefixed{kind}Arg"] = lambda run, c: self._file(run, c, 1, text_of(c.arg(0)), "")
            self._run[f"add{kind}Arg2"] = lambda run, c: self._file(run, c, 0, *_affixes(c))
        for kind in ("OutputFile", "OutputDirectory"):
            self._run[f"add{kind}Arg"] = lambda run, c: self._output_word(run, c, 0, "", "")
            self._run[f"addPrefixed{kind}Arg"] = lambda run, c: self._output_word(run, c, 1, text_of(c.arg(0)), "")
            self._run[f"add{kind}Arg2"] = lambda run, c: self._output_word(run, c, 0, *_affixes(c))
        self._run["addDepFileOutputArg"] = lambda run, c: self._dep_file(run, c, 0, "", "")
        self._run["addPrefixedDepFileOutputArg"] = lambda run, c: self._dep_file(run, c, 1, text_of(c.arg(0)), "")
        self._run["addDepFileOutputArg2"] = lambda run, c: self._dep_file(run, c, 0, *_affixes(c))

    def module(self, b: Instance, call: Call, index: int, name: str | None) -> ModuleThing:
        """A module made from CreateOptions, or from the options of zig 0.11 and 0.12."""
        given = next((key for key in ("root_source_file", "source_file") if call.option(index, key) is not NULL), "")
        paths = self.world.paths_of(call, b, call.option(index, given)) if given else []
        module = self.world.new_module(b, name, paths[0] if paths else None)
        for other in paths[1:]:
            self.world.need(module, other)
        if not any(isinstance(one, Record) for one in alternatives(call.arg(index))):
            self.world.unanalyzed(call.frame, call.node, "what the module is made of could not be followed")
        for key in ("imports", "dependencies"):
            for one in alternatives(call.option(index, key)):
                if isinstance(one, Items):
                    self._import_all(module, call, one)
                else:
                    self.world.unanalyzed(call.frame, call.node, "what the module imports could not be followed")
        return module

    def _import_all(self, module: ModuleThing, call: Call, imports: Items) -> None:
        for each in imports.items:
            records = [record for record in alternatives(each) if isinstance(record, Record)]
            if not records:
                self.world.unanalyzed(call.frame, call.node, "what the module imports could not be followed")
            for record in records:
                self._import(module, call, record.fields.get("name", UNKNOWN), record.fields.get("module", UNKNOWN))

    def _import(self, module: ModuleThing, call: Call, name: Value, imported: Value) -> None:
        known = module.imports.setdefault(name_of(name), [])
        known.extend(one for one in self.world.modules_of(call, imported) if one not in known)

    def on_module(self, module: ModuleThing, call: Call) -> Value:
        """`module.name(…)`."""
        if call.name in ("addImport", "addModule"):
            self._import(module, call, call.arg(0), call.arg(1))
        elif call.name in ("addAnonymousImport", "addAnonymousModule"):
            self._import(module, call, call.arg(0), self.module(module.owner, call, 1, None))
        elif call.name == "addOptions":
            for options in self.world.steps_of(call, call.arg(1)):
                self._import(module, call, call.arg(0), self._generated_module(options, None))
        elif call.name in _MODULE_LINKS:
            self._link(module, call)
        elif call.name not in _MODULE_FLAGS:
            return self.world.opaque(call.frame, call.node, call.name, [module])
        return NOTHING

    def _link(self, module: ModuleThing, call: Call) -> None:
        value = call.arg(0)
        if call.name in ("addObject", "linkLibrary", "linkLibraryOrObject", "addConfigHeader"):
            for linked in self.world.steps_of(call, value):
                self._need_headers(module, call, linked)
        elif not any(isinstance(one, Record) for one in alternatives(value)):
            self.world.paths_of(call, module.owner, value)
        if call.name in _SOURCES:
            module.sources += self._sources(module.owner, call)
        elif call.name in _INCLUDES:
            module.includes += [path for one in alternatives(value) for path in as_paths(one, module.owner)]
        self.world.need(module, Items(list(call.args)))

    def _sources(self, owner: Instance, call: Call) -> list[LazyPath]:
        """The files that are compiled or linked into a module; what is not known is a file without a name."""
        unknown = LazyPath(step=None, base="?")
        if call.name == "addCSourceFiles":
            roots = [path for one in alternatives(call.option(0, "root")) for path in as_paths(one, owner)]
            lists = [one for one in alternatives(call.option(0, "files")) if isinstance(one, Items)]
            names = [text_of(item) for items in lists for item in items.items]
            return [
                root.below(posixpath.join(root.sub, name))
                for root in roots or [LazyPath("", owner.package)]
                for name in names
            ] or [unknown]
        value = call.arg(0)
        given = (
            [call.option(0, "file")]
            if any(isinstance(one, Record) and "file" in one.fields for one in alternatives(value))
            else [value]
        )
        return [path for each in given for one in alternatives(each) for path in as_paths(one, owner)] or [unknown]

    def _need_headers(self, module: ModuleThing, call: Call, linked: StepThing) -> None:
        """Compile.getEmittedIncludeTree: zig itself makes a step that collects the headers of what is linked."""
        if linked.kind == "compile":
            if linked.headers is None:
                linked.headers = self.world.new_step(call, linked.owner, "write_file", "WriteFile")
            self.world.need(module, linked.headers)

    def on_step(self, step: StepThing, call: Call) -> Value:
        """`step.name(…)`, also of the types around a step."""
        name = call.name
        if name == "dependOn":
            for other in self.world.steps_of(call, call.arg(0)):
                step.wait_for(other)
            return NOTHING
        if step.run is not None and name in self._run:
            return self._run[name](step, call) or NOTHING
        if step.kind == "compile" and (name in _COMPILE_CALLS):
            for module in step.modules:
                self.on_module(module, call)
            return NOTHING
        if name in ("createModule", "addModule"):
            return self._generated_module(step, name_of(call.arg(0)) if name == "addModule" else None)
        if name == "addObjCopy":
            copy = self.world.new_step(call, step.owner, "obj_copy", "objcopy generated")
            copy.wait_for(step)
            self.world.absorb(copy, Items(list(call.args)))
            return copy
        if name == "addCheckFile":
            check = self.world.new_step(call, step.owner, "check_file", "CheckFile")
            check.wait_for(step)
            return check
        if step.kind == "write_file" and name in ("add", "addCopyFile", "addCopyDirectory"):
            return self._written(step, call)
        if name.startswith("get") and name != "getEnvMap":
            return LazyPath(step=step)
        if name not in _HARMLESS_STEP_CALLS:
            return self.world.opaque(call.frame, call.node, name, [step])
        self.world.absorb(step, Items(list(call.args)))
        return step if name == "cast" else UNKNOWN

    def custom(self, step: StepThing, make: Value, call: Call) -> None:
        """Up to zig 0.16 a step may have code of its own, which runs inside the build; zig's own functions are no such code."""
        functions = [one for one in alternatives(make) if not isinstance(one, Std)]
        if not functions:
            return
        step.kind, step.run = "custom", RunThing()
        words = ["unknown function"]
        for one in functions:
            if not isinstance(one, Function):
                self.world.unanalyzed(
                    call.frame, call.node, f"what the step “{printable(step.name)}” runs could not be followed"
                )
            else:
                file = one.shape.file
                package = file.package.package
                step.run.code = Location(package.id, file.path, one.node.line, one.node.column, one.name)
                words = [f"{package.name}:{file.path}", one.name]
        step.run.words = [("", word, "") for word in ("[build runner]", *words)]

    def _generated_module(self, step: StepThing, name: str | None) -> ModuleThing:
        owner = step.owner
        module = self.world.new_module(owner, name, LazyPath(step=step))
        if name is not None:
            owner.modules.setdefault(name, []).append(module)
        return module

    def _written(self, step: StepThing, call: Call) -> LazyPath:
        sub = text_of(call.arg(0 if call.name == "add" else 1))
        if step.name == "WriteFile" and sub:
            step.name = f"WriteFile {sub}"
        self.world.absorb(step, Items(list(call.args)))
        return LazyPath(sub, step=step)

    def word(self, run: StepThing, value: Value, prefix: str = "", suffix: str = "") -> None:
        """Append one word."""
        assert run.run is not None
        if len(run.run.words) < MAX_ITEMS:
            run.run.words.append((prefix, value, suffix))
        self.world.absorb(run, value)

    def words(self, run: StepThing, values: Value) -> None:
        """Append a list of words."""
        for one in alternatives(values):
            for word in one.items if isinstance(one, Items) else [UNKNOWN]:
                self.word(run, word)

    def artifact_word(self, run: StepThing, artifact: StepThing, prefix: str = "", suffix: str = "") -> None:
        """Append the path of a built program."""
        self.word(run, artifact, prefix, suffix)

    def file_word(self, run: StepThing, path: Value, prefix: str, suffix: str) -> None:
        """Append a path, which so becomes an input."""
        assert run.run is not None
        self.word(run, path, prefix, suffix)
        run.run.inputs.append(path)

    def _artifact(self, run: StepThing, call: Call, index: int, prefix: str, suffix: str) -> None:
        assert run.run is not None
        found = self.world.steps_of(call, call.arg(index))
        artifact = join(found) if found else UNKNOWN
        if run.run.words:  # the first one is the program itself
            run.run.inputs.append(artifact)
        self.word(run, artifact, prefix, suffix)

    def _file(self, run: StepThing, call: Call, index: int, prefix: str, suffix: str) -> None:
        self.file_word(run, self._path(run, call, call.arg(index)), prefix, suffix)

    def _path(self, run: StepThing, call: Call, value: Value) -> Value:
        paths = self.world.paths_of(call, run.owner, value)
        return join(paths) if paths else UNKNOWN

    def _file_input(self, run: StepThing, call: Call) -> None:
        assert run.run is not None
        path = self._path(run, call, call.arg(0))
        run.run.inputs.append(path)
        self.world.absorb(run, path)

    def _output(self, run: StepThing, name: str) -> LazyPath:
        assert run.run is not None
        run.run.outputs.append(name)
        return LazyPath(step=run, name=name)

    def _captured(self, run: StepThing, name: str) -> LazyPath:
        """However often it is asked for, it is one file."""
        assert run.run is not None
        return LazyPath(step=run, name=name) if name in run.run.outputs else self._output(run, name)

    def _output_word(self, run: StepThing, call: Call, index: int, prefix: str, suffix: str) -> LazyPath:
        assert run.run is not None
        path = self._dep_file(run, call, index, prefix, suffix)
        if run.run.renames:
            run.name, run.run.renames = f"{run.name} ({path.name})", False
        return path

    def _dep_file(self, run: StepThing, call: Call, index: int, prefix: str, suffix: str) -> LazyPath:
        path = self._output(run, text_of(call.arg(index)))
        self.word(run, path, prefix, suffix)
        return path

    def _set_cwd(self, run: StepThing, call: Call) -> None:
        assert run.run is not None
        path = self._path(run, call, call.arg(0))
        run.run.cwd = next((one for one in alternatives(path) if isinstance(one, LazyPath)), None)
        self.world.absorb(run, path)

    def _set_environment(self, run: StepThing, call: Call) -> None:
        assert run.run is not None
        run.run.env[text_of(call.arg(0))] = text_of(call.arg(1))

    def _set_path(self, run: StepThing, call: Call) -> None:
        assert run.run is not None
        run.run.env["PATH"] = f"[PATH]:{text_of(call.arg(0))}"

    def _set_stdin(self, run: StepThing, call: Call) -> None:
        assert run.run is not None
        for one in alternatives(call.arg(0)):
            if isinstance(one, Record) and "bytes" in one.fields:
                run.run.inputs.append(f"stdin:{text_of(one.fields['bytes'])}")
            elif isinstance(one, Record) and "lazy_path" in one.fields:
                run.run.inputs.append(self._path(run, call, one.fields["lazy_path"]))
            elif not isinstance(one, Tag):
                run.run.inputs.append(UNKNOWN)
        self.world.absorb(run, call.arg(0))

    def _set_name(self, run: StepThing, call: Call) -> None:
        assert run.run is not None
        run.name, run.run.renames = name_of(call.arg(0)), False

    def assign(self, step: StepThing, field: str, value: Value, call: Call) -> None:
        """`step.field = value`."""
        if field == "name":
            step.name = name_of(value)
        elif field == "root_module":
            step.modules = self.world.modules_of(call, value)
        elif field in ("makeFn", "make_fn"):
            self.custom(step, value, call)
        elif field in ("argv", "dependencies", "producer"):
            self.world.unanalyzed(call.frame, call.node, f"replaces {field} of the step “{step.name}”")
        elif field == "cwd" and step.run is not None:
            self._set_cwd(step, Call(call.frame, call.node, "cwd", [value]))
        elif field == "rename_step_with_output_arg" and step.run is not None:
            step.run.renames = value is not False
        elif field in ("environ_map", "env_map") and value is not NULL and step.run is not None:
            step.run.env["[?]"] = "[?]"
        elif field == "stdin" and step.run is not None:
            self._set_stdin(step, Call(call.frame, call.node, "stdin", [value]))
        else:
            paths = [path for one in alternatives(value) for path in as_paths(one, step.owner)]
            self.world.absorb(step, Choice((value, *paths)))


# Of compile steps: up to zig 0.15 what is said of the root module, before 0.12 also what it imports.
_COMPILE_CALLS = frozenset({
    "addModule", "addAnonymousModule", "addOptions", "addImport", "addAnonymousImport", *_MODULE_LINKS, *_MODULE_FLAGS,
})  # fmt: skip
_HARMLESS_STEP_CALLS = _STEP_CALLS | _MODULE_LINKS | _MODULE_FLAGS


def _affixes(call: Call) -> tuple[str, str]:
    """`.{ .prefix = …, .suffix = … }`, the second argument."""
    return tuple("" if (v := call.option(1, key)) is NULL else text_of(v) for key in ("prefix", "suffix"))  # type: ignore[return-value]
