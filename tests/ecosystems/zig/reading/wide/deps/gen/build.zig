const std = @import("std");
pub fn build(b: *std.Build) void {
    const tool = b.addExecutable(.{ .name = "tool", .root_module = b.createModule(.{ .root_source_file = b.path("tool/main.zig"), .target = b.graph.host }) });
    b.installArtifact(tool);
    const files = b.addNamedWriteFiles("files");
    _ = files.add("a.txt", "a");
    b.addNamedLazyPath("made", files.getDirectory());
    const m = b.addModule("gen", .{ .root_source_file = b.path("root.zig") });
    const run = b.addRunArtifact(tool);
    run.setName("make the source");
    m.addAnonymousImport("made", .{ .root_source_file = run.captureStdOut(.{ .basename = "made.zig" }) });
}
pub fn stamp(b: *std.Build, name: []const u8) *std.Build.Step.Run {
    const run = b.addSystemCommand(&.{ "date", "+%s" });
    run.setName(name);
    return run;
}
