//! What differs between zig 0.14 and 0.17, for the hook: a value is told by its fields or its type.

const std = @import("std");
const Build = std.Build;
const Step = Build.Step;
const LazyPath = Build.LazyPath;
const List = std.ArrayListUnmanaged;

/// Up to 0.16 the process that configures also makes: a step has its own `makeFn`, and a generated file is known by its address.
pub const makes = @hasField(Step, "makeFn");

/// From 0.17 on zig keeps configurations, and knows which of them rest on what it cannot track.
pub const poisons = @hasField(Build.Graph, "cache_poison");

pub fn environOf(graph: *Build.Graph) *EnvironMap {
    return if (@hasField(Build.Graph, "environ_map")) &graph.environ_map else &graph.env_map;
}

pub const EnvironMap = if (@hasDecl(std.process, "EnvMap")) std.process.EnvMap else std.process.Environ.Map;

/// The order in which 0.16 and later keep variables stays that of their making. Before, run steps copy the process's own.
pub fn removeVariable(environment: *EnvironMap, name: []const u8) void {
    if (@hasDecl(EnvironMap, "orderedRemove")) {
        _ = environment.orderedRemove(name);
        return;
    }
    environment.remove(name);
    var kept: usize = 0;
    for (std.os.environ) |variable| {
        const text = std.mem.span(variable);
        if (std.mem.startsWith(u8, text, name) and text.len > name.len and text[name.len] == '=') continue;
        std.os.environ[kept] = variable;
        kept += 1;
    }
    std.os.environ.len = kept;
}

pub fn environOfRun(run: *Step.Run) ?*EnvironMap {
    return if (@hasField(Step.Run, "environ_map")) run.environ_map else run.env_map;
}

/// By the names of 0.17 where it has the same thing.
pub fn kindOf(step: *Step) []const u8 {
    if (!makes) return @tagName(step.tag);
    return if (step.id == .objcopy) "obj_copy" else @tagName(step.id);
}

pub fn creationOf(step: *Step) []const usize {
    const trace = step.debug_stack_trace;
    const all: []const usize = if (@TypeOf(trace) == []usize) trace else trace.return_addresses;
    return all[0 .. std.mem.indexOfScalar(usize, all, 0) orelse all.len];
}

/// What the root's own build() asked for: the list up to 0.16 keeps the order, the map of 0.17 does.
pub fn optionsOf(b: *Build) struct { names: []const []const u8, values: []const AvailableOption } {
    if (!@hasField(Build, "available_options_list"))
        return .{ .names = b.available_options_map.keys(), .values = b.available_options_map.values() };
    const values = b.available_options_list.items;
    const names = b.allocator.alloc([]const u8, values.len) catch @panic("OOM");
    for (names, values) |*name, option| name.* = option.name;
    return .{ .names = names, .values = values };
}

pub const AvailableOption = @FieldType(@FieldType(Build, "available_options_map").KV, "value");

/// What a run step of tests tells zig's test runner up to 0.16: a random seed, where the cache is, and how to talk. It says nothing of the
/// project, and differs each time.
pub fn isForTestRunner(run: *Step.Run, arg: Step.Run.Arg) bool {
    if (!makes or run.stdio != .zig_test) return false;
    const b = run.step.owner;
    const cache = b.cache_root.path orelse ".";
    return switch (arg) {
        .bytes => |bytes| std.mem.eql(u8, bytes, "--listen=-") or
            std.mem.eql(u8, bytes, b.fmt("--seed=0x{x}", .{b.graph.random_seed})) or
            std.mem.eql(u8, bytes, b.fmt("--cache-dir={s}", .{cache})),
        else => |other| if (@hasField(Step.Run.Arg, "decorated_directory")) switch (other) {
            .decorated_directory => |directory| std.mem.eql(u8, directory.prefix, "--cache-dir=") and
                directory.lazy_path == .cwd_relative and std.mem.eql(u8, directory.lazy_path.cwd_relative, cache),
            else => false,
        } else false,
    };
}

/// How many of a run step's last words are what the user wrote after `--`: up to 0.16 build code copies those words itself.
pub fn passedOn(run: *Step.Run) usize {
    if (!makes) return 0;
    const words = run.step.owner.args orelse return 0;
    const all = run.argv.items;
    if (all.len <= words.len) return 0;
    for (words, all[all.len - words.len ..]) |word, arg| switch (arg) {
        .bytes => |bytes| if (!std.mem.eql(u8, word, bytes)) return 0,
        else => return 0,
    };
    return words.len;
}

/// `output` is a pointer to what holds the file.
pub fn generatedId(output: anytype) u64 {
    return if (makes) @intFromPtr(&output.generated_file) else @intFromEnum(output.generated_file);
}

/// The step that makes a generated file.
pub fn generator(b: *Build, lp: LazyPath) ?*Step {
    return switch (lp) {
        .generated => |generated| if (makes)
            generated.file.step
        else
            b.graph.generated_files.items[@intFromEnum(generated.index)],
        else => null,
    };
}

/// Where the code at an address comes from: several places for a call that was inlined.
pub const Resolver = struct {
    info: if (gives_several) std.debug.SelfInfo else void = if (gives_several) .init else {},

    const gives_several = @hasDecl(std.debug.SelfInfo, "getSymbols");

    pub fn resolve(self: *Resolver, b: *Build, address: usize) []const std.debug.Symbol {
        var symbols: List(std.debug.Symbol) = .empty;
        if (gives_several) {
            self.info.getSymbols(b.graph.io, b.allocator, b.allocator, address, true, &symbols) catch {};
        } else {
            const info = std.debug.getSelfDebugInfo() catch return &.{};
            const module = info.getModuleForAddress(address) catch return &.{};
            const symbol = module.getSymbolAtAddress(b.allocator, address) catch return &.{};
            symbols.append(b.allocator, symbol) catch @panic("OOM");
        }
        return symbols.items;
    }
};
