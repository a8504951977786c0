"""Thirty packages are reviewed with one key each, and what deserves the eye is on screen every time."""

import json
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt

from reviewer.ui.shell.window import Window
from reviewer.ui.shell.workspace import Workspace
from tests.ui.big import big_project
from tests.ui.hands import press

FAR_DOWN = 400


def on_screen(work: Workspace, line: int) -> bool:
    code = work.code.code
    top = code.page.rows.top(code.page.rows.row_of(line - 1, 0)) - code.verticalScrollBar().value()
    return 0 <= top < code.viewport().height()


def test_thirty_packages_are_decided_with_one_key_each(
    opened: Callable[[Path], Workspace], tmp_path: Path, window: Window
) -> None:
    project = big_project(tmp_path / "thirty", packages=30, nested=4)
    for build in project.glob("deps/lib_*/build.zig"):
        build.write_text("// far down\n" * FAR_DOWN + build.read_text())
    work = opened(project)
    seen = []
    for count in range(30):
        now = work.session.selection.now
        assert now.package is not None
        assert now.package in work.session.review.queue
        assert work.list.view.currentIndex().data() == work.session.review.graph.package[now.package].name
        assert now.file == "build.zig"
        if work.session.review.graph.runs_of(now.package):
            assert "addRunArtifact" in work.code.code.shown_text(now.line)
            assert now.line > FAR_DOWN
        assert on_screen(work, now.line)
        seen.append(now.package)
        press(Qt.Key.Key_T)
        assert len(json.loads((project / "review.lock").read_text())["packages"]) == count + 1
    assert len(set(seen)) == 30
    assert window.header.verdict.text() == "build passes"

    for _ in range(30):
        press(Qt.Key.Key_U)
    assert len(work.session.review.queue) == 30
