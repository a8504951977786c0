import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from reviewer.content.digest import package_digest
from reviewer.errors import ReviewerError
from reviewer.progress import CancelledError, Progress


def sample(folder: Path) -> Path:
    (folder / "src").mkdir(parents=True)
    (folder / "build.zig").write_bytes(b"pub fn build() void {}\n")
    (folder / "src" / "run.sh").write_bytes(b"#!/bin/sh\n")
    (folder / "src" / "run.sh").chmod(0o755)
    (folder / "src.zig").symlink_to("src/run.sh")
    return folder


def test_the_format_is_exactly_as_documented(tmp_path: Path) -> None:
    def sha(content: bytes) -> bytes:
        return hashlib.sha256(content).hexdigest().encode()

    expected = (
        b"build.zig\0file\x0023\0" + sha(b"pub fn build() void {}\n") + b"\n"
        b"src.zig\0link\x0010\0" + sha(b"src/run.sh") + b"\n"
        b"src/run.sh\0exec\x0010\0" + sha(b"#!/bin/sh\n") + b"\n"
    )  # fmt: skip
    digest = package_digest(sample(tmp_path / "p"))
    assert digest == "sha256:" + hashlib.sha256(expected).hexdigest()
    assert digest == "sha256:c5f4ba8566ead46b77fe4fc6fd69091cf480b8e92b24bc49c7a5d32f67b4e01a"


def test_an_empty_package_has_the_digest_of_nothing(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    assert package_digest(tmp_path) == "sha256:" + hashlib.sha256().hexdigest()


def flip_a_byte(folder: Path) -> None:
    (folder / "build.zig").write_bytes(b"pub fn build() void {}\r")


def make_executable(folder: Path) -> None:
    (folder / "build.zig").chmod(0o654)


def make_plain(folder: Path) -> None:
    (folder / "src" / "run.sh").chmod(0o644)


def rename(folder: Path) -> None:
    (folder / "build.zig").rename(folder / "build.zig2")


def retarget(folder: Path) -> None:
    (folder / "src.zig").unlink()
    (folder / "src.zig").symlink_to("src//run.sh")


def link_to_copy(folder: Path) -> None:
    (folder / "src.zig").unlink()
    (folder / "src.zig").write_bytes(b"src/run.sh")


def add(folder: Path) -> None:
    (folder / "src" / "new").touch()


@pytest.mark.parametrize("change", [flip_a_byte, make_executable, make_plain, rename, retarget, link_to_copy, add])
def test_every_change_of_what_is_shipped_changes_it(tmp_path: Path, change: Callable[[Path], None]) -> None:
    folder = sample(tmp_path / "p")
    before = package_digest(folder)
    change(folder)
    assert package_digest(folder) != before


def test_it_does_not_depend_on_place_times_ownership_bits_or_empty_folders(tmp_path: Path) -> None:
    before = package_digest(sample(tmp_path / "p"))
    other = sample(tmp_path / "elsewhere" / "q")
    os.utime(other / "build.zig", (0, 0))
    (other / "build.zig").chmod(0o600)
    (other / "empty").mkdir()
    (other / ".git").mkdir()
    (other / ".git" / "HEAD").touch()
    assert package_digest(other) == before
    (tmp_path / "link").symlink_to("p")
    assert package_digest(tmp_path / "link") == before


def test_names_that_are_not_utf8_work(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"\xff\n")).write_bytes(b"x")
    record = b"\xff\n\0file\x001\0" + hashlib.sha256(b"x").hexdigest().encode() + b"\n"
    assert package_digest(tmp_path) == "sha256:" + hashlib.sha256(record).hexdigest()


def test_ten_thousand_files_and_a_hundred_megabytes(tmp_path: Path) -> None:
    whole = hashlib.sha256()
    for number in range(10_000):
        (tmp_path / f"{number:05}").write_bytes(b"%d" % number)
        content = b"%d" % number
        whole.update(b"%05d\0file\0%d\0%s\n" % (number, len(content), hashlib.sha256(content).hexdigest().encode()))
    with (tmp_path / "big").open("wb") as big:
        big.truncate(100 << 20)
    zeros = hashlib.sha256(bytes(100 << 20)).hexdigest().encode()
    whole.update(b"big\0file\x00104857600\0" + zeros + b"\n")
    assert package_digest(tmp_path) == "sha256:" + whole.hexdigest()


def test_an_unreadable_file_is_an_error_that_names_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = sample(tmp_path / "p")
    real_open = os.open

    def refuse(path: str, flags: int, *more: int) -> int:  # root may read everything, so the refusal is made here
        if str(path).endswith("build.zig"):
            raise PermissionError(13, "Permission denied")
        return real_open(path, flags, *more)

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(ReviewerError, match=r"build\.zig: cannot be read: Permission denied"):
        package_digest(folder)


def test_it_stops_when_cancelled(tmp_path: Path) -> None:
    progress = Progress()
    progress.cancel()
    with pytest.raises(CancelledError):
        package_digest(sample(tmp_path / "p"), progress=progress)
