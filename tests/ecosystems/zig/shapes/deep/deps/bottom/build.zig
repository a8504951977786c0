const std = @import("std");

pub fn build(b: *std.Build) void {
    const bottom = b.addModule("bottom", .{ .root_source_file = b.path("bottom.zig") });
    const object = b.addObject(.{ .name = "object", .root_module = b.createModule(.{
        .root_source_file = b.path("empty.zig"),
        .target = b.graph.host,
    }) });
    const first = b.addSystemCommand(&.{"true"});
    const second = b.addSystemCommand(&.{"true"});
    second.step.dependOn(&first.step);
    object.step.dependOn(&second.step);
    bottom.addObject(object);
}
