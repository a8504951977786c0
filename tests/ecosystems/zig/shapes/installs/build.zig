//! The other kinds of steps, each waiting for a program: install, copy, strip, format, check, fail.
const std = @import("std");

pub fn build(b: *std.Build) void {
    const install = b.getInstallStep();
    install.dependOn(&b.addInstallFile(made(b, "installed.txt"), "installed.txt").step);
    install.dependOn(&b.addInstallDirectory(.{
        .source_dir = made(b, "folder/file.txt").dirname(),
        .install_dir = .prefix,
        .install_subdir = "folder",
    }).step);
    const check = b.addCheckFile(made(b, "checked.txt"), .{ .expected_exact = "" });
    install.dependOn(&check.step);

    const object = b.addObject(.{ .name = "object", .root_module = b.createModule(.{
        .root_source_file = made(b, "object.zig"),
        .target = b.graph.host,
    }) });
    const stripped = b.addObjCopy(object.getEmittedBin(), .{ .basename = "stripped.o" });
    b.step("strip", "Copy an object").dependOn(&stripped.step);

    b.step("format", "Format").dependOn(&b.addFmt(.{ .paths = if (@hasDecl(std.Build, "pathList")) b.pathList(&.{"build.zig"}) else &.{"build.zig"} }).step);
    b.step("fail", "Say no").dependOn(&b.addFail("no").step);
}

fn made(b: *std.Build, name: []const u8) std.Build.LazyPath {
    const run = b.addSystemCommand(&.{"touch"});
    return run.addOutputFileArg(name);
}
