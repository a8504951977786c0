import importlib.metadata
import math
import subprocess
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from reviewer.ecosystems.zig.packages.zon import ZonError, parse_zon
from reviewer.ecosystems.zig.packages.zon_values import (
    ZonArray,
    ZonBool,
    ZonChar,
    ZonEnumLiteral,
    ZonField,
    ZonFloat,
    ZonInt,
    ZonNull,
    ZonString,
    ZonStruct,
    ZonValue,
    to_python,
)

ZIG = Path(str(importlib.metadata.distribution("ziglang").locate_file("ziglang/zig")))

# fmt: off
TEXTS = [
    '1.e5', '0x.5', '0x1.p3', '0x1p3', '0x1.8', '1.5_5', '1e1_0', '1_e5', '0_1', '00', '0', '-0', '-0.0', '- 5', '-inf', '-nan',
    'nan', 'inf', '0xFF_FF', '0x_1', '0b102', '0B1', '0o17', '1__0', '1_', '18446744073709551616', '-18446744073709551616', "'a'",
    "'\\u{d800}'", '"\\u{d800}"', '"\\u{110000}"', '"\\u{0000041}"', '"\\u{}"', '"\\xff"', '"\\xf"', '"\\q"', "'\\x80'", "''",
    "'ab'", "'\xe9'", '"\xe9"', '.foo', '. foo', '.@"a b"', '.@""', '.@"\\x00"', '.error', '.true', '@"true"', 'true', 'null',
    'undefined', 'foo', '.{}', '. {}', '.{,}', '.{1,}', '.{1,,2}', '.{ .a = 1, .a = 2 }', '.{ .a = 1, 2 }', '.{ 1, .a = 2 }',
    '.{ .a == 2 }', '.{ .@"a" = 1, .b = .{ .c = \'x\' } }', '(1)', '&.{}', '1 2', '--1', '.{ 1 2 }', '[1]', '{}', 'void', '0e5',
    '1e999999999', '0x1p999999999', '1.2.3', '1.', '.5', '"a" "b"', '0x', '0b', '1e', '1e+', '0x1.g', '0x1e+1', "-'a'",
    '.{-1,-inf}', '.a.b', '"a\\', '/**/1', '1 // c', '/// d', '/// x\n1', '//! x\n1', '//// x\n1', '// a\tb\n1', '"a\tb"',
    '\\\\a\n\\\\b', '\\\\a\tb', '\\\\a\r\n\\\\b\r\n', '\\\\a\n// c\n\\\\b', '1\r', '1 //x\r', '1//', '\ufeff1', '1\x00', '"\x7f"',
    '', '.a // c\n', '.{ .a // c\n = // d\n 1 }', '.{ .a = 1 }\n// end', '\x0c1', '\xa01', '.{.a=.{.a=1}}', '. // c\n foo',
    '-// c\n1', '//\x7f\n1', '-\n1', "'\t'", '"\u202e"', '.\xe9',
]
# fmt: on


def test_accepts_exactly_what_zig_accepts(tmp_path: Path) -> None:
    path = tmp_path / "text.zon"
    differing = []
    for text in TEXTS:
        path.write_bytes(text.encode())
        zig = subprocess.run([ZIG, "ast-check", "--zon", path], capture_output=True, check=False).returncode == 0
        try:
            parse_zon(text)
            ours = True
        except ZonError:
            ours = False
        if ours is not zig:
            differing.append((text, zig))
    assert differing == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0xFF_ff", 65535), ("0o17", 15), ("0b1_0", 2), ("1_000", 1000), ("-18446744073709551616", -(2**64)),
        ("1.5e-3", 0.0015), ("1.e5", 1e5), ("0x1.8p1", 3.0), ("0x.8", 0.5), ("-0.0", -0.0), ("0x1p99999999", math.inf), ("-inf", -math.inf),
        ("true", True), ("false", False), ("null", None), ("'a'", 97), (r"'\''", 39), (r"'\u{1F600}'", 0x1F600), ("'é'", 0xE9),
        (r'"\n\r\t\\\'\"\x41\u{e9}\u{0001F600}"', "\n\r\t\\'\"Aé\U0001f600"), (r'"\xff"', "\udcff"), (r'"\xc3\xa9"', "é"),
        ("\\\\a \\n\n  // not \\\\ this\n\\\\\n\\\\b", "a \\n\n\nb"), ("\\\\a\r\n\\\\b\r\n", "a\nb"),
        ('.@"a b"', "a b"), (".true", "true"), (".{ 1, .{}, .{ 2 }, }", [1, {}, [2]]),
        ('.{ .a = 1, .@"b c" = .{ .d = .e }, // x\n }', {"a": 1, "b c": {"d": "e"}}),
        ("\ufeff.{ .a = 1 }", {"a": 1}),
    ],
)  # fmt: skip
def test_values(text: str, value: object) -> None:
    assert to_python(parse_zon(text)) == value


