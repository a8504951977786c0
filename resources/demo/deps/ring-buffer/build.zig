const std = @import("std");

pub fn build(b: *std.Build) void {
    _ = b.addModule("ring_buffer", .{ .root_source_file = b.path("src/ring_buffer.zig") });
}
