"""What a build file visibly creates is found, whichever ordinary way it is written in; what is not followed is said."""

from pathlib import Path

import pytest

from tests.ecosystems.zig.reading.helpers import BUILD, read_body, read_project, run_of, unanalyzed, write_package

EXE = 'const exe = b.addExecutable(.{ .name = "exe", .root_module = b.createModule(.{ .root_source_file = b.path("x.zig") }) });\n'
EVIL = 'b.addSystemCommand(&.{"evil"})'


@pytest.mark.parametrize(
    "body",
    [
        f"_ = {EVIL};",
        "const words = [_][]const u8{\"evil\"};\n_ = b.addSystemCommand(&words);",
        'const f = std.Build.addSystemCommand;\n_ = f(b, &.{"evil"});',
        '_ = std.Build.addSystemCommand(b, &.{"ev" ++ "il"});',
        '_ = @call(.auto, std.Build.addSystemCommand, .{ b, &.{"evil"} });',
        '_ = @field(b, "addSystemCommand")(&.{"evil"});',
        'const c = b;\nconst d = c;\n_ = d.addSystemCommand(&.{b.fmt("{s}{c}", .{ "evi", "l" })});',
        f"if (b.option(bool, \"x\", \"\") orelse false) _ = {EVIL};",
        f"const x = if (b.verbose) null else {EVIL};\n_ = x;",
        f"switch (b.release_mode) {{ .off => {{}}, else => {{ _ = {EVIL}; }} }}",
        f"const run = blk: {{ if (b.verbose) break :blk {EVIL}; break :blk null; }};\n_ = run;",
        f"defer _ = {EVIL};",
        f"return error.No catch {{ _ = {EVIL}; }};",
        f"const T = struct {{ fn go(x: *std.Build) void {{ _ = x{EVIL[1:]}; }} }};\nT.go(b);",
        f"comptime {{}}\nfor ([_]u8{{1}}) |_| {{ _ = {EVIL}; }}",
        f"const all = .{{ .b = b }};\n_ = all.{EVIL};",
        f"_ = (try std.fmt.parseInt(u8, \"1\", 10)) + 1;\n_ = @constCast({EVIL});",
        "const run = std.Build.Step.Run.create(b, \"run evil\");\nrun.addArg(\"evil\");",
        'const words: []const []const u8 = &.{ "evil" };\nconst run = b.addSystemCommand(words[0..1]);\n_ = run;',
        'var words: std.ArrayList([]const u8) = .empty;\ntry words.append(b.allocator, "evil");\n_ = b.addSystemCommand(words.items);',
        'const x, const y = .{ b, "evil" };\n_ = x.addSystemCommand(&.{y});',
    ],
)  # fmt: skip
def test_a_run_step_is_found_however_it_is_written(tmp_path: Path, body: str) -> None:
    graph = read_body(tmp_path, body)
    assert run_of(graph, "root/run evil").command == ("evil",)
    assert unanalyzed(graph) == []


@pytest.mark.parametrize(
    "loop",
    [
        "while (b.verbose) {",
        "var it = unknown.iterate();\nwhile (try it.next()) |_| {",
        "for (unknown) |_| {",
        "for (0..unknown) |_| {",
    ],
)
def test_a_loop_of_unknown_length_is_gone_through_once_and_said_where_it_creates_a_run_step(
    tmp_path: Path, loop: str
) -> None:
    graph = read_body(tmp_path, f"{loop}\n_ = {EVIL};\n}}")
    assert run_of(graph, "root/run evil").command == ("evil",)
    assert unanalyzed(graph) == [("build.zig", 4 + loop.count("\n"))]


