//! Reports the finished build graph to Reviewer. A copy of the user's own configurer calls `report(builder)` right after the project's
//! `build()` returned; nothing of the graph is changed, unless REVIEWER_OBSERVE names a step to observe (observe.zig). Reads the path of the report from the environment variable REVIEWER_REPORT.
//! The report is one JSON object, `reviewer.zig_report/1`, read by reviewer/ecosystems/zig/report.py.
//!
//! Compiles with zig 0.14 to 0.17. Where they differ, a value is told by its fields or its type; what has other names is under "Versions".
//!
//! Files are written with system calls because the standard library's file API differs between the versions, and because a sandboxed
//! configure exists on Linux only.

const std = @import("std");
const linux = std.os.linux;
const Build = std.Build;
const Step = Build.Step;
const LazyPath = Build.LazyPath;
const Module = Build.Module;
const List = std.ArrayListUnmanaged;
const Set = std.AutoArrayHashMapUnmanaged;

/// Compiled in anew for each installation of Reviewer, so that a package published earlier cannot know it.
const secret = @import("reviewer_secret.zig").secret;
const observe = @import("reviewer_observe.zig");

// Versions.

/// Up to 0.16 the process that configures also makes: a step has its own `makeFn`, and a generated file is known by its address.
const makes = @hasField(Step, "makeFn");

fn environOf(graph: *Build.Graph) *EnvironMap {
    return if (@hasField(Build.Graph, "environ_map")) &graph.environ_map else &graph.env_map;
}

const EnvironMap = if (@hasDecl(std.process, "EnvMap")) std.process.EnvMap else std.process.Environ.Map;

fn environOfRun(run: *Step.Run) ?*EnvironMap {
    return if (@hasField(Step.Run, "environ_map")) run.environ_map else run.env_map;
}

/// By the names of 0.17 where it has the same thing.
fn kindOf(step: *Step) []const u8 {
    if (!makes) return @tagName(step.tag);
    return if (step.id == .objcopy) "obj_copy" else @tagName(step.id);
}

fn creationOf(step: *Step) []const usize {
    const trace = step.debug_stack_trace;
    const all: []const usize = if (@TypeOf(trace) == []usize) trace else trace.return_addresses;
    return all[0 .. std.mem.indexOfScalar(usize, all, 0) orelse all.len];
}

/// What the root's own build() asked for: the list up to 0.16 keeps the order, the map of 0.17 does.
fn optionsOf(b: *Build) struct { names: []const []const u8, values: []const AvailableOption } {
    if (!@hasField(Build, "available_options_list"))
        return .{ .names = b.available_options_map.keys(), .values = b.available_options_map.values() };
    const values = b.available_options_list.items;
    const names = b.allocator.alloc([]const u8, values.len) catch @panic("OOM");
    for (names, values) |*name, option| name.* = option.name;
    return .{ .names = names, .values = values };
}

const AvailableOption = @FieldType(@FieldType(Build, "available_options_map").KV, "value");

