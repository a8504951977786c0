"""Which build code is proven to only describe a build, and that nothing else gets through."""

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.analysis.zig.declarative.listed import declarative_list
from reviewer.analysis.zig.declarative.prove import Proof, prove
from reviewer.resources import resource

STD = 'const std = @import("std");\n'
PLAIN = (
    STD
    + """
const Options = struct {
    target: std.Build.ResolvedTarget,
    shared: bool = false,

    fn module(self: Options, b: *std.Build) *std.Build.Module {
        return b.createModule(.{ .root_source_file = b.path("src/root.zig"), .target = self.target });
    }
};
const sources = [_][]const u8{ "a.c", "b.c" };

fn addTests(b: *std.Build, lib: *std.Build.Step.Compile) void {
    const tests = b.addTest(.{ .root_module = lib.root_module });
    b.step("test", "Run the tests").dependOn(&b.addRunArtifact(tests).step);
}

pub fn build(b: *std.Build) !void {
    const options: Options = .{ .target = b.standardTargetOptions(.{}), .shared = b.option(bool, "shared", "") orelse false };
    const mod = options.module(b);
    mod.addCSourceFiles(.{ .files = &sources, .flags = &.{ "-std=c99", b.fmt("-DVERSION={d}", .{1}) } });
    if (options.target.result.os.tag == .windows) mod.linkSystemLibrary("ws2_32", .{});
    if (b.lazyDependency("dep", .{})) |dep| mod.addImport("dep", dep.module("dep"));
    const lib = b.addLibrary(.{ .name = "lib", .root_module = mod, .linkage = if (options.shared) .dynamic else .static });
    lib.root_module.link_libc = true;
    lib.installHeader(b.path("include/lib.h"), "lib.h");
    for (sources) |name| _ = b.path(name);
    b.installArtifact(lib);
    addTests(b, lib);
}
"""
)


def proof(source: str, files: Mapping[str, str] | None = None, zig: str | None = None) -> Proof:
    known = declarative_list(zig)
    assert known is not None
    texts = {"build.zig": source, **(files or {})}

    def read(path: str) -> str:
        if path not in texts:
            raise ValueError("no such file")
        return texts[path]

    return prove(read, "build.zig", known)


def with_body(body: str, before: str = "") -> str:
    return f"{STD}{before}pub fn build(b: *std.Build) !void {{\n{body}\n}}\n"


def test_a_usual_build_file_is_declarative() -> None:
    assert proof(PLAIN).hindrances == ()
    assert proof(PLAIN).files == (("build.zig", PLAIN.count("\n")),)


@pytest.mark.parametrize("package", ["super", "event-loop", "ring-buffer", "unicode-tables"])
def test_the_packages_of_the_demo_are_declarative(package: str) -> None:
    assert proof(resource(f"demo/deps/{package}/build.zig").read_text()).hindrances == ()


def test_own_helpers_are_followed_and_checked() -> None:
    main = with_body("helper.add(b);", 'const helper = @import("build/helper.zig");\n')
    good = 'pub fn add(b: *@import("std").Build) void { _ = b.addModule("x", .{}); }'
    assert proof(main, {"build/helper.zig": good}).files == (("build.zig", 5), ("build/helper.zig", 1))
    assert proof(main, {"build/helper.zig": good}).hindrances == ()
    bad = good.replace('b.addModule("x", .{})', 'b.run(&.{"sh"})')
    [hindrance] = proof(main, {"build/helper.zig": bad}).hindrances
    assert (hindrance.file, hindrance.line) == ("build/helper.zig", 1)
    assert proof(main).hindrances[0].text == "build/helper.zig could not be read: no such file"


