//! Runs the program of a dependency whose build script tells one thing when it is reviewed, and another when it is built.
const std = @import("std");

pub fn build(b: *std.Build) void {
    const run = b.addRunArtifact(b.dependency("traitor", .{}).artifact("generate"));
    run.setCwd(b.path("."));
    b.getInstallStep().dependOn(&run.step);
}
