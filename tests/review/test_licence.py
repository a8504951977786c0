"""The licence of a package: what it ships under a known name, bounded, and never from outside."""

from pathlib import Path

from reviewer.model.graph import Package
from reviewer.review.licence import LIMIT, licence_of


def package(root: Path, *, fetched: bool = True) -> Package:
    return Package("zig:x@1#x", "zig", "x", "1", None, "path:x", str(root), fetched=fetched)


def test_a_licence_file_is_found_under_its_usual_names(tmp_path: Path) -> None:
    (tmp_path / "license-parser.zig").write_text("not this one? it is named like one")
    (tmp_path / "COPYING").write_text("copy")
    assert licence_of(package(tmp_path)) == ("COPYING", "copy")


def test_a_link_out_of_the_package_is_no_licence(tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    (tmp_path / "secret").write_text("secret")
    (inside / "LICENSE").symlink_to("../secret")
    assert licence_of(package(inside)) is None


def test_a_huge_one_is_cut_and_an_absent_package_has_none(tmp_path: Path) -> None:
    (tmp_path / "LICENSE").write_text("x" * (LIMIT + 10))
    found = licence_of(package(tmp_path))
    assert found is not None
    assert len(found[1]) == LIMIT
    assert licence_of(package(tmp_path / "gone")) is None
    assert licence_of(package(tmp_path, fetched=False)) is None