HOSTILE = [
    # Doing something
    'b.run(&.{"sh"});',
    'const f = b.run;\n_ = f(&.{"sh"});',
    '_ = b.runAllowFail(&.{"sh"}, &code, .Inherit) catch {};',
    '_ = b.findProgram(&.{"sh"}, &.{}) catch {};',
    'std.fs.cwd().deleteTree("x") catch {};',
    'const fs = std.fs;\nfs.cwd().deleteTree("x") catch {};',
    'b.build_root.handle.deleteTree("x") catch {};',
    "_ = std.os.linux.syscall1(.exit, 0);",
    "const process = std.process;\nprocess.exit(0);",
    'asm volatile ("syscall");',
    'const c = @cImport(@cInclude("stdlib.h"));\n_ = c.system("sh");',
    '_ = @extern(*const fn () void, .{ .name = "system" });',
    "const f: *const fn () void = @ptrFromInt(4096);\nf();",
    '@call(.auto, std.process.exit, .{0});',
    '@field(std, "process").exit(0);',
    '@export(&build, .{ .name = "memcpy" });',
    'const x = @embedFile("x");\n_ = x;',
    'const own = @import("root");\n_ = own;',
    'const other = @import("dep");\nother.run(b);',
    '_ = @import("../other/build.zig");',
    'const g = b.graph;\ng.arena.free(x);',
    "const vtable = b.allocator.vtable;\nvtable.free(x);",
    "_ = b.dependencyFromBuildZig(@This(), .{});",
    'b.dependency("dep", .{}).builder.install_path = "x";',
    # Steps with code of their own
    "const s = std.Build.Step.init(.{ .id = .custom, .name = \"x\", .owner = b, .makeFn = make });\n_ = s;",
    "b.getInstallStep().makeFn = make;",
    "b.getInstallStep().* = x;",
    "const step = b.step(\"x\", \"\");\nstep.makeFn = make;",
    "b.default_step.makeFn = make;",
    # Code in odd places
    'struct {\n    fn f() void { std.process.exit(0); }\n}.f();',
    'const T = struct {\n    fn f() void { std.process.exit(0); }\n};\nT.f();',
    "const T = struct {\n    comptime {\n        evil();\n    }\n};\n_ = T;",
    "const x = blk: {\n    std.process.exit(0);\n    break :blk 1;\n};\n_ = x;",
    "defer std.process.exit(0);",
    "_ = if (true) std.process.exit(0) else 1;",
    "switch (1) {\n    else => std.process.exit(0),\n}",
    "while (std.process.exit(0)) {}",
    "_ = [_]u8{std.process.exit(0)};",
    "_ = b.option(bool, \"x\", std.process.exit(0));",
    "const f = std.process.exit;\nconst s = .{ .f = f };\ns.f(0);",
    "const list = .{std.process.exit};\nlist[0](0);",
    "(std.process.exit)(0);",
    "apply(std.process.exit);",
    "apply(build);",
    # Paths and flags that do more than they say
    'b.installFile("x", "../../.bashrc");',
    'b.installFile("x", "/etc/cron.d/x");',
    'b.installFile("x", b.fmt("{s}{s}/x", .{ ".", "." }));',
    'const to = "x";\nb.installFile("x", to);',
    'b.installDirectory(.{ .source_dir = b.path("x"), .install_dir = .{ .custom = b.fmt("{s}", .{x}) }, .install_subdir = "" });',
    '_ = b.addWriteFiles().add("../x", "");',
    '_ = b.addWriteFiles().add(b.fmt("{s}", .{x}), "");',
    'const u = b.addUpdateSourceFiles();\nu.addBytesToSource("x", "y");',
    '_ = b.addFmt(.{ .paths = &.{"src"} });',
    '_ = b.addModule("x", .{ .root_source_file = .{ .cwd_relative = home } });',
    '_ = b.path("../other");',
    'const m = b.addModule("x", .{});\nm.addCSourceFiles(.{ .files = &.{"a.c"}, .flags = &.{"-fplugin=x.so"} });',
    'const m = b.addModule("x", .{});\nm.addCSourceFiles(.{ .files = &.{"a.c"}, .flags = &.{"-fplug" ++ "in=x.so"} });',
    'const m = b.addModule("x", .{});\nm.addCSourceFiles(.{ .files = &.{"a.c"}, .flags = &.{b.fmt("-f{s}", .{"x"})} });',
    'const m = b.addModule("x", .{});\nm.addCSourceFiles(.{ .files = &.{"a.c"}, .flags = &.{"@flags.txt"} });',
    'const exe = b.addExecutable(.{ .name = "x" });\nexe.setExecCmd(&.{"sh"});',
    # Values of unknown type
    "const x = whatever();\nx.run();",
    "const x: @import(\"std\").fs.Dir = undefined;\nx.deleteTree(\"x\") catch {};",
    "var list = std.ArrayList(*std.Build).init(b.allocator);\nlist.items[0].run();",
    "b.@\"run\"(&.{\"sh\"});",
]  # fmt: skip


