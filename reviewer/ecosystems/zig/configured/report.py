"""From the hook's report (`reviewer.zig_report/1`, resources/zig/hook.zig) to the model.

The report was written by a process that also ran the code of every dependency, so nothing in it is taken on trust: every value is checked
for its type and range, and a report that is not whole is refused.
"""

import json
import os
import posixpath
import re
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from reviewer.ecosystems.zig.configured.program import ProgramFinder
from reviewer.ecosystems.zig.packages.table import PackageTable, ZigPackage
from reviewer.ecosystems.zig.unique import unique
from reviewer.errors import ReviewerError
from reviewer.model.fingerprint import configured_fingerprint
from reviewer.model.graph import BuildOption, Evidence, Graph, Location, Module, Run, Step
from reviewer.model.questions import annotate
from reviewer.sandbox.bubblewrap import ENVIRONMENT

SCHEMA = "reviewer.zig_report/1"
_LENT = re.compile(r"\[cache\]/global[^/]*/p/(?P<name>[^/]+)/(?P<file>.+)", re.DOTALL)
MAX_BYTES = 256 * 1024 * 1024

OWN_VARIABLES = "REVIEWER_"
"""How those begin that Reviewer gives to its hook; no step gets one."""
_GIVEN: Mapping[str, str | None] = {
    **{name: ENVIRONMENT[name] for name in ("PATH", "LANG")},
    **dict.fromkeys(("PWD", "ZIG_GLOBAL_CACHE_DIR", "ZIG_DEBUG_CMD", "ZIG_PROGRESS")),
    **dict.fromkeys(("TERM", "COLORTERM", "NO_COLOR", "CLICOLOR_FORCE")),
}
"""Variables that build scripts find in the sandbox, with the values of those that decide what is executed."""


class Report(NamedTuple):
    """A report whose secret fits: the right hook wrote it to its end. Indexes are those of zig's own configuration."""

    packages: Sequence[Mapping[str, Any]]
    modules: Sequence[Mapping[str, Any]]
    steps: Sequence[Mapping[str, Any]]
    executable: str
    """The path of the program that configured; what it is called depends on what it was compiled from."""
    frames: Mapping[str, Sequence[Mapping[str, Any]]]
    environment: Mapping[str, str]
    options: Sequence[Mapping[str, Any]]
    listed: Sequence[str] | None
    """What `zig build -l` should print; None for a zig that prints its configuration."""
    needed: Sequence[str] = ()
    """Lazy packages that the project needs and that are not fetched, by their hashes."""
    poisoned: bool = False
    """Whether build code did what zig cannot track; only zig 0.17 knows."""


def parse_report(data: bytes, secret: str) -> Report:
    """Raises ReviewerError for anything but a whole report of our own hook."""
    try:
        value = json.loads(data, parse_int=_natural, parse_float=_natural, parse_constant=_natural)
    except (ValueError, RecursionError) as error:
        raise ReviewerError(
            "the report of the configure is not whole: a build.zig ended it early or wrote over it"
        ) from error
    if not isinstance(value, dict) or value.get("schema") != SCHEMA:
        raise ReviewerError("the report of the configure was not written by Reviewer's hook")
    if value.get("secret") != secret or value.get("complete") != secret:
        raise ReviewerError("the report of the configure is forged: a build.zig wrote it, not Reviewer's hook")
    try:
        return Report(
            packages=value["packages"],
            modules=value["modules"],
            steps=value["steps"],
            executable=str(value["executable"]),
            frames=value["frames"],
            environment=value["environment"],
            options=value["options"],
            needed=value["needed"],
            listed=value.get("listed"),
            poisoned=bool(value.get("poisoned")),
        )
    except KeyError as error:
        raise ReviewerError(f"the report of the configure lacks {error}") from error


