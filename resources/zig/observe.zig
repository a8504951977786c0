//! For an observation: one run step is not run by zig but written down, with all that zig would start it with, and run afterwards on its
//! own, where nothing else is in the trace. Everything that the step needs is built as always.

const std = @import("std");
const Build = std.Build;

/// What `zig build` is asked to make.
const name = "reviewer-observe";

/// Standing before the step's command, with the folder of the record as `$0`.
const recorder = "printf '%s\\0' \"$PWD\" \"$@\" >\"$0/command\" && /usr/bin/env -0 >\"$0/environment\"";
const input_recorder = recorder ++ " && exec cat >\"$0/input\"";

pub fn record(b: *Build, step: *Build.Step, folder: []const u8) void {
    const run = step.cast(Build.Step.Run) orelse return;
    run.has_side_effects = true; // or an earlier run would do
    for (run.argv.items) |arg| switch (arg) {
        // Its stack can be followed then, from a system call to the line of source.
        .artifact => |program| program.artifact.use_llvm = true,
        else => {},
    };
    const script = if (run.stdin == .none) recorder else input_recorder;
    const words = [_][]const u8{ "/bin/sh", "-c", script, folder };
    var arguments: [words.len]Build.Step.Run.Arg = undefined;
    for (words, &arguments) |word, *argument| argument.* = .{ .bytes = b.dupe(word) };
    run.argv.insertSlice(b.allocator, 0, &arguments) catch @panic("OOM");
    b.step(name, "").dependOn(step);
}
