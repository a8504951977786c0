"""A project that is older than its review: what is there becomes a backlog, and only what comes later fails."""

import json
import re
from pathlib import Path

import pytest

from tests.cli.test_story import NAMES, check_json, run


@pytest.fixture
def begun(demo: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """The demo, with super trusted before everything present was accepted."""
    assert run(capsys, "trust", "super", "--project", demo, "--evidence", "read", "--yes")[0] == 0
    code, out, _ = run(capsys, "init", demo, "--accept-present", "--evidence", "read", "--yes")
    assert code == 0
    assert "3 deferred, none trusted" in out
    return demo


def test_what_is_there_is_deferred_with_the_date_and_never_trusted(begun: Path) -> None:
    entries = json.loads((begun / "review.lock").read_text())["packages"]
    assert len(entries) == len(NAMES)
    for package, entry in entries.items():
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", entry["at"])
        if "super" not in package:
            assert (entry["decision"], entry["note"]) == ("deferred", "there when reviewing began; not read")


def test_a_backlog_still_needs_review_unless_only_what_is_new_is_asked_for(
    begun: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check_json(capsys, begun, "read")[0] == 1
    code, out, _ = run(capsys, "check", begun, "--evidence", "read", "--only-new")
    assert code == 0
    backlog = re.findall(r"backlog    ([\w-]+): (\d+) lines left to read", out)
    assert {name for name, _ in backlog} == {"unicode-tables", "event-loop", "ring-buffer"}
    total = sum(int(count) for _, count in backlog)
    assert f"nothing new needs review; backlog: 3 deferred, {total} lines left to read" in out
    assert "build passes" not in out


def test_what_is_new_or_changed_fails(begun: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with (begun / "deps/ring-buffer/build.zig").open("a") as file:
        file.write("// more\n")
    code, out, _ = run(capsys, "check", begun, "--evidence", "read", "--only-new")
    assert code == 1
    assert "1 new or changed needs review; backlog: 2 deferred" in out
    # An entry whose content differs is for a person to look at, not for another round of accepting.
    code, out, _ = run(capsys, "init", begun, "--accept-present", "--evidence", "read", "--yes")
    assert code == 0
    assert re.search(r"left as it is: zig:ring-buffer\S+ \(its content differs from what was deferred\)", out)
    assert "there is no package to defer" in out


def test_a_reject_fails_all_the_same(begun: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "reject", "ring-buffer", "--project", begun, "--evidence", "read", "--yes")[0] == 0
    code, out, _ = run(capsys, "check", begun, "--evidence", "read", "--only-new")
    assert code == 3
    assert "build blocked: 1 rejected" in out


def test_machines_are_told_which_question_was_answered(begun: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("check", begun, "--evidence", "read", "--only-new", "--format")
    code, out, _ = run(capsys, *words, "json")
    value = json.loads(out)
    assert (code, value["ok"], value["only_new"]) == (0, True, True)
    assert sorted(package["status"] for package in value["packages"]).count("deferred") == 3
    _, out, _ = run(capsys, *words, "github")
    assert [line.partition(" ")[0] for line in out.splitlines()] == ["::notice"] * 3
    _, out, _ = run(capsys, *words, "sarif")
    levels = {result["level"] for result in json.loads(out)["runs"][0]["results"]}
    assert levels == {"note"}
