//! Run steps of the project itself, which execute what a dependency brings: a program that it builds, a script that it ships.
const std = @import("std");

pub fn build(b: *std.Build) void {
    const tools = b.dependency("tools", .{});
    const run = b.addRunArtifact(tools.artifact("tool"));
    run.addArg("text");
    b.getInstallStep().dependOn(&b.addInstallFile(run.addOutputFileArg("made.txt"), "made.txt").step);

    const script = b.addSystemCommand(&.{"sh"});
    script.addFileArg(tools.path("script.sh"));
    script.addArtifactArg(tools.artifact("tool"));
    b.getInstallStep().dependOn(&script.step);

    const literal = b.addSystemCommand(&.{ "sh", "-eu", "scripts/own.sh" });
    literal.setCwd(b.path("."));
    b.step("literal", "Run a script of the project").dependOn(&literal.step);

    const moved = b.addSystemCommand(&.{"./script.sh"});
    moved.setCwd(tools.path("."));
    b.step("moved", "Run the script where it is").dependOn(&moved.step);

    const built = std.Build.Step.Run.create(b, "run the copy");
    built.addFileArg(tools.artifact("tool").getEmittedBin());
    b.step("copy", "Run the file that was built").dependOn(&built.step);

    const direct = std.Build.Step.Run.create(b, "run the script itself");
    direct.addFileArg(tools.namedLazyPath("script"));
    b.step("script", "Run it").dependOn(&direct.step);
}
