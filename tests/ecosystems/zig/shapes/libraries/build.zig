const std = @import("std");

pub fn build(b: *std.Build) void {
    const deep = b.dependency("deep", .{});
    const middle = b.addLibrary(.{ .name = "middle", .linkage = .dynamic, .root_module = b.createModule(.{
        .root_source_file = b.path("middle.zig"),
        .target = b.graph.host,
    }) });
    middle.root_module.linkLibrary(deep.artifact("deep"));
    const app = b.addExecutable(.{ .name = "app", .root_module = b.createModule(.{
        .root_source_file = b.path("main.zig"),
        .target = b.graph.host,
    }) });
    app.root_module.linkLibrary(middle);
    app.root_module.addObjectFile(deep.namedLazyPath("made.o"));
    b.installArtifact(app);
}
