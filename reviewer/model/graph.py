"""The facts of one project, whatever its build system. Vocabulary: DESIGN.md; file format: `reviewer.model.json`.

Named tuples, here and in all that the command line needs to look at a project: making a dataclass takes ten times as long, and every start
would pay for it. Change a copy with `_replace`.
"""

from collections.abc import Mapping
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType
from typing import NamedTuple


class Evidence(StrEnum):
    """How a fact is known, weakest first."""

    READ = "read"
    CONFIGURED = "configured"
    OBSERVED = "observed"


class Severity(StrEnum):
    """How much a problem matters: an `error` means that part of the graph is missing."""

    WARNING = "warning"
    ERROR = "error"


class Problem(NamedTuple):
    """Something that could not be followed or is not as it should be; `where` names a file, package or step."""

    severity: Severity
    where: str
    text: str


class Location(NamedTuple):
    """A place in a package's source. `file` is relative to the package; `line` and `column` count from 1, 0 if unknown."""

    package: str
    file: str
    line: int
    column: int = 0
    function: str = ""

    def __str__(self) -> str:
        """`build.zig:7`, as review.lock and messages write it."""
        return f"{self.file}:{self.line}"


class Package(NamedTuple):
    """A unit with its own content digest.

    `id` is `<ecosystem>:<name>@<version>#<pin>`; the project's own root package has the pin `.`. `digest` is `sha256:…`, None where
    the content is not here (`fetched` false). `source` says where it comes from: `path:../x`, or the URL as the manifest has it.
    `root` is its folder on this machine, empty where not fetched. `direct`: the root's manifest names it.
    """

    id: str
    ecosystem: str
    name: str
    version: str
    digest: str | None
    source: str
    root: str
    direct: bool = False
    lazy: bool = False
    fetched: bool = True

    @property
    def pin(self) -> str:
        """The ecosystem's own content pin (zig package hash), or the relative path of a path package."""
        return self.id.partition("#")[2]

    @property
    def is_path(self) -> bool:
        """Whether no content pin protects it, so that its digest must be verified by whoever relies on it."""
        return self.source.startswith("path:")


class PackageEdge(NamedTuple):
    """`source` depends on `target` (package ids); `kind` is `dependency` or `lazy`."""

    source: str
    target: str
    kind: str = "dependency"


class Module(NamedTuple):
    """What a package exports for import, or the root module of a compile step.

    `root_source` is a path relative to the owning package or None (C only); `[name]` where a step generates it. `imports` pairs
    import names with module ids. `needs_steps`: steps that anyone who imports this module waits for (objects, generated files).
    `sources` are C and other files compiled or linked into it, `includes` folders that its C code includes from, both in the form of
    `root_source`, or as words of `Run.command` where they lie in another package; `[?]` where that is not known.
    """

    id: str
    package: str
    name: str
    root_source: str | None
    imports: tuple[tuple[str, str], ...] = ()
    needs_steps: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    includes: tuple[str, ...] = ()


class Reach(NamedTuple):
    """The files that decide what a run step does, as (package id, path) in order: `code` is executed, `data` is what it is given.

    `digest` is `sha256:…` over the names of the packages, the paths and the contents, so that it stays the same through an upgrade that
    leaves them untouched. `gaps` says in words what could not be followed: with any, an equal digest proves nothing.
    """

    code: tuple[tuple[str, str], ...] = ()
    data: tuple[tuple[str, str], ...] = ()
    digest: str = ""
    gaps: tuple[str, ...] = ()


class Run(NamedTuple):
    """What a run step executes.

    Words of `command`, `inputs` and `outputs` are portable: `[name]` stands for a built or generated file, `package:path` for a file of
    a package, everything else is literal. `env` holds only what the step sets itself. `fingerprint` is `sha256:…` (configured) or
    `read:sha256:…` (read from source, see `reviewer.model.fingerprint`). `executes` is the package whose code runs, None for a
    program of the system. `why` holds chains of step and module ids from a top-level step to this one. `reach` is None
    where `reviewer.analysis` did not look: a step that takes no part in building the project.
    """

    command: tuple[str, ...] = ()
    executes: str | None = None
    program_source: Location | None = None
    cwd: str | None = None
    env: Mapping[str, str] = MappingProxyType({})
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    fingerprint: str = ""
    hidden: bool = False
    why: tuple[tuple[str, ...], ...] = ()
    reach: Reach | None = None


class Step(NamedTuple):
    """A node of the build graph. `package` is its owner; `created_at` is the creation stack, innermost frame first.

    `kind` is zig's tag (`top_level`, `compile`, `run`, `install_artifact`, …). `root_module` is set for compile steps. `depends_on` holds
    every step it waits for, including those that its modules imply.
    """

    id: str
    package: str
    kind: str
    name: str
    evidence: Evidence
    depends_on: tuple[str, ...] = ()
    root_module: str | None = None
    run: Run | None = None
    created_at: tuple[Location, ...] = ()


class Finding(NamedTuple):
    """A capability seen in code; the ids are those of CAPABILITIES.md. `step` is a step id where it belongs to one."""

    package: str
    capability: str
    file: str
    line: int
    column: int
    text: str
    step: str | None = None


class BuildOption(NamedTuple):
    """An option that the project's own build script declares, as `-Dname=value` sets it.

    `type` is zig's: bool, int, float, enum, enum_list, string, list, build_id, lazy_path, lazy_path_list. `choices` are the values of an
    enum. `default` is what holds where it is not set, as one would type it; None where that is not known.
    """

    name: str
    type: str
    description: str
    choices: tuple[str, ...] = ()
    default: str | None = None


