import os
from pathlib import Path

import pytest

from reviewer.content.read import read_part, read_source, read_text
from reviewer.errors import ReviewerError


@pytest.fixture
def package(tmp_path: Path) -> Path:
    folder = tmp_path / "package"
    (folder / "src").mkdir(parents=True)
    (folder / "src" / "a.zig").write_bytes("grüße\r\nzwei\n".encode())
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "package-evil").mkdir()
    (tmp_path / "package-evil" / "f").write_text("secret")
    return folder


def test_reads_text_as_it_is(package: Path) -> None:
    assert read_text(package, "src/a.zig") == "grüße\r\nzwei\n"
    assert read_source(package, "src/a.zig") == "grüße\r\nzwei\n"


@pytest.mark.parametrize("path", ["", "/etc/passwd", "../secret", "src/../../secret", "..", "src/..", "a\0b"])
def test_paths_that_leave_the_package_are_refused(package: Path, path: str) -> None:
    with pytest.raises(ReviewerError, match="not a path inside the package"):
        read_text(package, path)


def test_links_are_followed_inside_the_package_only(package: Path) -> None:
    (package / "inside").symlink_to("src/a.zig")
    (package / "folder").symlink_to("src")
    (package / "out").symlink_to("../secret")
    (package / "away").symlink_to("..")
    (package / "next").symlink_to("../package-evil")
    assert read_text(package, "inside") == read_text(package, "folder/a.zig") == read_text(package, "src/a.zig")
    for path in ("out", "away/secret", "next/f", "folder/out"):
        if path == "folder/out":
            (package / "src" / "out").symlink_to("../../secret")
        with pytest.raises(ReviewerError, match="leaves its package"):
            read_text(package, path)


def test_a_package_reached_through_a_link_is_read(package: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("package")
    assert read_text(tmp_path / "link", "src/a.zig").startswith("grüße")


def test_what_no_digest_covers_is_not_read_as_part_of_the_package(package: Path) -> None:
    (package / ".git").mkdir()
    (package / ".git" / "more.zig").write_text("")
    (package / "link.zig").symlink_to(".git/more.zig")
    for path in (".git/more.zig", "link.zig", "./.git/more.zig"):
        with pytest.raises(ReviewerError, match="no digest covers"):
            read_text(package, path)


def test_only_regular_files_are_read(package: Path) -> None:
    os.mkfifo(package / "pipe")
    (package / "circle").symlink_to("circle")
    for path, why in (
        ("pipe", "not a regular file"),
        ("src", "not a regular file"),
        ("none", "No such file"),
        ("circle", "cannot be read"),
    ):
        with pytest.raises(ReviewerError, match=why):
            read_text(package, path)


def test_the_size_is_bounded(package: Path) -> None:
    (package / "nine").write_bytes(b"123456789")
    assert read_text(package, "nine", limit=9) == "123456789"
    with pytest.raises(ReviewerError, match="nine: larger than 8 bytes"):
        read_text(package, "nine", limit=8)
    with (package / "big").open("wb") as big:
        big.truncate(100 << 20)
    with pytest.raises(ReviewerError, match="larger than 20 MB"):
        read_text(package, "big")


def test_a_file_that_claims_no_size_is_bounded_too() -> None:
    with pytest.raises(ReviewerError, match="larger than 10 bytes"):
        read_text(Path("/proc/self"), "status", limit=10)


def test_what_is_not_utf8_is_replaced_for_showing_and_named_for_parsing(package: Path) -> None:
    (package / "latin").write_bytes("eins\nzwü ".encode() + b"\xe9 x")
    assert read_text(package, "latin") == "eins\nzwü \ufffd x"
    with pytest.raises(ReviewerError, match=r"latin:2:5: byte 0xe9 is not UTF-8; save the file as UTF-8"):
        read_source(package, "latin")


def test_a_part_of_a_file_of_any_size_is_read_without_the_rest(package: Path) -> None:
    with (package / "large").open("wb") as file:
        file.seek(5 << 30)
        file.write(b"end")
    assert read_part(package, "large", (5 << 30) - 1, 100) == (b"\0end", (5 << 30) + 3)
    with pytest.raises(ReviewerError, match="not a path inside the package"):
        read_part(package, "../secret", 0, 1)
