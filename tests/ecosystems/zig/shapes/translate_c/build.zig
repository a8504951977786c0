//! A C header that a program writes, translated to a module.
const std = @import("std");

pub fn build(b: *std.Build) void {
    const header = b.addSystemCommand(&.{"cp"});
    header.addFileArg(b.path("api.h.txt"));
    const other = b.addSystemCommand(&.{"cp"});
    other.addFileArg(b.path("other.h.txt"));
    const translated = b.addTranslateC(.{
        .root_source_file = header.addOutputFileArg("api.h"),
        .target = b.graph.host,
        .optimize = .Debug,
        .link_libc = false,
    });
    translated.addIncludePath(other.addOutputFileArg("other.h").dirname());
    const app = b.addLibrary(.{ .name = "app", .root_module = b.createModule(.{
        .root_source_file = b.path("app.zig"),
        .target = b.graph.host,
        .imports = &.{.{ .name = "api", .module = translated.createModule() }},
    }) });
    b.installArtifact(app);
}
