"""A hidden run step that was trusted by mistake: the enforced build stops what it does, and builds everything else as plain zig does."""

import hashlib
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reviewer.ecosystems.zig.toolchains.find import Toolchain
from reviewer.places import cache_dir
from tests.cli.test_build import Done, pytestmark, reviewer  # noqa: F401 - which needs bubblewrap
from tests.ecosystems.zig.conftest import toolchain_of
from tests.gate.enforced.seed import HONEY, Seed, seed
from tests.sandbox.conftest import processes_with

MAKER, SUPER = "zig:maker@1.0.0#deps/maker", "zig:super@1.0.0#deps/super"
SMALL = "-Doptimize=ReleaseSmall"
HARMLESS = "pub fn main() void {}\n"


@pytest.fixture(scope="module", params=["0.14", "0.15", "0.16", "0.17"])
def toolchain(request: pytest.FixtureRequest) -> Toolchain:
    return toolchain_of(request.param)


@pytest.fixture(scope="module")
def project(toolchain: Toolchain, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seed]:
    """One for each version: a thief that says nothing when it fails."""
    with seed(tmp_path_factory.mktemp("seed")) as found, pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(found.home))
        manifest = found.root / "build.zig.zon"
        manifest.write_text(manifest.read_text().replace("0.14.0", toolchain.version))
        found.becomes(found.program("steal", "call", "plant", "stay", insists=False))
        yield found


def do(project: Seed, toolchain: Toolchain, verb: str, *words: object) -> Done:
    return reviewer(verb, project.root, "--zig", toolchain.zig, *words)


def trust(project: Seed, toolchain: Toolchain, *words: object) -> None:
    words = (*words, "--project", project.root, "--zig", toolchain.zig, "--evidence", "configured", "--yes")
    done = reviewer("trust", *words)
    assert done.code == 0, done.err


def test_code_that_no_sandbox_of_a_step_can_hold_is_refused_until_that_is_allowed(
    project: Seed, toolchain: Toolchain
) -> None:
    trust(project, toolchain, "super", "tables", "maker")
    if toolchain.has_maker:
        return  # from zig 0.17 on there are no such steps
    done = do(project, toolchain, "build")
    assert done.code == 1
    assert "its code runs in zig's own process, where no sandbox of a step can hold it" in done.err
    assert "nothing was executed" in done.err
    assert not (project.root / "zig-out").exists()
    assert f"reviewer trust {MAKER!r} --step" in done.err.replace('"', "'")
    trust(project, toolchain, "maker", "--grant", "build.hook")


def test_a_silent_thief_gets_nothing_and_everything_else_is_built(project: Seed, toolchain: Toolchain) -> None:
    done = do(project, toolchain, "build", "--", SMALL)
    assert done.code == 0, done.err
    assert HONEY not in done.out + done.err
    time.sleep(1.2)
    assert project.damage() == []
    assert processes_with(str(project.root)) == []
    assert (project.root / "zig-out/bin/app").exists()
    if not toolchain.has_maker:
        assert "“open”: build.hook: held by the outer sandbox alone" in done.err
        assert "build code of all packages runs in the process that makes the steps" in done.err


def test_what_is_built_is_what_plain_zig_builds(project: Seed, toolchain: Toolchain) -> None:
    """To the byte, without debug information, in which zig itself is not the same twice; for plain zig the thief is made harmless first."""
    if toolchain.minor in ("0.15", "0.16"):
        pytest.skip("the oldest and the newest tell enough: plain zig has to build all of it again")
    enforced = built(project.root)
    assert len(enforced) == 1
    project.becomes(HARMLESS)
    shutil.rmtree(project.root / "zig-out")
    if toolchain.has_maker:  # it takes a minute to compile
        (compiled,) = (cache_dir() / "zig").glob(f"compiled-{toolchain.version}-*")
        shutil.copytree(compiled, os.environ["ZIG_GLOBAL_CACHE_DIR"], dirs_exist_ok=True)
    environment = {**os.environ, "ZIG_DEBUG_CMD": "1"}
    plain = subprocess.run(
        [toolchain.zig, "build", SMALL], cwd=project.root, env=environment, capture_output=True, text=True
    )
    assert plain.returncode == 0, plain.stderr
    assert built(project.root) == enforced


def built(root: Path) -> dict[str, str]:
    found = (path for path in (root / "zig-out").rglob("*") if path.is_file())
    return {str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest() for path in found}


@pytest.fixture(scope="module")
def insisting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seed]:
    """One whose program fails where it may not."""
    with seed(tmp_path_factory.mktemp("insisting")) as found, pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(found.home))
        yield found


@pytest.mark.parametrize(
    ("act", "line", "capability", "wanted"),
    [
        ("steal", "linux.open(", "fs.read.sensitive", "read [home]/.ssh/id_ed25519"),
        ("call", "linux.connect(", "net.out", "connect 127.0.0.1:"),
        ("plant", "linux.open(", "fs.write", "/planted"),
    ],
)
def test_each_act_is_observed_and_then_stopped_by_name_and_line(
    insisting: Seed, act: str, line: str, capability: str, wanted: str
) -> None:
    toolchain = toolchain_of("0.17")
    program = insisting.program(act, insists=True)
    insisting.becomes(program)
    number = insisting.line_of(program, line)
    trust(insisting, toolchain, "super", "tables", "maker")
    seen = observed(insisting)
    assert ("evil.zig", number) in {(a["place"]["file"], a["place"]["line"]) for a in seen if a["place"]}

    done = do(insisting, toolchain, "build")
    assert done.code == 1
    assert "step “run exe helper” of super 1.0.0 was refused what it does not declare:" in done.err
    told = next(text for text in done.err.splitlines() if f"({capability})" in text)
    assert wanted in told
    assert f"at super/evil.zig:{number}" in told
    assert "it declares no inputs → no outputs" in done.err
    assert f"reviewer reject {SUPER!r}" in done.err.replace('"', "'")
    assert ("to allow just this: reviewer trust" in done.err) is (act != "steal"), "keys are never offered"
    assert HONEY not in done.out + done.err
    assert insisting.damage() == []


def observed(project: Seed) -> list[Any]:
    done = reviewer(
        "observe", "run exe helper", "--project", project.root, "--zig", toolchain_of("0.17").zig, "--format", "json"
    )
    assert done.code == 0, done.err
    return [act for act in json.loads(done.out)["acts"] if act["capability"]]


def test_what_stays_behind_is_observed_and_ends_with_its_step(insisting: Seed) -> None:
    program = insisting.program("stay", insists=True)
    insisting.becomes(program)
    trust(insisting, toolchain_of("0.17"), "super", "tables", "maker")
    late = [act for act in observed(insisting) if act["late"]]
    assert [act["place"]["line"] for act in late if act["place"]] == [insisting.line_of(program, "linux.open(")]
    began = time.monotonic()
    done = do(insisting, toolchain_of("0.17"), "build")
    assert done.code == 0, done.err
    assert time.monotonic() - began < 300, "nobody waits for it"
    time.sleep(1.2)
    assert insisting.damage() == []
    assert processes_with(str(insisting.root)) == []