@pytest.mark.parametrize("body", HOSTILE)
def test_whatever_is_not_on_the_list_is_not_declarative(body: str) -> None:
    assert proof(with_body(body)).hindrances


@pytest.mark.parametrize(
    "before",
    [
        "comptime {\n    @compileLog(1);\n}\n",
        "pub const std_options: std.Options = .{};\n",
        "pub fn panic(m: []const u8, _: anytype, _: ?usize) noreturn {}\n",
        "export fn memcpy() void {}\n",
        "extern fn system(c: [*:0]const u8) c_int;\n",
        "fn f() callconv(.c) void {}\n",
        "usingnamespace std.fs;\n",
        "var counter: u32 = 0;\n",
        "threadlocal var x: u8 = 0;\n",
        'const x = std.fs.cwd().openFile("x", .{});\n',
        "const x = init: {\n    std.process.exit(0);\n    break :init 0;\n};\n",
        "fn unused(b: *std.Build) void {\n    _ = b.run(&.{});\n}\n",
        "fn generic(x: anytype) void {\n    x.run(&.{});\n}\n",
        "const T = struct {\n    b: *std.Build,\n    fn f(self: *T) void {\n        _ = self.b.run(&.{});\n    }\n};\n",
        "test {\n    std.process.exit(0);\n}\n",
        "\u202econst x = 1;\n",
        "const x = (;\n",
    ],
)
def test_nor_is_what_hides_beside_the_build_function(before: str) -> None:
    assert proof(with_body('_ = b.addModule("x", .{});', before)).hindrances


def test_names_mean_what_they_are_declared_as() -> None:
    shadow = "const std = struct { const Build = struct { fn addModule(self: *Build) void { %s } }; };\n"
    main = "pub fn build(b: *std.Build) void {\n    b.addModule();\n}\n"
    assert proof(shadow % "_ = self;" + main).hindrances == ()
    assert proof(shadow % '@import("std").process.exit(0);' + main).hindrances
    # `b` is not the builder: what it is called with is not known.
    assert proof(STD + "pub fn build(b: anytype) void {\n    _ = b.addModule();\n}\n").hindrances


def test_a_file_without_build_of_its_own_is_not_declarative() -> None:
    assert proof('pub const build = @import("other.zig").build;', {"other.zig": PLAIN}).hindrances


def test_the_list_is_that_of_the_zig_that_builds() -> None:
    old = with_body(
        'const exe = b.addExecutable(.{ .name = "x" });\nexe.linkLibC();\n_ = b.addStaticLibrary(.{ .name = "y" });'
    )
    assert proof(old).hindrances == ()
    assert proof(old, zig="0.14.1").hindrances == ()
    assert {h.line for h in proof(old, zig="0.15.2").hindrances} == {5}
    assert {h.line for h in proof(old, zig="0.17.1").hindrances} == {4, 5}
    assert declarative_list("0.18.0") is None


WORDS = st.sampled_from([
    "b", ".", "(", ")", "{", "}", "[", "]", ",", ";", "=", "&", ".{", ".?", ".*", ":", "x", "0", '"s"', "\\\\m\n", "\n", "const", "var",
    "fn", "pub", "if", "else", "for", "switch", "return", "try", "catch", "orelse", "struct", "comptime", "@import", "std", "Build", "Step",
    "run", "addModule", "step", "dependOn", "path", "process", "exit", "asm", "usingnamespace", "export", "@field", "|x|", "=>", "test",
])  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(WORDS, max_size=60).map(" ".join))
def test_any_text_is_judged(text: str) -> None:
    for hindrance in proof(with_body(text)).hindrances:
        assert hindrance.line > 0
        assert hindrance.text


