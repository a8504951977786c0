//! Waits for a program of its own, and imports what waits for another: two packages deep.
const std = @import("std");

pub fn build(b: *std.Build) void {
    const bottom = b.dependency("bottom", .{});
    const middle = b.addModule("middle", .{
        .root_source_file = b.path("middle.zig"),
        .imports = &.{.{ .name = "bottom", .module = bottom.module("bottom") }},
    });
    const library = b.addLibrary(.{ .name = "middle", .root_module = b.createModule(.{
        .root_source_file = b.path("empty.zig"),
        .target = b.graph.host,
    }) });
    library.step.dependOn(&b.addSystemCommand(&.{"true"}).step);
    middle.linkLibrary(library);
}