class BuildCode(NamedTuple):
    """The files of a package that run when it is configured, in order, its helpers included; none where it has no build code.

    `declarative`: it is proven that they only describe a build; `basis` says in words what the proof rests on. Otherwise `hindrances` are
    places where it fails, each as `build.zig:12: why`; none at all where it was not tried, as for the project itself.
    """

    package: str
    files: tuple[str, ...]
    declarative: bool = False
    basis: str = ""
    hindrances: tuple[str, ...] = ()


class _Facts(NamedTuple):
    root: str
    ecosystem: str
    toolchain: str | None
    evidence: Evidence
    packages: tuple[Package, ...] = ()
    package_edges: tuple[PackageEdge, ...] = ()
    modules: tuple[Module, ...] = ()
    steps: tuple[Step, ...] = ()
    findings: tuple[Finding, ...] = ()
    build_code: tuple[BuildCode, ...] = ()
    problems: tuple[Problem, ...] = ()
    options: tuple[str, ...] = ()
    declared_options: tuple[BuildOption, ...] = ()


class Graph(_Facts):
    """Everything that is known of a project. `root` is its folder; steps and packages keep the build system's own order.

    `options` are the build options (`-Dname=value`, …) that a configured graph holds for, as they were given: others may lead to other
    steps. What is read holds for all options.

    A class below its fields, because a named tuple itself has no room for cached answers.
    """

    @cached_property
    def package(self) -> Mapping[str, Package]:
        """Packages by id."""
        return {package.id: package for package in self.packages}

    @cached_property
    def module(self) -> Mapping[str, Module]:
        """Modules by id."""
        return {module.id: module for module in self.modules}

    @cached_property
    def step(self) -> Mapping[str, Step]:
        """Steps by id."""
        return {step.id: step for step in self.steps}

    @property
    def options_text(self) -> str:
        """What the graph, and any verdict about it, holds for: `all build options`, `the default build options`, or the options."""
        if self.evidence is Evidence.READ:
            return " ".join(("all build options", *self.options))
        return " ".join(self.options) or "the default build options"

    @cached_property
    def root_package(self) -> Package:
        """The project's own package."""
        return next(package for package in self.packages if package.pin == ".")

    @cached_property
    def run_steps(self) -> tuple[Step, ...]:
        """Every step that executes code."""
        return tuple(step for step in self.steps if step.run is not None)

    def is_own(self, package_id: str) -> bool:
        """Whether the package is part of the project itself, and so needs no decision."""
        return package_id == self.root_package.id

    def runs_of(self, package_id: str) -> tuple[Step, ...]:
        """Run steps that a decision about this package answers for: it owns them or its code runs in them."""
        return self._runs.get(package_id, ())

    @cached_property
    def _runs(self) -> Mapping[str, tuple[Step, ...]]:
        found: dict[str, list[Step]] = {}
        for step in self.run_steps:
            executes = step.run.executes if step.run else None
            for package in dict.fromkeys((step.package, executes)):
                if package is not None:
                    found.setdefault(package, []).append(step)
        return {package: tuple(steps) for package, steps in found.items()}

    @cached_property
    def build_code_of(self) -> Mapping[str, BuildCode]:
        """By package id; packages that are not here are not in it, nor are any before `reviewer.analysis` looked."""
        return {code.package: code for code in self.build_code}

    def findings_of(self, package_id: str) -> tuple[Finding, ...]:
        """What code of this package can do, in the order in which it was found."""
        return self._findings.get(package_id, ())

    @cached_property
    def _findings(self) -> Mapping[str, tuple[Finding, ...]]:
        found: dict[str, list[Finding]] = {}
        for finding in self.findings:
            found.setdefault(finding.package, []).append(finding)
        return {package: tuple(findings) for package, findings in found.items()}

    def configure_findings(self, package_id: str) -> tuple[Finding, ...]:
        """What the build code of this package can do by itself, when the project is configured."""
        code = self.build_code_of.get(package_id)
        found = (finding for finding in self.findings_of(package_id) if finding.step is None)
        return tuple(finding for finding in found if code is None or finding.file in code.files)

    def is_declarative(self, package_id: str) -> bool:
        """Whether the build code of this package is proven to only describe a build."""
        code = self.build_code_of.get(package_id)
        return code is not None and code.declarative

    def is_reached(self, package_id: str) -> bool:
        """Whether a file of this package decides what some run step does."""
        return package_id in self._reached

    @cached_property
    def _reached(self) -> frozenset[str]:
        reaches = (step.run.reach for step in self.run_steps if step.run and step.run.reach)
        return frozenset(package for reach in reaches for package, _ in (*reach.code, *reach.data))

    def reached_code(self, package_id: str) -> Mapping[str, Step]:
        """Files of this package that run steps execute, each with the first run step that does."""
        return self._reached_code.get(package_id, {})

    @cached_property
    def _reached_code(self) -> Mapping[str, Mapping[str, Step]]:
        found: dict[str, dict[str, Step]] = {}
        for step in self.run_steps:
            reach = step.run.reach if step.run else None
            for package, file in reach.code if reach else ():
                found.setdefault(package, {}).setdefault(file, step)
        return found

    def creating_files(self, package_id: str) -> tuple[str, ...]:
        """Files of this package whose code creates steps, its own or another package's."""
        return self._creating_files.get(package_id, ())

    @cached_property
    def _creating_files(self) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, dict[str, None]] = {}
        for step in self.steps:
            for location in step.created_at:
                found.setdefault(location.package, {})[location.file] = None
        return {package: tuple(files) for package, files in found.items()}
