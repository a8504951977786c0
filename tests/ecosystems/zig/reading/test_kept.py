"""What was read of a project is read again only when something that it rests on has changed."""

import os
from pathlib import Path

import pytest

from reviewer.ecosystems.zig.loading import load_graph
from reviewer.model.graph import Evidence, Graph
from reviewer.progress import Progress
from tests.ecosystems.zig.reading.helpers import BUILD, write_package

RUN = 'b.getInstallStep().dependOn(&b.addSystemCommand(&.{ "python3", "%s" }).step);'


class ReadAgainError(Exception):
    """Reading took place."""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    write_package(tmp_path / "app", BUILD % (RUN % "one.py" + '_ = b.dependency("dep", .{});'), {"dep": "../dep"})
    write_package(tmp_path / "dep", BUILD % (RUN % "two.py"), name="dep")
    return tmp_path / "app"


def load(project: Path) -> Graph:
    return load_graph(project, Evidence.READ, Progress())


def fail(*_: object) -> Graph:
    raise ReadAgainError


def test_an_unchanged_project_is_not_read_again(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = load(project)
    assert len(first.run_steps) == 2
    monkeypatch.setattr("reviewer.ecosystems.zig.reading.graph.read_graph", fail)
    assert load(project) == first


@pytest.mark.parametrize("changed", ["app/build.zig", "app/build.zig.zon", "app/one.py", "dep/build.zig", "dep/two.py"])
def test_a_change_is_read(project: Path, monkeypatch: pytest.MonkeyPatch, changed: str) -> None:
    load(project)
    with (project.parent / changed).open("a") as file:
        file.write("\n// more\n")
    monkeypatch.setattr("reviewer.ecosystems.zig.reading.graph.read_graph", fail)
    with pytest.raises(ReadAgainError):
        load(project)


def test_what_is_no_file_is_never_taken_for_unchanged(project: Path) -> None:
    os.mkfifo(project / "pipe.zig")
    (project / "endless.zig").symlink_to("/dev/zero")
    assert load(project) == load(project)


def test_where_nothing_can_be_kept_it_is_read(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("REVIEWER_CACHE_DIR", str(tmp_path / "file"))
    assert len(load(project).run_steps) == 2