def test_an_iterator_over_a_known_map_is_followed_entry_by_entry(tmp_path: Path) -> None:
    graph = read_body(
        tmp_path,
        "const Kind = enum { a, b };\nvar map: std.EnumMap(Kind, []const u8) = .init(.{});\n"
        "inline for (std.meta.fields(Kind)) |field| map.put(@enumFromInt(field.value), field.name);\n"
        'var it = map.iterator();\nwhile (it.next()) |entry| _ = b.addSystemCommand(&.{ "echo", entry.value.* });',
    )
    assert [run_of(graph, step.id).command for step in graph.run_steps] == [("echo", "a"), ("echo", "b")]
    assert unanalyzed(graph) == []


def test_a_step_with_code_of_its_own_executes_it(tmp_path: Path) -> None:
    mine = """const Mine = struct {
    step: std.Build.Step,
    fn create(b: *std.Build) *Mine {
        const self = b.allocator.create(Mine) catch @panic("OOM");
        self.* = .{ .step = .init(.{ .id = .custom, .name = "mine", .owner = b, .makeFn = make }) };
        return self;
    }
    fn make(step: *std.Build.Step, options: std.Build.Step.MakeOptions) anyerror!void {}
};"""
    write_package(tmp_path, BUILD % "b.getInstallStep().dependOn(&Mine.create(b).step);" + mine)
    graph = read_project(tmp_path)
    run = run_of(graph, "root/mine")
    assert graph.step["root/mine"].kind == "custom"
    assert graph.step["root/install"].depends_on == ("root/mine",)
    assert run.command == ("[build runner]", "app:build.zig", "make")
    assert run.executes == graph.root_package.id
    assert run.program_source is not None
    assert run.program_source.line == 12
    assert unanalyzed(graph) == []


@pytest.mark.parametrize(
    "body",
    [
        "unknown(b);",
        "_ = unknown.method(.{ .inside = .{ b } });",
        "@import(\"nowhere\").setup(b);",
        "_ = @field(b, unknown)(&.{\"evil\"});",
        "b.somethingNew(1);",
        "var f: *const fn (*std.Build) void = undefined;\nf = unknown;\nf(b);",
        "const p: *std.Build = @ptrFromInt(@intFromPtr(b));\n_ = p.addSystemCommand(&.{\"evil\"});",
        "_ = x.addSystemCommand(&.{\"evil\"});",
        "b.default_step.dependOn(unknown);",
        "b.getInstallStep().dependencies.items[0] = &b.getUninstallStep().step;",
        "b.top_level_steps = unknown;",
        "_ = b.dependency(unknown, .{});",
        "_ = b.dependency(\"nowhere\", .{});",
        "b.installArtifact(unknown);",
        EXE + "exe.root_module.addImport(\"x\", unknown);",
        EXE + "exe.root_module.addObject(unknown);",
        EXE + "exe.step.makeFn = unknown;",
        EXE + "exe.somethingNew();",
        EXE + "var out: ?*std.Build.Step.Compile = null;\nconst p = &out;\np.* = exe;",
        EXE + "const run = b.addRunArtifact(exe);\nrun.argv.clearRetainingCapacity();",
        EXE + "const run = b.addRunArtifact(exe);\nrun.addFileArg(unknown);",
        "_ = b.createModule(unknown);",
        "_ = b.addExecutable(unknown);",
        "_ = b.addRunArtifact(unknown);",
        "@import(\"root\").configure(b);",
    ],
)  # fmt: skip
def test_what_cannot_be_followed_is_said_at_its_line(tmp_path: Path, body: str) -> None:
    graph = read_body(tmp_path, body)
    last = 2 + len(body.splitlines())
    assert ("build.zig", last) in unanalyzed(graph)


