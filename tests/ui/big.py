"""A project of many packages, made of real files: `direct` dependencies of the root, each with `nested` ones of its own."""

from hashlib import sha256
from pathlib import Path

_FINGERPRINT = 0x5EED_0000_0000_0000


def big_project(root: Path, packages: int = 2_000, nested: int = 9) -> Path:
    """Write a zig project whose tree holds so many path packages; every tenth package runs a program of its own when it is built."""
    direct = packages // (nested + 1)
    for number in range(direct):
        names = [f"part_{number}_{inner}" for inner in range(nested)]
        _package(root / "deps" / f"lib_{number}", f"lib_{number}", names, runs=True)
        for name in names:
            _package(root / "deps" / name, name, [], runs=False)
    _package(root, "big", [f"lib_{number}" for number in range(direct)], runs=False, folder="deps/", main=True)
    return root


def _package(root: Path, name: str, needs: list[str], *, runs: bool, folder: str = "../", main: bool = False) -> None:
    root.mkdir(parents=True, exist_ok=True)
    needed = "".join(f'        .{need} = .{{ .path = "{folder}{need}" }},\n' for need in needs)
    (root / "build.zig.zon").write_text(
        f'.{{\n    .name = .{name},\n    .version = "0.1.0",\n    .fingerprint = {hex(_FINGERPRINT + hash_of(name))},\n'
        f'    .paths = .{{""}},\n    .dependencies = .{{\n{needed}    }},\n}}\n'
    )
    lines = ['const std = @import("std");', "", "pub fn build(b: *std.Build) void {"]
    imports = [
        f'        .{{ .name = "{need}", .module = b.dependency("{need}", .{{}}).module("{need}") }},' for need in needs
    ]
    opened = "const module" if runs or main else "_"
    lines += [f'    {opened} = b.addModule("{name}", .{{', '        .root_source_file = b.path("root.zig"),']
    lines += ["        .target = b.graph.host,", "        .imports = &.{", *imports, "        },", "    });"]
    if runs:
        lines += [
            '    const program = b.createModule(.{ .root_source_file = b.path("tool.zig"), .target = b.graph.host });',
            '    const tool = b.addExecutable(.{ .name = "tool", .root_module = program });',
            "    const run = b.addRunArtifact(tool);",
            '    module.addAnonymousImport("tables", .{ .root_source_file = run.addOutputFileArg("tables.zig") });',
        ]
        (root / "tool.zig").write_text("pub fn main() void {}\n")
    if main:
        lines += ['    b.installArtifact(b.addExecutable(.{ .name = "big", .root_module = module }));']
    (root / "build.zig").write_text("\n".join([*lines, "}", ""]))
    (root / "root.zig").write_text(f'pub const name = "{name}";\n')


def hash_of(name: str) -> int:
    """A number of a name, the same in every run."""
    return int(sha256(name.encode()).hexdigest()[:10], 16)