def test_kinds_and_places() -> None:
    text = '.{\n  .name = .demo, // "x"\n\n  .list = .{ 1, -2.5,\n "s" }, .c = \'é\', .t = true, .n = null }'
    assert parse_zon(text) == ZonStruct(
        1,
        1,
        {
            "name": ZonField(2, 3, ZonEnumLiteral(2, 11, "demo")),
            "list": ZonField(4, 3, ZonArray(4, 11, (ZonInt(4, 14, 1), ZonFloat(4, 17, -2.5), ZonString(5, 2, "s")))),
            "c": ZonField(5, 9, ZonChar(5, 14, 233)),
            "t": ZonField(5, 19, ZonBool(5, 24, True)),
            "n": ZonField(5, 30, ZonNull(5, 35)),
        },
    )
    places = []

    def collect(value: ZonValue) -> None:
        places.append((value.line, value.column))
        if isinstance(value, ZonStruct):
            for item in value.fields.values():
                places.append((item.line, item.column))
                collect(item.value)
        elif isinstance(value, ZonArray):
            for inner in value.items:
                collect(inner)

    collect(parse_zon(text))
    assert places == [
        (1, 1), (2, 3), (2, 11), (4, 3), (4, 11), (4, 14), (4, 17), (5, 2), (5, 9), (5, 14), (5, 19), (5, 24), (5, 30), (5, 35),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            '.{\n  .a = 1,\n  .b = "x,\n}',
            "f:3:8: expected a value, found a string that is not closed on its line or holds a control character",
        ),
        (".{ .a = 1 .b = 2 }", "f:1:11: expected ',' or '}', found '.b ='"),
        (".{ .a = 1,\n .a = 2 }", "f:2:2: duplicate field 'a'"),
        (".{ .a = 1", "f:1:10: expected ',' or '}', found the end of the file"),
        (".{ .a = }", "f:1:9: expected a value, found '}'"),
        (".{} .{}", "f:1:5: expected the end of the file, found '.{'"),
        ("", "f:1:1: expected a value, found the end of the file"),
        (".{ .a = \u202e }", "f:1:9: expected a value, found '<U+202E>'"),
        ('"ab\\q"', "f:1:4: invalid escape sequence '\\q'"),
        ('.{ .x = .@"" }', "f:1:10: a name cannot be empty or hold a null byte"),
        (".{ .fn = 1 }", "f:1:5: 'fn' is a keyword: write it as '@\"fn\"'"),
        ("/// doc\n1", "f:1:1: expected a value, found a documentation comment"),
        ("1" * 5000, "f:1:1: more than 4000 digits"),
        ("a\ud800", "f:1:2: not UTF-8"),
    ],
)
def test_errors_say_where_and_what(text: str, message: str) -> None:
    with pytest.raises(ZonError) as caught:
        parse_zon(text, "f")
    assert str(caught.value) == message
    assert f"f:{caught.value.line}:{caught.value.column}: " in message


def test_depth_and_size_are_bounded() -> None:
    assert to_python(parse_zon(".{" * 199 + ".{}" + "}" * 199)) is not None
    with pytest.raises(ZonError, match="nested deeper than 200"):
        parse_zon(".{" * 100_000)
    with pytest.raises(ZonError, match="larger than 10 MB"):
        parse_zon(" " * (10 << 20) + "1")


def test_a_big_text_is_read_whole() -> None:
    items = to_python(parse_zon(".{" + '.{ .name = "x\\n", .deps = .{ 1, 2 } }, // c\n' * 50_000 + "}"))
    assert isinstance(items, list)
    assert len(items) == 50_000
    assert items[-1] == {"name": "x\n", "deps": [1, 2]}


def render(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case int() | float():
            return repr(value)
        case str():
            return '"' + "".join(f"\\u{{{ord(c):x}}}" if not c.isalnum() else c for c in value) + '"'
        case list():
            return ".{" + ", ".join(map(render, value)) + "}"
        case dict():
            return ".{" + "".join(f" .@{render(key)} = {render(item)}," for key, item in value.items()) + "}"
    raise AssertionError(value)


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: (
        st.lists(inner, min_size=1, max_size=5)
        | st.dictionaries(st.text(min_size=1).filter(lambda key: "\0" not in key), inner, max_size=5)
    ),
    max_leaves=20,
)


@given(plain)
def test_what_is_written_is_read_back(value: object) -> None:
    assert to_python(parse_zon(render(value))) == value


pieces = st.sampled_from(
    [
        *('.', '{', '}', ',', '=', '-', 'a', 'fn', '.a', 'true', 'inf', '0x', '1', '_', 'e', '+', '"', "'", '\\', '\\\\', '\n', '\r', '\t'),
        *('//', '/', '!', '@', '@"a"', 'u{', '.{', '.{ .a = ', '\x00', '\u202e', 'é', ' '),
    ]
)  # fmt: skip


@settings(max_examples=500)
@given(st.text() | st.lists(pieces, max_size=30).map("".join))
@example(".{" * 300)
def test_any_other_text_raises_the_zon_error_and_nothing_else(text: str) -> None:
    try:
        parse_zon(text)
    except ZonError as error:
        assert 1 <= error.line <= text.count("\n") + 1
        assert 1 <= error.column <= len(text) + 1
        assert str(error).isprintable()
