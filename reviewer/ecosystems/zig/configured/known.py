"""Where the code at an address comes from, kept between configures of the same program.

Reading the debug information of the program that configures takes most of a configure's time, and it is the same program until a build
script changes. So the hook is told what is known (resources/zig/hook_found.zig, readKnown) and reports the rest. What is kept is no more
and no less to be believed than the report that it came from: that program runs the code of the project's build scripts.
"""

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from reviewer.ecosystems.zig.configured.report import MAX_BYTES, Report

_LONGEST_PATH = 4096

Frames = Mapping[str, Sequence[Mapping[str, Any]]]


def complete(report: Report, kept: Path) -> Report:
    """The report with the frames that the hook left out because they were known. Keeps them all for the next time."""
    known = _load(kept, report.executable)
    frames = {**known, **report.frames}
    if len(frames) > len(known):
        _save(kept, report.executable, frames)
    return report._replace(frames=frames)


def known_program(kept: Path) -> str:
    """The path of the program that configured last; empty where that is not known."""
    try:
        with kept.open(encoding="latin-1") as lines:
            return lines.readline(_LONGEST_PATH).rstrip("\n")
    except OSError:
        return ""


def place_in_cache(program: str) -> str:
    """Of the path of a program, what follows the cache's own: an enforced build sees that elsewhere."""
    return program.rpartition("/o/")[2]


def _load(kept: Path, executable: str) -> Frames:
    try:
        if kept.stat().st_size > MAX_BYTES:
            return {}
        program, *lines = kept.read_text("latin-1").split("\n")
        if place_in_cache(program) != place_in_cache(executable):
            return {}
        return {
            address: json.loads(frames) for address, _, frames in (line.partition("\t") for line in lines) if frames
        }
    except (OSError, ValueError):
        return {}


def _save(kept: Path, executable: str, frames: Frames) -> None:
    """The program in the first line, then an address, a tab and its frames as JSON in each."""
    unfinished = kept.with_suffix(f".{os.getpid()}")
    lines = (f"{address}\t{json.dumps(found)}" for address, found in frames.items())
    unfinished.write_text("\n".join([executable, *lines]), "latin-1")
    unfinished.replace(kept)
