"""Build files written to break the reader: it stays bounded, never fails, and says what it left out."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reviewer.ecosystems.zig.reading.syntax import MAX_BYTES
from reviewer.model.graph import Severity
from tests.ecosystems.zig.reading.helpers import BUILD, read_body, read_project, run_of, unanalyzed, write_package

HOSTILE = {
    "a function that calls itself": (BUILD % "again(b);") + "fn again(b: *std.Build) void { again(b); again(b); }",
    "functions that call each other": (BUILD % "x(b);") + "fn x(b: *std.Build) void { y(b); }\nfn y(b: *std.Build) void { x(b); }",
    "a tree of calls": (BUILD % "f0(b);")
    + "".join(f"fn f{i}(b: *std.Build) void {{ f{i + 1}(b); f{i + 1}(b); f{i + 1}(b); }}\n" for i in range(60)),
    "deep parentheses": BUILD % ("_ = " + "(" * 5000 + "b" + ")" * 5000 + ";"),
    "deep blocks": BUILD % ("{" * 3000 + "unknown(b);" + "}" * 3000),
    "deep structs": BUILD % ("const x = " + ".{" * 2000 + "b" + "}" * 2000 + ";\nunknown(x);"),
    "a long method chain": BUILD % ("_ = b" + ".path(b)" * 3000 + ";"),
    "a list that doubles": BUILD % ('var x = .{ b, b };\n' + "x = x ++ x;\n" * 60 + "unknown(x);"),
    "a text that doubles": BUILD % ('var x = "ab";\n' + "x = x ++ x;\n" * 60 + "unknown(b);"),
    "a format that doubles": BUILD % ('var x: []const u8 = "ab";\n' + 'x = b.fmt("{s}{s}", .{ x, x });\n' * 60 + "unknown(b);"),
    "loops in loops": BUILD % ("const l = " + ".{0} ++ " * 50 + ".{0};\n" + "for (l) |_| " * 8 + "unknown(b);"),
    "a list that appends itself": BUILD % (
        "var l: std.ArrayList(*std.Build) = .empty;\nl.append(b);\nconst n = " + ".{0} ++ " * 99 + ".{0};\n"
        "for (n) |_| { l.appendSlice(l.items); }\nunknown(l);"
    ),
    "a declaration that needs itself": "const x = y;\nconst y = x;\npub fn build(b: anytype) void { x(b); unknown(b); }",
    "a file that imports itself": BUILD % '@import("build.zig").build(b);\nunknown(b);',
}  # fmt: skip


@pytest.mark.parametrize("source", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_code_is_bounded_and_said(tmp_path: Path, source: str) -> None:
    write_package(tmp_path, source)
    assert unanalyzed(read_project(tmp_path)) != []


def test_a_file_of_too_many_bytes_is_said(tmp_path: Path) -> None:
    write_package(tmp_path, "//" + "x" * MAX_BYTES)
    graph = read_project(tmp_path)
    assert unanalyzed(graph) == [("build.zig", 1)]
    assert [problem.severity for problem in graph.problems] == [Severity.ERROR]


def test_a_file_of_too_many_nodes_is_said(tmp_path: Path) -> None:
    graph = read_body(tmp_path, "x(1);\n" * 30_000)
    assert unanalyzed(graph) == [("build.zig", 1)]


def test_text_that_is_not_utf8_is_a_problem(tmp_path: Path) -> None:
    write_package(tmp_path, "")
    (tmp_path / "build.zig").write_bytes(b"const x = \xff;")
    graph = read_project(tmp_path)
    assert [problem.where for problem in graph.problems] == ["app: build.zig:1:11"]
    assert unanalyzed(graph) == [("build.zig", 1)]


def test_an_import_that_leaves_the_package_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "outside.zig").write_text('pub fn go(b: anytype) void { _ = b.addSystemCommand(&.{"outside"}); }')
    write_package(tmp_path / "app", BUILD % '@import("../outside.zig").go(b);\n@import("link.zig").go(b);')
    (tmp_path / "app/link.zig").symlink_to("../outside.zig")
    graph = read_project(tmp_path / "app")
    assert graph.run_steps == ()
    assert {("build.zig", 3), ("build.zig", 4)} <= set(unanalyzed(graph))


def test_the_rest_of_a_file_with_a_syntax_error_is_read(tmp_path: Path) -> None:
    graph = read_body(tmp_path, 'const x = @@ ??;\n_ = b.addSystemCommand(&.{"evil"});')
    assert run_of(graph, "root/run evil").command == ("evil",)
    assert {problem.severity for problem in graph.problems} == {Severity.WARNING}
    assert graph.problems[0].where == "app: build.zig:3:11"
    assert ("build.zig", 3) in unanalyzed(graph)


def test_dependencies_that_need_each_other_end(tmp_path: Path) -> None:
    write_package(tmp_path / "app", BUILD % '_ = b.dependency("one", .{});', {"one": "../one"})
    write_package(tmp_path / "one", BUILD % '_ = b.dependency("two", .{ .x = "1" });', {"two": "../two"}, "one")
    write_package(tmp_path / "two", BUILD % '_ = b.dependency("one", .{ .x = "2" });', {"one": "../one"}, "two")
    assert read_project(tmp_path / "app").run_steps == ()


def test_messages_carry_no_control_characters_of_the_file(tmp_path: Path) -> None:
    graph = read_body(tmp_path, 'b.@"\\x1b[31m\\u{202e}evil"(1);')
    [finding] = graph.findings
    assert finding.text.isprintable()


WORDS = st.sampled_from([
    "b", ".", "(", ")", "{", "}", "[", "]", ",", ";", "=", "|", "&", "*", "?", "!", "++", "=>", ".{", ".?", ".*", ":", "x", "y", "0", "_",
    '"s"', "\\\\m\n", "\n", "const", "var", "fn", "pub", "if", "else", "for", "while", "switch", "return", "break", "try", "catch",
    "orelse", "defer", "struct", "enum", "comptime", "inline", "undefined", "null", "@import", "@field", "@call", "@This", "std", "Build",
    "Step", "Run", "create", "addRunArtifact", "addSystemCommand", "addExecutable", "addModule", "dependency", "module", "artifact", "step",
    "dependOn", "addImport", "root_module", "append", "items", "path", "getEmittedBin", "name", "imports", "fmt", "init", "empty",
])  # fmt: skip


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.text(max_size=300), st.lists(WORDS, max_size=80).map(" ".join)))
def test_any_text_can_be_read(tmp_path: Path, text: str) -> None:
    write_package(tmp_path, "")
    for source in (text, BUILD % text):
        (tmp_path / "build.zig").write_text(source, errors="replace", newline="")
        graph = read_project(tmp_path)
        for finding in graph.findings:
            assert finding.line > 0
            assert finding.column > 0
