"""Desks for the stories."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desktop.desk import Desk, lacking


@pytest.fixture
def desk(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Desk]:
    """A fresh desk. REVIEWER_DESK_PICTURES, if set, names a folder that gets each story's last picture."""
    if lacking():
        pytest.skip(f"needs {' and '.join(lacking())}: apt-get install xvfb xdotool")
    with Desk(tmp_path) as made:
        yield made
        if os.environ.get("REVIEWER_DESK_PICTURES"):
            made.picture().save(str(Path(os.environ["REVIEWER_DESK_PICTURES"], f"{request.node.name}.png")))
