//! Tests whose runner is the project's own, written by a program; and linker and version scripts that programs write.
const std = @import("std");

pub fn build(b: *std.Build) void {
    const tests = b.addTest(.{
        .name = "own",
        .root_module = b.createModule(.{ .root_source_file = b.path("tests.zig"), .target = b.graph.host }),
        .test_runner = .{ .path = copied(b, "runner.zig"), .mode = .simple },
    });
    b.step("test", "Run the tests").dependOn(&b.addRunArtifact(tests).step);

    const library = b.addLibrary(.{ .name = "scripted", .linkage = .dynamic, .root_module = b.createModule(.{
        .root_source_file = b.path("tests.zig"),
        .target = b.graph.host,
    }) });
    library.setVersionScript(copied(b, "library.map"));
    b.installArtifact(library);
}

fn copied(b: *std.Build, name: []const u8) std.Build.LazyPath {
    const run = b.addSystemCommand(&.{"cp"});
    run.addFileArg(b.path(name));
    return run.addOutputFileArg(name);
}