def test_the_list_names_only_what_the_library_has() -> None:
    import re
    import sys
    from pathlib import Path

    std = Path(sys.prefix, "lib", f"python3.{sys.version_info.minor}", "site-packages", "ziglang", "lib", "std")
    known = declarative_list("0.17.1")
    assert known is not None
    places = {"Step": "Build/Step.zig", "Module": "Build/Module.zig"}
    for name, handle in known.types.items():
        own = std / f"Build/Step/{name}.zig"
        source = (own if own.exists() else std / places.get(name, "Build.zig")).read_text()
        for method in handle.methods:
            assert re.search(rf"pub (inline )?fn (@\"{method}\"|{method})\(", source), f"{name}.{method}"


RUN = '{ const lib = b.addLibrary(.{ .name = "l" }); lib.step.dependOn(&b.addSystemCommand(&.{"sh"}).step); }'


@pytest.mark.parametrize(
    "code",
    [
        f'if (std.mem.eql(u8, b.install_prefix, "i")) {RUN}',
        f"if (!b.verbose) {RUN}",
        f'if (std.mem.endsWith(u8, b.pathFromRoot("x"), "x")) {RUN}',
        f'if (std.mem.endsWith(u8, b.pathResolve(&.{{"x"}}), "x")) {RUN}',
        f'switch (b.path("x")) {{ .src_path => |p| if (std.mem.eql(u8, p.owner.build_root.path.?, "x")) {RUN}, else => {{}} }}',
        f"if ((switch (true) {{ else => b }}).verbose) {RUN}",
        f'const x = of: {{ break :of b; }}; if (x.graph.env_map.map.has("CI")) {RUN}',
        f"const x = if (b.args == null) b.graph else b.addOptions(); if (x.zig_exe.len > 2) {RUN}",
        f"for (0..1, &.{{b}}) |_, x| if (x.verbose) {RUN}",
    ],
)
def test_code_that_could_tell_the_sandbox_from_the_real_build_is_not_declarative(code: str) -> None:
    # It would make no run step where it is looked at, and one where it counts.
    assert proof(f"{STD}pub fn build(b: *std.Build) void {{ {code} }}").hindrances


@pytest.mark.parametrize(
    "flag",
    [
        'std.mem.concat(b.allocator, u8, &.{ "-", "fplugi", "n=x" }) catch unreachable',
        'b.fmt("{s}fplugi{s}", .{ "-", "n=x" })',
        'b.fmt("{c}fplugi{s}", .{ first, "n=x" })',
        "&[_]u8{ 45, 102, 112, 108, 117, 103, 105, 110, 61, 120 }",
        "&.{ '-', 'f', 'p', 'l', 'u', 'g', 'i', 'n', '=', 'x' }",
        '@tagName(Flag.@"-fplugin=x")',
    ],
)
def test_no_flag_that_loads_code_can_be_spelt_otherwise(flag: str) -> None:
    source = f"""{STD}const Flag = enum {{ @"-fplugin=x" }};
pub fn build(b: *std.Build) void {{
    const first = b.option(u8, "first", "") orelse 45;
    _ = first;
    b.addModule("m", .{{}}).addCSourceFiles(.{{ .files = &.{{"a.c"}}, .flags = &.{{{flag}}} }});
}}"""
    if "Flag." not in flag:
        source = source.replace('const Flag = enum { @"-fplugin=x" };', "")
    assert proof(source).hindrances


def test_what_no_digest_covers_is_not_declarative() -> None:
    source = f'{STD}const more = @import(".git/more.zig");\npub fn build(_: *std.Build) void {{}}'
    assert proof(source, {".git/more.zig": "pub const a = 1;"}).hindrances
