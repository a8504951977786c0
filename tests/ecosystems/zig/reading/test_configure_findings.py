"""What a build file can do while it is configured is said at the line, through aliases too."""

from pathlib import Path

import pytest

from tests.ecosystems.zig.reading.helpers import BUILD, read_body, read_project, write_package


@pytest.mark.parametrize(
    ("code", "capability"),
    [
        ('_ = b.run(&.{"sh"});', "proc.spawn"),
        ('_ = b.runAllowFail(&.{"sh"}, &code, .inherit) catch return;', "proc.spawn"),
        ("var child = std.process.Child.init(&.{}, b.allocator);", "proc.spawn"),
        ("_ = try std.process.run(b.allocator, io, .{});", "proc.spawn"),
        ('_ = try std.fs.cwd().openFile("x", .{});', "fs.read"),
        ('_ = @import("std").fs.cwd().readFileAlloc(b.allocator, "x", 9);', "fs.read"),
        ('try std.Io.Dir.cwd().writeFile(io, .{ .sub_path = "x", .data = "" });', "fs.write"),
        ('try b.build_root.handle.deleteTree("src");', "fs.delete"),
        ('const home = try std.process.getEnvVarOwned(b.allocator, "HOME");', "env.read"),
        ("var client: std.http.Client = .{ .allocator = b.allocator };", "net.out"),
        ("_ = std.os.linux.getpid();", "syscall.raw"),
        ('_ = std.posix.open("x", .{}, 0);', "syscall.raw"),
        ('_ = try std.DynLib.open("x.so");', "code.load_native"),
        ('asm volatile ("syscall");', "code.asm"),
    ],
)
def test_a_capability_is_found_at_its_line(tmp_path: Path, code: str, capability: str) -> None:
    graph = read_body(tmp_path, code)
    assert (capability, 3) in [(finding.capability, finding.line) for finding in graph.findings]


def test_aliases_are_seen_through(tmp_path: Path) -> None:
    write_package(
        tmp_path,
        "const fs = std.fs;\nconst dir = fs;\n" + BUILD % 'const here = dir.cwd();\nhere.deleteTree("x") catch {};',
    )
    assert [(finding.capability, finding.line) for finding in read_project(tmp_path).findings] == [("fs.delete", 6)]


def test_code_that_nothing_calls_counts_too(tmp_path: Path) -> None:
    write_package(tmp_path, BUILD % "_ = b;" + 'fn later(x: *std.Build) void { _ = x.run(&.{"sh"}); }')
    assert [(finding.capability, finding.line) for finding in read_project(tmp_path).findings] == [("proc.spawn", 5)]


@pytest.mark.parametrize(
    "code",
    [
        'const p = std.fs.path.join(b.allocator, &.{ "a", "b" });\n_ = p;',
        'const s = b.step("run", "");\n_ = s;',
        'std.debug.assert(std.mem.eql(u8, "a", "b"));',
        "const native = builtin.os.tag == .linux;\n_ = native;",
    ],
)
def test_harmless_code_is_left_alone(tmp_path: Path, code: str) -> None:
    assert read_body(tmp_path, code).findings == ()
