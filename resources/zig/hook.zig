//! Reports the finished build graph to Reviewer. A copy of the user's own configurer calls `report(builder)` right after the project's
//! `build()` returned; nothing of the graph is changed. Reads the path of the report from the environment variable REVIEWER_REPORT.
//! The report is one JSON object, `reviewer.zig_report/1`, read by reviewer/ecosystems/zig/report.py.
//!
//! Files are written with system calls because the standard library's file API differs between the versions, and because a sandboxed
//! configure exists on Linux only.

const std = @import("std");
const linux = std.os.linux;
const Build = std.Build;
const Step = Build.Step;
const LazyPath = Build.LazyPath;
const Module = Build.Module;

/// Compiled in anew for each installation of Reviewer, so that a package published earlier cannot know it.
const secret = @import("reviewer_secret.zig").secret;

pub fn report(b: *Build) void {
    const path = b.graph.environ_map.get("REVIEWER_REPORT") orelse fail("REVIEWER_REPORT is not set");
    var reporter: Reporter = .{ .arena = b.allocator };
    reporter.collect(b);
    reporter.write(b);
    save(b, path, reporter.out.items);
}

/// The exit code tells Reviewer that the hook itself gave up, whatever else was printed.
fn fail(comptime why: []const u8) noreturn {
    std.debug.print("reviewer: " ++ why ++ "\n", .{});
    linux.exit_group(97);
}

