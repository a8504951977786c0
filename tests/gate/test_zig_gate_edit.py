"""The one line in build.zig and the one entry in build.zig.zon: put in where they belong, taken out to the byte."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.errors import ReviewerError
from reviewer.gate.zig_edit import add_call, add_path, build_function, remove_call, remove_path

CALL = b'@import("review.zig").check(b);'

BUILDS = {
    "plain": b"pub fn build(b: *std.Build) void {\n    b.x();\n}\n",
    "can fail": b"pub fn build(b: *std.Build) !void {\n    try b.x();\n}\n",
    "named error set": b"pub fn build(b: *std.Build) error{Bad}!void {\n    try b.x();\n}\n",
    "windows line ends": b"pub fn build(b: *std.Build) void {\r\n    b.x();\r\n}\r\n",
    "no newline at the end": b"pub fn build(b: *std.Build) void {\n    b.x();\n}",
    "comment after the brace": b"pub fn build(b: *std.Build) void { // all of it {\n    b.x();\n}\n",
    "comment first": b"pub fn build(b: *std.Build) void {\n    // first\n    b.x();\n}\n",
    "empty on one line": b"pub fn build(b: *std.Build) void {}",
    "one line": b"pub fn build(b: *std.Build) void { b.x(); }\n",
    "one line, no spaces": b"pub fn build(b: *std.Build) void {b.x();}\n",
    "empty on two lines": b"pub fn build(b: *std.Build) void {\n}\n",
    "attributes": b"pub inline fn build(b: *std.Build) callconv(.c) void {\n    b.x();\n}\n",
    "brace on its own line": b"pub fn build(\n    b: *std.Build,\n) void\n{\n\tb.x();\n}\n",
    "after others": b"const S = struct {\n    pub fn build(b: *S) void {}\n};\nfn b() void {}\n\n"
    b"/// Doc.\npub fn build(b: *std.Build) void {\n    b.x();\n}\n",
}


@pytest.mark.parametrize("source", BUILDS.values(), ids=BUILDS)
def test_the_call_is_the_first_statement_and_can_be_taken_out_to_the_byte(source: bytes) -> None:
    added = add_call(source)
    assert added.count(CALL) == 1
    assert build_function(added).called_first
    assert len(added.splitlines()) - len(source.splitlines()) in (0, 1)
    assert remove_call(added) == source


@pytest.mark.parametrize("source", BUILDS.values(), ids=BUILDS)
def test_adding_twice_is_adding_once(source: bytes) -> None:
    assert add_call(add_call(source)) == add_call(source)


def test_on_its_own_line_the_call_is_indented_by_four_spaces() -> None:
    assert add_call(BUILDS["plain"]) == (
        b'pub fn build(b: *std.Build) void {\n    @import("review.zig").check(b);\n    b.x();\n}\n'
    )


def test_a_line_of_a_file_with_windows_line_ends_has_them_too() -> None:
    assert b"check(b);\r\n" in add_call(BUILDS["windows line ends"])


def test_the_parameter_may_have_any_name() -> None:
    assert b"check(builder);" in add_call(b"pub fn build(builder: *std.Build) void {\n    builder.x();\n}\n")


def test_a_call_that_something_was_put_before_moves_to_the_front() -> None:
    late = b'pub fn build(b: *std.Build) void {\n    b.x();\n    @import("review.zig").check(b);\n}\n'
    assert not build_function(late).called_first
    assert add_call(late) == add_call(BUILDS["plain"])


def test_a_call_in_a_comment_or_a_nested_block_does_not_count() -> None:
    source = (
        b'pub fn build(b: *std.Build) void {\n    // @import("review.zig").check(b);\n    if (no) { '
        + CALL
        + b" }\n}\n"
    )
    assert not build_function(source).calls


@pytest.mark.parametrize(
    "source",
    [
        b'pub const build = @import("other.zig").build;\n',
        b"pub fn build(b: anytype) void {\n    b.x();\n}\n",
        b"pub fn build(comptime b: *std.Build) void {\n    b.x();\n}\n",
        b"pub fn build(_: *std.Build) void {}\n",
        b"pub fn build(b: *std.Build) void {\n    _ = b;\n}\n",
        b"pub fn build() void {}\n",
        b"fn build(b: *std.Build) void {}\n",
        b"pub fn build(b: *A) void {}\npub fn build(b: *B) void {}\n",
        b"pub fn build(b: *std.Build) void",
        b"",
        b"\xff\xfe",
    ],
)
def test_an_unusual_build_function_is_left_to_the_user_with_what_to_do(source: bytes) -> None:
    with pytest.raises(ReviewerError) as raised:
        add_call(source)
    assert raised.value.where == "build.zig"
    assert raised.value.cure


@given(st.binary(max_size=300))
def test_around_rubbish_the_edit_is_refused_or_exact(noise: bytes) -> None:
    source = noise + b"\npub fn build(b: *std.Build) void {" + noise + b"\n}\n"
    try:
        added = add_call(source)
    except ReviewerError:
        return
    assert build_function(added).called_first
    assert remove_call(added) == source


MANIFESTS = {
    "one line": '.{ .name = .x, .paths = .{ "build.zig", "src" } }\n',
    "trailing comma": '.{ .paths = .{ "build.zig", "src", } }',
    "several lines": '.{\n    .paths = .{\n        "build.zig",\n        // sources\n        "src",\n    },\n}\n',
    "tabs and windows line ends": '.{\r\n\t.paths = .{\r\n\t\t"build.zig",\r\n\t\t"src",\r\n\t},\r\n}\r\n',
    "comment before the first": '.{\n    .paths = .{ // what ships: "review.zig"\n        "build.zig"\n    },\n}\n',
    "byte order mark": '\ufeff.{ .name = .x, .paths = .{"src"} }',
    "not ascii before it": '.{ .about = "ä🙂", .paths = .{ "src" } }',
    "paths twice, once nested": '.{ .other = .{ .paths = .{"a"} }, .paths = .{"b"} }',
}


@pytest.mark.parametrize("manifest", MANIFESTS.values(), ids=MANIFESTS)
def test_the_check_is_shipped_with_the_package_and_taken_out_to_the_byte(manifest: str) -> None:
    added = add_path(manifest)
    assert added != manifest
    assert add_path(added) == added
    assert remove_path(added) == manifest


def test_the_entry_keeps_the_lists_layout() -> None:
    assert add_path(MANIFESTS["one line"]) == '.{ .name = .x, .paths = .{ "review.zig", "build.zig", "src" } }\n'
    assert '.{\n        "review.zig",\n        "build.zig",\n' in add_path(MANIFESTS["several lines"])


@pytest.mark.parametrize(
    "manifest",
    [
        '.{ .paths = .{""} }',
        '.{ .paths = .{"."} }',
        '.{ .paths = .{ "src", "./review.zig" } }',
        ".{ .paths = .{} }",
        ".{ .name = .x }",
        ".{}",
    ],
)
def test_a_manifest_that_needs_no_entry_is_left_alone(manifest: str) -> None:
    assert add_path(manifest) == manifest
    assert remove_path(manifest) == manifest


def test_an_entry_that_the_user_put_elsewhere_stays() -> None:
    manifest = '.{ .paths = .{ "build.zig", "review.zig" } }'
    assert remove_path(add_path(manifest)) == manifest
