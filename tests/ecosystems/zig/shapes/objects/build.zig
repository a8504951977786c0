const std = @import("std");

pub fn build(b: *std.Build) void {
    const super = b.dependency("super", .{});
    const app = b.addExecutable(.{ .name = "app", .root_module = b.createModule(.{
        .root_source_file = b.path("main.zig"),
        .target = b.graph.host,
        .imports = &.{.{ .name = "super", .module = super.module("super") }},
    }) });
    b.installArtifact(app);
}
