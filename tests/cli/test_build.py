"""`reviewer build`: nothing runs before the verdict is 0, then the real build does, with zig's own words, streams and exit code."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

from reviewer.resources import resource
from reviewer.sandbox.probe import find_sandbox
from tests.cli.test_story import NAMES

pytestmark = pytest.mark.skipif(find_sandbox().kind != "bubblewrap", reason="the enforced build needs bubblewrap")


class Done(NamedTuple):
    code: int
    out: str
    err: str


def reviewer(*words: object, cwd: Path | None = None, stdin: str = "") -> Done:
    """The real program: zig is given its very streams."""
    argv = [sys.executable, "-m", "reviewer", *map(str, words)]
    done = subprocess.run(argv, input=stdin, capture_output=True, text=True, cwd=cwd, timeout=300)
    return Done(done.returncode, done.stdout, done.stderr)


def trust(project: Path, *more: object, packages: Sequence[str] = NAMES) -> None:
    done = reviewer("trust", *packages, "--project", project, "--evidence", "configured", "--yes", *more)
    assert done.code == 0, done.err


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(resource("demo"), tmp_path_factory.mktemp("build") / "terminal-app"))


def test_where_anything_needs_review_nothing_is_executed(project: Path) -> None:
    done = reviewer("build", project)
    assert done.code == 1
    assert done.out == "", "stdout is the build's own"
    assert "unreviewed super 1.0.0: no decision yet" in done.err
    assert "build blocked: 4 need review (for the default build options); nothing was executed" in done.err
    assert not (project / "zig-out").exists()
    assert not (project / ".zig-cache").exists()


def test_a_word_that_leads_around_is_refused_before_anything_is_looked_at(project: Path) -> None:
    done = reviewer("build", project, "--", "--build-runner", "evil.zig")
    assert done.code == 2
    assert "“--build-runner” cannot be in an enforced build" in done.err


def test_once_all_is_trusted_the_real_build_runs(project: Path) -> None:
    trust(project)
    done = reviewer("build", project, "--", "--summary", "all", "-j2")
    assert done.code == 0, done.err
    assert "super: this program ran because you imported a module" in done.err
    assert "Build Summary: 9/9 steps succeeded" in done.err
    assert "exception" not in done.err
    assert os.access(project / "zig-out/bin/app", os.X_OK)
    again = reviewer("build", project, "--", "--summary", "all")
    assert again.code == 0
    assert "compile exe app debug native cached" in again.err.replace("Debug", "debug")


def test_arguments_reach_the_program_and_its_output_ours(project: Path) -> None:
    done = reviewer("build", project, "--", "run", "--", "one", "two")
    assert (done.code, done.err.count("event 42")) == (0, 1), done.err


def test_it_installs_where_the_user_says(project: Path, tmp_path: Path) -> None:
    done = reviewer("build", project, "--", "-p", "elsewhere", cwd=tmp_path)
    assert done.code == 0, done.err
    assert (tmp_path / "elsewhere/bin/app").exists()


def test_a_build_that_fails_ends_as_zig_does(project: Path) -> None:
    source = project / "src/main.zig"
    good = source.read_text()
    source.write_text(good + '\ncomptime {\n    @compileError("on purpose");\n}\n')
    done = reviewer("build", project)
    source.write_text(good)
    assert done.code == 1
    assert "error: on purpose" in done.err


def test_a_rejected_package_ends_it_with_3(project: Path) -> None:
    lock = (project / "review.lock").read_bytes()
    assert reviewer("reject", "super", "--project", project, "--note", "steals", "--yes").code == 0
    shutil.rmtree(project / "zig-out")
    done = reviewer("build", project)
    (project / "review.lock").write_bytes(lock)
    assert done.code == 3
    assert "rejected   super 1.0.0" in done.err
    assert not (project / "zig-out").exists()


def test_every_exception_is_listed_at_the_end(project: Path) -> None:
    lock = (project / "review.lock").read_bytes()
    trust(
        project, "--step", "run exe helper", "--grant", "build.hook", "--grant", "env.read=EDITOR", packages=["super"]
    )
    done = reviewer("build", project)
    (project / "review.lock").write_bytes(lock)
    assert done.code == 0, done.err
    assert done.err.splitlines()[-3:] == [
        "reviewer: 2 exceptions from review.lock in force:",
        "reviewer:   super 1.0.0, “run exe helper”: build.hook: held by the outer sandbox alone",
        "reviewer:   super 1.0.0, “run exe helper”: env.read: EDITOR",
    ]
