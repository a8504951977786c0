"""A lock that is years old: what the project no longer has goes, what still protects or explains stays."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_story import run, trust_all


def packages(demo: Path) -> dict[str, Any]:
    return dict(json.loads((demo / "review.lock").read_text())["packages"])


@pytest.fixture
def older(demo: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """The demo with every package trusted, and with entries of packages that it has no more."""
    trust_all(capsys, demo, "read")
    value = json.loads((demo / "review.lock").read_text())
    entry = next(iter(value["packages"].values()))
    for package, verdict in (("dropped@1#d", "trusted"), ("later@1#l", "deferred"), ("evil@1#e", "rejected")):
        value["packages"][f"zig:{package}"] = {**entry, "decision": verdict}
    value["packages"]["zig:super@0.9.0#old"] = entry
    value["packages"]["zig:super@0.8.0#older"] = entry
    current = next(package for package in value["packages"] if package.startswith("zig:super@1.0.0"))
    value["packages"][current]["from"] = "zig:super@0.9.0#old"
    (demo / "review.lock").write_text(json.dumps(value, indent=2, sort_keys=True) + "\n")
    return demo


def test_prune_drops_what_is_gone_and_says_what_it_keeps_and_why(
    older: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = packages(older)
    code, out, _ = run(capsys, "lock", "prune", older, "--evidence", "read", "--yes")
    assert code == 0
    assert before.keys() - packages(older).keys() == {"zig:dropped@1#d", "zig:later@1#l", "zig:super@0.8.0#older"}
    assert "drop: zig:dropped@1#d (trusted for run by" in out
    assert "keep: zig:evil@1#e (it is rejected; `reviewer forget` removes it)" in out
    assert re.search(r"keep: zig:super@0\.9\.0#old \(zig:super@1\.0\.0#\S+ was reviewed against it\)", out)
    assert "build passes" in out
    assert "there is nothing to drop" in run(capsys, "lock", "prune", older, "--evidence", "read")[1]


def test_what_an_upgrade_is_compared_with_stays_until_it_is_decided(
    older: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(capsys, "forget", "zig:super@1.0.0", "--project", older, "--evidence", "read", "--yes")[0] == 0
    _, out, _ = run(capsys, "lock", "prune", older, "--evidence", "read", "--yes")
    kept = [line for line in out.splitlines() if line.startswith("keep: zig:super")]
    assert len(kept) == 1
    assert kept[0].endswith("is compared with it)")


def test_nothing_is_dropped_where_it_cannot_be_known_what_the_project_has(
    older: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (older / "deps/super/build.zig.zon").write_text(".{ .name = ")
    before = packages(older)
    assert run(capsys, "lock", "prune", older, "--evidence", "read", "--yes")[0] == 2
    assert packages(older) == before
