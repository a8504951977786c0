"""`python -m benchmarks [PART OF A NAME…]`: run all benchmarks, or those whose names contain one of the parts."""

import sys
from collections.abc import Callable

from benchmarks import (
    configured,
    drawing,
    enforced,
    observing,
    reading,
    scale,
    signatures,
    startup,
    steps,
    upgrade,
    window,
)
from benchmarks.ratio import Budget, Ratio

BENCHMARKS: tuple[Callable[[], Ratio | Budget], ...] = (
    startup.version,
    startup.check_demo,
    window.first_paint,
    reading.first_picture,
    reading.first_picture_against_plain_text,
    reading.scroll_by_pages,
    reading.scroll_by_lines,
    reading.open_20_mb,
    reading.search_20_mb,
    reading.colors_of_a_chunk,
    scale.memory_of_2000_packages,
    scale.check_60_packages,
    scale.read_60_packages,
    scale.check_2000_packages,
    scale.digest_of_small_files,
    scale.digest_of_large_files,
    drawing.first_picture,
    drawing.longest_wait,
    drawing.pan_frame,
    drawing.pan_against_still,
    drawing.zoom_frame,
    drawing.memory,
    upgrade.changed_lines,
    signatures.together,
    signatures.known,
    upgrade.laid_out_lines,
    observing.compile_60_files,
    steps.one_step,
    *enforced.ALL,
    *configured.ALL,
)


def main(parts: list[str]) -> None:
    """Print each benchmark's ratio as soon as it is known."""
    for benchmark in BENCHMARKS:
        name = f"{benchmark.__module__.removeprefix('benchmarks.')}.{benchmark.__name__}"
        if not parts or any(part in name for part in parts):
            print(f"{name:30} {benchmark()}", flush=True)


main(sys.argv[1:])
