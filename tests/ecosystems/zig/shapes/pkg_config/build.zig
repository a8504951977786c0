//! Zig runs pkg-config while it makes this library, and does what that says.
const std = @import("std");

pub fn build(b: *std.Build) void {
    const library = b.addLibrary(.{ .name = "app", .root_module = b.createModule(.{
        .root_source_file = b.path("app.zig"),
        .target = b.graph.host,
    }) });
    library.root_module.linkSystemLibrary("zlib", .{ .use_pkg_config = .yes });
    library.root_module.linkSystemLibrary("bz2", .{ .use_pkg_config = .no });
    b.step("library", "Needs zlib").dependOn(&library.step);
}
