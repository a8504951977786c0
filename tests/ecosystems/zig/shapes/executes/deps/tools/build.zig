const std = @import("std");

pub fn build(b: *std.Build) void {
    b.installArtifact(b.addExecutable(.{ .name = "tool", .root_module = b.createModule(.{
        .root_source_file = b.path("src/tool.zig"),
        .target = b.graph.host,
    }) }));
    b.addNamedLazyPath("script", b.path("script.sh"));
}
