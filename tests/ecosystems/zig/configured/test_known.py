"""Frames that are kept hold for one program only, and a damaged file of them is as good as none."""

from pathlib import Path

import pytest

from reviewer.ecosystems.zig.configured.known import Frames, complete
from reviewer.ecosystems.zig.configured.report import Report

FIRST: Frames = {"100": [{"file": "a\u00e9\t\n.zig", "line": 1, "column": 2, "function": "build"}], "200": []}
SECOND: Frames = {"300": [{"file": "b.zig", "line": 3, "column": 4, "function": "more"}]}


def report(executable: str, frames: Frames) -> Report:
    return Report((), (), (), executable, frames, {}, (), None)


def test_frames_of_the_same_program_come_back(tmp_path: Path) -> None:
    kept = tmp_path / "known"
    assert complete(report("/o/1/build", FIRST), kept).frames == FIRST
    assert complete(report("/o/1/build", SECOND), kept).frames == {**FIRST, **SECOND}
    assert complete(report("/o/1/build", {}), kept).frames == {**FIRST, **SECOND}


def test_another_program_has_nothing_of_it(tmp_path: Path) -> None:
    kept = tmp_path / "known"
    complete(report("/o/1/build", FIRST), kept)
    assert complete(report("/o/2/build", SECOND), kept).frames == SECOND
    assert complete(report("/o/1/build", {}), kept).frames == {}


@pytest.mark.parametrize("damage", [b"", b"/o/1/build\n100\t[{", b"\xff\x00", b"/o/1/build\n100"])
def test_a_damaged_file_is_as_good_as_none(tmp_path: Path, damage: bytes) -> None:
    kept = tmp_path / "known"
    kept.write_bytes(damage)
    assert complete(report("/o/1/build", FIRST), kept).frames == FIRST
    assert complete(report("/o/1/build", {}), kept).frames == FIRST
