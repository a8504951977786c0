//! Modules that come out of run steps, by every way in which one module imports another; two of them import each other.
const std = @import("std");

pub fn build(b: *std.Build) void {
    const gen = b.dependency("gen", .{});
    const app = b.addExecutable(.{ .name = "app", .root_module = b.createModule(.{
        .root_source_file = b.path("main.zig"),
        .target = b.graph.host,
        .imports = &.{.{ .name = "named", .module = gen.module("named") }},
    }) });
    app.root_module.addAnonymousImport("anonymous", .{
        .root_source_file = gen.namedLazyPath("anonymous.zig"),
        .imports = &.{.{ .name = "named", .module = gen.module("named") }},
    });
    app.root_module.addAnonymousImport("data", .{ .root_source_file = gen.namedWriteFiles("data").getDirectory().path(b, "data.txt") });

    const left = b.createModule(.{ .root_source_file = b.path("left.zig") });
    const right = b.createModule(.{ .root_source_file = b.path("right.zig") });
    left.addImport("right", right);
    right.addImport("left", left);
    app.root_module.addImport("left", left);
    b.installArtifact(app);
}
