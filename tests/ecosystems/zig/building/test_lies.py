"""Build code that tells one thing while it is shown and another while it is built is caught, on each version of zig."""

import shutil
from pathlib import Path

import pytest

from reviewer.ecosystems.zig.toolchains.find import Toolchain
from tests.ecosystems.zig.building.helpers import Steps, build

LIAR = Path(__file__).parent / "liar"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for all versions and lies."""
    return Path(shutil.copytree(LIAR, tmp_path_factory.mktemp("liar") / "liar"))


def test_who_tells_the_same_is_built(project: Path, toolchain: Toolchain) -> None:
    built, told = build(project, toolchain, Steps(), options=("-Dlie=none",))
    assert (built.result.exit_code, built.stopped) == (0, ()), told
    assert "good" in told


@pytest.mark.parametrize("lie", ["another_step", "other_words", "other_place"])
def test_another_configuration_is_stopped_before_anything_of_it_runs(
    project: Path, toolchain: Toolchain, lie: str
) -> None:
    steps = Steps()
    built, told = build(project, toolchain, steps, options=(f"-Dlie={lie}",))
    (why,) = built.stopped
    assert "the configuration changed between showing and building: step “" in why
    assert "zig:liar@0.1.0#." in why
    assert (steps.ran, "evil" in told, "good" in told) == ([], False, False)


def test_a_thread_that_changes_a_command_after_it_was_judged_does_not_have_it_run(
    project: Path, toolchain: Toolchain
) -> None:
    if toolchain.has_maker:
        pytest.skip("the process that configures has no threads, and another one makes")
    steps = Steps()
    built, told = build(project, toolchain, steps, options=("-Dlie=words_later",))
    assert any("is given “evil” in the place of “good”" in why for why in built.stopped), built
    assert "\nevil\n" not in told


def test_a_program_that_build_code_starts_itself_stops_the_build(project: Path, toolchain: Toolchain) -> None:
    built, _ = build(project, toolchain, Steps(), options=("-Dlie=program_later",))
    assert any(why.endswith("tried to start /bin/true") for why in built.stopped), built


def test_what_build_code_puts_into_the_cache_cannot_be_executed(project: Path, toolchain: Toolchain) -> None:
    _, told = build(project, toolchain, Steps(), options=("-Dlie=built_program",))
    # From 0.17 on build code runs in a process of its own, which can write nothing at all.
    assert ("cannot be written\n" if toolchain.has_maker else "cannot be executed: EACCES\n") in told
