"""From what a whole build sees to what one of its steps does."""

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from reviewer.errors import ReviewerError
from reviewer.sandbox.narrow import narrow
from reviewer.sandbox.policy import Bind, Limits, Policy
from reviewer.sandbox.run import run


class Build:
    """A project whose cache lies elsewhere, as an enforced build has it."""

    def __init__(self, room: Path) -> None:
        self.root, self.cache = room / "project", room / "cache"
        (self.root / ".zig-cache").mkdir()
        (self.root / "src").mkdir()
        (self.root / "src" / "data.txt").write_text("data")
        (self.root / "src" / "other.txt").write_text("other")
        (self.cache / "o" / "1f").mkdir(parents=True)
        (self.cache / "o" / "1f" / "program").write_text("program")
        (self.cache / "tmp" / "2e").mkdir(parents=True)
        self.inside = self.root / ".zig-cache"
        self.out = self.inside / "tmp" / "2e"
        self.outer = Policy(
            read_only=(Bind(self.root, self.root),), writable=(Bind(self.cache, self.inside),), workdir=self.root
        )

    def policy(self, read: Sequence[Path], workdir: Path | None = None) -> Policy:
        return narrow(
            self.outer,
            read=read,
            write=[self.out],
            workdir=workdir or self.root,
            environment={},
            limits=Limits(wall_seconds=60),
        )

    def shell(self, script: str, read: Sequence[Path], workdir: Path | None = None) -> list[str]:
        result = run(self.policy(read, workdir), ("/bin/sh", "-c", script))
        return sorted(result.stdout.decode().splitlines())


@pytest.fixture
def build(room: Path) -> Build:
    return Build(room)


def test_a_step_sees_what_it_declares_and_nothing_beside(build: Build) -> None:
    read = [build.root / "src" / "data.txt", build.inside / "o" / "1f" / "program"]
    found = build.shell("cat src/* .zig-cache/o/1f/*; echo; find . -type f", read)
    assert found == ["./.zig-cache/o/1f/program", "./src/data.txt", "dataprogram"]


def test_it_writes_its_output_and_nothing_else(build: Build) -> None:
    read = [build.root / "src" / "data.txt"]
    script = """
echo made >.zig-cache/tmp/2e/out
for path in new src/new src/data.txt .zig-cache/new .zig-cache/tmp/new .zig-cache/o/new; do
    (echo x >$path) 2>/dev/null && echo $path
done
rm -f src/data.txt 2>/dev/null; mv .zig-cache/tmp/2e .zig-cache/tmp/3d 2>/dev/null && echo moved
"""
    assert build.shell(script, read) == []
    assert (build.cache / "tmp" / "2e" / "out").read_text() == "made\n"
    assert (build.root / "src" / "data.txt").read_text() == "data"


def test_a_folder_that_holds_the_cache_shows_it_where_it_is_needed(build: Build) -> None:
    read = [build.root, build.inside / "o" / "1f" / "program"]
    found = build.shell(
        "find . -type f; echo x >.zig-cache/tmp/2e/out; (echo x >src/new) 2>/dev/null && echo new", read
    )
    assert found == ["./.zig-cache/o/1f/program", "./build.zig", "./src/data.txt", "./src/other.txt"]
    assert (build.cache / "tmp" / "2e" / "out").exists()


def test_the_current_folder_is_there_if_only_empty(build: Build) -> None:
    assert build.shell("pwd; ls -A", [], build.root / "src") == [str(build.root / "src")]


def test_links_are_followed_inside_the_package_only(build: Build, room: Path) -> None:
    inside, outside = build.root / "src" / "inside", build.root / "src" / "outside"
    inside.symlink_to("other.txt")
    outside.symlink_to(room / "secret")
    assert build.shell(f"cat {inside}", [inside]) == ["other"]
    with pytest.raises(ReviewerError, match="a link that leads out"):
        build.policy([outside])


@pytest.mark.parametrize("place", ["o/1f/program", "o/1f", "o", "tmp/2e"])
def test_a_link_that_build_code_put_into_the_cache_leads_nowhere(build: Build, room: Path, place: str) -> None:
    """Whatever part of the way is a link: it must end in the cache."""
    target = build.cache / place
    target.rename(room / "moved")
    target.symlink_to(room / "moved")
    with pytest.raises(ReviewerError, match="a link that leads out"):
        build.policy([build.inside / "o" / "1f" / "program"])


def test_a_link_that_comes_after_the_look_is_not_mounted(build: Build, room: Path) -> None:
    read = [build.inside / "o" / "1f" / "program"]
    policy = build.policy(read)
    (room / "evil").mkdir()
    (room / "evil" / "program").write_text("key")
    (build.cache / "o" / "1f").rename(room / "moved")
    (build.cache / "o" / "1f").symlink_to(room / "evil")
    with pytest.raises(ReviewerError, match=r"was changed while the sandbox was set up|is a link"):
        run(policy, ("/bin/cat", str(read[0])))


def test_what_the_build_does_not_see_no_step_does(build: Build, room: Path) -> None:
    for path in (room / "secret", build.root / ".." / "secret", Path("/etc/passwd"), Path("/root")):
        with pytest.raises(ReviewerError, match="is not part of the build"):
            build.policy([path])
    with pytest.raises(ReviewerError, match="is not part of the build"):
        narrow(build.outer, read=[], write=[room], workdir=build.root, environment={}, limits=Limits())


def test_what_is_not_there_is_not_shown(build: Build) -> None:
    assert build.policy([build.root / "missing"]).read_only == ()


@pytest.mark.parametrize("name", ["a b", "\n", "-x", "--ro-bind", "\udcff", "…", "'\"$HOME`"])
def test_any_name_can_be_shown(build: Build, name: str) -> None:
    path = build.root / "src" / name
    path.write_text("named")
    result = run(build.policy([path]), ("/bin/cat", str(path)))
    assert result.stdout == b"named"


def test_a_device_or_fifo_of_the_project_is_no_way_out(build: Build) -> None:
    """It is shown as what it is; opening it meets the sandbox's own rules."""
    os.mkfifo(build.root / "src" / "fifo")
    assert build.shell("test -p src/fifo && echo fifo", [build.root / "src" / "fifo"]) == ["fifo"]
