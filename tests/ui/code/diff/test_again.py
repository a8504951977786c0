"""The old side of an upgrade is gone: the window says so, and fetches it once more by its pin when it is asked to."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from reviewer.ui.code.diff.rows import Kind
from reviewer.ui.shell.workspace import Workspace
from tests.ecosystems.zig.conftest import toolchain_of
from tests.ecosystems.zig.fetching.served import Served, serving
from tests.ui.hands import press
from tests.upgrade.test_again import Bumped


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    monkeypatch.setenv("ZIG_GLOBAL_CACHE_DIR", str(tmp_path / "zig-cache"))
    monkeypatch.setenv("REVIEWER_STATE_DIR", str(tmp_path / "state"))
    (tmp_path / "served").mkdir()
    with serving(tmp_path / "served") as found:
        yield found


def test_enter_fetches_what_was_decided_about_and_its_lines_are_there(
    opened: Callable[[Path], Workspace], served: Served, tmp_path: Path, qtbot: QtBot
) -> None:
    bumped = Bumped(served, tmp_path, toolchain_of("0.17").zig, committed=True)
    manifest = bumped.root / "build.zig.zon"
    manifest.write_text(manifest.read_text().replace("0.14.0", "0.17.0"))
    work = opened(bumped.root)
    failed: list[str] = []
    work.session.failed.connect(failed.append)
    press(Qt.Key.Key_D)
    view = work.code.changes.diff.view
    qtbot.waitUntil(lambda: any(row.kind is Kind.OFFER for row in view.rows), timeout=20_000)
    assert any("not here any more" in row.text for row in view.rows if row.kind is Kind.MISSING)
    view.move_to(next(at for at, row in enumerate(view.rows) if row.kind is Kind.OFFER))
    press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: failed != [] or any(row.kind is Kind.NEW for row in view.rows), timeout=120_000)
    assert failed == []
    assert [row.text for row in view.rows if row.kind in (Kind.OLD, Kind.NEW)] == [
        "pub const version = 1;",
        "pub const version = 2;",
    ]
