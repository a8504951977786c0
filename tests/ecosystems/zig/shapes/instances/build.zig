//! One package several times: with other options it is another instance, with steps of the same names; with the same it is the same.
const std = @import("std");

pub fn build(b: *std.Build) void {
    const app = b.addExecutable(.{ .name = "app", .root_module = b.createModule(.{
        .root_source_file = b.path("main.zig"),
        .target = b.graph.host,
    }) });
    app.root_module.addImport("one", b.dependency("gen", .{ .value = @as([]const u8, "1") }).module("gen"));
    app.root_module.addImport("same", b.dependency("gen", .{ .value = @as([]const u8, "1") }).module("gen"));
    app.root_module.addImport("two", b.dependency("gen", .{ .value = @as([]const u8, "2") }).module("gen"));
    app.root_module.addImport("user", b.dependency("user", .{}).module("user"));
    b.installArtifact(app);
}
