"""A project that lets declarative packages pass: what passes, what does not, and what every door says about it."""

import json
from pathlib import Path

import pytest

from tests.cli.test_story import check_json, run

PASS = 'version = 1\n[policy]\ndeclarative = "pass"\n'
QUIET = {"event-loop", "ring-buffer"}
"""Of the demo's packages those that run nothing. The others are declarative too, but have run steps."""


def statuses(capsys: pytest.CaptureFixture[str], project: Path) -> dict[str, str]:
    _, value = check_json(capsys, project, "read")
    return {package["id"].partition("@")[0].removeprefix("zig:"): package["status"] for package in value["packages"]}


def test_without_a_policy_declarative_packages_need_review_too(demo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert set(statuses(capsys, demo).values()) == {"own", "unreviewed"}
    _, out, _ = run(capsys, "graph", demo, "--evidence", "read")
    assert "declarative: build.zig (5 lines) uses only what is listed for zig 0.14 to 0.17" in out


def test_with_it_those_pass_that_run_nothing(demo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (demo / "review.toml").write_text(PASS)
    found = statuses(capsys, demo)
    assert {name for name, status in found.items() if status == "policy"} == QUIET
    assert found["super"] == found["unicode-tables"] == "unreviewed"
    code, out, _ = run(capsys, "check", demo, "--evidence", "read")
    assert code == 1
    assert (
        "policy     event-loop 0.9.3: passes by review.toml, unread: build.zig (12 lines) uses only what is listed"
        in out
    )
    _, value = check_json(capsys, demo, "read")
    assert [p["criteria"] for p in value["packages"] if p["status"] == "policy"] == [["run"], ["run"]]
    _, out, _ = run(capsys, "check", demo, "--evidence", "read", "--format", "sarif")
    assert "event-loop" not in json.dumps(json.loads(out)["runs"][0]["results"])


def test_and_the_check_passes_when_the_rest_is_trusted(demo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (demo / "review.toml").write_text(PASS)
    words = ("trust", "super", "unicode-tables", "--project", demo, "--evidence", "read", "--yes")
    assert run(capsys, *words)[0] == 0
    assert run(capsys, "check", demo, "--evidence", "read")[0] == 0
    # Nobody has read them: the lock says nothing about them.
    assert "event-loop" not in (demo / "review.lock").read_text()
    # The build's own check cannot prove anything, and says so instead of passing.
    assert run(capsys, "gate", "install", demo, "--yes")[0] == 0
    code, out, _ = run(capsys, "gate", "status", demo, "--evidence", "read")
    assert code == 1
    assert "review.toml lets event-loop, ring-buffer pass unread; the build's own check knows only review.lock" in out


def test_what_was_refused_or_put_off_does_not_pass(demo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (demo / "review.toml").write_text(PASS)
    for verb, name in (("reject", "event-loop"), ("defer", "ring-buffer")):
        assert run(capsys, verb, name, "--project", demo, "--evidence", "read", "--yes")[0] == 0
    found = statuses(capsys, demo)
    assert (found["event-loop"], found["ring-buffer"]) == ("rejected", "deferred")
    with (demo / "deps/ring-buffer/build.zig").open("a") as file:
        file.write("// more\n")
    assert statuses(capsys, demo)["ring-buffer"] == "unreviewed"


@pytest.mark.parametrize(
    "line",
    ['_ = b.run(&.{"true"});', '_ = b.addRunArtifact(b.addExecutable(.{ .name = "x" }));', "const x = (;"],
)
def test_one_line_more_and_it_needs_review(demo: Path, line: str, capsys: pytest.CaptureFixture[str]) -> None:
    (demo / "review.toml").write_text(PASS)
    build = demo / "deps/ring-buffer/build.zig"
    build.write_text(build.read_text().replace("{\n", f"{{\n    {line}\n", 1))
    assert statuses(capsys, demo)["ring-buffer"] == "unreviewed"


def test_code_that_a_run_step_takes_in_does_not_pass(demo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (demo / "review.toml").write_text(PASS)
    build = demo / "deps/event-loop/build.zig"
    generator = (
        'const gen = b.addExecutable(.{ .name = "gen", .root_module = b.createModule(.{\n'
        '        .root_source_file = b.path("gen.zig"),\n'
        '        .imports = &.{.{ .name = "ring_buffer", .module = ring_buffer.module("ring_buffer") }},\n    }) });\n'
        '    b.modules.get("event_loop").?.addImport("made", b.createModule(.{ .root_source_file = '
        "b.addRunArtifact(gen).captureStdOut() }));\n}\n"
    )
    build.write_text(build.read_text().rstrip().removesuffix("}") + f"    {generator}")
    (demo / "deps/event-loop/gen.zig").write_text('const ring = @import("ring_buffer");')
    found = statuses(capsys, demo)
    assert found["ring-buffer"] == "unreviewed"


def test_a_faulty_policy_decides_nothing(demo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (demo / "review.toml").write_text(PASS + "everything = true\n")
    code, out, err = run(capsys, "check", demo, "--evidence", "read")
    assert (code, out) == (2, "")
    assert "review.toml: policy.everything is not known; known here: policy.declarative" in err


def test_what_code_can_do_is_noted_at_its_line_for_code_hosts(demo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    build = demo / "deps/ring-buffer/build.zig"
    build.write_text(build.read_text().replace("{\n", '{\n    _ = b.run(&.{"true"});\n', 1))
    _, out, _ = run(capsys, "check", demo, "--evidence", "read", "--format", "sarif")
    ran = json.loads(out)["runs"][0]
    [note] = [result for result in ran["results"] if result["ruleId"] == "proc.spawn"]
    place = note["locations"][0]["physicalLocation"]
    assert (place["artifactLocation"]["uri"], place["region"]["startLine"]) == ("deps/ring-buffer/build.zig", 4)
    assert note["level"] == "note"
    assert "proc.spawn" in {rule["id"] for rule in ran["tool"]["driver"]["rules"]}
