"""Reviewer is killed in the middle of a build: nothing goes on without it, nothing is left, and the next build works."""

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks.killed import Victim
from tests.cli.test_build import pytestmark  # noqa: F401 - which needs bubblewrap


@pytest.fixture(scope="module")
def victim(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Victim]:
    with closing(Victim(tmp_path_factory.mktemp("killed"), os.environ)) as found:
        yield found


@pytest.mark.parametrize("part", [0.3, 0.6, 0.75, 0.9])
def test_nothing_is_left_whenever_it_is_killed(victim: Victim, part: float) -> None:
    assert victim.kill("build", victim.seconds["build"] * part) == []


def test_nothing_is_left_of_a_clean_build_nor_of_observing(victim: Victim) -> None:
    assert victim.kill("build", victim.seconds["build"] * 2, clean=True) == []
    assert victim.kill("observe", victim.seconds["observe"] * 0.8) == []


def test_the_next_build_works(victim: Victim) -> None:
    victim.works()
    assert Path(victim.root / "zig-out/bin/app").exists()
