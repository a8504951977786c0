"""Synthetic projects of any size, shaped like real ones: fetched packages in zig-pkg, a few run steps, sources that say nothing."""

import random
from pathlib import Path

_HASHPLUS = "A" * 36

_ROOT_BUILD = """const std = @import("std");

pub fn build(b: *std.Build) void {{
    const target = b.standardTargetOptions(.{{}});
    const optimize = b.standardOptimizeOption(.{{}});
    const exe = b.addExecutable(.{{ .name = "app", .root_module = b.createModule(.{{
        .root_source_file = b.path("src/main.zig"),
        .target = target,
        .optimize = optimize,
    }}) }});
{uses}    b.installArtifact(exe);
}}
"""

_PACKAGE_BUILD = """const std = @import("std");

pub fn build(b: *std.Build) void {{
    const target = b.standardTargetOptions(.{{}});
    const optimize = b.standardOptimizeOption(.{{}});
    const module = b.addModule("{name}", .{{
        .root_source_file = b.path("src/root.zig"),
        .target = target,
        .optimize = optimize,
    }});
{uses}{runs}
    const tests = b.addTest(.{{ .root_module = module }});
    const run_tests = b.addRunArtifact(tests);
    b.step("test", "Run the tests").dependOn(&run_tests.step);
}}
"""

_USE = """    {by}.addImport("{name}", b.dependency("{name}", .{{ .target = target, .optimize = optimize }}).module("{name}"));
"""

_RUN = """    const tool = b.addExecutable(.{ .name = "tool", .root_module = b.createModule(.{
        .root_source_file = b.path("src/tool.zig"),
        .target = b.graph.host,
    }) });
    const run = b.addRunArtifact(tool);
    module.addAnonymousImport("table", .{ .root_source_file = run.addOutputFileArg("table.zig") });
"""


def make_tree(folder: Path, packages: int, *, files: int = 8, lines: int = 60) -> Path:
    """A project with so many fetched packages, each with `files` sources of `lines` lines; the same bytes every time.

    A package depends on up to three later ones; every fifteenth generates a table with a program of its own.
    """
    chance = random.Random(packages)  # noqa: S311 - the same tree every time is the point
    names = [f"package{number}" for number in range(packages)]
    children: list[list[int]] = [[] for _ in names]
    for number in range(1, packages):
        children[chance.randrange(max(0, number // 8 - 2), max(1, number // 4))].append(number)
    for number in range(packages - 1):
        for other in chance.sample(range(number + 1, packages), min(2, packages - number - 1)):
            if len(children[number]) < 5 and other not in children[number]:
                children[number].append(other)
    (folder / "src").mkdir(parents=True)
    (folder / "src" / "main.zig").write_text("pub fn main() void {}\n")
    direct = [names[number] for number in range(min(packages, 8))]
    uses = "".join(_USE.format(by="exe.root_module", name=name) for name in direct)
    (folder / "build.zig").write_text(_ROOT_BUILD.format(uses=uses))
    (folder / "build.zig.zon").write_text(_manifest("app", direct))
    source = "".join(f"pub fn function{number}(x: u32) u32 {{ return x *% {number}; }}\n" for number in range(lines))
    for number, name in enumerate(names):
        package = folder / "zig-pkg" / _hash(name)
        (package / "src").mkdir(parents=True)
        needed = [names[child] for child in children[number]]
        uses = "".join(_USE.format(by="module", name=child) for child in needed)
        runs = _RUN if number % 15 == 7 else ""
        (package / "build.zig").write_text(_PACKAGE_BUILD.format(name=name, uses=uses, runs=runs))
        (package / "build.zig.zon").write_text(_manifest(name, needed))
        for file in ("root", "tool", *(f"part{part}" for part in range(files - 2))):
            (package / "src" / f"{file}.zig").write_text(f"// {name}, {file}\n{source}")
    return folder


def _manifest(name: str, dependencies: list[str]) -> str:
    entries = "".join(
        f'        .{other} = .{{ .url = "https://example.org/{other}.tar.gz", .hash = "{_hash(other)}" }},\n'
        for other in dependencies
    )
    return (
        f'.{{\n    .name = .{name},\n    .version = "1.0.0",\n    .fingerprint = 0x1,\n'
        f'    .dependencies = .{{\n{entries}    }},\n    .paths = .{{""}},\n}}\n'
    )


def _hash(name: str) -> str:
    return f"{name}-1.0.0-{name[-8:]:A>8}{_HASHPLUS}"
