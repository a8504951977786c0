const std = @import("std");

pub fn build(b: *std.Build) void {
    const app = b.addExecutable(.{ .name = "app", .root_module = b.createModule(.{
        .root_source_file = b.path("main.zig"),
        .target = b.graph.host,
        .imports = &.{.{ .name = "middle", .module = b.dependency("middle", .{}).module("middle") }},
    }) });
    b.installArtifact(app);
}
