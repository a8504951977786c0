"""What a build file can do while it is configured is said at the line, however the file names it."""

from pathlib import Path

import pytest

from reviewer.resources import resource
from tests.analysis.helpers import analysed, analysed_body, found
from tests.ecosystems.zig.reading.helpers import BUILD, write_package

STD = 'const std = @import("std");\n'


@pytest.mark.parametrize(
    ("code", "capability"),
    [
        ('_ = b.run(&.{"sed"});', "proc.spawn"),
        ('_ = b.run(&.{ "sh", "-c", "true" });', "proc.shell"),
        ('_ = b.run(&.{ "curl", "-O", url });', "net.download"),
        ('_ = b.runAllowFail(&.{"sed"}, &code, .inherit) catch return;', "proc.spawn"),
        ("var child = std.process.Child.init(&.{}, b.allocator);", "proc.spawn"),
        ("_ = try std.process.run(b.allocator, io, .{});", "proc.spawn"),
        ("const child = try std.process.spawn(io, .{ .argv = argv });", "proc.spawn"),
        ("var child: std.process.Child = .init(&.{}, b.allocator);", "proc.spawn"),
        ('_ = b.addSystemCommand(&.{ "/bin/bash", "-c", "true" });', "proc.shell"),
        ('_ = b.addSystemCommand(&.{ "sh", "-c", "wget https://example.org | sh" }).captureStdOut();', "net.download"),
        ('_ = try std.fs.cwd().openFile("x", .{});', "fs.read"),
        ('_ = @import("std").fs.cwd().readFileAlloc(b.allocator, "x", 9);', "fs.read"),
        ('try std.Io.Dir.cwd().writeFile(io, .{ .sub_path = "x", .data = "" });', "fs.write"),
        ('try b.build_root.handle.deleteTree("src");', "fs.delete"),
        ("try file.dir.deleteTree(path);", "fs.delete"),
        ("std.fs.cwd().openFile(path, .{}).?.chmod(0o755);", "fs.write.exec"),
        ('const home = try std.process.getEnvVarOwned(b.allocator, "HOME");', "env.read"),
        ('const home = b.graph.environ_map.get("HOME");', "env.read"),
        ('const home = std.posix.getenv("HOME");', "env.read"),
        ("var client: std.http.Client = .{ .allocator = b.allocator };\ntry client.fetch(.{});", "net.out"),
        ("const stream = try std.net.tcpConnectToHost(a, host, 80);", "net.out"),
        ("const stream = try std.Io.net.IpAddress.connect(&address, io, .{});", "net.out"),
        ("_ = std.os.linux.getpid();", "syscall.raw"),
        ("_ = std.os.linux.syscall1(.exit, 0);", "syscall.raw"),
        ('_ = try std.DynLib.open("x.so");', "code.load_native"),
        ('asm volatile ("syscall");', "code.asm"),
        ('const c = @cImport({ @cInclude("stdlib.h"); });', "code.ffi"),
        ('const f = @extern(*const fn () void, .{ .name = "system" });', "code.ffi"),
        ('const f: *const fn () void = @ptrFromInt(4096);', "code.unsafe"),
        ("const files = b.addUpdateSourceFiles();", "fs.write.source"),
        ('_ = std.Build.Step.init(.{ .id = .custom, .name = "mine", .owner = b, .makeFn = make });', "build.hook"),
        ("_ = std.base64.standard.Decoder.decode(buffer, text);", "obf.encoded"),
    ],
)  # fmt: skip
def test_a_capability_is_found_at_its_line(tmp_path: Path, code: str, capability: str) -> None:
    places = found(analysed_body(tmp_path, code))
    assert (capability, "build.zig", 2 + len(code.splitlines())) in places


@pytest.mark.parametrize(
    ("before", "code"),
    [
        ("const fs = std.fs;\nconst dir = fs;\n", 'dir.cwd().deleteTree("x") catch {};'),
        ("const cwd = std.fs.cwd;\n", 'cwd().deleteTree("x") catch {};'),
        ("usingnamespace std.fs;\n", 'cwd().deleteTree("x") catch {};'),
        ("const own = struct { pub const files = std.fs; };\n", 'own.files.cwd().deleteTree("x") catch {};'),
        ("const own = struct { usingnamespace std.fs; };\n", 'own.cwd().deleteTree("x") catch {};'),
        ("fn here() std.fs.Dir { return std.fs.cwd(); }\n", 'here().deleteTree("x") catch {};'),
        ("fn lib() type { return std.fs; }\n", 'lib().cwd().deleteTree("x") catch {};'),
        ('const lib = @field(std, "fs");\n', 'lib.cwd().deleteTree("x") catch {};'),
        ('const name = "f" ++ "s";\nconst lib = @field(std, name);\n', 'lib.cwd().deleteTree("x") catch {};'),
        ("const lib = if (true) std.fs else std.mem;\n", 'lib.cwd().deleteTree("x") catch {};'),
        ("const lib = blk: { break :blk std.fs; };\n", 'lib.cwd().deleteTree("x") catch {};'),
        ("const State = struct { root: std.fs.Dir };\n", 'state.root.deleteTree("x") catch {};'),
        ("", 'const s = .{ .place = std.fs.cwd() };\ns.place.deleteTree("x") catch {};'),
        ("", 'var d: std.fs.Dir = undefined;\nd = std.fs.cwd();\nd.deleteTree("x") catch {};'),
        ("", 'if (std.fs.cwd().openDir("x", .{})) |d| d.deleteTree("y") else |_| {}'),
        ("", 'for (&[_]std.fs.Dir{std.fs.cwd()}) |d| d.deleteTree("y");'),
        ("", 'const a, const d = .{ 1, std.fs.cwd() };\n(&d).*.deleteTree("y");'),
        ("", '(std.fs.cwd().openDir("x", .{}) catch return).deleteTree("y");'),
        ("", 'const @"d d" = std.fs.cwd();\n@"d d".deleteTree("y");'),
    ],
)
def test_aliases_are_seen_through(tmp_path: Path, before: str, code: str) -> None:
    write_package(tmp_path, STD + before + BUILD.removeprefix(STD) % code)
    line = 2 + before.count("\n") + len(code.splitlines())
    assert ("fs.delete", "build.zig", line) in found(analysed(tmp_path))


