"""What untrusted code leaves in its output folder is looked at before it is used."""

import os
import socket
from pathlib import Path

import pytest

from reviewer.errors import ReviewerError
from reviewer.sandbox.outputs import MAX_DEPTH, check_outputs, remove_below
from tests.sandbox.conftest import Caller


@pytest.fixture
def out(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    (folder / "sub").mkdir(parents=True)
    (folder / "sub" / "table.zig").write_text("x")
    return folder


def refused(folder: Path) -> ReviewerError:
    with pytest.raises(ReviewerError) as refusal:
        check_outputs(folder)
    return refusal.value


def test_files_folders_and_links_inside_are_fine(out: Path) -> None:
    (out / "a").symlink_to("sub/table.zig")
    (out / "sub" / "b").symlink_to("../a")
    (out / "c").symlink_to(out / "sub")
    (out / "dangling").symlink_to("not-there")
    (out / "loop").symlink_to("loop")
    check_outputs(out)


@pytest.mark.parametrize(
    "target", ["/etc/passwd", "..", "../secret", "sub/../../secret", "via/secret", "/proc/self/cwd"]
)
def test_a_link_that_leads_out_is_refused(out: Path, target: str) -> None:
    (out / "via").symlink_to("sub/..")
    (out / "sub" / "up").symlink_to("../..")
    (out / "link").symlink_to(target if target != "via/secret" else "sub/up/secret")
    assert "leads out" in refused(out).what


def test_a_link_is_refused_even_to_nothing(out: Path) -> None:
    (out / "link").symlink_to("../created-later")
    assert refused(out).where == str(out / "link")


@pytest.mark.parametrize("mode", [0o4755, 0o2755])
def test_programs_with_their_owners_rights_are_refused(out: Path, mode: int) -> None:
    (out / "sub" / "table.zig").chmod(mode)
    assert "setuid or setgid" in refused(out).what


def test_a_folder_that_hands_its_group_on_is_fine(out: Path) -> None:
    (out / "sub").chmod(0o2755)
    check_outputs(out)


def test_a_named_pipe_is_refused(out: Path) -> None:
    os.mkfifo(out / "pipe")
    assert "a named pipe" in refused(out).what


def test_a_socket_is_refused(out: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(out / "s"))
    assert "a socket" in refused(out).what


def test_too_much_is_refused(out: Path) -> None:
    (out / "big").write_bytes(bytes(100_000))
    check_outputs(out)
    for limits, text in (
        ({"max_files": 2}, "more than 2 files"),
        ({"max_file_bytes": 99_999}, "longer"),
        ({"max_bytes": 50_000}, "in all"),
    ):
        with pytest.raises(ReviewerError, match=text):
            check_outputs(out, **limits)


def test_endless_depth_is_refused(out: Path) -> None:
    (out / "/".join(["d"] * (MAX_DEPTH + 2))).mkdir(parents=True)
    assert "deep" in refused(out).what


def test_a_hostile_name_is_shown_as_what_it_is(out: Path) -> None:
    os.mkfifo(out / "a\x1b[2J\u202e")
    assert refused(out).where.endswith("a<U+001B>[2J<U+202E>")


def test_what_a_sandboxed_run_leaves_is_caught(caller: Caller) -> None:
    ran = caller.run("/bin/sh", "-c", "ln -s /root/.ssh keys && chmod 600 /dev/null; mkdir ok; touch ok/file")
    assert ran.exit_code == 0
    assert "to /root/.ssh" in refused(caller.out).what


def test_what_is_removed_is_not_removed_through_a_link(tmp_path: Path) -> None:
    """Between being judged and being removed, a folder on the way became a link to elsewhere."""
    top, elsewhere = tmp_path / "cache", tmp_path / "elsewhere"
    for folder in (top / "o" / "ab12", elsewhere / "ab12"):
        folder.mkdir(parents=True)
        (folder / "file").write_text("kept")
    (top / "o").rename(top / "moved")
    (top / "o").symlink_to(elsewhere)
    remove_below(top, top / "o" / "ab12")
    assert (elsewhere / "ab12" / "file").read_text() == "kept"
    remove_below(top, top / "moved" / "ab12")
    assert list((top / "moved").iterdir()) == []
