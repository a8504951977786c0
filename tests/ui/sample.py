"""The project of the design picture: twelve packages, four run steps, one of them hidden. Real files, real Review."""

import hashlib
from pathlib import Path
from typing import Any

from reviewer.content.digest import package_digest
from reviewer.lock.decision import Verdict
from reviewer.model.graph import Evidence, Graph, Location, Module, Package, PackageEdge, Run, Step
from reviewer.review.review import Review

ROOT = "zig:terminal_app@0.1.0#."

SUPER = """\
const std = @import("std");

pub fn build(b: *std.Build) void {
    const super_mod = b.addModule("super", .{
        .root_source_file = b.path("root.zig"),
    });
    const malicious = b.addExecutable(.{ .name = "helper", .root_module = m });
    const run = b.addRunArtifact(malicious);
    const dummy = b.addObject(.{ .name = "dummy", .root_module = d });
    dummy.step.dependOn(&run.step);
    super_mod.addObject(dummy);
}
"""
EVIL = """\
const std = @import("std");

pub fn main() void {
    std.debug.print("hello from the helper\\n", .{});
}
"""
PLAIN = """\
const std = @import("std");

pub fn build(b: *std.Build) void {
    const gen = b.addRunArtifact(b.addExecutable(.{ .name = "gen" }));
    _ = gen.addOutputFileArg("tables.zig");
}
"""

_PACKAGES = (
    # name, version, direct, lazy
    ("super", "1.0.0", True, False),
    ("wayland-gen", "0.4.1", True, False),
    ("sqlite-amalgam", "3.51.0", True, False),
    ("unicode-tables", "16.0.2", True, False),
    ("event-loop", "0.9.3", True, False),
    ("ring-buffer", "1.2.0", False, False),
    ("png-decoder", "0.3.0", True, False),
    ("font-raster", "2.1.0", True, False),
    ("harfbuzz-build", "11.0.1", False, False),
    ("toml-parser", "1.0.4", True, False),
    ("cli-flags", "0.2.0", True, False),
    ("x11-fallback", "", True, True),
)
_NESTED = {"ring-buffer": "event-loop", "harfbuzz-build": "font-raster"}
TRUSTED = [name for name, *_ in _PACKAGES if name not in {"super", "wayland-gen", "sqlite-amalgam", "x11-fallback"}]


def package_id(name: str) -> str:
    """The id of a package of the sample."""
    version = next(version for known, version, *_ in _PACKAGES if known == name)
    return f"zig:{name}@{version}#deps/{name}"


def digest(text: str) -> str:
    """A digest in the form that review.lock has."""
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def write_files(root: Path) -> None:
    """The project's build code below `root`."""
    for name, _, _, lazy in _PACKAGES:
        if not lazy:
            folder = root / "deps" / name
            folder.mkdir(parents=True)
            (folder / "build.zig").write_text(SUPER if name == "super" else PLAIN)
    (root / "deps/super/evil.zig").write_text(EVIL)
    (root / "build.zig").write_text('pub fn build(_: *@import("std").Build) void {}\n')


def _run_step(owner: str, name: str, line: int, **run: Any) -> Step:
    chain = (f"{ROOT}/install", f"{ROOT}/install app", f"{ROOT}/compile exe app")
    made = Run(
        command=(f"[{name}]",),
        executes=package_id(owner),
        outputs=("[tables.zig]",),
        fingerprint=digest(f"{owner}-{name}"),
        why=((*chain, f"{package_id(owner)}/{name}"),),
    )
    return Step(
        id=f"{package_id(owner)}/{name}",
        package=package_id(owner),
        kind="run",
        name=f"run exe {name}",
        evidence=Evidence.CONFIGURED,
        run=made._replace(**run),
        created_at=(Location(package_id(owner), "build.zig", line, 18, "build"),),
    )


