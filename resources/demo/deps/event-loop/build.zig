const std = @import("std");

pub fn build(b: *std.Build) void {
    const ring_buffer = b.dependency("ring_buffer", .{});

    _ = b.addModule("event_loop", .{
        .root_source_file = b.path("src/event_loop.zig"),
        .imports = &.{
            .{ .name = "ring_buffer", .module = ring_buffer.module("ring_buffer") },
        },
    });
}
