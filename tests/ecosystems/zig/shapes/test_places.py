"""The same package wherever it may lie: in zig's global cache, in the project's package folder, beside it, where options say."""

import base64
import shutil
from pathlib import Path

import pytest

from reviewer.ecosystems.zig.configured.configure import configure
from reviewer.ecosystems.zig.loading import load_graph
from reviewer.ecosystems.zig.packages.table import find_packages
from reviewer.ecosystems.zig.toolchains.find import Toolchain
from reviewer.errors import ReviewerError
from reviewer.model.graph import Evidence
from reviewer.progress import Progress
from reviewer.sandbox import probe
from tests.ecosystems.zig.conftest import toolchain_of
from tests.ecosystems.zig.shapes.project import HERE
from tests.ecosystems.zig.shapes.summary import reading_part, summary

HASH = "super-1.0.0-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
FETCHED = f'.url = "https://example.invalid/super.tar.gz", .hash = "{HASH}"'


# The first four bytes after the version are the low half of super's fingerprint, by which a fork is known.
PROJECT_HASH = "super-1.0.0-" + base64.urlsafe_b64encode((0x5BA9E501).to_bytes(4, "little") + bytes(29)).decode()


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
    [
        ("0.14", "global cache"),
        ("0.14", "outside"),
        ("0.17", "global cache"),
        ("0.17", "package folder"),
        ("0.17", "outside"),
    ],
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
    monkeypatch.setattr(probe, "_passed", None)
    monkeypatch.setattr(probe, "find_bubblewrap", lambda: None)
    again = configure(root, find_packages(root, Progress()), toolchain, Progress())
    assert (again.steps, again.problems) == (graph.steps, ()), "without mounts too"


@pytest.mark.parametrize("toolchain", ["0.16"], indirect=True)
def test_a_package_where_this_zig_does_not_look_is_named(
    toolchain: Toolchain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZIG_GLOBAL_CACHE_DIR", str(tmp_path / "global"))
    root = tmp_path / "objects"
    place(root, tmp_path / "global", "global cache")
    with pytest.raises(
        ReviewerError, match=r"looks in zig-pkg and not in the global cache: super; run `reviewer fetch --zig /"
    ):
        configure(root, find_packages(root, Progress()), toolchain, Progress())


@pytest.mark.parametrize(
    ("toolchain", "option"),
    [("0.14", "--system"), ("0.17", "--system"), ("0.16", "--fork"), ("0.17", "--fork")],
    indirect=["toolchain"],
)
def test_packages_are_taken_from_where_the_options_say(
    toolchain: Toolchain, option: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZIG_GLOBAL_CACHE_DIR", str(tmp_path / "global"))
    root, elsewhere = tmp_path / "home/objects", tmp_path / "elsewhere"
    shutil.copytree(HERE / "objects", root)
    elsewhere.mkdir()
    target = elsewhere / PROJECT_HASH
    (root / "deps/super").rename(target)
    manifest = root / "build.zig.zon"
    fetched = f'.url = "https://example.invalid/super.tar.gz", .hash = "{PROJECT_HASH}"'
    manifest.write_text(manifest.read_text().replace('.path = "deps/super"', fetched))
    options = (option, str(elsewhere)) if option == "--system" else (f"--fork={target}",)
    for evidence in (Evidence.READ, Evidence.CONFIGURED):
        graph = load_graph(root, evidence, Progress(), zig=toolchain.zig, options=options)
        (package,) = (p for p in graph.packages if p.name == "super")
        assert (package.root, package.fetched, package.is_path) == (str(target), True, option == "--fork")
        assert [step.run.hidden for step in graph.run_steps if step.run] == [True]
        assert graph.options == options
        assert graph.problems == ()


def test_a_fork_that_stands_in_for_nothing_and_a_zig_without_forks_are_told(tmp_path: Path) -> None:
    root = Path(shutil.copytree(HERE / "objects", tmp_path / "objects"))
    options = (f"--fork={root / 'deps/super'}",)
    graph = load_graph(root, Evidence.READ, Progress(), options=options)
    assert "stands in for no package" in graph.problems[0].text
    with pytest.raises(ReviewerError, match="knows no forks"):
        load_graph(root, Evidence.CONFIGURED, Progress(), zig=toolchain_of("0.14").zig, options=options)
