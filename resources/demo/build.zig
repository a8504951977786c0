const std = @import("std");

pub fn build(b: *std.Build) void {
    const target = b.standardTargetOptions(.{});
    const optimize = b.standardOptimizeOption(.{});

    const super = b.dependency("super", .{});
    const unicode_tables = b.dependency("unicode_tables", .{});
    const event_loop = b.dependency("event_loop", .{});

    const app = b.addExecutable(.{
        .name = "app",
        .root_module = b.createModule(.{
            .root_source_file = b.path("src/main.zig"),
            .target = target,
            .optimize = optimize,
            .imports = &.{
                .{ .name = "super", .module = super.module("super") },
                .{ .name = "unicode_tables", .module = b.createModule(.{
                    .root_source_file = unicode_tables.namedLazyPath("tables.zig"),
                }) },
                .{ .name = "event_loop", .module = event_loop.module("event_loop") },
            },
        }),
    });
    b.installArtifact(app);

    const run_app = b.addRunArtifact(app);
    b.step("run", "Run the app").dependOn(&run_app.step);
}