def sample_graph(root: Path, evidence: Evidence = Evidence.CONFIGURED) -> Graph:
    """The graph of the sample at `root`."""
    packages = [
        Package(
            id=ROOT,
            ecosystem="zig",
            name="terminal_app",
            version="0.1.0",
            digest=digest("root"),
            source="path:.",
            root=str(root),
        )
    ]
    for name, version, direct, lazy in _PACKAGES:
        packages.append(
            Package(
                id=package_id(name),
                ecosystem="zig",
                name=name,
                version=version,
                digest=None if lazy else digest(name),
                source=f"path:deps/{name}",
                root="" if lazy else str(root / "deps" / name),
                direct=direct,
                lazy=lazy,
                fetched=not lazy,
            )
        )
    edges = [
        PackageEdge(
            package_id(_NESTED[name]) if name in _NESTED else ROOT, package_id(name), "lazy" if lazy else "dependency"
        )
        for name, _, _, lazy in _PACKAGES
    ]
    supers = package_id("super")
    install, install_app, app = f"{ROOT}/install", f"{ROOT}/install app", f"{ROOT}/compile exe app"
    module, dummy, helper = f"{supers}/module super", f"{supers}/compile obj dummy", f"{supers}/compile exe helper"
    hidden = _run_step("super", "helper", 8)
    why = ((install, install_app, app, module, dummy, hidden.id),)
    hidden = _run_step(
        "super", "helper", 8, hidden=True, why=why, outputs=(), program_source=Location(supers, "evil.zig", 1)
    )
    known = Evidence.CONFIGURED

    def step(name: str, owner: str, kind: str, title: str, *needs: str, root_module: str | None = None) -> Step:
        return Step(
            id=name, package=owner, kind=kind, name=title, evidence=known, depends_on=needs, root_module=root_module
        )

    generators = [
        _run_step("wayland-gen", "scanner.xml", 4),
        _run_step("wayland-gen", "protocol", 5),
        _run_step("unicode-tables", "generate", 4),
    ]
    hidden_step = Step(
        id=hidden.id,
        package=hidden.package,
        kind="run",
        name=hidden.name,
        evidence=known,
        depends_on=(helper,),
        run=hidden.run,
        created_at=hidden.created_at,
    )
    return Graph(
        root=str(root),
        ecosystem="zig",
        toolchain="0.17.1",
        evidence=evidence,
        packages=tuple(packages),
        package_edges=tuple(edges),
        modules=(
            Module(
                id=f"{ROOT}/module app",
                package=ROOT,
                name="app",
                root_source="src/main.zig",
                imports=(("super", module),),
            ),
            Module(id=module, package=supers, name="super", root_source="root.zig", needs_steps=(dummy,)),
        ),
        steps=(
            step(install, ROOT, "top_level", "install", install_app),
            step(install_app, ROOT, "install_artifact", "install app", app),
            step(
                app,
                ROOT,
                "compile",
                "compile exe app Debug native",
                dummy,
                *(s.id for s in generators),
                root_module=f"{ROOT}/module app",
            ),
            step(dummy, supers, "compile", "compile obj dummy Debug native", hidden.id),
            step(helper, supers, "compile", "compile exe helper Debug native"),
            hidden_step,
            *generators,
        ),
    )


def sample_review(root: Path, evidence: Evidence = Evidence.CONFIGURED) -> Review:
    """A review of the sample in which eight packages are trusted and one of them changed since."""
    write_files(root)
    graph = sample_graph(root, evidence)
    changed = package_id("wayland-gen")
    real = tuple(p._replace(digest=package_digest(Path(p.root))) if p.id == changed else p for p in graph.packages)
    graph = graph._replace(packages=real)
    earlier = tuple(p._replace(digest=digest("earlier")) if p.id == changed else p for p in graph.packages)
    review = Review(graph._replace(packages=earlier), root / "review.lock")
    review.decide([changed, *(package_id(name) for name in TRUSTED)], Verdict.TRUSTED)
    return Review(graph, root / "review.lock")
