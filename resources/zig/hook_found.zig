//! The finished build graph, gathered in the order in which zig itself numbers the steps of a configuration.

const std = @import("std");
const files = @import("reviewer_hook_files.zig");
const makes = @import("reviewer_hook_makes.zig");
const versions = @import("reviewer_hook_versions.zig");
const linux = std.os.linux;
const Build = std.Build;
const Step = Build.Step;
const LazyPath = Build.LazyPath;
const Module = Build.Module;
const List = std.ArrayListUnmanaged;
const Set = std.AutoArrayHashMapUnmanaged;

pub const Found = struct {
    arena: std.mem.Allocator,
    /// In the order in which zig itself numbers the steps of a configuration.
    steps: Set(*Step, void) = .empty,
    modules: Set(*Module, void) = .empty,
    builders: Set(*Build, void) = .empty,
    frames: Set(usize, void) = .empty,
    known: Set(usize, void) = .empty,
    executable: []const u8 = "",
    own: if (versions.makes) makes.Own else void,

    pub fn collect(f: *Found, b: *Build) void {
        f.addBuilder(b);
        for (b.top_level_steps.values()) |top_level| f.addStep(&top_level.step);
        var i: usize = 0;
        while (i < f.steps.count()) : (i += 1) {
            const step = f.steps.keys()[i];
            for (f.stepDependencies(step)) |other| f.addStep(other);
            // One before the return address lies inside the calling instruction.
            for (versions.creationOf(step)) |address| f.addAddress(address - 1);
            if (versions.makes and !f.own.makes(step)) f.addAddress(madeAt(step));
        }
        f.addOtherBuilders(b);
        var j: usize = 0;
        while (j < f.builders.count()) : (j += 1) {
            for (f.builders.keys()[j].modules.values()) |module| f.addModule(module);
        }
    }

    /// Most of a configure goes into finding out where addresses come from. Those of the same program Reviewer knows from before: the file
    /// that REVIEWER_KNOWN names has the program's path in its first line, then an address in each, up to a tab.
    pub fn readKnown(f: *Found, b: *Build, path: ?[]const u8) void {
        const buffer = b.allocator.alloc(u8, 4096) catch @panic("OOM");
        const length = linux.readlink("/proc/self/exe", buffer.ptr, buffer.len);
        if (files.isError(length)) return;
        f.executable = buffer[0..length];
        const text = files.load(b, path orelse return) orelse return;
        var lines = std.mem.splitScalar(u8, text, '\n');
        if (!std.mem.eql(u8, placeInCache(lines.first()), placeInCache(f.executable))) return;
        while (lines.next()) |line| {
            const end = std.mem.indexOfScalar(u8, line, '\t') orelse continue;
            const address = std.fmt.parseInt(usize, line[0..end], 10) catch continue;
            f.known.put(f.arena, address, {}) catch @panic("OOM");
        }
    }

    /// An enforced build sees the cache elsewhere.
    fn placeInCache(program: []const u8) []const u8 {
        const end = std.mem.lastIndexOf(u8, program, "/o/") orelse return program;
        return program[end..];
    }

    fn addBuilder(f: *Found, b: *Build) void {
        f.builders.put(f.arena, b, {}) catch @panic("OOM");
    }

    /// Those that no step leads to, in an order that does not depend on where the project lies.
    fn addOtherBuilders(f: *Found, b: *Build) void {
        var others: List(*Build) = .empty;
        var dependencies = b.graph.dependency_cache.iterator();
        while (dependencies.next()) |entry| others.append(f.arena, entry.value_ptr.*.builder) catch @panic("OOM");
        std.mem.sort(*Build, others.items, {}, comesBefore);
        for (others.items) |builder| f.addBuilder(builder);
    }

    fn comesBefore(_: void, a: *Build, b: *Build) bool {
        return std.mem.lessThan(u8, a.dep_prefix, b.dep_prefix);
    }

    fn addAddress(f: *Found, address: usize) void {
        f.frames.put(f.arena, address, {}) catch @panic("OOM");
    }

    /// One after its address lies inside the function for certain.
    pub fn madeAt(step: *Step) usize {
        return @intFromPtr(step.makeFn) + 1;
    }

    fn addStep(f: *Found, step: *Step) void {
        f.addBuilder(step.owner);
        f.steps.put(f.arena, step, {}) catch @panic("OOM");
    }

    fn addModule(f: *Found, module: *Module) void {
        if ((f.modules.getOrPut(f.arena, module) catch @panic("OOM")).found_existing) return;
        f.addBuilder(module.owner);
        for (module.import_table.values()) |imported| f.addModule(imported);
    }

    /// What the step waits for: its own dependencies, then those that the modules of a compile step imply
    /// (std/Build/Serialize.zig, createModuleDependenciesForStep).
    pub fn stepDependencies(f: *Found, step: *Step) []const *Step {
        var all: List(*Step) = .empty;
        all.appendSlice(f.arena, step.dependencies.items) catch @panic("OOM");
        if (step.cast(Step.Compile)) |compile| {
            for (compile.root_module.getGraph().modules) |module| {
                f.addModule(module);
                f.moduleNeeds(module, &all);
            }
        }
        return all.items;
    }

    pub fn moduleNeeds(f: *Found, module: *Module, all: *List(*Step)) void {
        if (module.root_source_file) |lp| f.need(all, lp);
        for (module.include_dirs.items) |include_dir| switch (include_dir) {
            inline else => |from| switch (@TypeOf(from)) {
                LazyPath => f.need(all, from),
                *Step.Compile => {
                    f.need(all, from.getEmittedIncludeTree());
                    all.append(f.arena, &from.step) catch @panic("OOM");
                },
                else => all.append(f.arena, &from.step) catch @panic("OOM"), // a config header
            },
        };
        for (module.lib_paths.items) |lp| f.need(all, lp);
        for (module.rpaths.items) |rpath| switch (rpath) {
            .lazy_path => |lp| f.need(all, lp),
            .special => {},
        };
        for (module.link_objects.items) |object| switch (object) {
            .static_path, .assembly_file => |lp| f.need(all, lp),
            .other_step => |other| all.append(f.arena, &other.step) catch @panic("OOM"),
            .system_lib => {},
            .c_source_file => |source| f.need(all, source.file),
            .c_source_files => |sources| f.need(all, sources.root),
            .win32_resource_file => |source| {
                f.need(all, source.file);
                for (source.include_paths) |lp| f.need(all, lp);
            },
        };
    }

    fn need(f: *Found, all: *List(*Step), lp: LazyPath) void {
        const step = versions.generator(f.builders.keys()[0], lp) orelse return;
        all.append(f.arena, step) catch @panic("OOM");
    }
};