def build_graph(
    report: Report,
    table: PackageTable,
    *,
    root: Path,
    toolchain: str,
    options: tuple[str, ...],
    places: Mapping[str, str],
) -> Graph:
    """The configured graph, which holds for these build options.

    `places` maps absolute paths of this machine to the words that stand for them in portable commands.
    Raises ReviewerError where the report contradicts itself or the package table.
    """
    try:
        return _Builder(report, table, places).graph(root, toolchain, options)
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        raise ReviewerError(
            f"the report of the configure contradicts itself ({type(error).__name__}: {error})"
        ) from error


class _Builder:
    def __init__(self, report: Report, table: PackageTable, places: Mapping[str, str]) -> None:
        self.report = report
        self.table = table
        self.places = sorted(places.items(), key=lambda place: -len(place[0]))
        self.by_name = by_name = {
            name: package for package in table.packages for name in (package.table_name, *package.other_names)
        }
        self.owners: list[ZigPackage] = [by_name[text_of(package["table_name"])] for package in report.packages]
        self.labels = [text_of(package["prefix"]).removesuffix(".") or "root" for package in report.packages]
        self.folders = [(f"{p.folder}/", p.package.id) for p in table.packages if p.folder is not None]
        self.folders.sort(key=lambda folder: -len(folder[0]))
        self.step_ids = unique(f"{self.labels[s['package']]}/{text_of(s['name'])}" for s in report.steps)
        self.generated_names = self._generated_names()
        self.programs = ProgramFinder(
            report.steps,
            report.modules,
            self.owners,
            locate=self._locate_file,
            created=lambda step: next(iter(self._creation(step["stack"])), None),
            text=text_of,
        )
        self.module_ids = self._module_ids()

    def graph(self, root: Path, toolchain: str, options: tuple[str, ...]) -> Graph:
        steps = tuple(self._step(index, value) for index, value in enumerate(self.report.steps))
        graph = Graph(
            root=str(root),
            ecosystem="zig",
            toolchain=toolchain,
            evidence=Evidence.CONFIGURED,
            packages=tuple(package.package for package in self.table.packages),
            package_edges=self.table.edges,
            modules=tuple(self._module(index, value) for index, value in enumerate(self.report.modules)),
            steps=steps,
            problems=self.table.problems,
            options=options,
            declared_options=tuple(_option(value) for value in self.report.options),
        )
        return annotate(graph)

    def _module_ids(self) -> list[str]:
        """Exported name, else the artifact it is the root of, else the name it is imported by."""
        compiled = {
            s["compile"]["root_module"]: text_of(s["compile"]["name"]) for s in self.report.steps if "compile" in s
        }
        imported = {target: text_of(name) for module in self.report.modules for name, target in module["imports"]}
        names = []
        for index, module in enumerate(self.report.modules):
            if module["name"] is not None:
                name = text_of(module["name"])
            elif index in compiled:
                name = f"{compiled[index]} (root)"
            else:
                name = imported.get(index, "module")
            names.append(f"mod:{self.labels[module['package']]}/{name}")
        return unique(names)

    def _module(self, index: int, value: Mapping[str, Any]) -> Module:
        owner = self.owners[value["package"]]
        source = value["root_source"]
        needs = dict.fromkeys(self.step_ids[step] for step in value["needs"])
        return Module(
            id=self.module_ids[index],
            package=owner.package.id,
            name=self.module_ids[index].partition("/")[2],
            root_source=None if source is None else self._path(source, relative_to=owner),
            imports=tuple((text_of(name), self.module_ids[target]) for name, target in value["imports"]),
            sources=tuple(self._path(path, relative_to=owner) for path in value["sources"]),
            includes=tuple(self._path(path, relative_to=owner) for path in value["includes"]),
            needs_steps=tuple(needs),
        )

    def _step(self, index: int, value: Mapping[str, Any]) -> Step:
        compiled = value.get("compile")
        custom = "custom" in value
        return Step(
            id=self.step_ids[index],
            package=self.owners[value["package"]].package.id,
            kind="custom" if custom else text_of(value["kind"]),
            name=text_of(value["name"]),
            evidence=Evidence.CONFIGURED,
            depends_on=tuple(dict.fromkeys(self.step_ids[other] for other in value["depends_on"])),
            root_module=None if compiled is None else self.module_ids[compiled["root_module"]],
            run=self._custom_run(value) if custom else self._run(value["run"]) if "run" in value else None,
            created_at=self._creation(value["stack"]),
        )

    def _creation(self, stack: Sequence[int]) -> tuple[Location, ...]:
        """The frames that lie in packages: those of zig's own library and of the hook say nothing to a reviewer."""
        return tuple(location for address in stack for location in self._places(address))

    def _places(self, address: int) -> list[Location]:
        places = []
        for frame in self.report.frames.get(str(address), ()):
            location = self._locate(text_of(frame["file"]))
            if location is not None:
                line, column = int(frame["line"]), int(frame["column"])
                places.append(location._replace(line=line, column=column, function=text_of(frame["function"])))
        return places

    def _locate_file(self, path: str) -> Location | None:
        """The place of a word that names a file of a package, if there is one."""
        location = self._locate(path)
        return location._replace(line=1) if location is not None and os.path.isfile(path) else None  # noqa: PTH113 - never raises

    def _locate(self, file: str) -> Location | None:
        """The place of a path as debug information has it: `..` in it, or below the global cache that the sandboxed zig was given."""
        file = posixpath.normpath(file)
        if lent := _LENT.fullmatch(self._portable(file)):
            found = self.by_name.get(lent["name"])
            return None if found is None else Location(found.package.id, lent["file"], 0)
        for folder, package in self.folders:
            if file.startswith(folder):
                relative = file.removeprefix(folder)
                return None if ".." in PurePosixPath(relative).parts else Location(package, relative, 0)
        return None

    def _custom_run(self, value: Mapping[str, Any]) -> Run:
        """The code of a custom step runs in the build runner's own process, so what it touches cannot be told."""
        place = next(iter(self._places(value["custom"])), None)
        executes = place.package if place else self.owners[value["package"]].package.id
        package = next(p.package for p in self.table.packages if p.package.id == executes)
        function = (f"{package.name}:{place.file}", place.function) if place else ("unknown function",)
        command = ("[build runner]", *function)
        fingerprint = configured_fingerprint(
            command, cwd=None, env={}, inputs=(), outputs=(), executes_digest=package.digest
        )
        return Run(command=command, executes=executes, program_source=place, fingerprint=fingerprint)

    def _run(self, value: Mapping[str, Any]) -> Run:
        command = tuple(self._argument(argument) for argument in value["args"])
        inputs = [self._argument_input(a) for a in value["args"][:1] if "path" in a]
        inputs += [self._argument_input(a) for a in value["args"][1:] if "path" in a or a["kind"] == "artifact"]
        inputs += [self._path(path) for path in value["file_inputs"]]
        stdin = value["stdin"]
        if stdin is not None:
            inputs.append(f"stdin:{text_of(stdin['bytes'])}" if "bytes" in stdin else self._path(stdin))
        outputs = [text_of(a["output"]["name"]) for a in value["args"] if "output" in a]
        outputs += [text_of(captured["name"]) for captured in value["captured"]]
        run = Run(
            command=command,
            cwd=None if value["cwd"] is None else self._path(value["cwd"]),
            env=self._environment(value["environment"]),
            inputs=tuple(inputs),
            outputs=tuple(outputs),
            program_source=self.programs.program(value),
        )
        executes = run.program_source.package if run.program_source else None
        digest = next((p.package.digest for p in self.table.packages if p.package.id == executes), None)
        fingerprint = configured_fingerprint(
            command, cwd=run.cwd, env=run.env, inputs=run.inputs, outputs=run.outputs, executes_digest=digest
        )
        return run._replace(executes=executes, fingerprint=fingerprint)

    def _argument(self, value: Mapping[str, Any]) -> str:
        kind = value["kind"]
        if kind == "passthru":
            return "[arguments after --]"
        prefix, suffix = self._portable(text_of(value["prefix"])), self._portable(text_of(value["suffix"]))
        if kind == "artifact":
            return f"{prefix}[{self._artifact(value)}]{suffix}"
        if "path" in value:
            content = "content of " if kind == "file_content" else ""
            return f"{prefix}{content}{self._path(value['path'])}{suffix}"
        if "output" in value:
            return f"{prefix}[{text_of(value['output']['name'])}]{suffix}"
        if kind.startswith("enable_"):
            return f"[{kind}: {prefix or 'nothing'}, else {suffix or 'nothing'}]"
        return prefix

    def _argument_input(self, value: Mapping[str, Any]) -> str:
        return self._path(value["path"]) if "path" in value else f"[{self._artifact(value)}]"

    def _artifact(self, argument: Mapping[str, Any]) -> str:
        return text_of(self.report.steps[argument["step"]]["compile"]["name"])

    def _path(self, value: Mapping[str, Any], relative_to: ZigPackage | None = None) -> str:
        base = value["base"]
        sub = text_of(value["sub"])
        if isinstance(base, int):
            if sub.startswith("/"):  # `LazyPath.path` with an absolute path
                return self._portable(sub)
            owner = self.owners[base]
            return sub if owner is relative_to else f"{owner.package.name}:{sub}"
        if base == "generated":
            up = "/.." * int(value["up"])
            return f"[{self.generated_names.get(value['generated'], self._generator(value))}]{up}" + (
                f"/{sub}" if sub else ""
            )
        if base == "cwd":
            return self._portable(sub)
        return f"[{text_of(base)}]/{sub}" if sub else f"[{text_of(base)}]"

    def _generator(self, value: Mapping[str, Any]) -> str:
        """A file that no run step declares is named by the step that makes it."""
        if value["step"] is None:
            return "generated"
        step = self.report.steps[value["step"]]
        return text_of(step["compile"]["name"] if "compile" in step else step["name"])

    def _generated_names(self) -> dict[int, str]:
        names = {}
        for step in self.report.steps:
            if "run" in step:
                outputs = [argument["output"] for argument in step["run"]["args"] if "output" in argument]
                for output in (*outputs, *step["run"]["captured"]):
                    names[int(output["generated"])] = text_of(output["name"])
        return names

    def _portable(self, text: str) -> str:
        for path, word in self.places:
            text = text.replace(path, word)
        return text

    def _environment(self, value: Mapping[str, Any] | None) -> dict[str, str]:
        """What the step finds set beyond what the sandbox gives to all: by itself, or by build code that changed what all steps inherit."""
        inherited = {name: v for name, v in self.report.environment.items() if self._is_given(name, text_of(v))}
        value = self.report.environment if value is None else value
        return {text_of(k): self._portable(text_of(v)) for k, v in value.items() if inherited.get(k) != v}

    def _is_given(self, name: str, value: str) -> bool:
        """Whether that can be the sandbox's own variable. The folders of HOME and TMPDIR are others in each kind of sandbox."""
        if name in ("HOME", "TMPDIR"):
            return self._portable(value) == value
        return name.startswith(OWN_VARIABLES) or (name in _GIVEN and _GIVEN[name] in (None, value))


def _option(value: Mapping[str, Any]) -> BuildOption:
    choices = tuple(text_of(choice) for choice in value["choices"])
    return BuildOption(text_of(value["name"]), text_of(value["type"]), text_of(value["description"]), choices)


def _natural(text: str) -> int:
    """The only numbers of a report are indexes, addresses and lines; a negative one would index from the end."""
    if not text.isdecimal():
        raise ValueError(f"{text[:20]} is not a natural number")
    return int(text)


def text_of(value: object) -> str:
    """Of a value in a report: the hook writes bytes as code points of equal value."""
    if not isinstance(value, str):
        raise TypeError(f"expected text, found {type(value).__name__}")
    return value.encode("latin-1").decode("utf-8", "surrogateescape")
