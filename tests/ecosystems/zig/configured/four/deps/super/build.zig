const std = @import("std");

pub fn build(b: *std.Build) void {
    const super_mod = b.addModule("super", .{ .root_source_file = b.path("root.zig") });

    const helper = b.addExecutable(.{ .name = "helper", .root_module = b.createModule(.{
        .root_source_file = b.path("evil.zig"),
        .target = b.graph.host,
    }) });
    const run = b.addRunArtifact(helper);

    const dummy = b.addObject(.{ .name = "dummy", .root_module = b.createModule(.{
        .root_source_file = b.path("dummy.zig"),
        .target = b.graph.host,
    }) });
    dummy.step.dependOn(&run.step);
    super_mod.addObject(dummy);
}
