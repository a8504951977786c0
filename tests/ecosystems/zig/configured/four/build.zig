//! Configures with zig 0.14 to 0.17.
const std = @import("std");

pub fn build(b: *std.Build) void {
    const target = b.standardTargetOptions(.{});
    const optimize = b.standardOptimizeOption(.{});
    const level = b.option(enum { low, high }, "level", "How much to make") orelse .low;
    const super = b.dependency("super", .{});
    const tables = b.dependency("tables", .{});
    const maker = b.dependency("maker", .{});

    const app = b.addExecutable(.{ .name = "app", .root_module = b.createModule(.{
        .root_source_file = b.path("src/main.zig"),
        .target = target,
        .optimize = optimize,
        .imports = &.{
            .{ .name = "super", .module = super.module("super") },
            .{ .name = "maker", .module = maker.module("maker") },
            .{ .name = "tables", .module = b.createModule(.{ .root_source_file = tables.namedLazyPath("tables.zig") }) },
            .{ .name = "list", .module = b.createModule(.{ .root_source_file = tables.namedLazyPath("list.zig") }) },
        },
    }) });
    b.installArtifact(app);

    if (level == .high) {
        const more = b.addSystemCommand(&.{ "true", "more" });
        more.addFileArg(b.path("src").path(b, "/etc/hostname"));
        app.step.dependOn(&more.step);
    }

    const run_app = b.addRunArtifact(app);
    b.step("run", "Run the app").dependOn(&run_app.step);
}
