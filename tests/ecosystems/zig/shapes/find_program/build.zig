//! A program of the system that is looked for: while configuring, or by a step (0.17).
const std = @import("std");

pub fn build(b: *std.Build) void {
    const later = @hasDecl(std.Build, "findProgramLazy");
    const found = if (later)
        b.findProgram(.{ .names = &.{ "nowhere-to-be-found", "true" } }) orelse "none"
    else
        b.findProgram(&.{ "nowhere-to-be-found", "true" }, &.{}) catch "none";
    b.getInstallStep().dependOn(&b.addSystemCommand(&.{found}).step);
    if (later) {
        const run = b.addRunFile(b.findProgramLazy(.{ .names = &.{ "nowhere-to-be-found", "true" } }));
        run.setName("run what is found");
        b.getInstallStep().dependOn(&run.step);
    }
}
