//! Whoever imports this module runs a program: the module carries an object, and the object waits for the program.
const std = @import("std");

pub fn build(b: *std.Build) void {
    const super = b.addModule("super", .{ .root_source_file = b.path("root.zig") });
    const helper = b.addExecutable(.{ .name = "helper", .root_module = b.createModule(.{
        .root_source_file = b.path("helper.zig"),
        .target = b.graph.host,
    }) });
    const run = b.addRunArtifact(helper);
    const dummy = b.addObject(.{ .name = "dummy", .root_module = b.createModule(.{
        .root_source_file = b.path("dummy.zig"),
        .target = b.graph.host,
    }) });
    dummy.step.dependOn(&run.step);
    super.addObject(dummy);
}
