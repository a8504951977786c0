//! Names that are those of others, or that are made to break what shows them; modules that import each other in a circle.
const std = @import("std");

pub fn build(b: *std.Build) void {
    const same = b.dependency("same", .{});
    const app = b.addExecutable(.{ .name = "app", .root_module = b.createModule(.{
        .root_source_file = b.path("main.zig"),
        .target = b.graph.host,
        .imports = &.{.{ .name = "same", .module = same.module("same") }},
    }) });
    b.installArtifact(app);
}
