//! What a program prints is what the next one reads, and in the end a file that is installed.
const std = @import("std");
const Run = std.Build.Step.Run;

pub fn build(b: *std.Build) void {
    const first = b.addSystemCommand(&.{ "sh", "-c", "echo out; echo err >&2" });
    const second = b.addSystemCommand(&.{ "cat", "-" });
    second.addFileArg(captureStdOut(first));
    second.setStdIn(.{ .lazy_path = captureStdErr(first) });
    b.getInstallStep().dependOn(&b.addInstallFile(captureStdOut(second), "second.txt").step);
}

// 0.16 gave both options.

fn captureStdOut(run: *Run) std.Build.LazyPath {
    return if (@hasDecl(Run, "CapturedStdIo")) run.captureStdOut(.{}) else run.captureStdOut();
}

fn captureStdErr(run: *Run) std.Build.LazyPath {
    return if (@hasDecl(Run, "CapturedStdIo")) run.captureStdErr(.{}) else run.captureStdErr();
}
