"""Which zig configures a project that asks for none, and that what was learned is kept."""

from pathlib import Path

import pytest

from reviewer.ecosystems.zig.configured.configure import BuildCodeError
from reviewer.ecosystems.zig.loading import load_graph
from reviewer.ecosystems.zig.toolchains import find
from reviewer.model.graph import Evidence, Graph
from reviewer.progress import Progress
from tests.ecosystems.zig.conftest import toolchain_of

BUILD = """
const std = @import("std");
pub fn build(b: *std.Build) void {
    _ = b.addSystemCommand(&.{ "true", b.pathFromRoot("x") }); // gone in 0.17
}
"""
MANIFEST = '.{ .name = .old, .version = "1.0.0", .fingerprint = 0x3f5dd4e53f3c3af4, .paths = .{""} }\n'


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "old"
    root.mkdir()
    (root / "build.zig").write_text(BUILD)
    (root / "build.zig.zon").write_text(MANIFEST)
    return root


@pytest.fixture
def at_hand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Zig 0.15 in Reviewer's own folder, 0.17 as the wheel beside Reviewer, none on PATH."""
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    own = tmp_path / "toolchains"
    (own / "0.15.2").mkdir(parents=True)
    (own / "0.15.2/ziglang").symlink_to(toolchain_of("0.15").zig.parent)
    monkeypatch.setattr(find, "toolchains_folder", lambda: own)


def load(project: Path, told: list[str]) -> Graph:
    return load_graph(project, Evidence.CONFIGURED, Progress(lambda text, _done, _total: told.append(text)))


def test_it_is_configured_by_the_first_zig_that_compiles_it_and_only_once(project: Path, at_hand: None) -> None:
    told: list[str] = []
    graph = load(project, told)
    assert graph.toolchain == "0.15.2"
    assert [text.split()[3] for text in told if text.startswith("Configuring")] == ["0.17.1", "0.15.2"]
    told.clear()
    assert load(project, told) == graph
    assert not [text for text in told if text.startswith("Configuring")]


def test_where_none_compiles_it_the_likeliest_one_tells_why(project: Path, at_hand: None) -> None:
    (project / "build.zig").write_text(BUILD.replace("pathFromRoot", "neverThere"))
    with pytest.raises(BuildCodeError, match=r"failed with zig 0\.17\.1: .*neverThere.*name the zig .* with --zig"):
        load(project, [])