@pytest.mark.parametrize(
    "body",
    [
        'std.debug.print("{}", .{b});',
        'std.log.warn("{s}", .{"x"});\nconst n = std.mem.eql(u8, "a", "b");\n_ = n;',
        "const target = b.standardTargetOptions(.{});\nconst os = target.result.os.tag;\nif (os == .windows) return error.Unsupported;",
        'const x = b.lazyDependency("nowhere", .{}) orelse return;\nconst m = x.module("m");\n_ = m;',
        'if (b.lazyDependency("nowhere", .{})) |x| b.installArtifact(x.artifact("a"));',
        EXE
        + 'exe.linkLibC();\nexe.root_module.linkSystemLibrary("z", .{});\nexe.want_lto = false;\nexe.entry = .disabled;',
        EXE + "const run = b.addRunArtifact(exe);\nif (b.args) |args| run.addArgs(args);\nrun.has_side_effects = true;",
        'if (@hasField(std.Build, "x")) @panic("no");\n_ = @TypeOf(b);',
    ],
)
def test_ordinary_code_is_not_called_unanalyzed(tmp_path: Path, body: str) -> None:
    graph = read_body(tmp_path, body)
    assert graph.findings == ()
    assert graph.problems == ()


def test_words_inputs_outputs_environment_and_folder_of_a_run_step(tmp_path: Path) -> None:
    graph = read_body(
        tmp_path,
        EXE + 'const run = b.addRunArtifact(exe);\nrun.addArgs(&.{ "-x", unknown });\n'
        'run.addPrefixedFileArg("--in=", b.path("a/../in.txt"));\nrun.addArtifactArg(exe);\nrun.addDirectoryArg(b.path("dir"));\n'
        'const out = run.addPrefixedOutputFileArg("--out=", "out.txt");\n_ = run.addOutputDirectoryArg("tree");\n'
        'run.addFileInput(b.path("seen.txt"));\nrun.setStdIn(.{ .bytes = "hello" });\n_ = run.captureStdOut(.{});\n'
        'run.setCwd(b.path("work"));\nrun.setEnvironmentVariable("KEY", "value");\nrun.addPassthruArgs();\n'
        'const second = b.addSystemCommand(&.{"cat"});\nsecond.addFileArg(out.dirname());',
    )
    run = run_of(graph, "root/run exe exe (out.txt)")
    assert run.command == (
        *("[exe]", "-x", "[?]", "--in=app:in.txt", "[exe]", "app:dir", "--out=[out.txt]", "[tree]"),
        "[arguments after --]",
    )
    assert run.inputs == ("app:in.txt", "[exe]", "app:dir", "app:seen.txt", "stdin:hello")
    assert run.outputs == ("out.txt", "tree", "stdout")
    assert run.cwd == "app:work"
    assert run.env == {"KEY": "value"}
    assert run_of(graph, "root/run cat").command == ("cat", "[out.txt]/..")
    assert graph.step["root/run cat"].depends_on == ("root/run exe exe (out.txt)",)


def test_loops_over_known_lists_are_followed_item_by_item(tmp_path: Path) -> None:
    graph = read_body(
        tmp_path,
        'inline for (.{ .{ .name = "a", .on = true }, .{ .name = "b", .on = false } }, 0..) |each, index| {\n'
        '    _ = index;\n    const run = b.addSystemCommand(&.{ "echo", each.name });\n    b.step(each.name, "").dependOn(&run.step);\n}',
    )
    assert [run_of(graph, step.id).command for step in graph.run_steps] == [("echo", "a"), ("echo", "b")]
    assert graph.step["root/b"].depends_on == ("root/run echo #2",)


def test_lists_that_are_filled_later_hold_what_they_were_filled_with(tmp_path: Path) -> None:
    runs = """const Runs = struct {
    run: *std.Build.Step.Run,
    fn init(b: *std.Build, name: []const u8) Runs { return .{ .run = b.addSystemCommand(&.{name}) }; }
};
"""
    graph_body = (
        'const names = [_][]const u8{ "one", "two" };\nvar all: [names.len]Runs = undefined;\n'
        "for (names, &all) |name, *each| each.* = .init(b, name);\n"
        "const copied = b.allocator.alloc(Runs, all.len) catch unreachable;\n@memcpy(copied[0..], &all);\n"
        "const words = try b.allocator.alloc([]const u8, names.len);\nfor (words, names) |*word, name| word.* = name;\n"
        "const last = b.addSystemCommand(words);\nfor (copied) |each| last.step.dependOn(&each.run.step);"
    )
    write_package(tmp_path, BUILD % graph_body + runs)
    graph = read_project(tmp_path)
    assert [run_of(graph, step.id).command for step in graph.run_steps] == [("one",), ("two",), ("one", "two")]
    assert graph.run_steps[-1].depends_on == ("root/run one", "root/run two")
    assert unanalyzed(graph) == []


