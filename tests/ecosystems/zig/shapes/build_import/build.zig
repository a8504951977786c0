//! The project calls functions of a dependency's build.zig: they create steps there, but the steps are the project's own.
const std = @import("std");
const helper = @import("helper");

pub fn build(b: *std.Build) void {
    const made = helper.make(b, "made.txt");
    b.getInstallStep().dependOn(&b.addInstallFile(made, "made.txt").step);
    const other = helper.nested.Maker.init(b, "other.txt");
    b.getInstallStep().dependOn(&b.addInstallFile(other.output, "other.txt").step);
}
