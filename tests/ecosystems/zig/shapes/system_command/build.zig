//! Programs of the system, by name and by path, with everything that a run step can be told.
const std = @import("std");

pub fn build(b: *std.Build) void {
    const install = b.getInstallStep();

    const cat = b.addSystemCommand(&.{ "/bin/sh", "-c", "cat; test \"$MODE\" = fast; test -z \"$HOME\"" });
    cat.setStdIn(.{ .lazy_path = b.path("data/in.txt") });
    cat.setCwd(b.path("data"));
    cat.clearEnvironment();
    cat.setEnvironmentVariable("MODE", "fast");
    cat.addFileInput(b.path("data/also.txt"));
    cat.expectStdOutEqual("in\n");
    cat.setName("read everything");
    install.dependOn(&cat.step);

    const cp = b.addSystemCommand(&.{ "cp", "-rT" });
    cp.addDirectoryArg(b.path("data"));
    const tree = cp.addOutputDirectoryArg("tree");
    install.dependOn(&b.addInstallFile(tree.path(b, "in.txt"), "in.txt").step);

    const odd = b.addSystemCommand(&.{ "true", "--" });
    odd.addPrefixedFileArg("@", b.path("data/in.txt"));
    odd.addPrefixedDirectoryArg("-I", b.path("data"));
    odd.has_side_effects = true;
    install.dependOn(&odd.step);
    if (@hasDecl(std.Build.Step.Run, "addPassthruArgs")) odd.addPassthruArgs() else if (b.args) |args| odd.addArgs(args);

    const bad = b.addSystemCommand(&.{ "sh", "-c", "echo warning >&2; exit 3" });
    bad.expectExitCode(3);
    bad.expectStdErrEqual("warning\n");
    install.dependOn(&bad.step);
}
