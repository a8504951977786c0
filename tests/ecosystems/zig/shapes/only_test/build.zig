//! A plain build runs nothing; `zig build test` runs the tests and what makes their data.
const std = @import("std");

pub fn build(b: *std.Build) void {
    const module = b.addModule("only_test", .{ .root_source_file = b.path("root.zig"), .target = b.graph.host });
    b.installArtifact(b.addLibrary(.{ .name = "only_test", .root_module = module }));

    const data = b.addSystemCommand(&.{"cp"});
    data.addFileArg(b.path("data.txt"));
    const tests = b.addTest(.{ .root_module = b.createModule(.{
        .root_source_file = b.path("tests.zig"),
        .target = b.graph.host,
    }) });
    tests.root_module.addAnonymousImport("data", .{ .root_source_file = data.addOutputFileArg("copy.txt") });
    b.step("test", "Run the tests").dependOn(&b.addRunArtifact(tests).step);
}
