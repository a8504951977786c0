"""A project that wants two people to read what it trusts: the second says `trust` as the first did, and both stay known."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_sign import READ, checked, edit, make_key
from tests.cli.test_story import NAMES, run, trust_all

Become = Callable[[str], None]


@pytest.fixture
def become(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Become:
    """From now on the one with this name decides, whose key is NAME beside the project."""

    def change(name: str) -> None:
        mail = f"{name.lower()}@example.org"
        settings = {"user.name": name, "user.email": mail, "user.signingkey": str(tmp_path / name)}
        monkeypatch.setenv("GIT_CONFIG_COUNT", str(len(settings)))
        for number, (key, value) in enumerate(settings.items()):
            monkeypatch.setenv(f"GIT_CONFIG_KEY_{number}", key)
            monkeypatch.setenv(f"GIT_CONFIG_VALUE_{number}", value)

    return change


def demand(project: Path, text: str) -> None:
    (project / "review.toml").write_text(f"version = 1\n[policy]\n{text}\n")


def entry(project: Path, name: str) -> dict[str, Any]:
    packages = json.loads((project / "review.lock").read_text())["packages"]
    (found,) = [value for package, value in packages.items() if f":{name}@" in package]
    return dict(found)


def trust(capsys: pytest.CaptureFixture[str], project: Path, *words: str) -> str:
    code, out, err = run(capsys, "trust", "--project", project, *READ, "--yes", *words)
    assert code == 0, err
    return out


def test_one_reviewer_is_not_two_however_often_they_trust(
    demo: Path, become: Become, capsys: pytest.CaptureFixture[str]
) -> None:
    demand(demo, "reviewers = 2")
    become("Ada")
    trust_all(capsys, demo, "read")
    assert "Trusted; another reviewer has to trust it too." in trust(capsys, demo, *NAMES)
    code, found = checked(capsys, demo)
    assert (code, found["super"]["status"]) == (1, "unreviewed")
    assert found["super"]["reason"] == "trusted to run by Ada, 1 of the 2 reviewers that review.toml demands"
    assert "also" not in entry(demo, "super")


def test_the_second_confirms_by_the_same_trust_and_both_stay_known(
    demo: Path, become: Become, capsys: pytest.CaptureFixture[str]
) -> None:
    demand(demo, "reviewers = 2")
    become("Ada")
    trust(capsys, demo, *NAMES, "--note", "read it all")
    become("Ben")
    out = trust(capsys, demo, *NAMES, "--note", "me too")
    assert "    as trusted for run by Ada <ada@example.org> at " in out
    code, found = checked(capsys, demo)
    assert code == 0
    assert found["super"]["reason"] == "trusted to run by Ada and Ben"
    both = entry(demo, "super")
    assert (both["by"], both["note"]) == ("Ada <ada@example.org>", "read it all")
    assert [(other["by"], other["note"]) for other in both["also"]] == [("Ben <ben@example.org>", "me too")]
    # The report that is handed over names both.
    for form in ("html", "markdown", "cyclonedx"):
        assert "Ben" in run(capsys, "export", demo, *READ, "--format", form)[1]


@pytest.mark.parametrize("words", [("--criteria", "ship"), ("--grant", "net.out=a:1")])
def test_who_trusts_something_else_replaces_and_is_told_so(
    demo: Path, become: Become, words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    become("Ada")
    trust_all(capsys, demo, "read")
    become("Ben")
    out = trust(capsys, demo, "super", *words)
    assert "    instead of: trusted for run by Ada" in out
    assert entry(demo, "super")["by"] == "Ben <ben@example.org>"
    # And whoever agrees to that, in the same words, confirms it.
    become("Ada")
    assert "    as trusted for" in trust(capsys, demo, "super", *words)
    both = entry(demo, "super")
    assert {both["by"], both["also"][0]["by"]} == {"Ada <ada@example.org>", "Ben <ben@example.org>"}


def test_another_content_needs_both_again(demo: Path, become: Become, capsys: pytest.CaptureFixture[str]) -> None:
    demand(demo, "reviewers = 2")
    for name in ("Ada", "Ben"):
        become(name)
        trust_all(capsys, demo, "read")
    with (demo / "deps/super/build.zig").open("a") as file:
        file.write("// more\n")
    assert checked(capsys, demo)[1]["super"]["status"] == "changed"
    trust(capsys, demo, "super")
    assert "1 of the 2 reviewers" in checked(capsys, demo)[1]["super"]["reason"]


def test_a_reject_by_one_is_enough(demo: Path, become: Become, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("Ada", "Ben"):
        become(name)
        trust_all(capsys, demo, "read")
    become("Cy")
    assert run(capsys, "reject", "super", "--project", demo, *READ, "--yes")[0] == 0
    assert checked(capsys, demo)[0] == 3


def test_for_some_packages_or_to_ship_only(demo: Path, become: Become, capsys: pytest.CaptureFixture[str]) -> None:
    demand(demo, 'declarative = "pass"\nreviewers = { ship = 2 }\n[policy.packages."ring-*"]\nreviewers = 2')
    become("Ada")
    found = checked(capsys, demo)[1]
    # What is demanded for a package by its name does not pass unread.
    assert (found["ring-buffer"]["status"], found["event-loop"]["status"]) == ("unreviewed", "policy")
    trust_all(capsys, demo, "read")
    trust(capsys, demo, "super", "--criteria", "ship")
    found = checked(capsys, demo)[1]
    lacking = {name for name, package in found.items() if package["status"] == "unreviewed"}
    assert lacking == {"ring-buffer", "super"}
    become("Ben")
    trust(capsys, demo, "super", "--criteria", "ship")
    trust(capsys, demo, "ring-buffer")
    assert checked(capsys, demo)[0] == 0


def test_a_demand_that_fits_no_package_is_told(demo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    demand(demo, '[policy.packages."surer"]\nreviewers = 2')
    assert "warning: review.toml: policy.packages.surer fits no package" in run(capsys, "check", demo, *READ)[2]


# With signatures demanded each must be signed by their own key.


@pytest.fixture
def signed(demo: Path, tmp_path: Path, become: Become, capsys: pytest.CaptureFixture[str]) -> Path:
    """The demo, trusted and signed by Ada and Ben."""
    signers = [f"{name.lower()}@example.org {make_key(tmp_path / name)}\n" for name in ("Ada", "Ben")]
    (demo / "review.signers").write_text("".join(signers))
    demand(demo, "signed = true\nreviewers = 2")
    for name in ("Ada", "Ben"):
        become(name)
        trust_all(capsys, demo, "read")
        assert run(capsys, "lock", "sign", demo, "--yes")[0] == 0
    return demo


def test_each_signs_for_themselves_and_nobody_breaks_the_others_signature(
    signed: Path, become: Become, capsys: pytest.CaptureFixture[str]
) -> None:
    assert checked(capsys, signed)[0] == 0
    become("Ben")
    out = trust(capsys, signed, "super", "--note", "looked again")
    assert "it counts once it is signed (reviewer lock sign)" in out
    code, found = checked(capsys, signed)
    assert code == 1
    assert found["super"]["reason"] == (
        "trusted to run by Ada and Ben, not signed by Ben; 1 of the 2 signed reviewers that review.toml demands"
    )
    assert run(capsys, "lock", "sign", signed, "--yes")[0] == 0
    assert checked(capsys, signed)[0] == 0


def test_one_key_with_two_names_is_one_reviewer(
    signed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    public = " ".join((tmp_path / "Ada.pub").read_text().split()[:2])
    (signed / "review.signers").write_text(f"ada@example.org,ben@example.org {public}\n")
    (tmp_path / "Ben").write_bytes((tmp_path / "Ada").read_bytes())
    (tmp_path / "Ben").chmod(0o600)
    (tmp_path / "Ben.pub").write_bytes((tmp_path / "Ada.pub").read_bytes())
    trust_all(capsys, signed, "read")
    assert run(capsys, "lock", "sign", signed, "--yes")[0] == 0
    code, found = checked(capsys, signed)
    assert code == 1
    assert "2 names share an address or a key; 1 of the 2 signed reviewers" in found["super"]["reason"]


def test_neither_do_two_certificates_make_one_key_two_reviewers(
    signed: Path,
    tmp_path: Path,
    become: Become,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    authority = make_key(tmp_path / "authority")
    (signed / "review.signers").write_text(f"*@example.org cert-authority {authority}\n")
    (tmp_path / "Ben").write_bytes((tmp_path / "Ada").read_bytes())
    (tmp_path / "Ben").chmod(0o600)
    (tmp_path / "Ben.pub").write_bytes((tmp_path / "Ada.pub").read_bytes())
    for name in ("Ada", "Ben"):
        words = ["-q", "-s", str(tmp_path / "authority"), "-I", name, "-n", f"{name.lower()}@example.org"]
        subprocess.run(["ssh-keygen", *words, str(tmp_path / f"{name}.pub")], check=True)
        become(name)
        trust_all(capsys, signed, "read")
        monkeypatch.setenv("GIT_CONFIG_VALUE_2", str(tmp_path / f"{name}-cert.pub"))
        assert run(capsys, "lock", "sign", signed, "--yes")[0] == 0
    found = checked(capsys, signed)[1]["super"]
    assert found["status"] == "unreviewed"
    assert "2 names share an address or a key" in found["reason"]


@pytest.mark.parametrize(
    "change",
    [
        lambda found: found["also"][0].update(note="something else"),
        lambda found: found["also"][0].update(by="Cy <cy@example.org>"),
        lambda found: found.update(criteria=["ship"]),
        lambda found: found["also"][0].update(signature=found["signature"]),
    ],
    ids=["note", "name", "criteria", "the other's signature"],
)
def test_whatever_is_altered_of_it_is_an_alarm(
    signed: Path, change: Callable[[dict[str, Any]], None], capsys: pytest.CaptureFixture[str]
) -> None:
    found = entry(signed, "super")
    change(found)
    edit(signed, "super", **found)
    code, packages = checked(capsys, signed)
    assert code == 3
    assert "altered after it was signed" in packages["super"]["reason"]


def test_neither_may_what_an_upgrade_is_compared_with_be_altered(
    signed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = signed / "review.lock"
    value = json.loads(path.read_text())
    (old,) = [package for package in value["packages"] if ":super@" in package]
    value["packages"][old.replace("@1.0.0", "@0.9.0")] = value["packages"].pop(old)
    path.write_text(json.dumps(value))
    code, packages = checked(capsys, signed)
    assert code == 3
    assert packages["super"]["reason"].endswith("find out by whom (the entry of 0.9.0)")


def test_a_signature_is_for_this_project_once_it_has_a_name(
    signed: Path, become: Become, capsys: pytest.CaptureFixture[str]
) -> None:
    demand(signed, 'signed = true\nreviewers = 2\nproject = "example/app"')
    assert checked(capsys, signed)[0] == 3  # what was signed for no project, or another, fits nothing here
    for name in ("Ada", "Ben"):
        become(name)
        assert f"{len(NAMES)} signed" in run(capsys, "lock", "sign", signed, "--yes")[1]
    assert checked(capsys, signed)[0] == 0
    demand(signed, 'signed = true\nproject = "example/other"')
    assert checked(capsys, signed)[0] == 3


def test_what_somebody_altered_is_not_signed_again_by_whoever_it_names(
    signed: Path, become: Become, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(signed, "super", note="and it may do anything")
    become("Ada")
    assert "there is no unsigned decision by Ada" in run(capsys, "lock", "sign", signed, "--yes")[1]
    assert checked(capsys, signed)[0] == 3


def test_what_the_builds_own_check_cannot_know_is_said(signed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "gate", "install", signed, "--yes")[0] == 0
    code, out, _ = run(capsys, "gate", "status", signed, *READ)
    assert code == 0
    assert "asks only whether they are there, not whether they are real: that is for `reviewer check`" in out
    assert "for some packages" not in out
    demand(signed, "reviewers = { ship = 2 }")
    out = run(capsys, "gate", "status", signed, *READ)[1]
    assert "demands more for some packages or criteria, of which the build's own check knows nothing" in out
    assert "signatures" not in out


# An older decision, signed and real, that somebody puts back.


def git(project: Path, *words: str) -> str:
    identity = ("-c", "user.name=Eve", "-c", "user.email=eve@example.org")
    done = subprocess.run(["git", *identity, *words], cwd=project, check=True, capture_output=True, text=True)
    return done.stdout


def commit(project: Path) -> None:
    git(project, "add", "--all")
    git(project, "commit", "--quiet", "--allow-empty", "-m", "x")


def later(project: Path, name: str, at: str) -> None:
    """The tests decide within one second; people do not."""
    edit(project, name, at=at)


def test_a_trust_that_was_taken_back_does_not_count_when_it_is_put_back(
    signed: Path, become: Become, capsys: pytest.CaptureFixture[str]
) -> None:
    git(signed, "init", "--quiet", "-b", "main")
    commit(signed)
    old = (signed / "review.lock").read_bytes()
    become("Ben")
    assert run(capsys, "reject", "super", "--project", signed, *READ, "--note", "calls home", "--yes")[0] == 0
    later(signed, "super", "2099-01-01T00:00:00Z")
    commit(signed)
    assert checked(capsys, signed)[0] == 3
    (signed / "review.lock").write_bytes(old)
    commit(signed)
    code, found = checked(capsys, signed)
    assert (code, found["super"]["status"]) == (3, "rejected")
    assert (
        "an older trust was put back: it was rejected by Ben after that (2099-01-01, commit "
        in found["super"]["reason"]
    )
    assert found["ring-buffer"]["status"] == "trusted"


def test_and_neither_does_one_that_allowed_more(
    signed: Path, become: Become, capsys: pytest.CaptureFixture[str]
) -> None:
    git(signed, "init", "--quiet", "-b", "main")
    commit(signed)
    less = (signed / "review.lock").read_bytes()
    demand(signed, "signed = true")
    become("Ada")
    trust(capsys, signed, "super", "--grant", "net.out=a:1")
    assert run(capsys, "lock", "sign", signed, "--yes")[0] == 0
    commit(signed)
    more = (signed / "review.lock").read_bytes()
    assert checked(capsys, signed)[0] == 0
    (signed / "review.lock").write_bytes(less)
    later(signed, "super", "2099-01-01T00:00:00Z")
    commit(signed)
    (signed / "review.lock").write_bytes(more)
    code, found = checked(capsys, signed)
    assert code == 3
    assert "it was trusted with less by" in found["super"]["reason"]


def test_where_the_history_is_not_whole_that_is_said(
    signed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "is in no git repository" in run(capsys, "check", signed, *READ)[2]
    git(signed, "init", "--quiet", "-b", "main")
    commit(signed)
    code, _, err = run(capsys, "check", signed, *READ)
    assert (code, "warning" in err) == (0, False)
    edit(signed, "super", **entry(signed, "super"))
    commit(signed)
    git(tmp_path, "clone", "--quiet", "--depth=1", f"file://{signed}", "shallow")
    code, _, err = run(capsys, "check", tmp_path / "shallow", *READ)
    assert code == 0
    assert (
        "warning: an older decision that was put back could go unnoticed: this clone has not all of git's history"
        in err
    )


def test_the_log_tells_who_joined_and_who_signed(
    signed: Path, become: Become, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    git(signed, "init", "--quiet", "-b", "main")
    commit(signed)
    become("Cy")
    trust(capsys, signed, "super", "--note", "fine")
    _, out, _ = run(capsys, "log", "super", "--project", signed)
    lines = out.splitlines()
    assert lines[0].endswith("(not committed)")
    assert lines[1].startswith("    also trusted for run by Cy <cy@example.org> at ")
    assert lines[2] == "    note: fine"
    assert lines[4].endswith("Eve <eve@example.org>)")
    assert lines[5].startswith("    trusted for run by Ada <ada@example.org> at ")
    assert lines[5].endswith(", signed")
    assert lines[7].startswith("    also trusted for run by Ben")
