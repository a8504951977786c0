"""A first configure takes its time: it says what it does, and ends at once where the user has enough of it."""

from pathlib import Path

import pytest

from reviewer.ecosystems.zig.loading import load_graph
from reviewer.model.graph import Evidence
from reviewer.places import cache_dir
from reviewer.progress import CancelledError, Progress
from tests.ecosystems.zig.configured.test_four_versions import copy_of_four
from tests.ecosystems.zig.conftest import toolchain_of


def processes_in(folder: Path) -> list[str]:
    """Command lines that name the folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = process.read_bytes()
        except OSError:
            continue
        if str(folder).encode() in line:
            found.append(line.replace(b"\0", b" ").decode("utf-8", "replace"))
    return found


@pytest.mark.parametrize("moment", ["Preparing zig 0.16", "Configuring with zig 0.16"])
def test_it_can_be_stopped_and_begun_again(moment: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if moment.startswith("Preparing"):
        monkeypatch.setenv("REVIEWER_CACHE_DIR", str(tmp_path / "cache"))
    project, zig = copy_of_four(tmp_path), toolchain_of("0.16").zig
    told: list[str] = []

    def enough(text: str, _done: int, _total: int) -> None:
        told.append(text)
        if text.startswith(moment):
            progress.cancel()

    progress = Progress(enough)
    with pytest.raises(CancelledError):
        load_graph(project, Evidence.CONFIGURED, progress, zig=zig)
    assert told[-1].startswith(moment)
    assert processes_in(tmp_path) == []
    assert not list(cache_dir().glob("zig/compiled-*.*.*.*"))  # nothing unfinished
    if moment.startswith("Configuring"):
        assert load_graph(project, Evidence.CONFIGURED, Progress(), zig=zig).run_steps
