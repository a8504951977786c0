"""What an enforced build finds made already was made under its own rules."""

from pathlib import Path

from reviewer.ecosystems.zig.observing.observe import observe_step
from reviewer.ecosystems.zig.toolchains.find import find_toolchain
from reviewer.progress import Progress
from tests.ecosystems.zig.building.conftest import HOSTILE, Project

_BUILD = """
const std = @import("std");

pub fn build(b: *std.Build) void {
    const first = b.addSystemCommand(&.{ "/bin/sh", "-c", "cat data/hidden.txt >\\"$0\\"" });
    const made = first.addOutputFileArg("made.txt");
    const second = b.addSystemCommand(&.{ "/bin/sh", "-c", "cat \\"$1\\" >\\"$0\\"" });
    const copy = second.addOutputFileArg("copy.txt");
    second.addFileArg(made);
    b.step("second", "").dependOn(&b.addInstallFile(copy, "second/copy").step);
}
"""


def test_what_was_made_for_an_observation_is_not_taken(tmp_path: Path) -> None:
    """Steps that an observed one waits for are run as they are, and see the whole project."""
    root = tmp_path / "project"
    (root / "data").mkdir(parents=True)
    (root / "data" / "hidden.txt").write_text("hidden\n")
    (root / "build.zig").write_text(_BUILD)
    (root / "build.zig.zon").write_text((HOSTILE / "build.zig.zon").read_text())
    seen = observe_step(root, "root/run /bin/sh (copy.txt)", Progress(), zig=find_toolchain("0.17.0").zig)
    assert seen.ended == "exit code 0"

    project = Project(root)
    assert not project.build("second"), project.told
    assert project.acts() == {("fs.read", "[project]/data/hidden.txt")}
