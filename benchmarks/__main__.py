"""`python -m benchmarks [PART OF A NAME…]`: run all benchmarks, or those whose names contain one of the parts."""

import sys
from collections.abc import Callable

from benchmarks import startup
from benchmarks.ratio import Ratio

BENCHMARKS: tuple[Callable[[], Ratio], ...] = (startup.version, startup.check_demo)


def main(parts: list[str]) -> None:
    """Print each benchmark's ratio as soon as it is known."""
    for benchmark in BENCHMARKS:
        name = f"{benchmark.__module__.removeprefix('benchmarks.')}.{benchmark.__name__}"
        if not parts or any(part in name for part in parts):
            print(f"{name:20} {benchmark()}", flush=True)


main(sys.argv[1:])
