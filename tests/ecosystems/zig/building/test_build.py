"""One project that has every kind of run step, built for real by each version of zig, each step asked for from outside."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from reviewer.ecosystems.zig.packages.kept import project_cache
from reviewer.ecosystems.zig.toolchains.find import Toolchain
from reviewer.errors import ReviewerError
from tests.ecosystems.zig.building.helpers import Steps, build
from tests.ecosystems.zig.conftest import toolchain_of

MADE = Path(__file__).parent / "made"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One for all versions, as when a user changes zig."""
    folder = Path(shutil.copytree(MADE, tmp_path_factory.mktemp("enforced") / "made"))
    yield folder


def test_every_kind_of_step_runs_as_approved_and_makes_what_it_declares(project: Path, toolchain: Toolchain) -> None:
    shutil.rmtree(project / "zig-out", ignore_errors=True)
    steps = Steps()
    built, told = build(project, toolchain, steps, "install", "test")
    assert (built.result.exit_code, built.stopped) == (0, ()), told
    assert len(steps.ran) == 8
    out = project / "zig-out"
    assert (out / "made/deep/copy.txt").read_text() == (out / "tracked.txt").read_text() == "north\nsouth\n"
    assert (out / "words.txt").read_text() == (out / "copied.txt").read_text() == "north\nsouth\n"
    assert b"east" in (out / "bin/app").read_bytes()

    again = Steps()
    built, told = build(project, toolchain, again, "install", "test")
    tests = [] if toolchain.has_maker else ["root/run test"]  # up to 0.16 their words hold a random seed
    assert (built.result.exit_code, built.stopped, again.names()) == (0, (), tests), told


def test_what_was_installed_runs_from_there(project: Path, toolchain: Toolchain) -> None:
    steps = Steps()
    built, told = build(project, toolchain, steps, "installed")
    assert (built.result.exit_code, built.stopped) == (0, ()), told
    assert "east 42" in told


def test_how_a_step_ends_is_how_zig_tells_it(project: Path, toolchain: Toolchain) -> None:
    built, told = build(project, toolchain, Steps(), "fail")
    assert built.result.exit_code == 1
    assert "it fails" in told
    assert "code 3" in told
    built, told = build(project, toolchain, Steps(), "die")
    assert built.result.exit_code == 1
    assert "signal" in told or "terminated" in told


def test_arguments_after_the_dashes_reach_the_program(project: Path, toolchain: Toolchain) -> None:
    steps = Steps()
    built, told = build(project, toolchain, steps, "run", arguments=("--flag", "two words"))
    assert (built.result.exit_code, built.stopped) == (0, ()), told
    (matched,) = [matched for name, matched in steps.ran if name.startswith("root/run") and "app" in name]
    assert matched.command[1:] == ("--flag", "two words")


def test_without_landlock_nothing_begins(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reviewer.ecosystems.zig.building.build.landlock_version", lambda: 0)
    with pytest.raises(ReviewerError, match="needs Landlock, which this kernel lacks"):
        build(project, toolchain_of("0.17"), Steps(), "install")


def test_the_program_that_configures_is_found_out_anew_where_another_one_was_known(
    project: Path, toolchain: Toolchain
) -> None:
    """As after going back to an older build.zig: its graph is still known, and another program configured last."""
    known = project_cache(project) / f"known-{toolchain.version}"
    program = known.read_text("latin-1").split("\n")[0]
    other = Path(program).parent.parent / ("0" * 32) / "other"
    cache = project_cache(project) / f"local-{toolchain.version}" / "o" / other.parent.name
    cache.mkdir()
    (cache / "other").touch()
    known.write_text(f"{other}\n")
    built, _ = build(project, toolchain, Steps(), "fail")
    assert not known.exists()
    built, told = build(project, toolchain, Steps(), "run")
    assert (built.result.exit_code, built.stopped) == (0, ()), told