def test_helper_functions_are_followed_with_their_callers(tmp_path: Path) -> None:
    helper = "fn helper(x: *std.Build, words: []const []const u8) *std.Build.Step.Run {\n    return x.addSystemCommand(words);\n}\n"
    write_package(tmp_path, BUILD % 'b.getInstallStep().dependOn(&helper(b, &.{"evil"}).step);' + helper)
    graph = read_project(tmp_path)
    stack = graph.step["root/run evil"].created_at
    assert [(frame.line, frame.function) for frame in stack] == [(6, "helper"), (3, "build")]
    assert graph.step["root/install"].depends_on == ("root/run evil",)


def test_structs_carry_the_builder_between_their_functions(tmp_path: Path) -> None:
    struct = (
        "const Self = struct {\n    b: *std.Build,\n    name: []const u8 = \"evil\",\n"
        "    fn init(b: *std.Build) Self { return .{ .b = b }; }\n"
        "    fn go(self: Self) void { _ = self.b.addSystemCommand(&.{self.name}); }\n};\n"
    )  # fmt: skip
    write_package(tmp_path, struct + BUILD % "const self: Self = .init(b);\nself.go();")
    graph = read_project(tmp_path)
    assert run_of(graph, "root/run evil").command == ("evil",)
    assert unanalyzed(graph) == []


def test_other_files_of_the_package_and_build_files_of_dependencies_are_followed(tmp_path: Path) -> None:
    write_package(
        tmp_path / "app", BUILD % '@import("build/more.zig").more(b);\n@import("dep").helper(b);', {"dep": "../dep"}
    )
    (tmp_path / "app/build").mkdir()
    more = 'pub fn more(b: anytype) void { _ = b.addSystemCommand(&.{"near"}); }'
    (tmp_path / "app/build/more.zig").write_text(more)
    far = 'pub fn helper(b: *@import("std").Build) void { _ = b.addSystemCommand(&.{"far"}); }\n'
    write_package(tmp_path / "dep", far + BUILD % "_ = b;", name="dep")
    graph = read_project(tmp_path / "app")
    assert [frame.file for frame in graph.step["root/run near"].created_at] == ["build/more.zig", "build.zig"]
    far_step = graph.step["root/run far"]
    assert far_step.package == graph.root_package.id
    assert graph.package[far_step.created_at[0].package].name == "dep"
    assert unanalyzed(graph) == []


def test_a_run_step_in_a_function_that_nothing_is_seen_to_call_is_said(tmp_path: Path) -> None:
    write_package(tmp_path, BUILD % "_ = b;" + f"pub fn forOthers(b: *std.Build) void {{ _ = {EVIL}; }}\n")
    graph = read_project(tmp_path)
    assert graph.run_steps == ()
    assert unanalyzed(graph) == [("build.zig", 5)]


def test_a_generated_root_source_makes_the_module_wait_for_the_step_that_generates_it(tmp_path: Path) -> None:
    graph = read_body(
        tmp_path,
        'const run = b.addSystemCommand(&.{"gen"});\nconst source = run.addOutputFileArg("made.zig");\n'
        'const m = b.addModule("m", .{});\nm.addAnonymousImport("made", .{ .root_source_file = source });\n'
        'b.installArtifact(b.addLibrary(.{ .name = "l", .root_module = m }));',
    )
    assert graph.module["mod:root/made"].root_source == "[made.zig]"
    assert graph.module["mod:root/made"].needs_steps == ("root/run gen (made.zig)",)
    assert graph.step["root/compile lib l"].depends_on == ("root/run gen (made.zig)",)
    assert run_of(graph, "root/run gen (made.zig)").why[0][0] == "root/install"


