from pathlib import Path

import pytest

from reviewer.ecosystems.zig.packages.manifest import Dependency, Manifest, load_manifest, parse_manifest
from reviewer.ecosystems.zig.packages.zon import ZonError
from reviewer.errors import ReviewerError

HASH = "pulseaudio-16.1.1-9-mk_62MZkNwBaFwiZ7ZVrYRIf_3dTqqJR5PbMRCJzSuLw"


def test_a_whole_manifest() -> None:
    text = f"""\
.{{
    .name = .demo,
    .version = "1.2.3-dev.4+abc",
    .fingerprint = 0xc8c097ad70df138,
    .minimum_zig_version = "0.17.0",
    .unknown = .{{ 1, 2 }}, // of a future zig
    .dependencies = .{{
        .near = .{{ .path = "../near" }},
        .@"far away" = .{{
            .url = "https://example.org/a.tar.gz",
            .hash = "{HASH}",
            .lazy = true,
        }},
    }},
    .paths = .{{ "build.zig", "src" }},
}}
"""
    assert parse_manifest(text) == Manifest(
        name="demo",
        version="1.2.3-dev.4+abc",
        minimum_zig_version="0.17.0",
        fingerprint=0xC8C097AD70DF138,
        paths=("build.zig", "src"),
        dependencies=(
            Dependency(name="near", url=None, hash=None, path="../near", lazy=False, line=8, column=9),
            Dependency(
                name="far away", url="https://example.org/a.tar.gz", hash=HASH, path=None, lazy=True, line=9, column=9
            ),
        ),
    )


def test_manifests_of_older_zigs_and_bare_ones_are_read() -> None:
    old = '.{ .name = "old", .version = "0.1.0", .dependencies = .{ .d = .{ .url = "u", .hash = "1220%s" } } }' % (
        "0" * 64
    )
    assert parse_manifest(old).name == "old"
    assert parse_manifest(old).dependencies[0].hash == "1220" + "0" * 64
    assert parse_manifest(".{}") == Manifest()
    assert parse_manifest(".{ .dependencies = .{}, .paths = .{} }") == Manifest()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1", "m:1:1: expected a manifest such as '.{ .name = .example }'"),
        (".{ 1 }", "m:1:1: expected a manifest such as '.{ .name = .example }'"),
        (".{ .name = 1 }", "m:1:12: expected 'name' to be an enum literal such as '.example'"),
        ('.{\n .version = "one" }', "m:2:13: 'version' is not a semantic version such as \"1.2.3\""),
        ('.{ .version = "1.2.3\\x1b[31m" }', "m:1:15: 'version' is not a semantic version such as \"1.2.3\""),
        (".{ .version = .{} }", "m:1:15: expected 'version' to be a string"),
        (".{ .fingerprint = -1 }", "m:1:19: expected 'fingerprint' to be an integer of 64 bits"),
        (".{ .fingerprint = 0x10000000000000000 }", "m:1:19: expected 'fingerprint' to be an integer of 64 bits"),
        ('.{ .paths = "src" }', "m:1:13: expected 'paths' to be a list of strings"),
        (".{ .paths = .{ .src } }", "m:1:16: expected 'paths' to be a string"),
        (".{ .dependencies = .{ 1 } }", "m:1:20: expected 'dependencies' to be a struct such as '.{ .name = .{ … } }'"),
        ('.{ .dependencies = .{ .d = "x" } }', "m:1:28: expected dependency 'd' to be a struct such as '.{ .path = \"…\" }'"),
        (".{ .dependencies = .{ .d = .{} } }", "m:1:28: dependency 'd' needs exactly one of 'url' and 'path'"),
        ('.{ .dependencies = .{ .d = .{ .url = "u", .path = "p" } } }', "m:1:28: dependency 'd' needs exactly one of 'url' and 'path'"),
        ('.{ .dependencies = .{ .d = .{ .path = "/etc" } } }', "m:1:39: dependency 'd' needs a path relative to its package"),
        ('.{ .dependencies = .{ .d = .{ .path = "a\\x00b" } } }', "m:1:39: dependency 'd' needs a path relative to its package"),
        ('.{ .dependencies = .{ .d = .{ .path = "p", .hash = "h" } } }', "m:1:52: dependencies by path have no hash"),
        ('.{ .dependencies = .{ .d = .{ .url = "u", .lazy = 1 } } }', "m:1:51: expected 'lazy' to be true or false"),
        ('.{ .dependencies = .{ .d = .{ .url = "u" }, .d = .{ .url = "v" } } }', "m:1:45: duplicate field 'd'"),
        ('.{ .dependencies = .{ .@"\u202e" = 1 } }', "m:1:31: expected dependency '<U+202E>' to be a struct such as '.{ .path = \"…\" }'"),
        (".{ .name = .x", "m:1:14: expected ',' or '}', found the end of the file"),
    ],
)  # fmt: skip
def test_wrong_shapes_are_named_with_their_place(text: str, message: str) -> None:
    with pytest.raises(ZonError) as caught:
        parse_manifest(text, "m")
    assert str(caught.value) == message


@pytest.mark.parametrize(
    "forged",
    [
        "",
        "..",
        "x",
        "../" + HASH,
        HASH + "/..",
        HASH.replace("16.1.1-9", "1\x1b"),
        "a" * 200,
        "N-V-" + "/" * 44,
        "1220" + "g" * 64,
    ],
)
def test_a_hash_that_could_lead_elsewhere_is_refused(forged: str) -> None:
    escaped = "".join(f"\\x{ord(character):02x}" for character in forged)
    with pytest.raises(ZonError, match="is not a package hash"):
        parse_manifest(f'.{{ .dependencies = .{{ .d = .{{ .url = "u", .hash = "{escaped}" }} }} }}')


def test_names_and_locations_are_bounded() -> None:
    for text in (".{ .name = .%s }" % ("a" * 257), '.{ .dependencies = .{ .%s = .{ .path = "p" } } }' % ("a" * 257)):
        with pytest.raises(ZonError, match="longer than 256"):
            parse_manifest(text)
    with pytest.raises(ZonError, match="longer than 4096"):
        parse_manifest('.{ .dependencies = .{ .d = .{ .path = "%s" } } }' % ("a" * 4097))


def test_a_missing_or_undecodable_manifest_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ReviewerError, match="No such file"):
        load_manifest(tmp_path)
    (tmp_path / "build.zig.zon").write_bytes(b".{\n .name = .\xff }")
    with pytest.raises(ReviewerError, match=r"build\.zig\.zon:2:11: byte 0xff is not UTF-8"):
        load_manifest(tmp_path)
