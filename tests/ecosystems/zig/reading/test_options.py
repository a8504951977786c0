"""The options that a build script declares, as far as its source tells them."""

from hypothesis import given
from hypothesis import strategies as st

from reviewer.ecosystems.zig.reading.options import read_options
from reviewer.model.graph import BuildOption

SOURCE = """
const std = @import("std");
const Mode = enum { fast, @"very slow" };
pub fn build(b: *std.Build) void {
    const target = b.standardTargetOptions(.{});
    const shout = b.option(bool, "shout", "Make it \\"loud\\"") orelse false;
    const name = b.option([]const u8, "name", "Whom to greet") orelse "world";
    const mode = b.option(Mode, "mode", "How") orelse .fast;
    const level = b.option(enum { low, high }, "level", text) orelse computed();
    const offset = b.option(i32, "offset", "Where to begin") orelse -3;
    const list = b.option([]const []const u8, "list", "Several");
    const path = b.option(std.Build.LazyPath, "path", "A file");
    const ratio = b.option(f64, "ratio", "Part") orelse 0.5;
    const unknown = b.option(Foreign, computed_name, "Not seen");
    const twice = b.option(bool, "shout", "Once more");
}
"""


def test_names_types_choices_and_defaults_are_read() -> None:
    options = read_options(SOURCE)
    assert [option.name for option in options[:4]] == ["target", "cpu", "ofmt", "dynamic-linker"]
    assert options[4:] == (
        BuildOption("shout", "bool", 'Make it "loud"', (), "false"),
        BuildOption("name", "string", "Whom to greet", (), "world"),
        BuildOption("mode", "enum", "How", ("fast", "very slow"), "fast"),
        BuildOption("level", "enum", "", ("low", "high"), None),
        BuildOption("offset", "int", "Where to begin", (), "-3"),
        BuildOption("list", "list", "Several"),
        BuildOption("path", "lazy_path", "A file"),
        BuildOption("ratio", "float", "Part", (), "0.5"),
    )


def test_the_optimize_option_depends_on_whether_a_mode_is_preferred() -> None:
    (plain,) = read_options("fn build(b: *B) void { const o = b.standardOptimizeOption(.{}); }")
    assert (plain.name, plain.default, len(plain.choices)) == ("optimize", "Debug", 4)
    preferred = (
        "fn build(b: *B) void { const o = b.standardOptimizeOption(.{ .preferred_optimize_mode = .ReleaseFast }); }"
    )
    assert [option.name for option in read_options(preferred)] == ["release"]


@given(st.text(max_size=200))
def test_no_text_makes_it_fail(text: str) -> None:
    read_options(text)
    read_options(f'fn build() void {{ const x = b.option({text}, "{text}", "") orelse {text}; }}')
