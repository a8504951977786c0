"""Writes what is known of every shape now beside it: `make shapes`. Read the difference before you commit it."""

import tempfile
from pathlib import Path

import pytest

from tests.ecosystems.zig.conftest import toolchain_of
from tests.ecosystems.zig.shapes.project import SHAPES, Shapes, write_expected

with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
    patch.setenv("REVIEWER_CACHE_DIR", f"{folder}/cache")
    patch.setenv("ZIG_DEBUG_CMD", "1")
    shapes = Shapes(Path(folder, "shapes"))
    toolchains = {version: toolchain_of(version) for version in ("0.14", "0.15", "0.16", "0.17")}
    for shape in SHAPES:
        graphs = {version: shapes.configured_together(shape, zig) for version, zig in toolchains.items()}
        write_expected(shape, graphs, shapes.read(shape))
