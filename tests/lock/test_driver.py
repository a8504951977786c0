"""Two people on two branches decide: git merges their review.lock by package, and a reject stays one."""

import os
import subprocess
from pathlib import Path

import pytest

from reviewer.cli import main
from reviewer.errors import ReviewerError
from reviewer.lock.decision import Decision, Lock, Verdict
from reviewer.lock.history import lock_history
from reviewer.lock.storage import load, save
from reviewer.lock.voices import joined, voices
from reviewer.review.identity import reviewer_name
from tests.lock.test_merge import decided


class Clone:
    """A real git repository whose configuration is that of a person who has none."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.lock = root / "review.lock"
        root.mkdir()
        self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *words: str, ok: bool = True, **env: str) -> str:
        names = {f"GIT_{who}_{what}": "Bob" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        clean = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
        done = subprocess.run(
            ["git", *words], cwd=self.root, capture_output=True, text=True, env={**os.environ, **names, **clean, **env}
        )
        assert not ok or done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    def decide(self, *decisions: Decision, message: str = "decide") -> None:
        before = load(self.lock)
        save(self.lock, before, before.with_decisions(decisions))
        self.commit(message)

    def commit(self, message: str = "more") -> None:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "-m", message)


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clone:
    made = Clone(tmp_path / "it's 100% ours")
    monkeypatch.chdir(made.root)
    return made


def test_two_branches_that_decide_about_different_packages_merge_without_a_conflict(clone: Clone) -> None:
    assert main(["lock", "merge", "--install", "--yes"]) == 0
    # A project must not be able to put itself in Reviewer's place when git starts the driver in it.
    (clone.root / "reviewer.py").write_text("raise SystemExit(99)")
    clone.decide(decided("zig:m@1#m", Verdict.TRUSTED))
    clone.git("checkout", "--quiet", "-b", "ada")
    clone.decide(decided("zig:a@1#a", Verdict.TRUSTED), decided("zig:b@1#b", Verdict.REJECTED))
    clone.git("checkout", "--quiet", "main")
    clone.decide(decided("zig:c@1#c", Verdict.REJECTED), decided("zig:d@1#d", Verdict.TRUSTED))
    clone.git("merge", "--quiet", "--no-edit", "ada")
    verdicts = {package[4]: decision.verdict for package, decision in load(clone.lock).decisions.items()}
    assert verdicts == {"a": "trusted", "b": "rejected", "c": "rejected", "d": "trusted", "m": "trusted"}


@pytest.mark.parametrize("ours", [Verdict.TRUSTED, Verdict.REJECTED])
def test_trusted_here_and_rejected_there_is_rejected_and_git_says_so(clone: Clone, ours: Verdict) -> None:
    assert main(["lock", "merge", "--install", "--yes"]) == 0
    clone.commit()  # neither has a review.lock yet: the common ancestor has none
    theirs = Verdict.REJECTED if ours is Verdict.TRUSTED else Verdict.TRUSTED
    clone.git("checkout", "--quiet", "-b", "ada")
    clone.decide(decided("zig:a@1#a", theirs, "2026-02-02T00:00:00Z"))
    clone.git("checkout", "--quiet", "main")
    clone.decide(decided("zig:a@1#a", ours))
    told = clone.git("merge", "--quiet", "--no-edit", "ada")
    assert load(clone.lock).decisions["zig:a@1#a"].verdict is Verdict.REJECTED
    assert "zig:a@1#a: rejected for run by Ada at" in told
    assert "stands, not trusted" in told


def test_trusted_on_both_branches_it_has_two_reviewers(clone: Clone) -> None:
    assert main(["lock", "merge", "--install", "--yes"]) == 0
    clone.commit()
    ada = decided("zig:a@1#a", Verdict.TRUSTED, note="read it")
    ben = ada._replace(by="Ben <ben@example.org>", at="2026-02-02T00:00:00Z", note="so did I", signature="U1NI")
    clone.git("checkout", "--quiet", "-b", "ben")
    clone.decide(ben)
    clone.git("checkout", "--quiet", "main")
    clone.decide(ada)
    told = clone.git("merge", "--no-edit", "ben")
    assert "stands" not in told
    both = load(clone.lock).decisions["zig:a@1#a"]
    assert voices(both) == (ada, ben)
    # One signs, and another joins, each on a branch: neither is lost.
    clone.git("checkout", "--quiet", "-b", "ada")
    clone.decide(joined(both, ada._replace(at="2026-03-03T00:00:00Z", signature="U1NIU0k=")))
    clone.git("checkout", "--quiet", "main")
    clone.decide(joined(both, ada._replace(by="Cy", note="and I")))
    clone.git("merge", "--quiet", "--no-edit", "ada")
    found = {voice.by: voice.signature for voice in voices(load(clone.lock).decisions["zig:a@1#a"])}
    assert found == {"Cy": "", "Ben <ben@example.org>": "U1NI", "Ada": "U1NIU0k="}


def test_a_damaged_side_is_a_conflict_and_not_guessed_at(clone: Clone) -> None:
    assert main(["lock", "merge", "--install", "--yes"]) == 0
    clone.decide(decided("zig:m@1#m", Verdict.TRUSTED))
    clone.git("checkout", "--quiet", "-b", "ada")
    clone.lock.write_text('{"version": 9}\n')
    clone.commit()
    clone.git("checkout", "--quiet", "main")
    clone.decide(decided("zig:a@1#a", Verdict.REJECTED))
    before = clone.lock.read_bytes()
    told = clone.git("merge", "--quiet", "--no-edit", "ada", ok=False)
    assert "review.lock (theirs):1:13: this is version 9 of the format" in told
    assert clone.git("status", "--short") == "UU review.lock\n"
    assert clone.lock.read_bytes() == before


def test_installing_shows_what_it_changes_keeps_what_is_there_and_is_done_once(
    clone: Clone, capsys: pytest.CaptureFixture[str]
) -> None:
    (clone.root / ".gitattributes").write_text("*.zig text")
    assert main(["lock", "merge", "--install"]) == 0
    out = capsys.readouterr().out
    assert "+review.lock merge=reviewer" in out
    assert "git config merge.reviewer.driver = " in out
    assert (clone.root / ".gitattributes").read_text() == "*.zig text\nreview.lock merge=reviewer\n"
    assert main(["lock", "merge", "--install"]) == 0
    assert capsys.readouterr().out == "git merges review.lock by package already\n"


def test_outside_a_repository_there_is_nothing_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["lock", "merge", "--install", "--yes"]) == 2
    assert "not a git repository" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_the_log_tells_who_decided_what_and_when(clone: Clone, capsys: pytest.CaptureFixture[str]) -> None:
    clone.commit("first")
    clone.decide(decided("zig:a@1#a", Verdict.DEFERRED), decided("zig:b@1#b", Verdict.TRUSTED))
    clone.decide(decided("zig:a@1#a", Verdict.TRUSTED, "2026-02-02T00:00:00Z", note="read \x1b[31m it all"))
    save(clone.lock, load(clone.lock), load(clone.lock).with_decisions([decided("zig:a@2#a", Verdict.REJECTED)]))
    assert main(["log", "a"]) == 0
    out = capsys.readouterr().out
    lines = out.splitlines()
    assert lines[0] == "zig:a@2#a  (not committed)"
    assert lines[1] == "    rejected for run by Ada at 2026-01-01T00:00:00Z"
    assert lines[3].startswith("zig:a@1#a  (commit ")
    assert lines[3].endswith(", Bob <Bob>)")
    assert lines[4].endswith("2026-02-02T00:00:00Z; before: deferred for run by Ada at 2026-01-01T00:00:00Z")
    assert lines[6] == "    note: read <U+001B>[31m it all"
    assert "zig:b" not in out
    assert main(["log", "c"]) == 2
    assert "no package is named “c”; there are: a, b" in capsys.readouterr().err


def test_a_merge_that_takes_over_one_side_decides_nothing(clone: Clone) -> None:
    assert main(["lock", "merge", "--install", "--yes"]) == 0
    clone.commit()
    clone.git("checkout", "--quiet", "-b", "ada")
    clone.decide(decided("zig:a@1#a", Verdict.TRUSTED))
    clone.git("checkout", "--quiet", "main")
    clone.decide(decided("zig:b@1#b", Verdict.TRUSTED))
    clone.git("merge", "--quiet", "--no-edit", "ada")
    assert sorted(event.package for event in lock_history(clone.root).events) == ["zig:a@1#a", "zig:b@1#b"]


def test_what_was_removed_and_what_cannot_be_read_is_told(clone: Clone) -> None:
    clone.decide(decided("zig:a@1#a", Verdict.TRUSTED))
    clone.lock.write_text("{")
    clone.commit("damaged")
    clone.lock.unlink()
    clone.commit("gone")
    clone.decide(decided("zig:a@1#a", Verdict.TRUSTED))
    save(clone.lock, load(clone.lock), Lock())
    history = lock_history(clone.root)
    assert [(event.commit is None, event.after is None) for event in history.events] == [
        (True, True),
        (False, False),
        (False, False),
    ]
    (gap,) = history.gaps
    assert "review.lock:1:2: the file ends too early" in gap


def test_a_hostile_repository_runs_nothing_when_its_log_is_read(clone: Clone, tmp_path: Path) -> None:
    clone.decide(decided("zig:a@1#a", Verdict.TRUSTED))
    trap = tmp_path / "trap"
    trap.write_text(f"#!/bin/sh\ntouch '{tmp_path}/sprung'\n")
    trap.chmod(0o755)
    for key in ("core.fsmonitor", "core.pager", "pager.rev-list", "pager.cat-file", "gpg.program", "diff.external"):
        clone.git("config", key, str(trap))
    clone.git("config", "log.showSignature", "true")
    clone.git("config", "remote.origin.url", f"ext::{trap}")
    clone.git("config", "remote.origin.promisor", "true")
    clone.git("config", "extensions.partialClone", "origin")
    clone.git("config", "filter.x.smudge", str(trap))
    clone.git("config", "diff.x.textconv", str(trap))
    (clone.root / ".gitattributes").write_text("* filter=x diff=x\n")
    assert len(lock_history(clone.root).events) == 1
    assert not (tmp_path / "sprung").exists()


def test_a_repository_that_lacks_an_object_fetches_nothing_when_its_log_is_read(clone: Clone, tmp_path: Path) -> None:
    # A partial clone gets what is missing by a program that its own configuration names, even for `git rev-parse`.
    clone.decide(decided("zig:a@1#a", Verdict.TRUSTED))
    head = clone.git("rev-parse", "HEAD").strip()
    (clone.root / ".git" / "objects" / head[:2] / head[2:]).unlink()
    for key, value in (
        ("core.repositoryFormatVersion", "1"),
        ("extensions.partialClone", "origin"),
        ("remote.origin.promisor", "true"),
        ("remote.origin.url", "ssh://host/there"),
        ("core.sshCommand", f"touch '{tmp_path}/sprung'; false"),
        ("protocol.allow", "always"),
    ):
        clone.git("config", key, value)
    with pytest.raises(ReviewerError, match="git cannot read the history"):
        lock_history(clone.root)
    assert main(["lock", "merge", "--install", "--yes"]) == 0
    assert not (tmp_path / "sprung").exists()


def test_whoever_decides_in_a_hostile_repository_bears_a_name_that_can_be_shown(clone: Clone) -> None:
    with (clone.root / ".git" / "config").open("ab") as config:
        config.write(b'[user]\n\tname = "Ada \xff\x1b[31m"\n')
    assert reviewer_name(clone.root).startswith("Ada <U+DCFF><U+001B>[31m")


def test_a_project_in_a_folder_of_its_repository_has_its_own_log(clone: Clone) -> None:
    project = clone.root / "app [1]"
    project.mkdir()
    save(project / "review.lock", Lock(), Lock().with_decisions([decided("zig:a@1#a", Verdict.TRUSTED)]))
    clone.decide(decided("zig:b@1#b", Verdict.TRUSTED))
    assert [event.package for event in lock_history(project).events] == ["zig:a@1#a"]
