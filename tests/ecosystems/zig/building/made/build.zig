//! Every way in which a run step is given something and makes something, for zig 0.14 to 0.17. Builds, tests and runs.
const std = @import("std");
const Build = std.Build;
const Run = Build.Step.Run;

pub fn build(b: *Build) void {
    const generate = b.addExecutable(.{ .name = "generate", .root_module = module(b, "src/generate.zig") });
    generate.root_module.link_libc = true; // its arguments are found alike in all versions
    // A shared library that the program of a run step needs.
    const shared = b.addLibrary(.{ .name = "shared", .linkage = .dynamic, .root_module = module(b, "src/shared.zig") });
    generate.root_module.linkLibrary(shared);

    const table = b.addRunArtifact(generate);
    table.addFileArg(b.path("data/words.txt"));
    const table_zig = table.addOutputFileArg("table.zig");
    table.addFileInput(b.path("data/extra.txt")); // beside the arguments
    table.setEnvironmentVariable("EXTRA", "data/extra.txt");

    const folder = b.addSystemCommand(&.{ "/bin/sh", "-c", "mkdir -p \"$0/deep\" && cat \"$1\" >\"$0/deep/copy.txt\"" });
    const made = folder.addOutputDirectoryArg("made");
    folder.addFileArg(b.path("data/words.txt"));

    const tracked = b.addSystemCommand(&.{ "/bin/sh", "-c", "cat \"$2\" >\"$1\" && echo \"$1: $2\" >\"$0\"" });
    _ = tracked.addDepFileOutputArg("tracked.d");
    const tracked_txt = tracked.addOutputFileArg("tracked.txt");
    tracked.addFileArg(b.path("data/words.txt"));

    const sorted = b.addSystemCommand(&.{ "sort", "-u" });
    sorted.setStdIn(.{ .bytes = "b\na\nb\n" });

    const from_file = b.addSystemCommand(&.{"cat"});
    from_file.setStdIn(.{ .lazy_path = b.path("data/words.txt") });
    from_file.setCwd(b.path("data"));

    // Words around paths, a built program as an argument, and what a step must print.
    const words = b.addSystemCommand(&.{ "/bin/sh", "-c", "test -x \"$3\" && cp \"${0#--from=}\" \"${1#--to=}\" && test -d \"${2#-I}\"" });
    words.addPrefixedFileArg("--from=", b.path("data/words.txt"));
    const copied = words.addPrefixedOutputFileArg("--to=", "deep/copied.txt");
    words.addPrefixedDirectoryArg("-I", b.path("data"));
    words.addArtifactArg(generate);
    const content = b.addSystemCommand(&.{ "/bin/sh", "-c", "printf '%s' \"$0\"" });
    if (@hasDecl(Run, "addFileContentArg")) content.addFileContentArg(b.path("data/extra.txt")) else content.addArg("east\n");
    content.expectStdOutEqual("east\n");

    const app = b.addExecutable(.{ .name = "app", .root_module = module(b, "src/main.zig") });
    app.root_module.addAnonymousImport("table", .{ .root_source_file = table_zig });
    app.root_module.addAnonymousImport("sorted", .{ .root_source_file = captured(sorted) });
    b.installArtifact(app);
    b.getInstallStep().dependOn(&b.addInstallDirectory(.{ .source_dir = made, .install_dir = .prefix, .install_subdir = "made" }).step);
    b.getInstallStep().dependOn(&b.addInstallFile(tracked_txt, "tracked.txt").step);
    b.getInstallStep().dependOn(&b.addInstallFile(captured(from_file), "words.txt").step);

    b.getInstallStep().dependOn(&b.addInstallFile(copied, "copied.txt").step);
    b.getInstallStep().dependOn(&content.step);

    const tests = b.addTest(.{ .root_module = module(b, "src/tests.zig") });
    b.step("test", "").dependOn(&b.addRunArtifact(tests).step);

    const run = b.addRunArtifact(app);
    if (@hasDecl(Run, "addPassthruArgs")) run.addPassthruArgs() else if (b.args) |args| run.addArgs(args);
    b.step("run", "").dependOn(&run.step);

    const installed = b.addRunArtifact(app);
    installed.step.dependOn(b.getInstallStep());
    b.step("installed", "").dependOn(&installed.step);

    const fail = b.addSystemCommand(&.{ "/bin/sh", "-c", "echo it fails >&2; exit 3" });
    b.step("fail", "").dependOn(&fail.step);
    const die = b.addSystemCommand(&.{ "/bin/sh", "-c", "kill -SEGV $$" });
    b.step("die", "").dependOn(&die.step);
}

fn module(b: *Build, source: []const u8) *Build.Module {
    // So small that zig makes the same of them each time.
    return b.createModule(.{ .root_source_file = b.path(source), .target = b.graph.host, .optimize = .ReleaseSmall, .strip = true });
}

/// 0.16 gave it options.
fn captured(run: *Run) Build.LazyPath {
    const parameters = @typeInfo(@TypeOf(Run.captureStdOut)).@"fn";
    const count = if (@hasField(@TypeOf(parameters), "params")) parameters.params.len else parameters.param_types.len;
    return if (count == 1) run.captureStdOut() else run.captureStdOut(.{});
}
