"""Granting a run step something in a terminal, and taking it back."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_story import run, trust_all


def entry(project: Path, name: str) -> Any:
    packages = json.loads((project / "review.lock").read_text())["packages"]
    return next(value for identity, value in packages.items() if f":{name}@" in identity)


def granted(project: Path, name: str) -> dict[str, Any]:
    return {step["name"]: step["grants"] for step in entry(project, name)["steps"].values()}


def test_a_grant_is_for_the_step_that_is_named_and_stays_until_it_is_taken_back(
    demo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trust_all(capsys, demo, "read")
    words = ("super", "--project", demo, "--step", "run exe helper", "--yes")
    code, out, err = run(
        capsys, "trust", *words, "--grant", "net.out=example.org:443", "--grant", "fs.read=/etc/os-release"
    )
    assert code == 0, err
    assert ", net.out example.org:443, fs.read /etc/os-release" in out
    everything = {"net.out": ["example.org:443"], "fs.read": ["/etc/os-release"]}
    assert granted(demo, "super") == {"run exe helper": everything}

    assert run(capsys, "trust", "super", "--project", demo, "--note", "looked again", "--yes")[0] == 0
    assert granted(demo, "super") == {"run exe helper": everything}

    assert run(capsys, "trust", *words)[0] == 0
    assert granted(demo, "super") == {"run exe helper": {}}


def test_a_step_of_another_package_is_not_meant(demo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(
        capsys, "trust", "super", "--project", demo, "--step", "run exe tables", "--grant", "net.out", "--yes"
    )
    assert code == 2
    assert "no run step is named “run exe tables”; there are: run exe helper" in err


def test_the_project_itself_needs_no_decision_and_its_steps_can_be_granted_something(
    demo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = run(capsys, "trust", "terminal_app", "--project", demo, "--yes")
    assert code == 2
    assert "this is the project itself and needs no decision: its steps can be granted something" in err
    words = ("terminal_app", "--project", demo, "--step", "run exe app", "--yes")
    code, _, err = run(capsys, "trust", *words, "--grant", "env.read=EDITOR")
    assert code == 0, err
    assert granted(demo, "terminal_app") == {"run exe app": {"env.read": ["EDITOR"]}}
    trust_all(capsys, demo, "read")
    assert run(capsys, "check", demo)[0] == 0


def test_the_escape_hatch_is_a_grant_like_any_other(demo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "trust", "super", "--project", demo, "--grant", "build.hook", "--yes")[0] == 0
    assert granted(demo, "super") == {"run exe helper": {"build.hook": []}}
    code, _, err = run(capsys, "trust", "super", "--project", demo, "--grant", "everything", "--yes")
    assert code == 2
    assert "“everything” is not a capability that can be granted" in err


def test_every_exception_is_told_by_the_check_and_in_reports(demo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    trust_all(capsys, demo, "read")
    assert "exception" not in run(capsys, "check", demo)[1]
    words = (
        "--project",
        demo,
        "--step",
        "run exe helper",
        "--grant",
        "build.hook",
        "--grant",
        "net.out=example.org:443",
    )
    assert run(capsys, "trust", "super", *words, "--yes")[0] == 0
    told = [
        "super 1.0.0, “run exe helper”: build.hook: held by the outer sandbox alone",
        "super 1.0.0, “run exe helper”: net.out: example.org:443",
    ]
    out = run(capsys, "check", demo)[1]
    assert [line for line in out.splitlines() if line.startswith("exception")] == [f"exception  {one}" for one in told]
    steps = json.loads(run(capsys, "check", demo, "--format", "json")[1])["steps"]
    assert [step["grants"] for step in steps if step["name"] == "run exe helper"] == [
        {"build.hook": [], "net.out": ["example.org:443"]}
    ]
    for format_ in ("markdown", "html", "cyclonedx"):
        report = run(capsys, "export", demo, "--format", format_)[1]
        assert "build.hook: held by the outer sandbox alone" in report, format_
