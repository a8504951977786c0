"""Decisions are signed with a real SSH key: who made them can be shown, and what was altered later is an alarm."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_story import NAMES, run, trust_all

READ = ("--evidence", "read")
DEMAND = "version = 1\n[policy]\nsigned = true\n"


def make_key(path: Path) -> str:
    """A new key without passphrase; its public half."""
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(path)], check=True)
    return " ".join(path.with_suffix(".pub").read_text().split()[:2])


@pytest.fixture
def project(demo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    """The demo, decided about by Ada, whose key is listed; signatures are demanded."""
    public = make_key(tmp_path / "key")
    settings = {"user.name": "Ada", "user.email": "ada@example.org", "user.signingkey": str(tmp_path / "key")}
    monkeypatch.setenv("GIT_CONFIG_COUNT", str(len(settings)))
    for number, (name, value) in enumerate(settings.items()):
        monkeypatch.setenv(f"GIT_CONFIG_KEY_{number}", name)
        monkeypatch.setenv(f"GIT_CONFIG_VALUE_{number}", value)
    (demo / "review.signers").write_text(f"ada@example.org {public}\n")
    (demo / "review.toml").write_text(DEMAND)
    trust_all(capsys, demo, "read")
    return demo


def edit(project: Path, name: str, **changes: object) -> None:
    """Change an entry as somebody with an editor would."""
    path = project / "review.lock"
    value = json.loads(path.read_text())
    (entry,) = [entry for package, entry in value["packages"].items() if f":{name}@" in package]
    entry.update(changes)
    path.write_text(json.dumps(value, indent=2, sort_keys=True) + "\n")


def checked(capsys: pytest.CaptureFixture[str], project: Path) -> tuple[int, dict[str, dict[str, Any]]]:
    code, out, _ = run(capsys, "check", project, *READ, "--format", "json")
    return code, {p["id"].partition("@")[0].removeprefix("zig:"): p for p in json.loads(out)["packages"]}


def test_trust_counts_once_it_is_signed(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, found = checked(capsys, project)
    assert code == 1
    assert found["super"]["status"] == "unreviewed"
    assert found["super"]["reason"] == "trusted to run by Ada, not signed; review.toml demands it"
    code, out, err = run(capsys, "lock", "sign", project, "--yes")
    assert (code, err) == (0, "")
    assert f"{len(NAMES)} signed" in out
    assert checked(capsys, project)[0] == 0
    assert "there is no unsigned decision by Ada" in run(capsys, "lock", "sign", project)[1]


@pytest.mark.parametrize("change", [{"note": "more"}, {"criteria": ["ship"]}, {"by": "Bob <bob@example.org>"}])
def test_an_altered_entry_is_an_alarm_whether_signatures_are_demanded_or_not(
    project: Path, change: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(capsys, "lock", "sign", project, "--yes")[0] == 0
    edit(project, "super", **change)
    code, found = checked(capsys, project)
    assert code == 3
    assert "was altered after it was signed" in found["super"]["reason"]
    (project / "review.toml").unlink()
    assert checked(capsys, project)[0] == 3


def test_a_key_that_is_not_listed_for_the_reviewer_proves_nothing(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "review.signers").write_text(f"bob@example.org {make_key(tmp_path / 'bob')}\n")
    code, _, err = run(capsys, "lock", "sign", project, "--yes")
    assert code == 0
    assert "review.signers does not list this key yet: add a line `ada@example.org KEY`" in err
    code, found = checked(capsys, project)
    assert code == 1
    assert "signed by a key that review.signers does not list for ada@example.org" in found["super"]["reason"]


def test_a_new_decision_is_not_covered_by_the_old_signature(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "lock", "sign", project, "--yes")[0] == 0
    assert run(capsys, "trust", "super", "--project", project, *READ, "--criteria", "ship", "--yes")[0] == 0
    code, found = checked(capsys, project)
    assert (code, found["super"]["status"], found["ring-buffer"]["status"]) == (1, "unreviewed", "trusted")


def test_what_somebody_else_wrote_in_ones_name_is_not_signed(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(project, "super", note="by another's hand")
    code, out, _ = run(capsys, "lock", "sign", project, "--yes")
    assert code == 0
    assert "not signed: zig:super@1.0.0#deps/super (trusted, " in out
    assert "): not decided on this machine, so look and decide again here" in out
    assert f"{len(NAMES) - 1} signed" in out
    assert checked(capsys, project)[1]["super"]["status"] == "unreviewed"
    assert run(capsys, "trust", "super", "--project", project, *READ, "--yes")[0] == 0
    assert run(capsys, "lock", "sign", project, "--yes")[0] == 0
    assert checked(capsys, project)[0] == 0


def test_a_reject_counts_without_a_signature(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "reject", "super", "--project", project, *READ, "--yes")[0] == 0
    assert checked(capsys, project)[1]["super"]["status"] == "rejected"


def test_without_a_key_or_without_ssh_keygen_it_is_said_what_to_do(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("GIT_CONFIG_VALUE_2", "")
    code, _, err = run(capsys, "lock", "sign", project, "--yes")
    assert code == 2
    assert "git knows no key to sign with; set it" in err
    monkeypatch.setenv("GIT_CONFIG_VALUE_2", str(tmp_path / "missing"))
    before = (project / "review.lock").read_bytes()
    code, _, err = run(capsys, "lock", "sign", project, "--yes")
    assert code == 2
    assert "cannot sign: " in err
    assert (project / "review.lock").read_bytes() == before
    edit(project, "super", signature="U1NI")
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "git").symlink_to(str(shutil.which("git")))
    monkeypatch.setenv("PATH", str(tools))
    code, out, err = run(capsys, "check", project, *READ)
    assert (code, out) == (2, "")
    assert "signatures need ssh-keygen, which does not work" in err
