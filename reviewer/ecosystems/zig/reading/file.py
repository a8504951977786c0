"""An abstract reading of build files: follows each package's `build()` the way zig would, but executes nothing. It takes both branches of
every condition; what it cannot follow becomes an `unanalyzed` finding."""

import posixpath

from reviewer.content.read import read_source
from reviewer.content.text import visible
from reviewer.ecosystems.zig.packages.table import PackageTable, ZigPackage
from reviewer.ecosystems.zig.reading.eval import MAX_EVALUATIONS, Evaluator
from reviewer.ecosystems.zig.reading.scope import Frame, Function, SourceFile
from reviewer.ecosystems.zig.reading.syntax import MAX_BYTES, TooLargeError, parse
from reviewer.ecosystems.zig.reading.values import UNKNOWN, Builder, Instance, Part, Std, Value, printable
from reviewer.ecosystems.zig.reading.world import OutOfBoundsError, World
from reviewer.errors import ReviewerError
from reviewer.model.graph import Problem, Severity
from reviewer.progress import Progress
from reviewer.resources import resource

BUILD_FILE = "build.zig"
MAX_FILES = 10_000
"""Zig files read for one project's build code; those beyond are one problem together."""
_RUN_CREATORS = frozenset({"addRunArtifact", "addSystemCommand", "addRunFile"})


class BuildReader:
    """Reads the build files of a package table into a `World`."""

    def __init__(self, table: PackageTable, progress: Progress) -> None:
        self.world = World(table, self._configure)
        self.files: dict[tuple[str, str], SourceFile | None] = {}
        self.progress = progress
        self.evaluator = Evaluator(self.world, self._import, progress)

    def read(self) -> World:
        """Follow the root and all that it reaches, then on their own the packages that it does not reach."""
        packages = self.world.table.packages
        labels = _labels(packages)
        for done, package in enumerate(packages):
            self.progress.report(f"Reading the build code of {printable(package.package.name)}", done, len(packages))
            if package.folder is not None and package.package.id not in self.world.instances:
                self.world.instance(package, labels.get(package.package.id, package.package.name))
        for file in self.files.values():
            if file is not None:
                self._find_unreached(file)
        return self.world

    def _configure(self, instance: Instance) -> None:
        file = self._file(instance.package, BUILD_FILE)
        if file is None:
            return
        evaluator = self.evaluator
        before = evaluator.__dict__.get("frame"), evaluator.conditional, evaluator.left, self.world.uncounted
        evaluator.frame = Frame(file, "", file.shape)
        evaluator.conditional = self.world.uncounted = 0
        evaluator.left = budget = min(MAX_EVALUATIONS, evaluator.total)
        try:
            build = evaluator.declaration(file.shape, "build")
            if isinstance(build, Function):
                evaluator.invoke(build, [Builder(instance)], build.node)
            else:
                self.world.unanalyzed(evaluator.frame, file.root, "its build function could not be found")
        except (OutOfBoundsError, RecursionError) as error:
            what = "more code than can be followed: what its steps do is only partly known"
            self.world.find("unanalyzed", instance.package, BUILD_FILE, 1, 1, what)
            for place in error.args if isinstance(error, OutOfBoundsError) else ():
                package = self.world.packages[place.package]
                self.world.find(
                    "unanalyzed", package, place.file, place.line, place.column, "following the code stopped here"
                )
        finally:
            evaluator.total -= budget - evaluator.left
            frame, evaluator.conditional, evaluator.left, self.world.uncounted = before
            if frame is not None:
                evaluator.frame = frame

    def _import(self, frame: Frame, name: str) -> Value:
        """What `@import(name)` stands for in a file of a package."""
        package = frame.file.package
        if name == "std":
            return Std("std")
        if name == "builtin" or name.endswith(".zon"):
            return UNKNOWN
        if name == "root":
            return Part(UNKNOWN, "the running configurer")
        if name.endswith(".zig"):
            path = posixpath.normpath(posixpath.join(posixpath.dirname(frame.file.path), name))
            file = self._file(package, path, required=True)
        else:
            imported = self.world.packages.get(dict(package.dependencies).get(name, ""))
            file = self._file(imported, BUILD_FILE) if imported is not None else None
        return file.shape if file is not None else UNKNOWN

    def _file(self, package: ZigPackage, path: str, *, required: bool = False) -> SourceFile | None:
        """A parsed file; None, and a problem, if it cannot be read."""
        key = (package.package.id, path)
        if key not in self.files:
            self.files[key] = self._parse(package, path, required=required)
        return self.files[key]

    def _parse(self, package: ZigPackage, path: str, *, required: bool) -> SourceFile | None:
        if package.folder is None:
            return None
        where = f"{package.package.name}: {path}"
        if path == BUILD_FILE and not required and not (package.folder / path).exists():
            return None  # a package of files only
        try:
            if len(self.files) >= MAX_FILES:
                self._note_left_out(package, path)
                return None
            text = read_source(package.folder, path, MAX_BYTES)
            parsed = parse(resource("zig/review_open.zig").read_text() if is_own_check(path, text) else text)
        except (ReviewerError, TooLargeError) as error:
            what = error.what if isinstance(error, ReviewerError) else str(error)
            if isinstance(error, ReviewerError):  # it may know line and column
                where += error.where.removeprefix(visible(str(package.folder / path)))
            self.world.problems.append(Problem(Severity.ERROR, where, f"{what}; what it does when built is not known"))
            self.world.find("unanalyzed", package, path, 1, 1, f"the file could not be read: {what}")
            return None
        for line, column in parsed.errors[:10]:
            self.world.problems.append(
                Problem(Severity.WARNING, f"{where}:{line}:{column}", "not valid Zig, or newer than is known here")
            )
            self.world.find("unanalyzed", package, path, line, column, "could not be parsed")
        for line, column in parsed.too_deep[:10]:
            self.world.find("unanalyzed", package, path, line, column, "nested too deeply to be followed")
        return SourceFile(package, path, parsed.root)

    def _note_left_out(self, package: ZigPackage, path: str) -> None:
        text = f"the project has more than {MAX_FILES} build files; what the others do when built is not known"
        problem = Problem(Severity.ERROR, "build.zig.zon", text)
        if problem not in self.world.problems[-1:]:
            self.world.problems.append(problem)
        self.world.find("unanalyzed", package, path, 1, 1, "left out: the project has too many build files")

    def _find_unreached(self, file: SourceFile) -> None:
        """Run steps that are created by code which was not seen to be called."""
        for node in file.root.walk():
            if node.kind == "identifier" and node.text in _RUN_CREATORS and id(node) not in file.followed:
                what = f"{node.text} creates a run step in code that was not seen to be called"
                self.world.find("unanalyzed", file.package, file.path, node.line, node.column, what)


def is_own_check(path: str, text: str) -> bool:
    """Whether the file is the build's own check as this version of `reviewer gate install` writes it, below a line with its hash. It would
    only be read to find what Reviewer does itself."""
    if path != "review.zig" or not text.startswith("// reviewer gate "):
        return False
    return text.partition("\n")[2] == resource("zig/review.zig").read_text()


def _labels(packages: tuple[ZigPackage, ...]) -> dict[str, str]:
    """The shortest chain of manifest names from the root to each package: how zig would prefix its steps."""
    by_id = {package.package.id: package for package in packages}
    labels = {packages[0].package.id: "root"} if packages else {}
    pending = list(packages[:1])
    for package in pending:
        label = labels[package.package.id]
        for name, target in package.dependencies:
            if target in by_id and target not in labels:
                labels[target] = name if label == "root" else f"{label}.{name}"
                pending.append(by_id[target])
    return labels
