"""Projects live in odd places, inside each other, and beside files that they should not be led to."""

import tempfile
from pathlib import Path

import pytest

from reviewer.errors import ReviewerError
from reviewer.sandbox.mounts import plan
from reviewer.sandbox.policy import Bind, Policy
from reviewer.sandbox.run import run
from tests.sandbox.conftest import Caller


def same(*paths: Path) -> tuple[Bind, ...]:
    return tuple(Bind(path, path) for path in paths)


@pytest.mark.parametrize(
    "inside",
    [
        "/tmp/a/project",
        "/home/build/project",
        "/home/somebody/project",
        "/root/project",
        "/dev/shm/project",
        "/run/user/1/p",
        "/etc/p",
        "/srv/p",
    ],
)
def test_a_project_may_be_anywhere(caller: Caller, inside: str) -> None:
    policy = Policy(
        read_only=(Bind(caller.project, Path(inside)),),
        writable=(Bind(caller.out, Path(inside + "-out")),),
        workdir=Path(inside),
    )
    script = "cat build.zig; touch new; touch $PWD-out/made; touch $TMPDIR/temporary && echo written"
    if caller.shares:
        with pytest.raises(ReviewerError, match="without mounts"):
            caller.do(lambda: run(policy, ("/bin/touch", "ran"), sandbox=caller.sandbox))
        return
    result = caller.do(lambda: run(policy, ("/bin/sh", "-c", script), sandbox=caller.sandbox))
    assert result.stdout == b"shownwritten\n"
    assert b"Read-only file system" in result.stderr
    assert (caller.out / "made").exists()


def test_a_project_below_usr_is_there_already() -> None:
    folder = next(path for path in Path("/usr/share").iterdir() if path.is_dir() and not path.is_symlink())
    policy = Policy(read_only=same(folder), workdir=folder)
    assert plan(policy) == ()
    assert run(policy, ("/bin/pwd",)).stdout.decode() == f"{folder}\n"


def test_inner_binds_decide_whatever_their_order(room: Path) -> None:
    cache, package = room / "project" / "cache", room / "project" / "cache" / "package"
    package.mkdir(parents=True)
    policy = Policy(read_only=same(package, room / "project"), writable=same(cache), workdir=room / "project")
    script = "for d in . cache cache/package; do touch $d/new 2>/dev/null && echo $d; done"
    assert run(policy, ("/bin/sh", "-c", script)).stdout == b"cache\n"


def test_links_to_other_bound_folders_work(room: Path) -> None:
    library, overlay = room / "library", room / "overlay"
    library.mkdir()
    overlay.mkdir()
    (library / "std.zig").write_text("std")
    (overlay / "std.zig").symlink_to(library / "std.zig")
    policy = Policy(read_only=same(overlay, library))
    assert run(policy, ("/bin/cat", str(overlay / "std.zig"))).stdout == b"std"


def test_what_an_outer_bind_shows_is_not_mounted_again(room: Path) -> None:
    out, project = room / "out", room / "project"
    assert [mount.bind.host for mount in plan(Policy(read_only=same(project, room), writable=same(out)))] == [room, out]
    assert len(plan(Policy(read_only=same(room, room)))) == 1


@pytest.mark.parametrize(
    "inside", ["/", "/usr", "/etc", "/proc", "/dev", "/dev/shm", "/tmp", "/home", "/home/build", "/proc/x", "/dev/x"]
)
def test_nothing_covers_the_sandbox_itself(room: Path, inside: str) -> None:
    with pytest.raises(ReviewerError, match=r"cover the sandbox's own|is the kernel's"):
        plan(Policy(read_only=(Bind(room, Path(inside)),)))


def test_a_project_that_holds_the_home_folder_is_refused(room: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(room / "project"))
    for folder in (room, room / "project"):
        with pytest.raises(ReviewerError, match="holds your home folder"):
            plan(Policy(read_only=same(folder)))
    assert plan(Policy(writable=same(room / "out")))


@pytest.mark.parametrize("path", ["relative", "/a/../etc"])
def test_only_plain_absolute_paths_are_bound(room: Path, path: str) -> None:
    with pytest.raises(ReviewerError, match="plain absolute path"):
        plan(Policy(read_only=(Bind(Path(path), room),)))
    with pytest.raises(ReviewerError, match="plain absolute path"):
        plan(Policy(read_only=(Bind(room, Path(path)),)))


def test_what_is_not_there_is_named_with_its_odd_characters_shown(room: Path) -> None:
    with pytest.raises(ReviewerError, match=r"not there") as refusal:
        plan(Policy(read_only=same(room / "a\x1b[2J")))
    assert "<U+001B>" in refusal.value.where


def test_two_things_cannot_be_shown_as_one(room: Path) -> None:
    with pytest.raises(ReviewerError, match="two things"):
        plan(Policy(read_only=same(room / "out"), writable=same(room / "out")))


def test_a_link_left_by_an_earlier_run_does_not_move_a_mount(room: Path) -> None:
    with tempfile.TemporaryDirectory() as elsewhere:
        (room / "out" / "p").symlink_to(elsewhere)
        policy = Policy(read_only=(Bind(room / "project", room / "out" / "p"),), writable=same(room / "out"))
        with pytest.raises(ReviewerError, match="is a link"):
            run(policy, ("/bin/true",))


def test_a_mount_point_that_is_not_there_is_named(room: Path) -> None:
    policy = Policy(read_only=(*same(room / "project"), Bind(room / "out", room / "project" / "missing")))
    with pytest.raises(ReviewerError, match="mount on") as refusal:
        plan(policy)
    assert refusal.value.where == str(room / "project" / "missing")
