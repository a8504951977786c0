"""Build code that tells one thing when it is shown and another when it is built is caught, and nothing of it is made."""

import json
import os
import shutil
import threading
from pathlib import Path

from reviewer.ecosystems.zig.building.story import read_report
from reviewer.ecosystems.zig.packages.kept import project_cache
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


_POISONS = """
const std = @import("std");
const linux = std.os.linux;

// In place of the library's own: called before any of zig's or Reviewer's code is.
export fn memset(to: [*]volatile u8, value: c_int, length: usize) callconv(.c) [*]volatile u8 {
    for (0..length) |i| to[i] = @truncate(@as(c_uint, @bitCast(value)));
    put(".zig-cache/early");
    return to;
}

export fn memcpy(to: [*]volatile u8, from: [*]const volatile u8, length: usize) callconv(.c) [*]volatile u8 {
    for (0..length) |i| to[i] = from[i];
    put(".zig-cache/early");
    return to;
}

fn put(place: [*:0]const u8) void {
    _ = linux.syscall3(.mkdir, @intFromPtr(place), 0o755, 0);
}

pub fn build(b: *std.Build) void {
    put(".zig-cache/late");
    put("zig-out/late");
    const run = b.addSystemCommand(&.{ "/bin/sh", "-c", "echo made >\\"$0\\"" });
    b.getInstallStep().dependOn(&b.addInstallFile(run.addOutputFileArg("made"), "made").step);
}
"""


def test_build_code_writes_no_cache_where_programs_of_others_lie(tmp_path: Path) -> None:
    project = Path(shutil.copytree(TRAITOR, tmp_path / "project"))
    (project / "build.zig").write_text(_POISONS)
    built, told = build(project, find_toolchain("0.17.0"), Steps())
    assert built.result.exit_code == 0, told
    assert (project / "zig-out/made").read_text() == "made\n"
    folders = (project, project_cache(project))
    assert [path for folder in folders for name in ("early", "late") for path in folder.rglob(name)] == []


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
