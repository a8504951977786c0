"""Whatever a zig file holds, the readers end in time and with no other error than the one they promise; the million is in `fuzz.py`."""

from pathlib import Path

from benchmarks.fuzz import run, seeds


def test_no_damaged_file_makes_a_reader_crash_or_hang(tmp_path: Path) -> None:
    assert list(run(400, seed=1, texts=seeds(), folder=tmp_path)) == []
