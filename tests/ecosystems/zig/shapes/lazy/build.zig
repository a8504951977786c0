//! One lazy package is here; the other is not, and nobody asks for it unless `-Dfar` does.
const std = @import("std");

pub fn build(b: *std.Build) void {
    const far = b.option(bool, "far", "Ask for the package that is missing") orelse false;
    if (far) _ = b.lazyDependency("far", .{});
    const near = b.lazyDependency("near", .{}) orelse return;
    const app = b.addExecutable(.{ .name = "app", .root_module = b.createModule(.{
        .root_source_file = b.path("main.zig"),
        .target = b.graph.host,
        .imports = &.{.{ .name = "near", .module = near.module("near") }},
    }) });
    b.installArtifact(app);
}
