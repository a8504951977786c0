"""A project whose packages are not here: it is read as far as it goes, they are fetched with a click, and it is read again."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from reviewer.model.graph import Evidence
from reviewer.ui.shell.window import Window
from reviewer.ui.shell.workspace import Workspace
from tests.ecosystems.zig.conftest import toolchain_of
from tests.ecosystems.zig.fetching.served import Served, project, serving, wrong
from tests.ui.hands import click


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    monkeypatch.setenv("ZIG_GLOBAL_CACHE_DIR", str(tmp_path / "zig-cache"))
    (tmp_path / "served").mkdir()
    with serving(tmp_path / "served") as found:
        yield found


def opened(window: Window, root: Path, qtbot: QtBot) -> Workspace:
    with qtbot.waitSignal(window.loaded, timeout=20_000):
        window.open_project(root, Evidence.READ, toolchain_of("0.15").zig)
    assert window.workspace is not None
    return window.workspace


def names(work: Workspace, *, fetched: bool) -> set[str]:
    return {package.name for package in work.session.review.graph.packages if package.fetched is fetched}


def test_what_is_missing_is_offered_and_comes_with_a_click(
    served: Served, tmp_path: Path, window: Window, qtbot: QtBot
) -> None:
    lazy = served.package("maybe")
    root = project(tmp_path / "app", f".near = .{{ {served.package('near')} }}, .maybe = .{{ {lazy}, .lazy = true }}")
    work = opened(window, root, qtbot)
    assert work.fetch.isVisible()
    assert "Part of the graph is missing. 1 package not fetched: near." in work.fetch.text.text()
    with qtbot.waitSignal(window.loaded, timeout=30_000):
        click(work.fetch.go)
    assert window.workspace is not None
    work = window.workspace
    assert names(work, fetched=False) == {"maybe"}
    assert not work.fetch.isVisible()
    assert work.notice.text.startswith("1 package came in, and nothing was executed.")
    assert served.asked == ["/near.tar.gz"]

    maybe = next(p.id for p in work.session.review.graph.packages if p.name == "maybe")
    work.session.selection.select_package(maybe)
    message = work.code._message
    assert message.label.text() == "This package is not here, so there is nothing to read."
    click(message.button)
    assert work.fetch.isVisible()
    assert work.fetch.go.hasFocus()
    with qtbot.waitSignal(window.loaded, timeout=30_000):
        click(work.fetch.go)
    assert window.workspace is not None
    assert names(window.workspace, fetched=False) == set()
    window.actions_["fetch"].trigger()
    assert window.workspace.notice.text == "Every package is here."
    window.close()


def test_what_is_not_as_pinned_is_told_and_stays_out(
    served: Served, tmp_path: Path, window: Window, qtbot: QtBot
) -> None:
    root = project(tmp_path / "app", f".near = .{{ {wrong(served.package('near'))} }}")
    work = opened(window, root, qtbot)
    with qtbot.waitSignal(work.fetch.brought, timeout=30_000):
        click(work.fetch.go)
    assert "it is not what was asked for" in work.notice.text
    assert len(names(work, fetched=False)) == 1
    window.close()


def test_fetching_can_be_stopped(served: Served, tmp_path: Path, window: Window, qtbot: QtBot) -> None:
    root = project(tmp_path / "app", f".near = .{{ {served.package('near')} }}")
    served.hold()
    work = opened(window, root, qtbot)
    click(work.fetch.go)
    qtbot.waitUntil(lambda: "MB so far" in work.fetch.text.text(), timeout=10_000)
    click(work.fetch.stop)
    qtbot.waitUntil(work.fetch.go.isVisible, timeout=10_000)
    assert "cancelled; nothing was left behind" in work.fetch.text.text()
    assert names(work, fetched=False) == {"near"}
    served.let_go()
    window.close()
