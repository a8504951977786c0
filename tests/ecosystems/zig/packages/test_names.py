import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.ecosystems.zig.packages.names import id_part, name_and_version, package_id, resolve_path, table_name


@pytest.mark.parametrize(
    ("package_hash", "expected"),
    [
        ("pulseaudio-16.1.1-9-mk_62MZkNwBaFwiZ7ZVrYRIf_3dTqqJR5PbMRCJzSuLw", ("pulseaudio", "16.1.1-9")),
        ("dvui-0.4.0-dev-AQFJmayi2gAKE7FeJoF61v5U1IV9-SupoEcFutIZYpkC", ("dvui", "0.4.0-dev")),
        ("hhh-1.0.0-dev.1-eFY0EgUAAAD7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7", ("hhh", "1.0.0-dev.1")),
        ("a-1.0.0-" + "-" * 44, ("a", "1.0.0")),
        ("N-V-__8AAAUAAAABAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB", None),
        ("1220" + "ab" * 32, None),
    ],
)
def test_a_hash_tells_name_and_version(package_hash: str, expected: tuple[str, str] | None) -> None:
    assert name_and_version(package_hash) == expected


@pytest.mark.parametrize(
    ("base", "path", "expected"),
    [
        ("", "deps/a", "deps/a"),
        ("", "./deps//a/", "deps/a"),
        ("", "../a", "../a"),
        ("../a", "../root/sub", "../root/sub"),
        ("sub/b", "../c", "sub/c"),
        ("sub", "..", ""),
        ("", "", ""),
        ("link", "../w", "w"),
        ("/p/hash", "in", "/p/hash/in"),
    ],
)
def test_paths_are_resolved_by_their_text(base: str, path: str, expected: str) -> None:
    assert resolve_path(base, path) == expected


def test_long_paths_are_named_by_their_digest() -> None:
    path = "/".join(["a" * 40, "b" * 43, "c" * 45, "d"])
    assert (
        table_name(path) == "17f98752d3d2ba18114ed04991a99b3dcd2e429201435af6ef70d04df23cc1bd"
    )  # as zig 0.17.1 wrote it
    assert table_name("x" * 110) == "x" * 110
    assert len(table_name("x" * 111)) == 64
    assert table_name("é" * 56) != "é" * 56
    assert table_name("/" + "x" * 109) == "/" + "x" * 109
    assert table_name("/" + "x" * 110) == "/" + hashlib.sha256(b"x" * 110).hexdigest()


@given(st.text(st.characters()), st.text(st.characters()))
def test_no_two_texts_make_the_same_part_of_an_id(one: str, other: str) -> None:
    def encodable(text: str) -> bool:
        try:
            text.encode("utf-8", "surrogateescape")
        except UnicodeEncodeError:
            return False
        return True

    if encodable(one) and encodable(other) and one != other:
        assert id_part(one) != id_part(other)
    if encodable(one):
        part = id_part(one)
        assert part.isascii()
        assert part.isprintable()
        assert not set(part) & set(" @#:")


def test_a_hostile_name_cannot_imitate_another_id() -> None:
    assert package_id(id_part("zap@1.0.0#x"), id_part("2"), id_part("deps/a b")) == "zig:zap%401.0.0%23x@2#deps/a%20b"
