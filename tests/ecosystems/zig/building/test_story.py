"""Build code that tells one thing when it is shown and another when it is built is caught, and nothing of it is made."""

import json
import os
import shutil
import threading
from pathlib import Path

from reviewer.ecosystems.zig.building.story import read_report
from reviewer.ecosystems.zig.toolchains.find import find_toolchain
from reviewer.errors import ReviewerError
from tests.ecosystems.zig.building.helpers import Steps, build

TRAITOR = Path(__file__).parent / "traitor"


def test_another_program_under_the_same_name_is_not_built(tmp_path: Path) -> None:
    project = Path(shutil.copytree(TRAITOR, tmp_path / "project"))
    steps = Steps()
    built, told = build(project, find_toolchain("0.17.0"), steps)
    assert steps.ran == [], told
    (stopped,) = built.stopped
    assert "changed between showing and building" in stopped
    assert "run exe generate" in stopped
    assert not list((project / ".zig-cache").rglob("generate"))


_STAYS = """
const std = @import("std");

pub fn build(b: *std.Build) void {
    // Once the first step was made, it asks for a step by itself: it could be one with grants, and a program of its own.
    _ = b.run(&.{ "/bin/sh", "-c", "test ! -e /run/reviewer/launch || (while [ ! -s zig-out/first ]; do :; done; " ++
        "exec /run/reviewer/launch 0 0 -- /bin/true) </dev/null >/dev/null 2>&1 &" });
    const first = b.addSystemCommand(&.{ "/bin/sh", "-c", "echo made >\\"$0\\"" });
    const made = b.addInstallFile(first.addOutputFileArg("first"), "first");
    const last = b.addSystemCommand(&.{ "/bin/sh", "-c", "sleep 20" });
    last.step.dependOn(&made.step);
    b.getInstallStep().dependOn(&last.step);
}
"""


def test_what_build_code_leaves_running_gets_no_step_run(tmp_path: Path) -> None:
    project = Path(shutil.copytree(TRAITOR, tmp_path / "project"))
    (project / "build.zig").write_text(_STAYS)
    steps = Steps()
    built, told = build(project, find_toolchain("0.17.0"), steps)
    assert built.stopped[:1] == ("a program that build code left running asked for a step",), told
    assert steps.names() == ["root/run /bin/sh", "root/run /bin/sh (first)"]
    assert built.result.duration < 20


def test_a_report_that_becomes_a_link_while_it_is_read_leads_nowhere(tmp_path: Path) -> None:
    folder = tmp_path / "report"
    folder.mkdir()
    secret = tmp_path / "secret"
    secret.write_text(json.dumps("secret"))
    report, spare = folder / "report.json", folder / "spare"
    report.write_text(json.dumps("told"))
    done = threading.Event()

    def swap() -> None:
        """What a build can do at any moment: now it is a file, now a link, now nothing that can be read to an end."""
        while not done.is_set():
            spare.symlink_to(secret)
            spare.replace(report)
            os.mkfifo(spare)
            spare.replace(report)
            spare.write_text(json.dumps("told"))
            spare.replace(report)

    swapping = threading.Thread(target=swap)
    swapping.start()
    try:
        found = set()
        for _ in range(3000):
            try:
                found.add(read_report(report))
            except ReviewerError:
                found.add(b"refused")
    finally:
        done.set()
        swapping.join()
    assert found <= {b'"told"', b"refused"}
