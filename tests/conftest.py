"""Shared by every suite: the tool's own folders are temporary, and the demo project is always a copy."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from reviewer.resources import resource


@pytest.fixture(scope="session", autouse=True)
def own_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Caches and remembered choices of a test run never meet those of the person who runs it."""
    base = tmp_path_factory.mktemp("reviewer")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REVIEWER_CACHE_DIR", str(base / "cache"))
        patch.setenv("REVIEWER_STATE_DIR", str(base / "state"))
        patch.setenv("ZIG_GLOBAL_CACHE_DIR", str(base / "zig"))
        # Zig compiles its own build runner once for each empty cache: in Debug that takes a seventh of the time.
        patch.setenv("ZIG_DEBUG_CMD", "1")
        for name in ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL"):
            patch.delenv(name, raising=False)
        os.umask(0o022)
        yield


@pytest.fixture
def demo(tmp_path: Path) -> Path:
    """A copy of the demo project."""
    return Path(shutil.copytree(resource("demo"), tmp_path / "terminal-app"))


@pytest.fixture(scope="session")
def read_only_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One copy for tests that change nothing, so that a configured graph is learned once."""
    return Path(shutil.copytree(resource("demo"), tmp_path_factory.mktemp("demo") / "terminal-app"))
