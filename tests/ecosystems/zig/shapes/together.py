"""All shapes as the dependencies of one project, so that a version of zig configures once only; and each of them as a project again."""

import zlib
from collections.abc import Sequence
from pathlib import Path

from reviewer.model.graph import Graph, Location, Module, Package, Step
from reviewer.model.questions import annotate

_BUILD = """const std = @import("std");

pub fn build(b: *std.Build) void {
    inline for (.{ %s }) |shape| {
        const dependency = b.dependency(shape, .{});
        for (dependency.builder.top_level_steps.values()) |top_level| {
            b.step(b.fmt("{s} {s}", .{ shape, top_level.step.name }), "").dependOn(&top_level.step);
        }
    }
}
"""


def write_project(folder: Path, shapes: Sequence[str]) -> None:
    """A project in `folder` whose dependencies are the shapes in it, each reached by all of its top-level steps."""
    (folder / "build.zig").write_text(_BUILD % ", ".join(f'"{shape}"' for shape in shapes))
    dependencies = ", ".join(f'.{shape} = .{{ .path = "{shape}" }}' for shape in shapes)
    (folder / "build.zig.zon").write_text(
        f'.{{ .name = .together, .version = "0.1.0", .fingerprint = {zlib.crc32(b"together") << 32 | 1}, .paths = .{{""}},\n'
        f".dependencies = .{{ {dependencies} }} }}\n"
    )


def as_project(graph: Graph, shape: str) -> Graph:
    """What the graph of all shapes says of one of them, told as if it had been configured alone."""
    return _Part(graph, shape).graph()


class _Part:
    def __init__(self, whole: Graph, shape: str) -> None:
        self._whole = whole
        self._shape = shape
        own = [next(p.id for p in whole.packages if p.pin == shape)]
        for package in own:  # grows while it is gone through
            own += [e.target for e in whole.package_edges if e.source == package and e.target not in own]
        self._packages = {p.id: self._package(p) for p in whole.packages if p.id in own}

    def graph(self) -> Graph:
        steps = tuple(self._step(step) for step in self._whole.steps if step.package in self._packages)
        modules = tuple(self._module(module) for module in self._whole.modules if module.package in self._packages)
        packages = tuple(self._packages.values())
        own = [finding for finding in self._whole.findings if finding.package in self._packages]
        findings = tuple(
            f._replace(package=self._packages[f.package].id, step=f.step and self._id(f.step)) for f in own
        )
        return annotate(
            self._whole._replace(packages=packages, package_edges=(), modules=modules, steps=steps, findings=findings)
        )

    def _package(self, package: Package) -> Package:
        pin = package.pin.removeprefix(self._shape).removeprefix("/") or "."
        direct = any(e.target == package.id and self._pin(e.source) == self._shape for e in self._whole.package_edges)
        return package._replace(id=f"{package.id.partition('#')[0]}#{pin}", direct=direct)

    def _pin(self, package: str) -> str:
        return self._whole.package[package].pin

    def _id(self, identity: str) -> str:
        prefix = "mod:" if identity.startswith("mod:") else ""
        label, slash, name = identity.removeprefix(prefix).partition("/")
        return f"{prefix}{label[len(self._shape) + 1 :] or 'root'}{slash}{name}"

    def _module(self, module: Module) -> Module:
        return module._replace(
            id=self._id(module.id),
            package=self._packages[module.package].id,
            imports=tuple((name, self._id(target)) for name, target in module.imports),
            needs_steps=tuple(map(self._id, module.needs_steps)),
        )

    def _step(self, step: Step) -> Step:
        run = step.run
        if run is not None:
            executes = run.executes and self._packages[run.executes].id
            source = run.program_source and self._location(run.program_source)
            run = run._replace(executes=executes, program_source=source, why=())
        return step._replace(
            id=self._id(step.id),
            package=self._packages[step.package].id,
            depends_on=tuple(map(self._id, step.depends_on)),
            root_module=step.root_module and self._id(step.root_module),
            run=run,
            created_at=tuple(self._location(place) for place in step.created_at if place.package in self._packages),
        )

    def _location(self, place: Location) -> Location:
        return place._replace(package=self._packages[place.package].id)
