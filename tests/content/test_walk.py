import os
import socket
from pathlib import Path

import pytest

from reviewer.content import walk as walk_module
from reviewer.content.walk import Kind, walk
from reviewer.errors import ReviewerError


def write(path: Path, text: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_lists_files_programs_and_links_by_the_bytes_of_their_path(tmp_path: Path) -> None:
    write(tmp_path / "b" / "x", "12")
    write(tmp_path / "b-a")
    write(tmp_path / "Z").chmod(0o744)
    write(tmp_path / "é")
    (tmp_path / "a").symlink_to("b/x")
    (tmp_path / "empty").mkdir()
    assert [(entry.path, entry.kind, entry.size, entry.target) for entry in walk(tmp_path)] == [
        ("Z", Kind.EXEC, 0, ""),
        ("a", Kind.LINK, 3, "b/x"),
        ("b-a", Kind.FILE, 0, ""),
        ("b/x", Kind.FILE, 2, ""),
        ("é", Kind.FILE, 0, ""),
    ]


def test_leaves_out_the_top_level_git_only(tmp_path: Path) -> None:
    for path in (
        ".git/config",
        "sub/.git/config",
        ".zig-cache/x",
        "zig-out/x",
        "zig-pkg/x",
        "sub/zig-out/x",
        ".gitignore",
    ):
        write(tmp_path / path)
    assert [entry.path for entry in walk(tmp_path)] == [
        ".gitignore", ".zig-cache/x", "sub/.git/config", "sub/zig-out/x", "zig-out/x", "zig-pkg/x",
    ]  # fmt: skip


def test_a_git_file_of_a_worktree_is_left_out_too(tmp_path: Path) -> None:
    write(tmp_path / ".git", "gitdir: elsewhere")
    assert walk(tmp_path) == []


@pytest.mark.parametrize("target", ["../outside", "/etc/passwd", "sub/../../outside", "dirlink/../../outside", ".."])
def test_a_link_out_of_the_package_is_an_error_that_names_it(tmp_path: Path, target: str) -> None:
    package = tmp_path / "package"
    write(tmp_path / "outside")
    write(package / "sub" / "deep" / "file")
    (package / "dirlink").symlink_to("sub")
    (package / "bad").symlink_to(target)
    with pytest.raises(ReviewerError, match="bad: symbolic link leaves its package"):
        walk(package)


def test_a_sibling_whose_name_begins_with_the_packages_name_is_outside(tmp_path: Path) -> None:
    write(tmp_path / "package-evil" / "file")
    write(tmp_path / "package" / "file")
    (tmp_path / "package" / "link").symlink_to("../package-evil/file")
    with pytest.raises(ReviewerError, match="leaves its package"):
        walk(tmp_path / "package")


def test_a_link_into_what_the_digest_leaves_out_is_an_error(tmp_path: Path) -> None:
    write(tmp_path / ".git" / "evil.zig")
    (tmp_path / "build.zig").symlink_to(".git/evil.zig")
    with pytest.raises(ReviewerError, match="does not cover"):
        walk(tmp_path)


def test_links_to_folders_and_in_circles_are_listed_and_not_entered(tmp_path: Path) -> None:
    write(tmp_path / "folder" / "file")
    (tmp_path / "folder" / "up").symlink_to("..")
    (tmp_path / "circle").symlink_to("circle")
    (tmp_path / "broken").symlink_to("nowhere")
    assert [(entry.path, entry.target) for entry in walk(tmp_path)] == [
        ("broken", "nowhere"), ("circle", "circle"), ("folder/file", ""), ("folder/up", ".."),
    ]  # fmt: skip


@pytest.mark.parametrize("kind", ["fifo", "socket"])
def test_anything_else_is_an_error(tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if kind == "fifo":
        os.mkfifo(tmp_path / "odd")
    else:
        monkeypatch.chdir(tmp_path)
        socket.socket(socket.AF_UNIX).bind("odd")
    with pytest.raises(ReviewerError, match="odd: neither a file"):
        walk(tmp_path)


def test_names_that_are_not_utf8_keep_their_bytes_and_are_shown_escaped(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"caf\xe9")).write_text("x")
    (entry,) = walk(tmp_path)
    assert os.fsencode(entry.path) == b"caf\xe9"
    (tmp_path / os.fsdecode(b"caf\xe9")).unlink()
    (tmp_path / os.fsdecode(b"l\x1b\xe9")).symlink_to("/")
    with pytest.raises(ReviewerError) as caught:
        walk(tmp_path)
    assert "l<U+001B><U+DCE9>" in str(caught.value)


def test_too_many_entries_are_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walk_module, "MAX_ENTRIES", 10)
    for number in range(11):
        write(tmp_path / "many" / str(number))
    with pytest.raises(ReviewerError, match="more than 10 entries"):
        walk(tmp_path / "many")


def test_folders_nested_too_deep_are_an_error(tmp_path: Path) -> None:
    write(tmp_path / "deep" / "/".join("d" * 63) / "file")
    assert len(walk(tmp_path / "deep")) == 1
    write(tmp_path / "deeper" / "/".join("d" * 64) / "file")
    with pytest.raises(ReviewerError, match="nested deeper than 64"):
        walk(tmp_path / "deeper")


def test_a_folder_that_is_not_there_or_is_a_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ReviewerError, match="cannot be read"):
        walk(tmp_path / "nowhere")
    with pytest.raises(ReviewerError, match="cannot be read"):
        walk(write(tmp_path / "file"))