/// What a run step of tests tells zig's test runner up to 0.16: a random seed, where the cache is, and how to talk. It says nothing of the
/// project, and differs each time.
fn isForTestRunner(run: *Step.Run, arg: Step.Run.Arg) bool {
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

/// `output` is a pointer to what holds the file.
fn generatedId(output: anytype) u64 {
    return if (makes) @intFromPtr(&output.generated_file) else @intFromEnum(output.generated_file);
}

/// The step that makes a generated file.
fn generator(b: *Build, lp: LazyPath) ?*Step {
    return switch (lp) {
        .generated => |generated| if (makes)
            generated.file.step
        else
            b.graph.generated_files.items[@intFromEnum(generated.index)],
        else => null,
    };
}

/// Where the code at an address comes from: several places for a call that was inlined.
const Resolver = struct {
    info: if (gives_several) std.debug.SelfInfo else void = if (gives_several) .init else {},

    const gives_several = @hasDecl(std.debug.SelfInfo, "getSymbols");

    fn resolve(self: *Resolver, b: *Build, address: usize) []const std.debug.Symbol {
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

// All versions.

pub fn report(b: *Build) void {
    const path = environOf(b.graph).get("REVIEWER_REPORT") orelse fail("REVIEWER_REPORT is not set");
    var reporter: Reporter = .{ .arena = b.allocator };
    reporter.collect(b);
    reporter.write(b);
    save(b, path, reporter.out.items);
    const observed = environOf(b.graph).get("REVIEWER_OBSERVE") orelse return;
    const index = std.fmt.parseInt(usize, observed, 10) catch fail("REVIEWER_OBSERVE is not the number of a step");
    if (index >= reporter.steps.count()) fail("the step to observe is not there any more");
    observe.record(b, reporter.steps.keys()[index], environOf(b.graph).get("REVIEWER_RECORD") orelse fail("REVIEWER_RECORD is not set"));
}

/// The exit code tells Reviewer that the hook itself gave up, whatever else was printed.
fn fail(comptime why: []const u8) noreturn {
    std.debug.print("reviewer: " ++ why ++ "\n", .{});
    linux.exit_group(97);
}

/// O_EXCL: a report that is there already was written by somebody else.
fn save(b: *Build, path: []const u8, bytes: []const u8) void {
    const path_z = b.allocator.allocSentinel(u8, path.len, 0) catch @panic("OOM");
    @memcpy(path_z, path);
    const flags: linux.O = .{ .ACCMODE = .WRONLY, .CREAT = true, .EXCL = true, .NOFOLLOW = true, .CLOEXEC = true };
    const opened = linux.open(path_z, flags, 0o600);
    if (isError(opened)) fail("the report could not be created: it exists already");
    const fd: i32 = @intCast(opened);
    var written: usize = 0;
    while (written < bytes.len) {
        const n = linux.write(fd, bytes.ptr + written, bytes.len - written);
        if (isError(n) or n == 0) fail("the report could not be written");
        written += n;
    }
    _ = linux.close(fd);
}

fn isError(result: usize) bool {
    return @as(isize, @bitCast(result)) < 0;
}

const Reporter = struct {
    arena: std.mem.Allocator,
    out: List(u8) = .empty,
    /// In the order in which zig itself numbers the steps of a configuration.
    steps: Set(*Step, void) = .empty,
    modules: Set(*Module, void) = .empty,
    builders: Set(*Build, void) = .empty,
    frames: Set(usize, void) = .empty,

    fn collect(r: *Reporter, b: *Build) void {
        r.addBuilder(b);
        for (b.top_level_steps.values()) |top_level| r.addStep(&top_level.step);
        var i: usize = 0;
        while (i < r.steps.count()) : (i += 1) {
            const step = r.steps.keys()[i];
            for (r.stepDependencies(step)) |other| r.addStep(other);
            // One before the return address lies inside the calling instruction.
            for (creationOf(step)) |address| r.addAddress(address - 1);
            if (makes) r.addAddress(@intFromPtr(step.makeFn));
        }
        r.addOtherBuilders(b);
        var j: usize = 0;
        while (j < r.builders.count()) : (j += 1) {
            for (r.builders.keys()[j].modules.values()) |module| r.addModule(module);
        }
    }

    fn addBuilder(r: *Reporter, b: *Build) void {
        r.builders.put(r.arena, b, {}) catch @panic("OOM");
    }

    /// Those that no step leads to, in an order that does not depend on where the project lies.
    fn addOtherBuilders(r: *Reporter, b: *Build) void {
        var others: List(*Build) = .empty;
        var dependencies = b.graph.dependency_cache.iterator();
        while (dependencies.next()) |entry| others.append(r.arena, entry.value_ptr.*.builder) catch @panic("OOM");
        std.mem.sort(*Build, others.items, {}, comesBefore);
        for (others.items) |builder| r.addBuilder(builder);
    }

    fn comesBefore(_: void, a: *Build, b: *Build) bool {
        return std.mem.lessThan(u8, a.dep_prefix, b.dep_prefix);
    }

    fn addAddress(r: *Reporter, address: usize) void {
        r.frames.put(r.arena, address, {}) catch @panic("OOM");
    }

    fn addStep(r: *Reporter, step: *Step) void {
        r.addBuilder(step.owner);
        r.steps.put(r.arena, step, {}) catch @panic("OOM");
    }

    fn addModule(r: *Reporter, module: *Module) void {
        if ((r.modules.getOrPut(r.arena, module) catch @panic("OOM")).found_existing) return;
        r.addBuilder(module.owner);
        for (module.import_table.values()) |imported| r.addModule(imported);
    }

    /// What the step waits for: its own dependencies, then those that the modules of a compile step imply
    /// (std/Build/Serialize.zig, createModuleDependenciesForStep).
    fn stepDependencies(r: *Reporter, step: *Step) []const *Step {
        var all: List(*Step) = .empty;
        all.appendSlice(r.arena, step.dependencies.items) catch @panic("OOM");
        if (step.cast(Step.Compile)) |compile| {
            for (compile.root_module.getGraph().modules) |module| {
                r.addModule(module);
                r.moduleNeeds(module, &all);
            }
        }
        return all.items;
    }

    fn moduleNeeds(r: *Reporter, module: *Module, all: *List(*Step)) void {
        if (module.root_source_file) |lp| r.need(all, lp);
        for (module.include_dirs.items) |include_dir| switch (include_dir) {
            inline else => |from| switch (@TypeOf(from)) {
                LazyPath => r.need(all, from),
                *Step.Compile => {
                    r.need(all, from.getEmittedIncludeTree());
                    all.append(r.arena, &from.step) catch @panic("OOM");
                },
                else => all.append(r.arena, &from.step) catch @panic("OOM"), // a config header
            },
        };
        for (module.lib_paths.items) |lp| r.need(all, lp);
        for (module.rpaths.items) |rpath| switch (rpath) {
            .lazy_path => |lp| r.need(all, lp),
            .special => {},
        };
        for (module.link_objects.items) |object| switch (object) {
            .static_path, .assembly_file => |lp| r.need(all, lp),
            .other_step => |other| all.append(r.arena, &other.step) catch @panic("OOM"),
            .system_lib => {},
            .c_source_file => |source| r.need(all, source.file),
            .c_source_files => |sources| r.need(all, sources.root),
            .win32_resource_file => |source| {
                r.need(all, source.file);
                for (source.include_paths) |lp| r.need(all, lp);
            },
        };
    }

    fn need(r: *Reporter, all: *List(*Step), lp: LazyPath) void {
        const step = generator(r.builders.keys()[0], lp) orelse return;
        all.append(r.arena, step) catch @panic("OOM");
    }

    fn write(r: *Reporter, b: *Build) void {
        r.raw("{\"schema\":\"reviewer.zig_report/1\",\"secret\":");
        r.string(secret);
        r.raw(",\"packages\":[");
        for (r.builders.keys(), 0..) |builder, i| {
            r.comma(i);
            r.raw("{\"prefix\":");
            r.string(builder.dep_prefix);
            r.raw(",\"table_name\":");
            r.string(builder.pkg_hash);
            r.raw("}");
        }
        r.raw("],\n\"environment\":");
        r.environment(environOf(b.graph));
        r.writeOptions(b);
        r.raw(",\n\"frames\":{");
        r.writeFrames(b);
        r.raw("},\n\"modules\":[");
        for (r.modules.keys(), 0..) |module, i| {
            r.comma(i);
            r.writeModule(module);
        }
        r.raw("],\n\"steps\":[");
        for (r.steps.keys(), 0..) |step, i| {
            r.comma(i);
            r.writeStep(step);
        }
        if (makes) r.writeListed(b);
        r.raw("],\n\"default_step\":");
        r.int(r.steps.getIndex(b.default_step) orelse 0);
        // Last, so that a report that was cut off is not taken for a whole one.
        r.raw(",\n\"complete\":");
        r.string(secret);
        r.raw("}\n");
    }

    fn writeOptions(r: *Reporter, b: *Build) void {
        r.raw(",\n\"options\":[");
        const options = optionsOf(b);
        for (options.names, options.values, 0..) |name, option, i| {
            r.comma(i);
            r.raw("{\"name\":");
            r.string(name);
            r.raw(",\"type\":");
            r.string(@tagName(option.type_id));
            r.raw(",\"description\":");
            r.string(option.description);
            r.raw(",\"choices\":[");
            for (option.enum_options orelse &.{}, 0..) |choice, j| {
                r.comma(j);
                r.string(choice);
            }
            r.raw("]}");
        }
        r.raw("]");
    }

    /// What `zig build -l` prints of the project's own top-level steps.
    fn writeListed(r: *Reporter, b: *Build) void {
        r.raw("],\n\"listed\":[");
        for (b.top_level_steps.values(), 0..) |top_level, i| {
            r.comma(i);
            r.string(top_level.step.name);
            r.raw(if (&top_level.step == b.default_step) ",\" (default)\"," else ",\"\",");
            r.string(top_level.description);
        }
    }

    /// What is compiled or linked into the module beside zig code, and where its C code includes from.
    fn writeSources(r: *Reporter, module: *Module) void {
        r.raw(",\"sources\":[");
        var i: usize = 0;
        for (module.link_objects.items) |object| switch (object) {
            .static_path, .assembly_file => |lp| r.listed(&i, lp),
            .c_source_file => |source| r.listed(&i, source.file),
            .c_source_files => |sources| for (sources.files) |file| r.listed(&i, sources.root.path(module.owner, file)),
            .win32_resource_file => |source| r.listed(&i, source.file),
            .other_step, .system_lib => {},
        };
        r.raw("],\"includes\":[");
        i = 0;
        for (module.include_dirs.items) |include_dir| switch (include_dir) {
            inline else => |from| if (@TypeOf(from) == LazyPath) r.listed(&i, from),
        };
        r.raw("]");
    }

    fn listed(r: *Reporter, i: *usize, lp: LazyPath) void {
        r.comma(i.*);
        r.lazyPath(lp);
        i.* += 1;
    }

    fn writeModule(r: *Reporter, module: *Module) void {
        r.raw("\n{\"package\":");
        r.int(r.builders.getIndex(module.owner).?);
        r.raw(",\"name\":");
        const exported = for (module.owner.modules.keys(), module.owner.modules.values()) |name, candidate| {
            if (candidate == module) break name;
        } else null;
        if (exported) |name| r.string(name) else r.raw("null");
        r.raw(",\"root_source\":");
        r.optionalLazyPath(module.root_source_file);
        r.writeSources(module);
        r.raw(",\"imports\":[");
        for (module.import_table.keys(), module.import_table.values(), 0..) |name, imported, i| {
            r.comma(i);
            r.raw("[");
            r.string(name);
            r.raw(",");
            r.int(r.modules.getIndex(imported).?);
            r.raw("]");
        }
        r.raw("],\"needs\":[");
        var needs: List(*Step) = .empty;
        r.moduleNeeds(module, &needs);
        // A module that nothing compiles may need steps that nothing reaches.
        var first = true;
        for (needs.items) |step| {
            const index = r.steps.getIndex(step) orelse continue;
            if (!first) r.raw(",");
            first = false;
            r.int(index);
        }
        r.raw("]}");
    }

    fn writeStep(r: *Reporter, step: *Step) void {
        r.raw("\n{\"package\":");
        r.int(r.builders.getIndex(step.owner).?);
        r.raw(",\"kind\":");
        r.string(kindOf(step));
        r.raw(",\"name\":");
        r.string(step.name);
        r.raw(",\"depends_on\":[");
        for (r.stepDependencies(step), 0..) |other, i| {
            r.comma(i);
            r.int(r.steps.getIndex(other).?);
        }
        r.raw("],\"stack\":[");
        for (creationOf(step), 0..) |address, i| {
            r.comma(i);
            r.int(address - 1);
        }
        r.raw("]");
        if (makes) {
            r.raw(",\"make\":");
            r.int(@intFromPtr(step.makeFn));
        }
        if (step.cast(Step.Compile)) |compile| {
            r.raw(",\"compile\":{\"name\":");
            r.string(compile.name);
            r.raw(",\"kind\":");
            r.string(@tagName(compile.kind));
            r.raw(",\"root_module\":");
            r.int(r.modules.getIndex(compile.root_module).?);
            r.raw("}");
        }
        if (step.cast(Step.Run)) |run| {
            r.raw(",\"run\":");
            r.writeRun(run);
        }
        r.raw("}");
    }

    fn writeRun(r: *Reporter, run: *Step.Run) void {
        r.raw("{\"args\":[");
        var i: usize = 0;
        for (run.argv.items) |arg| {
            if (isForTestRunner(run, arg)) continue;
            r.comma(i);
            r.writeArg(arg);
            i += 1;
        }
        r.raw("],\"file_inputs\":[");
        for (run.file_inputs.items, 0..) |lp, j| {
            r.comma(j);
            r.lazyPath(lp);
        }
        r.raw("],\"cwd\":");
        r.optionalLazyPath(run.cwd);
        r.raw(",\"environment\":");
        if (environOfRun(run)) |map| r.environment(map) else r.raw("null");
        r.raw(",\"stdin\":");
        switch (run.stdin) {
            .none => r.raw("null"),
            .bytes => |bytes| {
                r.raw("{\"bytes\":");
                r.string(bytes);
                r.raw("}");
            },
            .lazy_path => |lp| r.lazyPath(lp),
        }
        r.raw(",\"stdio\":");
        r.string(@tagName(run.stdio));
        r.raw(",\"has_side_effects\":");
        r.raw(if (run.has_side_effects) "true" else "false");
        r.raw(",\"captured\":[");
        var first = true;
        inline for (.{ run.captured_stdout, run.captured_stderr }) |captured| if (captured) |stream| {
            if (!first) r.raw(",");
            first = false;
            r.output(if (@hasField(@TypeOf(stream.*), "output")) &stream.output else stream);
        };
        r.raw("]}");
    }

    fn writeArg(r: *Reporter, arg: Step.Run.Arg) void {
        r.raw("{\"kind\":");
        r.string(@tagName(arg));
        switch (arg) {
            inline else => |payload| r.writePayload(payload),
        }
        r.raw("}");
    }

    fn writePayload(r: *Reporter, payload: anytype) void {
        switch (@TypeOf(payload)) {
            void => {},
            []u8, []const u8 => r.affixes(payload, ""),
            *Step.Run.Output => {
                r.affixesOf(payload);
                r.raw(",\"output\":");
                r.output(payload);
            },
            else => |Payload| if (@hasField(Payload, "artifact")) {
                r.affixesOf(&payload);
                r.raw(",\"step\":");
                r.int(r.steps.getIndex(&payload.artifact.step).?);
            } else if (@hasField(Payload, "lazy_path")) {
                r.affixesOf(&payload);
                r.raw(",\"path\":");
                r.lazyPath(payload.lazy_path);
            } else r.affixes(payload.enabled orelse "", payload.disabled orelse ""),
        }
    }

    fn affixesOf(r: *Reporter, decorated: anytype) void {
        r.affixes(decorated.prefix, if (@hasField(@TypeOf(decorated.*), "suffix")) decorated.suffix else "");
    }

    fn affixes(r: *Reporter, prefix: []const u8, suffix: []const u8) void {
        r.raw(",\"prefix\":");
        r.string(prefix);
        r.raw(",\"suffix\":");
        r.string(suffix);
    }

    /// `made` is a pointer to what holds a generated file and its name.
    fn output(r: *Reporter, made: anytype) void {
        r.raw("{\"name\":");
        r.string(made.basename);
        r.raw(",\"generated\":");
        r.int(generatedId(made));
        r.raw("}");
    }

    fn optionalLazyPath(r: *Reporter, lp: ?LazyPath) void {
        if (lp) |path| r.lazyPath(path) else r.raw("null");
    }

    fn lazyPath(r: *Reporter, lp: LazyPath) void {
        r.raw("{\"base\":");
        switch (lp) {
            inline else => |payload| if (@TypeOf(payload) == []const u8) {
                r.raw("\"cwd\"");
                r.sub(payload);
            } else if (@hasField(@TypeOf(payload), "owner")) {
                r.int(r.builders.getIndex(payload.owner) orelse 0);
                r.sub(payload.sub_path);
            } else if (@hasField(@TypeOf(payload), "dependency")) {
                r.int(r.builders.getIndex(payload.dependency.builder) orelse 0);
                r.sub(payload.sub_path);
            } else if (@hasField(@TypeOf(payload), "base")) {
                r.string(@tagName(payload.base));
                r.sub(payload.sub_path);
            } else {
                r.raw("\"generated\",\"generated\":");
                r.int(if (makes) @intFromPtr(payload.file) else @intFromEnum(payload.index));
                r.raw(",\"step\":");
                if (r.steps.getIndex(generator(r.builders.keys()[0], lp).?)) |index| r.int(index) else r.raw("null");
                r.raw(",\"up\":");
                r.int(payload.up);
                r.sub(payload.sub_path);
            },
        }
        r.raw("}");
    }

    fn sub(r: *Reporter, path: []const u8) void {
        r.raw(",\"sub\":");
        r.string(path);
    }

    fn environment(r: *Reporter, map: *const EnvironMap) void {
        r.raw("{");
        var variables = map.iterator();
        var i: usize = 0;
        while (variables.next()) |variable| : (i += 1) {
            r.comma(i);
            r.string(variable.key_ptr.*);
            r.raw(":");
            r.string(variable.value_ptr.*);
        }
        r.raw("}");
    }

    /// Each address once: resolving one costs far more than writing it.
    fn writeFrames(r: *Reporter, b: *Build) void {
        var resolver: Resolver = .{};
        for (r.frames.keys(), 0..) |address, i| {
            r.comma(i);
            r.raw("\n\"");
            r.int(address);
            r.raw("\":[");
            for (resolver.resolve(b, address), 0..) |symbol, j| {
                r.comma(j);
                const location = symbol.source_location;
                r.raw("{\"file\":");
                r.string(if (location) |l| l.file_name else "");
                r.raw(",\"line\":");
                r.int(if (location) |l| l.line else 0);
                r.raw(",\"column\":");
                r.int(if (location) |l| l.column else 0);
                r.raw(",\"function\":");
                r.string(@as(?[]const u8, symbol.name) orelse "");
                r.raw("}");
            }
            r.raw("]");
        }
    }

    fn comma(r: *Reporter, i: usize) void {
        if (i != 0) r.raw(",");
    }

    fn raw(r: *Reporter, bytes: []const u8) void {
        r.out.appendSlice(r.arena, bytes) catch @panic("OOM");
    }

    fn int(r: *Reporter, value: u64) void {
        var buffer: [20]u8 = undefined;
        r.raw(std.fmt.bufPrint(&buffer, "{d}", .{value}) catch unreachable);
    }

    /// Bytes as code points of equal value: file names and arguments need not be UTF-8, and JSON must be.
    fn string(r: *Reporter, bytes: []const u8) void {
        const hex = "0123456789abcdef";
        r.raw("\"");
        for (bytes) |byte| switch (byte) {
            '"' => r.raw("\\\""),
            '\\' => r.raw("\\\\"),
            0x20...0x21, 0x23...0x5b, 0x5d...0x7e => r.raw(&.{byte}),
            else => r.raw(&.{ '\\', 'u', '0', '0', hex[byte >> 4], hex[byte & 15] }),
        };
        r.raw("\"");
    }
};
