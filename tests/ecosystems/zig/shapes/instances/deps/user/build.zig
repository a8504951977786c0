const std = @import("std");

pub fn build(b: *std.Build) void {
    _ = b.addModule("user", .{
        .root_source_file = b.path("user.zig"),
        .imports = &.{.{ .name = "gen", .module = b.dependency("gen", .{ .value = @as([]const u8, "3") }).module("gen") }},
    });
}
