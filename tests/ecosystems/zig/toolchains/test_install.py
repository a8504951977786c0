"""Toolchains of Reviewer's own. That installing works is what the four versions' fixture shows; this is how it ends otherwise."""

import sys
from pathlib import Path

import pytest

from reviewer.ecosystems.zig.toolchains import install
from reviewer.ecosystems.zig.toolchains.install import install_toolchain
from reviewer.errors import ReviewerError
from reviewer.progress import CancelledError, Progress


@pytest.fixture(autouse=True)
def toolchains(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("REVIEWER_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache/toolchains"


def installer(monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    """In the place of pip, called with `--target FOLDER ziglang==VERSION`."""
    monkeypatch.setattr(install, "_installer", lambda: (sys.executable, "-c", program))


@pytest.mark.parametrize("version", ["0.13.0", "0.18.0", "1", "--index-url=x", "0.15.2 other", "../0.15.2", ""])
def test_only_releases_that_reviewer_knows_are_installed(version: str, toolchains: Path) -> None:
    with pytest.raises(ReviewerError, match=r"is not known; name one of 0\.14\.1, 0\.15\.2"):
        install_toolchain(version, Progress())
    assert not toolchains.exists()


def test_a_failed_installation_tells_why_and_leaves_nothing(toolchains: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installer(
        monkeypatch,
        "import os, sys; os.mkdir(sys.argv[2]); sys.exit('ERROR: no matching distribution for ' + sys.argv[3])",
    )
    with pytest.raises(
        ReviewerError, match=r"could not be installed: ERROR: no matching distribution for ziglang==0\.15\.2"
    ):
        install_toolchain("0.15", Progress())
    assert list(toolchains.iterdir()) == []


def test_it_can_be_stopped_and_then_leaves_nothing(toolchains: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installer(monkeypatch, "import os, sys, time; os.mkdir(sys.argv[2]); time.sleep(600)")
    told: list[str] = []

    def stop_once_it_began(text: str, done: int, total: int) -> None:
        told.append(text)
        if any(toolchains.iterdir()):
            progress.cancel()

    progress = Progress(stop_once_it_began)
    with pytest.raises(CancelledError):
        install_toolchain("0.15.2", progress)
    assert "Installing zig 0.15.2 from PyPI: 0 MB so far" in told[0]
    assert list(toolchains.iterdir()) == []


def test_it_tells_how_much_is_here_and_keeps_only_the_toolchain(
    toolchains: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Installers download into temporary folders and caches, which are ours to throw away."""
    installer(
        monkeypatch,
        "import os, sys, time, pathlib as p\n"
        "for folder in (os.environ['TMPDIR'], os.environ['UV_CACHE_DIR']):\n"
        "    os.makedirs(folder, exist_ok=True); p.Path(folder, 'half').write_bytes(bytes(1_500_000))\n"
        "time.sleep(1)\n"
        "zig = p.Path(sys.argv[2], 'ziglang'); (zig / 'lib/std').mkdir(parents=True); (zig / 'lib/std/std.zig').touch()\n"
        "(zig / 'zig').write_text('#!/bin/sh\\necho 0.15.2'); (zig / 'zig').chmod(0o755)",
    )
    told: list[str] = []
    toolchain = install_toolchain("0.15", Progress(lambda text, _done, _total: told.append(text)))
    assert "Installing zig 0.15.2 from PyPI: 3 MB so far" in told
    assert toolchain.version == "0.15.2"
    assert [path.name for path in toolchains.iterdir()] == ["0.15.2"]
    assert [path.name for path in (toolchains / "0.15.2").iterdir()] == ["ziglang"]


def test_the_installer_does_not_start_in_the_folder_of_a_project(
    toolchains: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pip would take a module from there, uv its settings."""
    monkeypatch.chdir(tmp_path)
    installer(monkeypatch, "import os, sys; sys.exit(os.getcwd())")
    with pytest.raises(ReviewerError, match=str(toolchains)):
        install_toolchain("0.15.2", Progress())
