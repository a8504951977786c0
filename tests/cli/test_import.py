"""Two teams use the same packages: what one read counts for the other, as far as the other says, and never against its own word."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_story import NAMES, run, trust_all

TOML = 'version = 1\n[imports.ada]\npath = "../other"\ncriteria = ["run"]\n'
READ = ("--evidence", "read")


@pytest.fixture
def other(demo: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """The project of another team, which has the same packages and trusts them all."""
    other = Path(shutil.copytree(demo, demo.parent / "other"))
    trust_all(capsys, other, "read")
    return other


@pytest.fixture
def project(demo: Path, other: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A project that imports them."""
    (demo / "review.toml").write_text(TOML)
    assert run(capsys, "import", demo, "--yes")[0] == 0
    return demo


def statuses(capsys: pytest.CaptureFixture[str], project: Path) -> dict[str, dict[str, Any]]:
    _, out, _ = run(capsys, "check", project, *READ, "--format", "json")
    return {found["id"].partition("@")[0].removeprefix("zig:"): found for found in json.loads(out)["packages"]}


def test_import_shows_what_comes_and_keeps_a_copy_to_commit(
    demo: Path, other: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (demo / "review.toml").write_text(TOML)
    code, out, err = run(capsys, "check", demo, *READ)
    assert (code, out) == (2, "")
    assert "review.imports/ada.lock: review.toml imports it, and it is not here; run `reviewer import`" in err
    code, out, _ = run(capsys, "import", demo)
    assert code == 0
    assert "ada: ../other, accepted for run" in out
    for name in NAMES:
        assert f"zig:{name}@" in out
    assert (demo / "review.imports/ada.lock").read_bytes() == (other / "review.lock").read_bytes()
    assert "nothing changed: 4 decisions" in run(capsys, "import", demo)[1]


def test_what_they_trust_at_the_same_content_passes_and_shows_whose_word_it_is(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = run(capsys, "check", project, *READ)
    assert code == 0
    assert out.count(", imported from ada") == len(NAMES)
    assert statuses(capsys, project)["super"]["imported"] == "ada"
    assert not (project / "review.lock").exists()


def test_at_any_other_content_it_does_not_count(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with (project / "deps/super/build.zig").open("a") as file:
        file.write("// more\n")
    assert statuses(capsys, project)["super"]["status"] == "unreviewed"
    assert statuses(capsys, project)["ring-buffer"]["status"] == "trusted"


def test_it_never_overrules_a_decision_made_here(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "reject", "super", "--project", project, *READ, "--yes")[0] == 0
    assert run(capsys, "defer", "ring-buffer", "--project", project, *READ, "--yes")[0] == 0
    found = statuses(capsys, project)
    assert (found["super"]["status"], found["ring-buffer"]["status"]) == ("rejected", "deferred")


def test_their_reject_is_shown_and_lets_nothing_pass_by_itself(
    project: Path, other: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("reject", "super", "event-loop", "--project", other, *READ, "--note", "calls home", "--yes")
    assert run(capsys, *words)[0] == 0
    (project / "review.toml").write_text(f'{TOML}\n[policy]\ndeclarative = "pass"\n')
    _, out, _ = run(capsys, "import", project)
    assert "super@1.0.0#deps/super: rejected by" in out
    assert "(was trusted by" in out
    found = statuses(capsys, project)
    assert {found[name]["status"] for name in ("super", "event-loop")} == {"unreviewed"}
    assert "in import ada (calls home)" in found["super"]["reason"]
    # Whoever trusts it here all the same is told every time.
    assert run(capsys, "trust", "super", "--project", project, *READ, "--yes")[0] == 0
    found = statuses(capsys, project)
    assert found["super"]["status"] == "trusted"
    assert "in import ada (calls home)" in found["super"]["reason"]


@pytest.mark.parametrize(("accepted", "counts"), [("run", ["run"]), ("ship", ["ship"])])
def test_only_the_accepted_criteria_count_and_no_grants(
    demo: Path, other: Path, accepted: str, counts: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("trust", "super", "--criteria", "ship", "--grant", "net.out=a:1", "--project", other, *READ, "--yes")
    assert run(capsys, *words)[0] == 0
    (demo / "review.toml").write_text(TOML.replace('["run"]', f'["{accepted}"]'))
    assert run(capsys, "import", demo)[0] == 0
    assert statuses(capsys, demo)["super"]["criteria"] == counts
    assert statuses(capsys, demo)["ring-buffer"]["criteria"] == ["run"]
    assert "net.out" not in run(capsys, "export", demo, *READ, "--format", "html")[1]


def test_a_pinned_copy_is_that_one_or_none(project: Path, other: Path, capsys: pytest.CaptureFixture[str]) -> None:
    digest = run(capsys, "import", project)[1].rpartition(", ")[2].strip()
    (project / "review.toml").write_text(f'{TOML}digest = "{digest}"\n')
    assert run(capsys, "check", project, *READ)[0] == 0
    assert run(capsys, "reject", "super", "--project", other, *READ, "--yes")[0] == 0
    code, _, err = run(capsys, "import", project)
    assert code == 2
    assert "and review.toml pins another" in err
    shutil.copy(other / "review.lock", project / "review.imports/ada.lock")
    code, _, err = run(capsys, "check", project, *READ)
    assert code == 2
    assert "review.imports/ada.lock: its digest is sha256:" in err


def test_from_a_git_repository_at_a_revision(demo: Path, other: Path, capsys: pytest.CaptureFixture[str]) -> None:
    identity = ("-c", "user.name=Ada", "-c", "user.email=a@example.org")
    for words in (
        ("init", "--quiet", "-b", "main"),
        ("add", "review.lock"),
        (*identity, "commit", "--quiet", "-m", "x"),
    ):
        subprocess.run(["git", *words], cwd=other, check=True)
    (demo / "review.toml").write_text(
        f'version = 1\n[imports.ada]\ngit = "file://{other}"\nrevision = "main"\ncriteria = ["run"]\n'
    )
    assert run(capsys, "import", demo)[0] == 0
    assert run(capsys, "check", demo, *READ)[0] == 0
    toml = (demo / "review.toml").read_text()
    for source, told in ((f"ext::touch {demo}/sprung", "transport 'ext' not allowed"), ("file:///nowhere", "nowhere")):
        (demo / "review.toml").write_text(toml.replace(f"file://{other}", source))
        code, _, err = run(capsys, "import", demo)
        assert code == 2
        assert told in err
    assert not (demo / "sprung").exists()


def test_from_a_folder_of_a_git_repository(demo: Path, other: Path, capsys: pytest.CaptureFixture[str]) -> None:
    top = other.parent
    identity = ("-c", "user.name=Ada", "-c", "user.email=a@example.org")
    lock = f"{other.name}/review.lock"
    for words in (("init", "--quiet", "-b", "main"), ("add", lock), (*identity, "commit", "--quiet", "-m", "x")):
        subprocess.run(["git", *words], cwd=top, check=True)
    toml = f'version = 1\n[imports.ada]\ngit = "file://{top}"\nrevision = "main"\ncriteria = ["run"]\n'
    (demo / "review.toml").write_text(toml)
    code, _, err = run(capsys, "import", demo)
    assert code == 2
    assert "check the address, revision and folder in review.toml" in err
    (demo / "review.toml").write_text(f'{toml}folder = "{other.name}"\n')
    out = run(capsys, "import", demo)[1]
    assert f"ada: file://{top} at main, folder {other.name}, accepted for run" in out
    assert run(capsys, "check", demo, *READ)[0] == 0


def test_two_there_count_as_two_here(demo: Path, other: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (demo / "review.toml").write_text(f"{TOML}\n[policy]\nreviewers = 2\n")
    assert run(capsys, "import", demo)[0] == 0
    found = statuses(capsys, demo)["super"]
    assert found["status"] == "unreviewed"
    assert "imported from ada, 1 of the 2 reviewers" in found["reason"]
    lock = json.loads((other / "review.lock").read_text())
    for entry in lock["packages"].values():
        entry["also"] = [{"by": "Ben <ben@example.org>", "at": "2099-01-01T00:00:00Z", "note": ""}]
    (other / "review.lock").write_text(json.dumps(lock))
    assert ", Ben <ben@example.org> (was trusted by" in run(capsys, "import", demo)[1]
    assert run(capsys, "check", demo, *READ)[0] == 0


def test_the_builds_own_check_knows_no_imports_and_that_is_said(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(capsys, "gate", "install", project, "--yes")[0] == 0
    code, out, _ = run(capsys, "gate", "status", project, *READ)
    assert code == 1
    assert "pass by import; the build's own check knows only review.lock" in out


def test_a_folder_that_leads_elsewhere_is_not_followed(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "review.imports").rename(project.parent / "elsewhere")
    (project / "review.imports").symlink_to(project.parent / "elsewhere")
    assert run(capsys, "check", project, *READ)[0] == 2
    assert run(capsys, "import", project)[0] == 2
