//! For the enforced build with zig 0.17: what its maker spawns for a run step, in place of the step's own command. A copy of the user's own
//! maker calls `words` where it spawns (reviewer/ecosystems/zig/configured/overlay.py), so that everything else of the step stays as it is:
//! its command in messages, its hash, its places in the cache.

const std = @import("std");
const builtin = @import("builtin");
const Configuration = std.Build.Configuration;
const Maker = @import("Maker.zig");
const Compile = @import("Maker/Step.zig").Compile;

/// The launcher, the step's number, the files that the step declares beside its arguments, and then its command.
pub fn words(arena: std.mem.Allocator, maker: *Maker, step: Configuration.Step.Index, command: []const []const u8) ![]const []const u8 {
    const launcher = maker.graph.environ_map.get("REVIEWER_LAUNCH") orelse return command;
    const conf = &maker.scanned_config.configuration;
    const run = step.ptr(conf).extended.get(conf.extra).run;
    if (run.flags.stdio == .protocol or run.preopens.slice.len != 0) {
        std.log.err("reviewer: a run step that is given open files (protocol or preopens) cannot be built enforced", .{});
        return error.AccessDenied;
    }
    const own = std.mem.findScalar(u8, command[0], '/') != null; // else zig has put an emulator before it
    var inputs: std.ArrayList([]const u8) = .empty;
    for (run.file_inputs.slice) |path| try inputs.append(arena, try maker.resolveLazyPathIndexAbs(arena, path, step));
    for (run.args.slice, 0..) |index, i| {
        const producer = index.get(conf).producer.value orelse continue;
        if (i == 0 and own and isForeign(conf, producer)) return error.InvalidExe;
        var modules: Compile.ModuleGraph = .empty;
        for (try Compile.getCompileDependencies(arena, &modules, conf, producer, true)) |other| {
            const compile = other.ptr(conf).extended.get(conf.extra).compile;
            if (other == producer or !compile.isDynamicLibrary()) continue;
            try inputs.append(arena, try maker.generatedPath(compile.generated_bin.value.?).toString(arena));
        }
    }
    var all: std.ArrayList([]const u8) = .empty;
    try all.appendSlice(arena, &.{
        launcher,
        try arena.print("{d}", .{@backingInt(step)}),
        try arena.print("{d}", .{inputs.items.len}),
    });
    try all.appendSlice(arena, inputs.items);
    try all.append(arena, "--");
    try all.appendSlice(arena, command);
    return all.items;
}

/// Whether the kernel would refuse to execute it: zig must learn that from what it spawns, to skip the step or to name an emulator.
fn isForeign(conf: *const Configuration, producer: Configuration.Step.Index) bool {
    const module = producer.ptr(conf).extended.get(conf.extra).compile.root_module.get(conf);
    const target = module.resolved_target.get(conf).?.result.get(conf).unwrapTarget(conf);
    return target.os.tag != builtin.os.tag or target.cpu.arch != builtin.cpu.arch;
}
