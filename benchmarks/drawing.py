"""The map of 20,000 steps and 36,000 arrows, drawn by software at 1440 by 900."""

import json
import subprocess
import sys
from collections.abc import Mapping
from functools import cache

from benchmarks.ratio import Budget, Ratio

WHAT = "map of 20,000 steps"


@cache
def _measured() -> Mapping[str, float]:
    argv = [sys.executable, "-m", "benchmarks.big_map"]
    return dict(json.loads(subprocess.run(argv, capture_output=True, text=True, check=True).stdout))


def first_picture() -> Budget:
    """From the data to the sharp picture of everything."""
    return Budget(f"{WHAT}, first picture", _measured()["first"], "s", 3)


def longest_wait() -> Budget:
    """The longest time that the window's thread did not answer while that picture was made."""
    return Budget(f"{WHAT}, longest wait of the window", _measured()["longest"] * 1000, "ms", 50)


def pan_frame() -> Budget:
    """A frame while the map is moved, 95th percentile."""
    return Budget(f"{WHAT}, frame while moving", _measured()["pan"] * 1000, "ms", 16)


def pan_against_still() -> Ratio:
    """The median frame against a widget that shows one picture of that size."""
    found = _measured()
    return Ratio(f"{WHAT}, median frame while moving", "one still picture", found["usual"], found["still"], 5)


def zoom_frame() -> Budget:
    """A frame while the map is scaled, 95th percentile."""
    return Budget(f"{WHAT}, frame while scaling", _measured()["zoom"] * 1000, "ms", 33)


def memory() -> Budget:
    """The most memory that the whole process held."""
    return Budget(f"{WHAT}, memory", _measured()["memory"], "MB", 400)
