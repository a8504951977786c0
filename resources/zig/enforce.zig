//! For the enforced build up to zig 0.16, where the process that configures also makes: once the graph is reported, Reviewer judges it, and
//! nothing of it is made before. Every run step then spawns the launcher in place of its own command, by a copy of zig's own code for run
//! steps (reviewer/ecosystems/zig/configured/overlay.py). From 0.17 on the maker does all that (enforce_maker.zig).

const std = @import("std");
const files = @import("reviewer_hook_files.zig");
const versions = @import("reviewer_hook_versions.zig");
const Found = @import("reviewer_hook_found.zig").Found;
const linux = std.os.linux;
const Step = std.Build.Step;

/// The steps by number, for those that spawn.
var steps: []const *Step = &.{};

pub fn begin(found: *Found) void {
    steps = found.steps.keys();
    for (steps) |step| {
        if (step.id == .run and found.own.makes(step)) step.makeFn = @import("reviewer_run.zig").make;
    }
    if (!@import("reviewer_enforce_ask.zig").mayGoOn()) linux.exit_group(1); // Reviewer has said why
}

/// The launcher, the step's number, the files that the step declares beside its arguments, and then its command.
pub fn words(run: *Step.Run, command: []const []const u8) ![]const []const u8 {
    const b = run.step.owner;
    const arena = b.allocator;
    const number = std.mem.indexOfScalar(*Step, steps, &run.step) orelse return error.AccessDenied;
    const own = std.mem.indexOfScalar(u8, command[0], '/') != null; // else zig has put an emulator before it
    var inputs: std.ArrayListUnmanaged([]const u8) = .empty;
    for (run.file_inputs.items) |path| try inputs.append(arena, path.getPath2(b, &run.step));
    for (run.argv.items, 0..) |arg, i| switch (arg) {
        .artifact => |program| {
            if (i == 0 and own and isForeign(program.artifact)) return error.InvalidExe;
            for (program.artifact.getCompileDependencies(true)) |other| {
                if (other == program.artifact or !other.isDynamicLibrary()) continue;
                try inputs.append(arena, other.getEmittedBin().getPath2(b, &run.step));
            }
        },
        else => {},
    };
    var all: std.ArrayListUnmanaged([]const u8) = .empty;
    try all.appendSlice(arena, &.{ launcher, b.fmt("{d}", .{number}), b.fmt("{d}", .{inputs.items.len}) });
    try all.appendSlice(arena, inputs.items);
    try all.append(arena, "--");
    try all.appendSlice(arena, command);
    return all.items;
}

const launcher = "/run/reviewer/launch";

/// Whether the kernel would refuse to execute it: zig must learn that from what it spawns, to skip the step or to name an emulator.
fn isForeign(artifact: *Step.Compile) bool {
    const host = @import("builtin").target;
    const target = artifact.rootModuleTarget();
    return target.os.tag != host.os.tag or target.cpu.arch != host.cpu.arch;
}
