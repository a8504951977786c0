//! What was found, as one JSON object, `reviewer.zig_report/1`.

const std = @import("std");
const versions = @import("reviewer_hook_versions.zig");
const Found = @import("reviewer_hook_found.zig").Found;
const Json = @import("reviewer_hook_json.zig").Json;
const Build = std.Build;
const Step = Build.Step;
const LazyPath = Build.LazyPath;
const Module = Build.Module;
const List = std.ArrayListUnmanaged;

/// Compiled in anew for each installation of Reviewer, so that a package published earlier cannot know it.
const secret = @import("reviewer_secret.zig").secret;

pub const Writer = struct {
    found: *Found,
    json: Json,
    generated: std.AutoArrayHashMapUnmanaged(u64, void) = .empty,

    pub fn write(w: *Writer, b: *Build) void {
        w.json.raw("{\"schema\":\"reviewer.zig_report/1\",\"secret\":");
        w.json.string(secret);
        w.json.raw(",\"packages\":[");
        for (w.found.builders.keys(), 0..) |builder, i| {
            w.json.comma(i);
            w.json.raw("{\"prefix\":");
            w.json.string(builder.dep_prefix);
            w.json.raw(",\"table_name\":");
            w.json.string(builder.pkg_hash);
            w.json.raw("}");
        }
        w.json.raw("],\n\"environment\":");
        w.environment(versions.environOf(b.graph));
        w.json.raw(",\n\"needed\":");
        w.json.strings(b.graph.needed_lazy_dependencies.keys());
        w.writeOptions(b);
        w.json.raw(",\n\"executable\":");
        w.json.string(w.found.executable);
        w.json.raw(",\"frames\":{");
        w.writeFrames(b);
        w.json.raw("},\n\"modules\":[");
        for (w.found.modules.keys(), 0..) |module, i| {
            w.json.comma(i);
            w.writeModule(module);
        }
        w.json.raw("],\n\"steps\":[");
        for (w.found.steps.keys(), 0..) |step, i| {
            w.json.comma(i);
            w.writeStep(step);
        }
        if (versions.makes) w.writeListed(b);
        if (versions.poisons) w.json.raw(if (b.graph.cache_poison == .poisoned) "],\n\"poisoned\":[true" else "],\n\"poisoned\":[");
        w.json.raw("],\n\"default_step\":");
        w.json.int(w.found.steps.getIndex(b.default_step) orelse 0);
        // Last, so that a report that was cut off is not taken for a whole one.
        w.json.raw(",\n\"complete\":");
        w.json.string(secret);
        w.json.raw("}\n");
    }

    fn writeOptions(w: *Writer, b: *Build) void {
        w.json.raw(",\n\"options\":[");
        const options = versions.optionsOf(b);
        for (options.names, options.values, 0..) |name, option, i| {
            w.json.comma(i);
            w.json.raw("{\"name\":");
            w.json.string(name);
            w.json.raw(",\"type\":");
            w.json.string(@tagName(option.type_id));
            w.json.raw(",\"description\":");
            w.json.string(option.description);
            w.json.raw(",\"choices\":");
            w.json.strings(option.enum_options orelse &.{});
            w.json.raw("}");
        }
        w.json.raw("]");
    }

    /// What `zig build -l` prints of the project's own top-level steps.
    fn writeListed(w: *Writer, b: *Build) void {
        w.json.raw("],\n\"listed\":[");
        for (b.top_level_steps.values(), 0..) |top_level, i| {
            w.json.comma(i);
            w.json.string(top_level.step.name);
            w.json.raw(if (&top_level.step == b.default_step) ",\" (default)\"," else ",\"\",");
            w.json.string(top_level.description);
        }
    }

    /// What is compiled or linked into the module beside zig code, and where its C code includes from.
    fn writeSources(w: *Writer, module: *Module) void {
        w.json.raw(",\"sources\":[");
        var i: usize = 0;
        for (module.link_objects.items) |object| switch (object) {
            .static_path, .assembly_file => |lp| w.listed(&i, lp),
            .c_source_file => |source| w.listed(&i, source.file),
            .c_source_files => |sources| for (sources.files) |file| w.listed(&i, sources.root.path(module.owner, file)),
            .win32_resource_file => |source| w.listed(&i, source.file),
            .other_step, .system_lib => {},
        };
        w.json.raw("],\"includes\":[");
        i = 0;
        for (module.include_dirs.items) |include_dir| switch (include_dir) {
            inline else => |from| if (@TypeOf(from) == LazyPath) w.listed(&i, from),
        };
        w.json.raw("]");
    }

    fn listed(w: *Writer, i: *usize, lp: LazyPath) void {
        w.json.comma(i.*);
        w.lazyPath(lp);
        i.* += 1;
    }

    fn writeModule(w: *Writer, module: *Module) void {
        w.json.raw("\n{\"package\":");
        w.json.int(w.found.builders.getIndex(module.owner).?);
        w.json.raw(",\"name\":");
        const exported = for (module.owner.modules.keys(), module.owner.modules.values()) |name, candidate| {
            if (candidate == module) break name;
        } else null;
        if (exported) |name| w.json.string(name) else w.json.raw("null");
        w.json.raw(",\"root_source\":");
        w.optionalLazyPath(module.root_source_file);
        w.writeSources(module);
        w.json.raw(",\"imports\":[");
        for (module.import_table.keys(), module.import_table.values(), 0..) |name, imported, i| {
            w.json.comma(i);
            w.json.raw("[");
            w.json.string(name);
            w.json.raw(",");
            w.json.int(w.found.modules.getIndex(imported).?);
            w.json.raw("]");
        }
        w.json.raw("],\"needs\":[");
        var needs: List(*Step) = .empty;
        w.found.moduleNeeds(module, &needs);
        // A module that nothing compiles may need steps that nothing reaches.
        var first = true;
        for (needs.items) |step| {
            const index = w.found.steps.getIndex(step) orelse continue;
            if (!first) w.json.raw(",");
            first = false;
            w.json.int(index);
        }
        w.json.raw("],\"pkg_config\":");
        var asked: List([]const u8) = .empty;
        for (module.link_objects.items) |object| switch (object) {
            .system_lib => |library| w.addPkgConfig(&asked, library),
            else => {},
        };
        w.json.strings(asked.items);
        w.json.raw("}");
    }

    /// Zig runs pkg-config for these libraries.
    fn addPkgConfig(w: *Writer, asked: *List([]const u8), library: Module.SystemLib) void {
        if (library.use_pkg_config != .no) asked.append(w.found.arena, library.name) catch @panic("OOM");
    }

    fn writeStep(w: *Writer, step: *Step) void {
        w.json.raw("\n{\"package\":");
        w.json.int(w.found.builders.getIndex(step.owner).?);
        w.json.raw(",\"kind\":");
        w.json.string(versions.kindOf(step));
        w.json.raw(",\"name\":");
        w.json.string(step.name);
        w.json.raw(",\"depends_on\":[");
        for (w.found.stepDependencies(step), 0..) |other, i| {
            w.json.comma(i);
            w.json.int(w.found.steps.getIndex(other).?);
        }
        w.json.raw("],\"stack\":[");
        for (versions.creationOf(step), 0..) |address, i| {
            w.json.comma(i);
            w.json.int(address - 1);
        }
        w.json.raw("]");
        if (versions.makes and !w.found.own.makes(step)) {
            w.json.raw(",\"custom\":");
            w.json.int(Found.madeAt(step));
        }
        if (step.cast(Step.Compile)) |compile| {
            w.json.raw(",\"compile\":{\"name\":");
            w.json.string(compile.name);
            w.json.raw(",\"kind\":");
            w.json.string(@tagName(compile.kind));
            w.json.raw(",\"root_module\":");
            w.json.int(w.found.modules.getIndex(compile.root_module).?);
            w.json.raw("}");
        }
        if (step.cast(Step.TranslateC)) |translate| if (@hasField(Step.TranslateC, "system_libs")) {
            var asked: List([]const u8) = .empty;
            for (translate.system_libs.items) |library| w.addPkgConfig(&asked, library);
            w.json.raw(",\"pkg_config\":");
            w.json.strings(asked.items);
        };
        if (step.cast(Step.Fmt)) |format| w.json.raw(if (format.check) ",\"format\":\"check\"" else ",\"format\":\"write\"");
        if (step.cast(Step.Run)) |run| {
            w.json.raw(",\"run\":");
            w.writeRun(run);
        }
        w.json.raw("}");
    }

    fn writeRun(w: *Writer, run: *Step.Run) void {
        w.json.raw("{\"args\":[");
        var i: usize = 0;
        const passed = versions.passedOn(run);
        for (run.argv.items[0 .. run.argv.items.len - passed]) |arg| {
            if (versions.isForTestRunner(run, arg)) continue;
            w.json.comma(i);
            w.writeArg(arg);
            i += 1;
        }
        if (passed != 0) {
            w.json.comma(i);
            w.json.raw("{\"kind\":\"passthru\"}");
        }
        w.json.raw("],\"file_inputs\":[");
        for (run.file_inputs.items, 0..) |lp, j| {
            w.json.comma(j);
            w.lazyPath(lp);
        }
        w.json.raw("],\"cwd\":");
        w.optionalLazyPath(run.cwd);
        w.json.raw(",\"environment\":");
        if (versions.environOfRun(run)) |map| w.environment(map) else w.json.raw("null");
        w.json.raw(",\"stdin\":");
        switch (run.stdin) {
            .none => w.json.raw("null"),
            .bytes => |bytes| {
                w.json.raw("{\"bytes\":");
                w.json.string(bytes);
                w.json.raw("}");
            },
            .lazy_path => |lp| w.lazyPath(lp),
        }
        w.json.raw(",\"stdio\":");
        w.json.string(@tagName(run.stdio));
        w.json.raw(",\"has_side_effects\":");
        w.json.raw(if (run.has_side_effects) "true" else "false");
        w.json.raw(",\"captured\":[");
        var first = true;
        inline for (.{ run.captured_stdout, run.captured_stderr }) |captured| if (captured) |stream| {
            if (!first) w.json.raw(",");
            first = false;
            w.output(if (@hasField(@TypeOf(stream.*), "output")) &stream.output else stream);
        };
        w.json.raw("]}");
    }

    fn writeArg(w: *Writer, arg: Step.Run.Arg) void {
        w.json.raw("{\"kind\":");
        w.json.string(@tagName(arg));
        switch (arg) {
            inline else => |payload| w.writePayload(payload),
        }
        w.json.raw("}");
    }

    fn writePayload(w: *Writer, payload: anytype) void {
        switch (@TypeOf(payload)) {
            void => {},
            []u8, []const u8 => w.affixes(payload, ""),
            *Step.Run.Output => {
                w.affixesOf(payload);
                w.json.raw(",\"output\":");
                w.output(payload);
            },
            else => |Payload| if (@hasField(Payload, "artifact")) {
                w.affixesOf(&payload);
                w.json.raw(",\"step\":");
                w.json.int(w.found.steps.getIndex(&payload.artifact.step).?);
            } else if (@hasField(Payload, "lazy_path")) {
                w.affixesOf(&payload);
                w.json.raw(",\"path\":");
                w.lazyPath(payload.lazy_path);
            } else w.affixes(payload.enabled orelse "", payload.disabled orelse ""),
        }
    }

    fn affixesOf(w: *Writer, decorated: anytype) void {
        w.affixes(decorated.prefix, if (@hasField(@TypeOf(decorated.*), "suffix")) decorated.suffix else "");
    }

    fn affixes(w: *Writer, prefix: []const u8, suffix: []const u8) void {
        w.json.raw(",\"prefix\":");
        w.json.string(prefix);
        w.json.raw(",\"suffix\":");
        w.json.string(suffix);
    }

    /// `made` is a pointer to what holds a generated file and its name.
    fn output(w: *Writer, made: anytype) void {
        w.json.raw("{\"name\":");
        w.json.string(made.basename);
        w.json.raw(",\"generated\":");
        w.json.int(w.idOf(versions.generatedId(made)));
        w.json.raw("}");
    }

    /// An address is another one each time: such files are numbered as they come, so that equal graphs have equal reports.
    fn idOf(w: *Writer, generated: u64) u64 {
        if (!versions.makes) return generated;
        return (w.generated.getOrPut(w.found.arena, generated) catch @panic("OOM")).index;
    }

    fn optionalLazyPath(w: *Writer, lp: ?LazyPath) void {
        if (lp) |path| w.lazyPath(path) else w.json.raw("null");
    }

    fn lazyPath(w: *Writer, lp: LazyPath) void {
        w.json.raw("{\"base\":");
        switch (lp) {
            inline else => |payload| if (@TypeOf(payload) == []const u8) {
                w.json.raw("\"cwd\"");
                w.sub(payload);
            } else if (@hasField(@TypeOf(payload), "owner")) {
                w.json.int(w.found.builders.getIndex(payload.owner) orelse 0);
                w.sub(payload.sub_path);
            } else if (@hasField(@TypeOf(payload), "dependency")) {
                w.json.int(w.found.builders.getIndex(payload.dependency.builder) orelse 0);
                w.sub(payload.sub_path);
            } else if (@hasField(@TypeOf(payload), "base")) {
                w.json.string(@tagName(payload.base));
                w.sub(payload.sub_path);
            } else {
                w.json.raw("\"generated\",\"generated\":");
                w.json.int(w.idOf(if (versions.makes) @intFromPtr(payload.file) else @intFromEnum(payload.index)));
                w.json.raw(",\"step\":");
                if (w.found.steps.getIndex(versions.generator(w.found.builders.keys()[0], lp).?)) |index| w.json.int(index) else w.json.raw("null");
                w.json.raw(",\"up\":");
                w.json.int(payload.up);
                w.sub(payload.sub_path);
            },
        }
        w.json.raw("}");
    }

    fn sub(w: *Writer, path: []const u8) void {
        w.json.raw(",\"sub\":");
        w.json.string(path);
    }

    fn environment(w: *Writer, map: *const versions.EnvironMap) void {
        w.json.raw("{");
        var variables = map.iterator();
        var i: usize = 0;
        while (variables.next()) |variable| : (i += 1) {
            w.json.comma(i);
            w.json.string(variable.key_ptr.*);
            w.json.raw(":");
            w.json.string(variable.value_ptr.*);
        }
        w.json.raw("}");
    }

    /// Each address once, and none that is known: resolving one costs far more than writing it.
    fn writeFrames(w: *Writer, b: *Build) void {
        var resolver: versions.Resolver = .{};
        var first = true;
        for (w.found.frames.keys()) |address| {
            if (w.found.known.contains(address)) continue;
            if (!first) w.json.raw(",");
            first = false;
            w.json.raw("\n\"");
            w.json.int(address);
            w.json.raw("\":[");
            for (resolver.resolve(b, address), 0..) |symbol, j| {
                w.json.comma(j);
                const location = symbol.source_location;
                w.json.raw("{\"file\":");
                w.json.string(if (location) |l| l.file_name else "");
                w.json.raw(",\"line\":");
                w.json.int(if (location) |l| l.line else 0);
                w.json.raw(",\"column\":");
                w.json.int(if (location) |l| l.column else 0);
                w.json.raw(",\"function\":");
                w.json.string(@as(?[]const u8, symbol.name) orelse "");
                w.json.raw("}");
            }
            w.json.raw("]");
        }
    }
};