/// O_EXCL: a report that is there already was written by somebody else.
fn save(b: *Build, path: []const u8, bytes: []const u8) void {
    const path_z = std.fmt.allocPrintSentinel(b.allocator, "{s}", .{path}, 0) catch @panic("OOM");
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
    out: std.ArrayList(u8) = .empty,
    /// In the order in which zig itself numbers the steps of a configuration.
    steps: std.array_hash_map.Auto(*Step, void) = .empty,
    modules: std.array_hash_map.Auto(*Module, void) = .empty,
    builders: std.array_hash_map.Auto(*Build, void) = .empty,
    frames: std.array_hash_map.Auto(usize, void) = .empty,

    fn collect(r: *Reporter, b: *Build) void {
        r.addBuilder(b);
        for (b.graph.dependency_cache.values()) |dependency| r.addBuilder(dependency.builder);
        for (b.top_level_steps.values()) |top_level| r.addStep(&top_level.step);
        var i: usize = 0;
        while (i < r.steps.count()) : (i += 1) {
            const step = r.steps.keys()[i];
            for (r.stepDependencies(step)) |other| r.addStep(other);
            for (step.debug_stack_trace.return_addresses) |address| r.frames.put(r.arena, address, {}) catch @panic("OOM");
        }
        var j: usize = 0;
        while (j < r.builders.count()) : (j += 1) {
            for (r.builders.keys()[j].modules.values()) |module| r.addModule(module);
        }
    }

    fn addBuilder(r: *Reporter, b: *Build) void {
        r.builders.put(r.arena, b, {}) catch @panic("OOM");
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
        var all: std.ArrayList(*Step) = .empty;
        all.appendSlice(r.arena, step.dependencies.items) catch @panic("OOM");
        if (step.cast(Step.Compile)) |compile| {
            for (compile.root_module.getGraph().modules) |module| {
                r.addModule(module);
                r.moduleNeeds(module, &all);
            }
        }
        return all.items;
    }

    fn moduleNeeds(r: *Reporter, module: *Module, all: *std.ArrayList(*Step)) void {
        if (module.root_source_file) |lp| r.need(all, lp);
        for (module.include_dirs.items) |include_dir| switch (include_dir) {
            .path, .path_system, .path_after, .framework_path, .framework_path_system, .embed_path => |lp| r.need(all, lp),
            .other_step => |other| {
                r.need(all, other.getEmittedIncludeTree());
                all.append(r.arena, &other.step) catch @panic("OOM");
            },
            .config_header_step => |other| all.append(r.arena, &other.step) catch @panic("OOM"),
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

    fn need(r: *Reporter, all: *std.ArrayList(*Step), lp: LazyPath) void {
        const step = generator(r.builders.keys()[0], lp) orelse return;
        all.append(r.arena, step) catch @panic("OOM");
    }

    fn generator(b: *Build, lp: LazyPath) ?*Step {
        return switch (lp) {
            .generated => |generated| b.graph.generated_files.items[@backingInt(generated.index)],
            else => null,
        };
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
        r.environment(&b.graph.environ_map);
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
        r.raw("],\n\"default_step\":");
        r.int(r.steps.getIndex(b.default_step) orelse 0);
        // Last, so that a report that was cut off is not taken for a whole one.
        r.raw(",\n\"complete\":");
        r.string(secret);
        r.raw("}\n");
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
        var needs: std.ArrayList(*Step) = .empty;
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
        r.string(@tagName(step.tag));
        r.raw(",\"name\":");
        r.string(step.name);
        r.raw(",\"depends_on\":[");
        for (r.stepDependencies(step), 0..) |other, i| {
            r.comma(i);
            r.int(r.steps.getIndex(other).?);
        }
        r.raw("],\"stack\":[");
        for (step.debug_stack_trace.return_addresses, 0..) |address, i| {
            r.comma(i);
            r.int(address);
        }
        r.raw("]");
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
        for (run.argv.items, 0..) |arg, i| {
            r.comma(i);
            r.writeArg(arg);
        }
        r.raw("],\"file_inputs\":[");
        for (run.file_inputs.items, 0..) |lp, i| {
            r.comma(i);
            r.lazyPath(lp);
        }
        r.raw("],\"cwd\":");
        r.optionalLazyPath(run.cwd);
        r.raw(",\"environment\":");
        if (run.environ_map) |map| r.environment(map) else r.raw("null");
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
        for ([_]?*Step.Run.CapturedStdIo{ run.captured_stdout, run.captured_stderr }) |captured| {
            const stream = captured orelse continue;
            if (!first) r.raw(",");
            first = false;
            r.output(stream.basename, @backingInt(stream.generated_file));
        }
        r.raw("]}");
    }

    fn writeArg(r: *Reporter, arg: Step.Run.Arg) void {
        r.raw("{\"kind\":");
        r.string(@tagName(arg));
        switch (arg) {
            .artifact => |artifact| {
                r.affixes(artifact.prefix, artifact.suffix);
                r.raw(",\"step\":");
                r.int(r.steps.getIndex(&artifact.artifact.step).?);
            },
            .lazy_path, .decorated_directory => |decorated| {
                r.affixes(decorated.prefix, decorated.suffix);
                r.raw(",\"path\":");
                r.lazyPath(decorated.lazy_path);
            },
            .file_content => |decorated| {
                r.affixes(decorated.prefix, decorated.suffix);
                r.raw(",\"path\":");
                r.lazyPath(decorated.lazy_path);
            },
            .bytes => |bytes| r.affixes(bytes, ""),
            .output_file, .output_file_dep, .output_directory => |file| {
                r.affixes(file.prefix, file.suffix);
                r.raw(",\"output\":");
                r.output(file.basename, @backingInt(file.generated_file));
            },
            .passthru => {},
            .enable_darling, .enable_qemu, .enable_rosetta, .enable_wasmtime, .enable_wine => |toggle| {
                r.affixes(toggle.enabled orelse "", toggle.disabled orelse "");
            },
        }
        r.raw("}");
    }

    fn affixes(r: *Reporter, prefix: []const u8, suffix: []const u8) void {
        r.raw(",\"prefix\":");
        r.string(prefix);
        r.raw(",\"suffix\":");
        r.string(suffix);
    }

    fn output(r: *Reporter, basename: []const u8, generated: u64) void {
        r.raw("{\"name\":");
        r.string(basename);
        r.raw(",\"generated\":");
        r.int(generated);
        r.raw("}");
    }

    fn optionalLazyPath(r: *Reporter, lp: ?LazyPath) void {
        if (lp) |path| r.lazyPath(path) else r.raw("null");
    }

    fn lazyPath(r: *Reporter, lp: LazyPath) void {
        r.raw("{\"base\":");
        switch (lp) {
            .src_path => |src| {
                r.int(r.builders.getIndex(src.owner) orelse 0);
                r.sub(src.sub_path);
            },
            .dependency => |dependency| {
                r.int(r.builders.getIndex(dependency.dependency.builder) orelse 0);
                r.sub(dependency.sub_path);
            },
            .generated => |generated| {
                r.raw("\"generated\",\"generated\":");
                r.int(@backingInt(generated.index));
                r.raw(",\"step\":");
                const step = generator(r.builders.keys()[0], lp).?;
                if (r.steps.getIndex(step)) |index| r.int(index) else r.raw("null");
                r.raw(",\"up\":");
                r.int(generated.up);
                r.sub(generated.sub_path);
            },
            .cwd_relative => |path| {
                r.raw("\"cwd\"");
                r.sub(path);
            },
            .relative => |relative| {
                r.string(@tagName(relative.base));
                r.sub(relative.sub_path);
            },
        }
        r.raw("}");
    }

    fn sub(r: *Reporter, path: []const u8) void {
        r.raw(",\"sub\":");
        r.string(path);
    }

    fn environment(r: *Reporter, map: *const std.process.Environ.Map) void {
        r.raw("{");
        for (map.array_hash_map.keys(), map.array_hash_map.values(), 0..) |key, value, i| {
            r.comma(i);
            r.string(key);
            r.raw(":");
            r.string(value);
        }
        r.raw("}");
    }

    /// Each return address once: resolving one costs far more than writing it.
    fn writeFrames(r: *Reporter, b: *Build) void {
        var info: std.debug.SelfInfo = .init;
        for (r.frames.keys(), 0..) |address, i| {
            r.comma(i);
            r.raw("\n\"");
            r.int(address);
            r.raw("\":[");
            var symbols: std.ArrayList(std.debug.Symbol) = .empty;
            // One before the return address lies inside the calling instruction.
            info.getSymbols(b.graph.io, r.arena, r.arena, address -| 1, true, &symbols) catch {};
            for (symbols.items, 0..) |symbol, j| {
                r.comma(j);
                const location = symbol.source_location;
                r.raw("{\"file\":");
                r.string(if (location) |l| l.file_name else "");
                r.raw(",\"line\":");
                r.int(if (location) |l| l.line else 0);
                r.raw(",\"column\":");
                r.int(if (location) |l| l.column else 0);
                r.raw(",\"function\":");
                r.string(symbol.name orelse "");
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
