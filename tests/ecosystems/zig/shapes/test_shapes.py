"""Every shape is configured alike by each version of zig, read alike from its source, and builds."""

import subprocess
from pathlib import Path

import pytest

from reviewer.ecosystems.zig.configured.agreement import require_agreement
from reviewer.ecosystems.zig.configured.configure import configure
from reviewer.ecosystems.zig.configured.printed import read_printed
from reviewer.ecosystems.zig.packages.table import find_packages
from reviewer.ecosystems.zig.toolchains.find import Toolchain
from reviewer.errors import ReviewerError
from reviewer.model.graph import Graph
from reviewer.progress import Progress
from tests.ecosystems.zig.conftest import toolchain_of
from tests.ecosystems.zig.shapes.project import SHAPES, Shapes, expected, expected_read
from tests.ecosystems.zig.shapes.summary import reading_part, summary


@pytest.fixture(scope="module")
def shapes(tmp_path_factory: pytest.TempPathFactory) -> Shapes:
    return Shapes(tmp_path_factory.mktemp("shapes"))


@pytest.fixture(scope="module")
def newest() -> Toolchain:
    return toolchain_of("0.17")


@pytest.mark.parametrize("shape", SHAPES)
def test_configured(shapes: Shapes, newest: Toolchain, shape: str) -> None:
    assert summary(shapes.configured(shape, newest)) == expected(shape, newest.version)


@pytest.mark.parametrize("shape", SHAPES)
def test_configured_by_every_version(shapes: Shapes, toolchain: Toolchain, shape: str) -> None:
    assert summary(shapes.configured_together(shape, toolchain)) == expected(shape, toolchain.version)


@pytest.mark.parametrize("shape", SHAPES)
def test_read(shapes: Shapes, newest: Toolchain, shape: str) -> None:
    assert reading_part(summary(shapes.read(shape))) == expected_read(shape, newest.version)


@pytest.mark.parametrize("shape", SHAPES)
def test_built_by_plain_zig(shapes: Shapes, newest: Toolchain, shape: str, tmp_path: Path) -> None:
    """A shape that does not build would prove nothing; and zig by itself must tell the same configuration as in the sandbox."""

    def zig(*arguments: str) -> bytes:
        command = [str(newest.zig), "build", "--cache-dir", str(tmp_path / "cache"), *arguments]
        done = subprocess.run(command, cwd=shapes.folder / shape, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout

    zig("--prefix", str(tmp_path / "out"))
    require_agreement(shapes.report(shape, newest), read_printed(zig("--print-configuration")))


def problems(graph: Graph) -> list[str]:
    return [f"{problem.where}: {problem.text}" for problem in graph.problems]


def test_configure_code_that_zig_cannot_track_is_said_with_its_line(shapes: Shapes, newest: Toolchain) -> None:
    for shape, line in (("find_program", 7), ("configure_io", 6)):
        (told,) = problems(shapes.configured(shape, newest))
        assert told.startswith(f"{shape}:build.zig:{line}: the build code does what zig cannot track")
    assert problems(shapes.configured("objects", newest)) == []


@pytest.mark.parametrize("toolchain", ["0.14", "0.17"], indirect=True)
def test_a_lazy_package_that_is_asked_for_and_missing_is_named(shapes: Shapes, toolchain: Toolchain) -> None:
    root = shapes.folder / "lazy"
    with pytest.raises(ReviewerError, match=r"lazy package that is not fetched: far; run `reviewer fetch --all`"):
        configure(root, find_packages(root, Progress()), toolchain, Progress(), options=("-Dfar",))
