"""The four versions of zig: 0.17 from the wheel of this environment, the others installed once, as a user would."""

import os
from pathlib import Path

import platformdirs
import pytest

from reviewer.ecosystems.zig.toolchains.find import Toolchain, find_toolchain
from reviewer.ecosystems.zig.toolchains.install import install_toolchain
from reviewer.progress import Progress


@pytest.fixture(scope="session", params=["0.14", "0.15", "0.16", "0.17"])
def toolchain(request: pytest.FixtureRequest) -> Toolchain:
    """Each version in turn. They outlive the test run: 100 MB to download and 350 MB of disk each."""
    return toolchain_of(request.param)


def toolchain_of(minor: str) -> Toolchain:
    if minor == "0.17":
        return find_toolchain("0.17.0")
    kept = os.environ.get("REVIEWER_TEST_CACHE_DIR") or platformdirs.user_cache_path("reviewer-tests")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REVIEWER_CACHE_DIR", str(Path(kept)))
        return install_toolchain(minor, Progress())
