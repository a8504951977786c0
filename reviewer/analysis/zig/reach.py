"""The reach of a run step: the files that decide what it does, as far as they can be followed."""

import hashlib
import os
import posixpath
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from reviewer.analysis.zig.c_files import included
from reviewer.analysis.zig.program import Gap, Place, Program, Reading, Unit
from reviewer.content.walk import walk
from reviewer.errors import ReviewerError
from reviewer.model.graph import Graph, Module, Reach, Run, Step

File = tuple[str, str]

_MAX_FOLDER = 2000
_UNKNOWN = "[?]"


class Part(NamedTuple):
    """What one step brings into a reach. `places` are those of the code files that are zig, in `program`, with their `gaps`; `texts` are
    other gaps, in words.
    """

    code: tuple[File, ...] = ()
    data: tuple[File, ...] = ()
    places: tuple[Place, ...] = ()
    gaps: tuple[Gap, ...] = ()
    texts: tuple[str, ...] = ()
    program: Program | None = None


class ReachFinder:
    """Finds the reach of every run step of a graph."""

    def __init__(self, graph: Graph, reading: Reading, build: Program) -> None:
        self.graph = graph
        self.build = build
        self.reading = reading
        self.packages = dict(graph.package)
        self.program = Program({m.id: unit for m in graph.modules if (unit := self._unit(m)) is not None}, reading)
        self.test_program = Program(self.program.units, reading, tests=True)
        self._parts: dict[str, Part] = {}
        self._reaches: dict[frozenset[str], Reach] = {}

    def parts(self, step: Step) -> dict[str, Part]:
        """What the step itself and every step that it waits for bring in, by step id."""
        found: dict[tuple[str, bool], None] = {}
        pending = [(step.id, True)]
        while pending:
            name, follows = pending.pop()
            current = self.graph.step.get(name)
            if current is None or (name, follows) in found:
                continue
            found[name, follows] = None
            if current.run is not None:
                follows = self._executes_what_it_is_given(current)
            if follows or current.root_module is None:
                pending.extend((other, follows) for other in current.depends_on)
        parts = {name: self._part(self.graph.step[name]) for name, follows in found if follows}
        for name, follows in found:
            current = self.graph.step[name]
            if not follows and current.root_module is not None:
                text = f"it is given “{current.name}”, which is built here: whether it executes that is not known"
                parts.setdefault(name, Part(texts=(text,)))
            elif not follows:
                parts.setdefault(name, self._part(current))
        return parts

    def _executes_what_it_is_given(self, step: Step) -> bool:
        """False only for a program of the system that the project itself runs on what it builds, to pack it, say."""
        return step.run is None or step.run.program_source is not None or not self.graph.is_own(step.package)

    def reach(self, parts: Mapping[str, Part]) -> Reach:
        """The parts as the model holds them."""
        key = frozenset(parts)
        if key not in self._reaches:
            self._reaches[key] = self._reach(list(parts.values()))
        return self._reaches[key]

    def _reach(self, parts: Sequence[Part]) -> Reach:
        code = {file for part in parts for file in part.code}
        data = {file for part in parts for file in part.data} - code
        texts = [text for part in parts for text in part.texts]
        texts += [self._located(gap) for part in parts for gap in part.gaps]
        whole = hashlib.sha256()
        for name, path, package in sorted(
            (self.packages[package].name, path, package) for package, path in code | data
        ):
            digest = self.reading.digest(self.packages[package], path)
            whole.update(f"{name}\0{path}\0{digest}\n".encode("utf-8", "surrogateescape"))
        return Reach(
            code=tuple(sorted(code)),
            data=tuple(sorted(data)),
            digest=f"sha256:{whole.hexdigest()}",
            gaps=tuple(dict.fromkeys(texts)),
        )

    def _located(self, gap: Gap) -> str:
        unit = self.program.units.get(gap.place.unit) or self.build.units[gap.place.unit]
        return f"{unit.package.name}:{gap.place.file}:{gap.line}: {gap.text}"

    def _unit(self, module: Module) -> Unit | None:
        """None for a module without zig code in a package."""
        where = self._files(module.root_source or "", module.package)
        if not where:
            return None
        package, path = where[0]
        names: dict[str, tuple[str, ...]] = {}
        for name, target in module.imports:
            names[name] = (*names.get(name, ()), target)
        return Unit(self.packages[package], path, names)

    def _part(self, step: Step) -> Part:
        if step.id not in self._parts:
            self.reading.progress.check()
            if step.run is not None:
                self._parts[step.id] = self._of_run(step)
            elif step.root_module is not None:
                self._parts[step.id] = self._of_module(step.root_module, tests=step.name.startswith("compile test"))
            elif step.kind in ("write_file", "WriteFile"):
                self._parts[step.id] = Part(texts=(f"what “{step.name}” gathers is not followed into files",))
            else:
                self._parts[step.id] = Part()
        return self._parts[step.id]

    def _of_run(self, step: Step) -> Part:
        run = step.run
        assert run is not None
        if step.kind == "custom":
            return self._of_custom(run)
        given: list[File] = []
        texts: list[str] = []
        for word in dict.fromkeys((*run.command, *run.inputs)):
            files = self._files(word, None)
            given += files
            if not files and self._is_in_a_package(word):
                texts.append(f"{word} is given to it, and leads out of the package or is no file")
            if word == _UNKNOWN:
                texts.append("a part of its command is not known")
        source = run.program_source
        if source is not None:  # the zig file of a built program counts again with its module
            program = self._existing(source.package, source.file)
            return Part(tuple(program), tuple(dict.fromkeys(given)), texts=tuple(texts))
        if run.command:
            texts.append(f"{run.command[0]} is a program of the machine that builds")
        # What a program of the system is given may be code to it: `python3 generate.py`.
        base = self._folder(run.cwd, step.package)
        for word in run.command[1:]:
            if not word.startswith(("-", "[", "/")) and len(word) < 300 and "\n" not in word:
                given += self._existing(base[0], posixpath.normpath(posixpath.join(base[1], word)))
        return Part(tuple(dict.fromkeys(given)), texts=tuple(texts))

    def _folder(self, word: str | None, package: str) -> File:
        """The folder that a portable word means."""
        name, _, path = (word or "").partition(":")
        owner = next((p.id for p in self.packages.values() if p.name == name and p.root), package)
        return owner, path.removeprefix("./")

    def _of_custom(self, run: Run) -> Part:
        """Up to zig 0.16: code of a build file that runs inside the build."""
        source = run.program_source
        if source is None or source.package not in self.build.units:
            return Part(texts=("where the code of this step stands is not known",))
        places, gaps = self.build.files([source.package])
        code = [(self.build.units[place.unit].package.id, place.file) for place in places]
        return Part(tuple(dict.fromkeys(code)), places=places, gaps=gaps, program=self.build)

    def _of_module(self, root: str, *, tests: bool) -> Part:
        """A program, library or object: all its modules with their zig, C and embedded files."""
        modules: dict[str, None] = {}
        pending = [root]
        while pending:
            name = pending.pop()
            if name not in modules and name in self.graph.module:
                modules[name] = None
                pending.extend(target for _, target in self.graph.module[name].imports)
        program = self.test_program if tests else self.program
        places, gaps = program.files([root] if root in program.units else [])
        files = [(self.program.units[place.unit].package.id, place.file) for place in places]
        data: list[File] = []
        more = list(gaps)
        for place in places:
            embedded, missing = self._embedded(program, place)
            data += embedded
            more += missing
        texts: list[str] = []
        unknown: list[str] = []
        sources: list[File] = []
        folders: list[File] = []
        for name in modules:
            module = self.graph.module[name]
            if module.root_source is not None and name not in self.program.units and not self._is_options(module):
                texts.append(f"generated or not known: the root source file {module.root_source}")
            for word in module.sources:
                known = self._files(word, module.package)
                sources += known
                if not known:
                    unknown.append(word)
            for word in module.includes:
                folders += self._files(word, module.package, folders=True)
        if unknown:
            more_of_them = f" and {len(unknown) - 1} more" if len(unknown) > 1 else ""
            texts.append(f"generated or not known: the source file {unknown[0]}{more_of_them}")
        c_files, c_gaps = included(sources, folders, self.packages, self.reading.progress)
        return Part(
            tuple(dict.fromkeys([*files, *c_files])),
            tuple(dict.fromkeys(data)),
            places,
            tuple(more),
            (*texts, *c_gaps),
            program,
        )

    def _is_options(self, module: Module) -> bool:
        """Whether only zig itself writes it, out of values that the build code gives."""
        needs = [self.graph.step.get(name) for name in module.needs_steps]
        return bool(needs) and all(step is not None and step.kind == "options" for step in needs)

    def _embedded(self, program: Program, place: Place) -> tuple[list[File], list[Gap]]:
        unit = self.program.units[place.unit]
        names = program.names(place)
        found: list[File] = []
        gaps: list[Gap] = []
        if isinstance(names, str):
            return found, gaps
        data = [
            (line, column, name) for line, column, name in names.imports if name is not None and name.endswith(".zon")
        ]
        for line, column, name in (*names.embeds, *data):
            targets = unit.imports.get(name or "", ())
            files = [
                (self.program.units[t].package.id, self.program.units[t].root)
                for t in targets
                if t in self.program.units
            ]
            if not files and name is not None:
                path = posixpath.normpath(posixpath.join(posixpath.dirname(place.file), name))
                files = self._existing(unit.package.id, path)
            found += files
            if not files:
                gaps.append(Gap(place, line, column, "which file is embedded could not be followed"))
        return found, gaps

    def _files(self, word: str, package: str | None, *, folders: bool = False) -> list[File]:
        """The files (or the folder) of a package that a portable word means: `name:path`, or a path where `package` is given."""
        name, colon, path = word.partition(":")
        if colon and not word.startswith("["):
            owners = [p.id for p in self.packages.values() if p.name == name.removeprefix("content of ") and p.root]
        elif package is not None and word and not word.startswith("["):
            owners, path = [package], word
        elif folders and package is not None and not word:
            owners, path = [package], ""
        else:
            return []
        return [file for owner in owners for file in self._existing(owner, posixpath.normpath(path), folders=folders)]

    def _is_in_a_package(self, word: str) -> bool:
        """Whether the word means something that exists in, or leads by a link out of, a package."""
        name, colon, path = word.partition(":")
        roots = [p.root for p in self.packages.values() if p.name == name.removeprefix("content of ") and p.root]
        return bool(colon and path) and any(os.path.lexists(f"{root}/{path}") for root in roots)

    def _existing(self, package: str, path: str, *, folders: bool = False) -> list[File]:
        root = self.packages[package].root
        path = "" if path == "." else path
        if not root or path.startswith(("..", "/")) or "\0" in path:
            return []
        full = Path(root, path)
        if not Path(os.path.realpath(full)).is_relative_to(os.path.realpath(root)):
            return []  # a link that leads out of the package
        if not full.is_dir():
            return [(package, path)] if path and not folders and full.is_file() else []
        if folders:
            return [(package, path)]
        prefix = f"{path}/" if path else ""
        return [(package, prefix + name) for name in _listed(full)]


def _listed(folder: Path) -> Iterator[str]:
    try:
        for count, entry in enumerate(walk(folder)):
            if count >= _MAX_FOLDER:
                return
            yield entry.path
    except ReviewerError:
        return
