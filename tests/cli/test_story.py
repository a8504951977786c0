"""The main job in a terminal: look, decide, and have the check follow. In the order in which a user meets it."""

import json
import re
import shutil
import time
from pathlib import Path
from typing import Any

import pytest

from reviewer.cli import main
from reviewer.places import cache_dir

NAMES = ("super", "unicode-tables", "event-loop", "ring-buffer")

EVIDENCE = pytest.mark.parametrize("evidence", ["read", "configured"])


def run(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str, str]:
    """Exit code, stdout, stderr of one command."""
    code = main([str(word) for word in words])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def check_json(capsys: pytest.CaptureFixture[str], project: Path, evidence: str) -> tuple[int, dict[str, Any]]:
    code, out, _ = run(capsys, "check", project, "--format", "json", "--evidence", evidence)
    return code, json.loads(out)


def trust_all(capsys: pytest.CaptureFixture[str], project: Path, evidence: str) -> None:
    code, _, err = run(capsys, "trust", *NAMES, "--project", project, "--evidence", evidence, "--yes")
    assert code == 0, err


@EVIDENCE
def test_a_fresh_project_needs_review_and_the_hidden_step_is_named_with_its_line(
    demo: Path, evidence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = run(capsys, "check", demo, "--evidence", evidence)
    assert code == 1
    line = next(
        number
        for number, text in enumerate((demo / "deps/super/build.zig").read_text().splitlines(), 1)
        if "addRunArtifact" in text
    )
    assert f"hidden run step “run exe helper”, created at super/build.zig:{line}" in out
    assert out.rstrip().splitlines()[-2].startswith("build blocked: 4 need review (for ")


@EVIDENCE
def test_after_trusting_all_it_passes(demo: Path, evidence: str, capsys: pytest.CaptureFixture[str]) -> None:
    trust_all(capsys, demo, evidence)
    code, value = check_json(capsys, demo, evidence)
    assert (code, value["ok"], value["exit"]) == (0, True, 0)
    assert {package["status"] for package in value["packages"]} == {"own", "trusted"}


@pytest.mark.parametrize("name", NAMES)
def test_after_one_changed_byte_in_any_package_it_is_changed(
    demo: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    trust_all(capsys, demo, "read")
    victim = sorted((demo / "deps" / name).rglob("*.zig"))[-1]
    victim.write_bytes(victim.read_bytes() + b" ")
    code, value = check_json(capsys, demo, "read")
    assert code == 1
    assert [p["id"] for p in value["packages"] if p["status"] == "changed"] == [
        next(p["id"] for p in value["packages"] if name in p["id"])
    ]


@EVIDENCE
def test_after_a_reject_it_is_refused(demo: Path, evidence: str, capsys: pytest.CaptureFixture[str]) -> None:
    trust_all(capsys, demo, evidence)
    assert run(capsys, "reject", "super", "--project", demo, "--note", "runs a program", "--yes")[0] == 0
    code, value = check_json(capsys, demo, evidence)
    assert (code, value["exit"]) == (3, 3)


def test_what_was_trusted_from_source_holds_when_configured_and_the_other_way_round(
    demo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trust_all(capsys, demo, "read")
    assert check_json(capsys, demo, "configured")[0] == 0
    trust_all(capsys, demo, "configured")
    assert check_json(capsys, demo, "read")[0] == 0


def test_deferring_and_forgetting(demo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    trust_all(capsys, demo, "read")
    assert run(capsys, "defer", "event-loop", "--project", demo)[0] == 0
    assert check_json(capsys, demo, "read")[0] == 1
    assert run(capsys, "forget", "event-loop", "--project", demo)[0] == 0
    _, value = check_json(capsys, demo, "read")
    assert [p["status"] for p in value["packages"] if "event-loop" in p["id"]] == ["unreviewed"]


def test_the_lock_holds_what_the_contract_says(demo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, _ = run(
        capsys,
        "trust",
        "super",
        "--project",
        demo,
        "--evidence",
        "configured",
        "--criteria",
        "ship",
        "--note",
        "read it",
        "--grant",
        "net.out=a:1",
    )
    assert code == 0
    data = (demo / "review.lock").read_bytes()
    value = json.loads(data)
    assert data == (json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()
    entry = value["packages"]["zig:super@1.0.0#deps/super"]
    assert (entry["decision"], entry["criteria"], entry["note"]) == ("trusted", ["ship"], "read it")
    ((fingerprint, step),) = entry["steps"].items()
    assert fingerprint.startswith("sha256:")
    assert step == {"name": "run exe helper", "created": "build.zig:10", "grants": {"net.out": ["a:1"]}}


def test_graph_json_is_pure_and_follows_the_schema(demo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "graph", demo, "--evidence", "configured", "--format", "json")
    value = json.loads(out)
    assert code == 0
    assert (value["schema"], value["evidence"], value["project"]["toolchain"]) == (
        "reviewer.graph/1",
        "configured",
        "0.17.1",
    )
    assert len(value["packages"]) == 5


def test_a_saved_graph_opens_again(demo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, "graph", demo, "--evidence", "configured", "--format", "json")
    saved = tmp_path / "saved.json"
    saved.write_text(out)
    code, again, _ = run(capsys, "graph", saved, "--format", "json")
    assert (code, json.loads(again)) == (0, json.loads(out))


@EVIDENCE
def test_why_tells_the_chain(demo: Path, evidence: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "why", "helper", demo, "--evidence", evidence)
    assert code == 0
    assert "root/install → root/install app → " in out
    assert " → mod:super/super → " in out


@pytest.mark.parametrize("form", ["dot", "text"])
def test_the_graph_for_people_and_for_graphviz(demo: Path, form: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "graph", demo, "--format", form)
    assert code == 0
    assert "run exe helper" in out


def test_annotations_for_code_hosts(demo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "check", demo, "--format", "github")
    assert code == 1
    assert "::error file=deps/super/build.zig,line=10::" in out
    code, out, _ = run(capsys, "check", demo, "--format", "sarif")
    results = json.loads(out)["runs"][0]["results"]
    assert (code, len(results)) == (1, 4)


def test_the_answer_without_evidence_says_that_nothing_was_executed(
    demo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, _, err = run(capsys, "check", demo)
    assert "nothing was executed" in err


def test_having_asked_for_configured_once_is_remembered(demo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "graph", demo, "--evidence", "configured")
    _, out, _ = run(capsys, "graph", demo, "--format", "json")
    assert json.loads(out)["evidence"] == "configured"


def test_a_verdict_says_which_build_options_it_holds_for(demo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, err = run(capsys, "check", demo, "--evidence", "read", "--", "-Doptimize=ReleaseFast")
    assert "(for all build options)" in out
    assert "the build options make no difference" in err
    _, out, _ = run(capsys, "check", demo, "--evidence", "configured", "--", "-Doptimize=ReleaseFast")
    assert "(for -Doptimize=ReleaseFast)" in out
    _, out, _ = run(capsys, "graph", demo, "--format", "json", "--", "-Doptimize=ReleaseFast")
    assert json.loads(out)["project"]["options"] == ["-Doptimize=ReleaseFast"]
    _, out, _ = run(capsys, "check", demo, "--format", "json")
    assert json.loads(out)["options"] == []
    _, out, _ = run(capsys, "graph", demo)
    assert "for the default build options" in out
    assert "-Doptimize=debug|safe|fast|small  Prioritize" in out


def test_a_full_check_believes_no_digest_from_before(
    demo: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def check(*words: str) -> int:
        return run(capsys, "check", *words, demo)[0]

    monkeypatch.delenv("CI", raising=False)
    now = time.time_ns
    monkeypatch.setattr(time, "time_ns", lambda: now() + 86_400_000_000_000)  # nothing was touched for a day
    run(capsys, "trust", "super", "unicode-tables", "event-loop", "ring-buffer", "--project", demo)
    assert check() == 0
    for kept in (cache_dir() / "digests").iterdir():
        kept.write_text(re.sub("sha256:...", "sha256:000", kept.read_text()))
    assert check() == 1
    assert check("--full") == 0
    for kept in (cache_dir() / "digests").iterdir():
        kept.write_text(re.sub("sha256:...", "sha256:000", kept.read_text()))
    monkeypatch.setenv("CI", "true")
    assert check() == 0


@pytest.mark.skipif(shutil.which("strace") is None, reason="there is no strace")
def test_a_step_can_be_observed(demo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "observe", "exe helper", "--project", demo)
    assert code == 0
    assert "super/run exe helper: exit code 0" in out
    assert "not seen this way: reading an environment variable" in out
    words = ("observe", "exe helper", "--project", demo, "--format", "json", "--save", "--yes")
    code, out, err = run(capsys, *words)
    assert json.loads(out)["schema"] == "reviewer.observation/1"
    (saved,) = (demo / "review.observations").iterdir()
    assert f"saved as review.observations/{saved.name}: commit it" in err
    assert json.loads(saved.read_text())["step"] == json.loads(out)["step"]
    code, _, err = run(capsys, "observe", "root/install", "--project", demo)
    assert (code, "nothing to observe" in err) == (2, True)
