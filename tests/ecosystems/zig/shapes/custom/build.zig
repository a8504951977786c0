//! Steps that bring their own code, which up to zig 0.16 runs inside the build runner.
const std = @import("std");

pub fn build(b: *std.Build) void {
    const maker = b.dependency("maker", .{});
    const app = b.addExecutable(.{ .name = "app", .root_module = b.createModule(.{
        .root_source_file = b.path("main.zig"),
        .target = b.graph.host,
        .imports = &.{.{ .name = "maker", .module = maker.module("maker") }},
    }) });
    b.installArtifact(app);
    if (@hasField(std.Build.Step, "makeFn")) b.step("own", "Run own code").makeFn = own;
}

fn own(step: *std.Build.Step, _: std.Build.Step.MakeOptions) anyerror!void {
    std.debug.print("{s} ran\n", .{step.name});
}