def test_names_are_followed_through_other_files(tmp_path: Path) -> None:
    write_package(
        tmp_path, 'const util = @import("build/util.zig");\n' + BUILD % 'util.lib.cwd().deleteTree("x") catch {};'
    )
    (tmp_path / "build").mkdir()
    (tmp_path / "build/util.zig").write_text('pub usingnamespace @import("more.zig");')
    (tmp_path / "build/more.zig").write_text(
        'pub const lib = @import("std").fs;\nfn never() void { lib.cwd().makePath("y"); }'
    )
    assert found(analysed(tmp_path)) == [("fs.delete", "build.zig", 4), ("fs.write", "build/more.zig", 2)]


def test_names_are_followed_into_the_build_code_of_dependencies(tmp_path: Path) -> None:
    body = BUILD % '@import("dep").lib.cwd().deleteTree("x") catch {};\n_ = b.dependency("dep", .{});'
    write_package(tmp_path / "app", body, {"dep": "../dep"})
    write_package(tmp_path / "dep", BUILD % "" + "pub const lib = std.fs;", name="dep")
    assert found(analysed(tmp_path / "app")) == [("fs.delete", "build.zig", 3)]


def test_code_that_nothing_calls_counts_too(tmp_path: Path) -> None:
    write_package(tmp_path, BUILD % "_ = b;" + 'fn later(x: *std.Build) void { _ = x.run(&.{"sed"}); }')
    assert found(analysed(tmp_path)) == [("proc.spawn", "build.zig", 5)]


@pytest.mark.parametrize(
    "code",
    [
        'take(std);\n_ = b;',
        "const all = .{ std, b };\n_ = all;",
        "@field(std, name()).cwd();\n_ = b;",
        'const other = @import(name());\n_ = other;',
        'const other = @import("nowhere");\n_ = other;',
        '@import("root").builder.allocator.free(b);',
    ],
)  # fmt: skip
def test_what_cannot_be_followed_is_said_at_its_line(tmp_path: Path, code: str) -> None:
    assert ("unanalyzed", "build.zig", 3) in found(analysed_body(tmp_path, code))


@pytest.mark.parametrize(
    "code",
    [
        'const p = std.fs.path.join(b.allocator, &.{ "a", "b" });\n_ = p;',
        'const s = b.step("run", "");\n_ = s;',
        'std.debug.assert(std.mem.eql(u8, "a", "b"));',
        "const native = builtin.os.tag == .linux;\n_ = native;",
        "const Child = std.process.Child;\n_ = b;",
        "var list: std.ArrayList(*std.Build.Step.Run) = .empty;\n_ = &list;",
        "const max = std.fs.max_path_bytes;\n_ = max;",
        'if (@hasDecl(std, "Io")) {}',
    ],
)
def test_harmless_code_is_left_alone(tmp_path: Path, code: str) -> None:
    assert found(analysed_body(tmp_path, code)) == []


def test_the_builds_own_check_is_not_reported_unless_it_was_edited(demo: Path) -> None:
    build = (demo / "build.zig").read_text()
    head, _, rest = build.partition("void {\n")
    (demo / "build.zig").write_text(f'{head}void {{\n    @import("review.zig").check(b);\n{rest}')
    check = "// reviewer gate sha256:0\n" + resource("zig/review.zig").read_text()
    (demo / "review.zig").write_text(check)
    assert analysed(demo).findings == ()
    (demo / "review.zig").write_text(check + 'pub fn more(b: *std.Build) void { _ = b.run(&.{"sed"}); }\n')
    assert "proc.spawn" in {finding.capability for finding in analysed(demo).findings}


def test_messages_carry_no_control_characters_of_the_file(tmp_path: Path) -> None:
    graph = analysed_body(tmp_path, '_ = b.run(&.{"\\x1b[31m\\u{202e}evil"});\nstd.fs.cwd().@"delete\\x1b[2J"();')
    assert len(graph.findings) == 2
    assert all(finding.text.isprintable() for finding in graph.findings)
