//! For the enforced build with zig 0.17: its maker, which runs no code of the project, confines the program that does, tells Reviewer what it
//! is about to make and waits for its judgement; and what it spawns for a run step, in place of the step's own command. A copy of the user's
//! own maker calls `spawnConfined` for what configures, `configured` once it has the configuration, and `words` where it spawns
//! (reviewer/ecosystems/zig/configured/overlay.py), so that everything else of a step stays as it is: its command in messages, its hash, its
//! places in the cache.

const std = @import("std");
const builtin = @import("builtin");
const Configuration = std.Build.Configuration;
const Maker = @import("Maker.zig");
const ScannedConfig = @import("Maker/ScannedConfig.zig");
const linux = std.os.linux;
const Compile = @import("Maker/Step.zig").Compile;

/// Starts the program that runs build code, from a thread that may write nothing but what that program needs to: the kernel holds to it what
/// is started by it, from the first instruction on. Also while a project is only shown, since its caches are those of the build.
pub fn spawnConfined(io: std.Io, environment: *const std.process.Environ.Map, options: std.process.SpawnOptions) std.process.SpawnError!std.process.Child {
    const report = environment.get("REVIEWER_REPORT") orelse return std.process.spawn(io, options);
    const folder = std.fs.path.dirname(report) orelse return error.AccessDenied;
    var spawned: Spawned = .{ .io = io, .options = options, .folders = .{ folder, environment.get("HOME") orelse folder, "/dev" } };
    const thread = std.Thread.spawn(.{}, Spawned.make, .{&spawned}) catch return error.SystemResources;
    thread.join();
    return spawned.result;
}

const Spawned = struct {
    io: std.Io,
    options: std.process.SpawnOptions,
    folders: [3][]const u8,
    result: std.process.SpawnError!std.process.Child = error.AccessDenied,

    fn make(spawned: *Spawned) void {
        @import("reviewer_enforce_confine.zig").confine(&spawned.folders);
        spawned.result = std.process.spawn(spawned.io, spawned.options);
    }
};

/// As `--print-configuration` prints it.
pub fn configured(arena: std.mem.Allocator, environment: *const std.process.Environ.Map, configuration: *const ScannedConfig) !void {
    const path = environment.get("REVIEWER_CONFIGURATION") orelse return;
    var printed: std.Io.Writer.Allocating = .init(arena);
    try configuration.print(&printed.writer);
    const opened = linux.open(try arena.dupeSentinel(u8, path, 0), .{ .ACCMODE = .WRONLY, .CREAT = true, .EXCL = true }, 0o600);
    if (isError(opened)) return error.AccessDenied;
    var left: []const u8 = printed.written();
    while (left.len != 0) {
        const n = linux.write(@intCast(opened), left.ptr, left.len);
        if (isError(n) or n == 0) return error.AccessDenied;
        left = left[n..];
    }
    _ = linux.close(@intCast(opened));
    if (!@import("reviewer_enforce_ask.zig").mayGoOn()) linux.exit_group(1); // Reviewer has said why
}

fn isError(result: usize) bool {
    return @as(isize, @bitCast(result)) < 0;
}

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