def test_a_value_that_depends_on_a_condition_is_all_that_it_may_be(tmp_path: Path) -> None:
    graph = read_body(
        tmp_path,
        'var run = b.addSystemCommand(&.{"one"});\nif (b.verbose) run = b.addSystemCommand(&.{"two"});\n'
        "b.getInstallStep().dependOn(&run.step);",
    )
    assert graph.step["root/install"].depends_on == ("root/run one", "root/run two")


def test_the_root_source_of_the_program_says_whose_code_runs(tmp_path: Path) -> None:
    write_package(
        tmp_path / "app", BUILD % '_ = b.addRunArtifact(b.dependency("dep", .{}).artifact("tool"));', {"dep": "../dep"}
    )
    tool = 'b.addExecutable(.{ .name = "tool", .root_module = b.createModule(.{ .root_source_file = b.path("src/tool.zig") }) })'
    write_package(tmp_path / "dep", BUILD % f"b.installArtifact({tool});", name="dep")
    graph = read_project(tmp_path / "app")
    run = run_of(graph, "root/run exe tool")
    assert graph.step["root/run exe tool"].package == graph.root_package.id
    assert run.executes is not None
    assert graph.package[run.executes].name == "dep"
    assert run.program_source is not None
    assert run.program_source.file == "src/tool.zig"


def test_a_step_with_code_of_its_own_is_custom(tmp_path: Path) -> None:
    graph = read_body(
        tmp_path, '_ = std.Build.Step.init(.{ .id = .custom, .name = "mine", .owner = b, .makeFn = make });'
    )
    assert graph.step["root/mine"].kind == "custom"


def test_named_paths_and_write_files_of_a_dependency_keep_their_steps(tmp_path: Path) -> None:
    body = (
        'const dep = b.dependency("dep", .{});\nconst m = b.addModule("m", .{});\n'
        'm.addIncludePath(dep.namedLazyPath("headers"));\nm.addIncludePath(dep.namedWriteFiles("files").getDirectory());'
    )
    write_package(tmp_path / "app", BUILD % body, {"dep": "../dep"})
    dep = 'const run = b.addSystemCommand(&.{"make"});\nb.addNamedLazyPath("headers", run.addOutputDirectoryArg("include"));\n'
    write_package(tmp_path / "dep", BUILD % (dep + '_ = b.addNamedWriteFiles("files").add("a.h", "");'), name="dep")
    graph = read_project(tmp_path / "app")
    assert graph.module["mod:root/m"].needs_steps == ("dep/run make (include)", "dep/WriteFile a.h")
    assert unanalyzed(graph) == []


def test_the_forms_of_older_versions_are_known(tmp_path: Path) -> None:
    graph = read_body(
        tmp_path,
        'const m = b.addModule("m", .{ .source_file = .{ .path = "m.zig" } });\n'
        'const exe = b.addExecutable(.{ .name = "old", .root_source_file = .{ .path = "src/main.zig" }, .target = target });\n'
        'exe.addModule("m", m);\nexe.addIncludePath(.{ .path = "include" });\nb.installArtifact(exe);\n'
        "const run = b.addRunArtifact(exe);\n_ = run.captureStdOut();",
    )
    assert graph.module["mod:root/old (root)"].root_source == "src/main.zig"
    assert graph.module["mod:root/old (root)"].imports == (("m", "mod:root/m"),)
    assert run_of(graph, "root/run exe old").outputs == ("stdout",)
    assert unanalyzed(graph) == []
