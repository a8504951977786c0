//! Reports the finished build graph to Reviewer. A copy of the user's own configurer calls `report(builder)` right after the project's
//! `build()` returned; nothing of the graph is changed, unless REVIEWER_OBSERVE names a step to observe (observe.zig). Reads the path of the
//! report from the environment variable REVIEWER_REPORT.
//! The report is one JSON object, `reviewer.zig_report/1`, read by reviewer/ecosystems/zig/report.py.
//!
//! Compiles with zig 0.14 to 0.17; what differs between them is in hook_versions.zig and hook_makes.zig.
//!
//! Files are written with system calls because the standard library's file API differs between the versions, and because a sandboxed
//! configure exists on Linux only.

const std = @import("std");
const makes = @import("reviewer_hook_makes.zig");
const versions = @import("reviewer_hook_versions.zig");
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

/// Called before the project's build(). Reviewer has zig call the configuration poisoned, or it would take one that it kept and skip the hook;
/// whether the project poisons it shows only from a clean one.
pub fn begin(b: *Build) void {
    if (versions.poisons and b.graph.cache_poison == .poisoned) b.graph.cache_poison = .pure;
}

/// Called after it.
pub fn report(b: *Build) void {
    const path = versions.environOf(b.graph).get("REVIEWER_REPORT") orelse fail("REVIEWER_REPORT is not set");
    var reporter: Reporter = .{ .arena = b.allocator, .own = if (versions.makes) .init(b) };
    reporter.collect(b);
    reporter.readKnown(b);
    reporter.write(b);
    save(b, path, reporter.out.items);
    if (versions.poisons) b.graph.cache_poison = .poisoned;
    const observed = versions.environOf(b.graph).get("REVIEWER_OBSERVE") orelse return;
    const index = std.fmt.parseInt(usize, observed, 10) catch fail("REVIEWER_OBSERVE is not the number of a step");
    if (index >= reporter.steps.count()) fail("the step to observe is not there any more");
    observe.record(b, reporter.steps.keys()[index], versions.environOf(b.graph).get("REVIEWER_RECORD") orelse fail("REVIEWER_RECORD is not set"));
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

/// A whole file; null where there is none.
fn load(b: *Build, path: []const u8) ?[]const u8 {
    const path_z = b.allocator.allocSentinel(u8, path.len, 0) catch @panic("OOM");
    @memcpy(path_z, path);
    const opened = linux.open(path_z, .{ .CLOEXEC = true }, 0);
    if (isError(opened)) return null;
    const fd: i32 = @intCast(opened);
    defer _ = linux.close(fd);
    var bytes: List(u8) = .empty;
    while (true) {
        bytes.ensureUnusedCapacity(b.allocator, 1 << 16) catch @panic("OOM");
        const room = bytes.unusedCapacitySlice();
        const n = linux.read(fd, room.ptr, room.len);
        if (isError(n)) return null;
        if (n == 0) return bytes.items;
        bytes.items.len += n;
    }
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
    known: Set(usize, void) = .empty,
    executable: []const u8 = "",
    own: if (versions.makes) makes.Own else void,

    fn collect(r: *Reporter, b: *Build) void {
        r.addBuilder(b);
        for (b.top_level_steps.values()) |top_level| r.addStep(&top_level.step);
        var i: usize = 0;
        while (i < r.steps.count()) : (i += 1) {
            const step = r.steps.keys()[i];
            for (r.stepDependencies(step)) |other| r.addStep(other);
            // One before the return address lies inside the calling instruction.
            for (versions.creationOf(step)) |address| r.addAddress(address - 1);
            if (versions.makes and !r.own.makes(step)) r.addAddress(madeAt(step));
        }
        r.addOtherBuilders(b);
        var j: usize = 0;
        while (j < r.builders.count()) : (j += 1) {
            for (r.builders.keys()[j].modules.values()) |module| r.addModule(module);
        }
    }

    /// Most of a configure goes into finding out where addresses come from. Those of the same program Reviewer knows from before: the file
    /// that REVIEWER_KNOWN names has the program's path in its first line, then an address in each, up to a tab.
    fn readKnown(r: *Reporter, b: *Build) void {
        const buffer = b.allocator.alloc(u8, 4096) catch @panic("OOM");
        const length = linux.readlink("/proc/self/exe", buffer.ptr, buffer.len);
        if (isError(length)) return;
        r.executable = buffer[0..length];
        const text = load(b, versions.environOf(b.graph).get("REVIEWER_KNOWN") orelse return) orelse return;
        var lines = std.mem.splitScalar(u8, text, '\n');
        if (!std.mem.eql(u8, lines.first(), r.executable)) return;
        while (lines.next()) |line| {
            const end = std.mem.indexOfScalar(u8, line, '\t') orelse continue;
            const address = std.fmt.parseInt(usize, line[0..end], 10) catch continue;
            r.known.put(r.arena, address, {}) catch @panic("OOM");
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

    /// One after its address lies inside the function for certain.
    fn madeAt(step: *Step) usize {
        return @intFromPtr(step.makeFn) + 1;
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
        const step = versions.generator(r.builders.keys()[0], lp) orelse return;
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
        r.environment(versions.environOf(b.graph));
        r.raw(",\n\"needed\":");
        r.strings(b.graph.needed_lazy_dependencies.keys());
        r.writeOptions(b);
        r.raw(",\n\"executable\":");
        r.string(r.executable);
        r.raw(",\"frames\":{");
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
        if (versions.makes) r.writeListed(b);
        if (versions.poisons) r.raw(if (b.graph.cache_poison == .poisoned) "],\n\"poisoned\":[true" else "],\n\"poisoned\":[");
        r.raw("],\n\"default_step\":");
        r.int(r.steps.getIndex(b.default_step) orelse 0);
        // Last, so that a report that was cut off is not taken for a whole one.
        r.raw(",\n\"complete\":");
        r.string(secret);
        r.raw("}\n");
    }

    fn writeOptions(r: *Reporter, b: *Build) void {
        r.raw(",\n\"options\":[");
        const options = versions.optionsOf(b);
        for (options.names, options.values, 0..) |name, option, i| {
            r.comma(i);
            r.raw("{\"name\":");
            r.string(name);
            r.raw(",\"type\":");
            r.string(@tagName(option.type_id));
            r.raw(",\"description\":");
            r.string(option.description);
            r.raw(",\"choices\":");
            r.strings(option.enum_options orelse &.{});
            r.raw("}");
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
        r.raw("],\"pkg_config\":");
        var asked: List([]const u8) = .empty;
        for (module.link_objects.items) |object| switch (object) {
            .system_lib => |library| r.addPkgConfig(&asked, library),
            else => {},
        };
        r.strings(asked.items);
        r.raw("}");
    }

    /// Zig runs pkg-config for these libraries.
    fn addPkgConfig(r: *Reporter, asked: *List([]const u8), library: Module.SystemLib) void {
        if (library.use_pkg_config != .no) asked.append(r.arena, library.name) catch @panic("OOM");
    }

    fn writeStep(r: *Reporter, step: *Step) void {
        r.raw("\n{\"package\":");
        r.int(r.builders.getIndex(step.owner).?);
        r.raw(",\"kind\":");
        r.string(versions.kindOf(step));
        r.raw(",\"name\":");
        r.string(step.name);
        r.raw(",\"depends_on\":[");
        for (r.stepDependencies(step), 0..) |other, i| {
            r.comma(i);
            r.int(r.steps.getIndex(other).?);
        }
        r.raw("],\"stack\":[");
        for (versions.creationOf(step), 0..) |address, i| {
            r.comma(i);
            r.int(address - 1);
        }
        r.raw("]");
        if (versions.makes and !r.own.makes(step)) {
            r.raw(",\"custom\":");
            r.int(madeAt(step));
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
        if (step.cast(Step.TranslateC)) |translate| if (@hasField(Step.TranslateC, "system_libs")) {
            var asked: List([]const u8) = .empty;
            for (translate.system_libs.items) |library| r.addPkgConfig(&asked, library);
            r.raw(",\"pkg_config\":");
            r.strings(asked.items);
        };
        if (step.cast(Step.Fmt)) |format| r.raw(if (format.check) ",\"format\":\"check\"" else ",\"format\":\"write\"");
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
            if (versions.isForTestRunner(run, arg)) continue;
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
        if (versions.environOfRun(run)) |map| r.environment(map) else r.raw("null");
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
        r.int(versions.generatedId(made));
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
                r.int(if (versions.makes) @intFromPtr(payload.file) else @intFromEnum(payload.index));
                r.raw(",\"step\":");
                if (r.steps.getIndex(versions.generator(r.builders.keys()[0], lp).?)) |index| r.int(index) else r.raw("null");
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

    fn environment(r: *Reporter, map: *const versions.EnvironMap) void {
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

    /// Each address once, and none that is known: resolving one costs far more than writing it.
    fn writeFrames(r: *Reporter, b: *Build) void {
        var resolver: versions.Resolver = .{};
        var first = true;
        for (r.frames.keys()) |address| {
            if (r.known.contains(address)) continue;
            if (!first) r.raw(",");
            first = false;
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

    fn strings(r: *Reporter, values: []const []const u8) void {
        r.raw("[");
        for (values, 0..) |value, i| {
            r.comma(i);
            r.string(value);
        }
        r.raw("]");
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
