"""How long the command line takes to do nothing, and to check a small project."""

import os
import shutil
import sys
import tempfile
from pathlib import Path

from benchmarks.ratio import Ratio, compare, program
from reviewer.resources import resource

REVIEWER = Path(sys.executable).with_name("reviewer")


def version() -> Ratio:
    """`reviewer --version`."""
    env = dict(os.environ)
    return compare(
        ("reviewer --version", program([REVIEWER, "--version"], env=env)),
        ("python -c pass", program([sys.executable, "-c", "pass"], env=env)),
        aim=4,
    )


def check_demo() -> Ratio:
    """`reviewer check` on a copy of the demo project, whose packages nobody has reviewed."""
    with tempfile.TemporaryDirectory() as folder:
        project = shutil.copytree(resource("demo"), Path(folder, "demo"))
        env = os.environ | {"REVIEWER_CACHE_DIR": f"{folder}/cache", "REVIEWER_STATE_DIR": f"{folder}/state"}
        return compare(
            ("reviewer check", program([REVIEWER, "check", project], env=env, exit_code=1)),
            ("python -c pass", program([sys.executable, "-c", "pass"], env=env)),
            aim=8,
        )
