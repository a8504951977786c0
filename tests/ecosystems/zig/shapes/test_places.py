"""The same package wherever it may lie: in zig's global cache (0.14), in the project's own package folder (0.17), beside the project."""

import shutil
from pathlib import Path

import pytest

from reviewer.ecosystems.zig.configured.configure import configure
from reviewer.ecosystems.zig.packages.table import find_packages
from reviewer.ecosystems.zig.toolchains.find import Toolchain
from reviewer.progress import Progress
from tests.ecosystems.zig.shapes.project import HERE
from tests.ecosystems.zig.shapes.summary import reading_part, summary

HASH = "super-1.0.0-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
FETCHED = f'.url = "https://example.invalid/super.tar.gz", .hash = "{HASH}"'


def place(root: Path, global_cache: Path, where: str) -> None:
    """The shape `objects` in `root`, its package `super` moved to `where`."""
    shutil.copytree(HERE / "objects", root)
    target, source = {
        "global cache": (global_cache / "p" / HASH, FETCHED),
        "package folder": (root / "zig-pkg" / HASH, FETCHED),
        "outside": (root.parent / "outside/super", '.path = "../outside/super"'),
    }[where]
    target.parent.mkdir(parents=True)
    (root / "deps/super").rename(target)
    manifest = root / "build.zig.zon"
    manifest.write_text(manifest.read_text().replace('.path = "deps/super"', source))


@pytest.mark.parametrize(
    ("toolchain", "where"),
    [("0.14", "global cache"), ("0.14", "outside"), ("0.17", "package folder"), ("0.17", "outside")],
    indirect=["toolchain"],
)
def test_a_package_is_configured_where_it_lies(
    toolchain: Toolchain, where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZIG_GLOBAL_CACHE_DIR", str(tmp_path / "global"))
    root = tmp_path / "home/objects"
    place(root, tmp_path / "global", where)
    graph = configure(root, find_packages(root, Progress()), toolchain, Progress())
    assert reading_part(summary(graph)) == reading_part((HERE / "objects/configured.txt").read_text())
    assert graph.problems == ()
