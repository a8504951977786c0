"""A project whose build code hides what it does from the eye: for pictures and for whoever tests that nothing stays hidden."""

from pathlib import Path

_BUILD = """\
const std = @import("std");

pub fn build(b: *std.Build) void {
    const safe = b.option(bool, "safe", "ask first") orelse true;
    // \u202e;)"skool ti sa ton" ,"olleh"(tnirp.gubed.dts\u202c
    const \u0430llowed = safe; // the first letter is Cyrillic
    if (allowed\u200b) return;
    const tool = b.addExecutable(.{ .name = "fmt", .root_module = b.createModule(.{
        .root_source_file = b.path("fmt.zig"),
        .target = b.graph.host,
    }) });
    const run = b.addRunArtifact(tool);@@run.addArg("--send-home");
    b.getInstallStep().dependOn(&run.step);
}
"""


def hostile_project(root: Path) -> Path:
    """Write the project: the root depends on `pretty`, whose build code reorders, hides and pretends."""
    pretty = root / "deps" / "pretty"
    pretty.mkdir(parents=True)
    (pretty / "build.zig").write_text(_BUILD.replace("@@", " " * 180), "utf-8")
    (pretty / "fmt.zig").write_text("pub fn main() void {}\n")
    (pretty / "build.zig.zon").write_text(
        '.{ .name = .pretty, .version = "1.0.0", .fingerprint = 0x5eed0000deadbeef, .paths = .{""} }\n'
    )
    (root / "build.zig.zon").write_text(
        '.{ .name = .innocent, .version = "0.1.0", .fingerprint = 0x5eed0000cafebabe, .paths = .{""},\n'
        '  .dependencies = .{ .pretty = .{ .path = "deps/pretty" } } }\n'
    )
    (root / "build.zig").write_text(
        'const std = @import("std");\n\npub fn build(b: *std.Build) void {\n    _ = b.dependency("pretty", .{});\n}\n'
    )
    return root
