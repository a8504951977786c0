"""`doctor`: what works on this machine, and what to do about the rest."""

import argparse
import json
import subprocess
import sys

from reviewer.cli.terminal import end_progress, progress, say
from reviewer.cli.window import has_display
from reviewer.review.doctor import Ability, State, diagnose, diagnosis_lines, diagnosis_to_json, exit_code

_TRY = """
from PySide6.QtCore import qVersion
from PySide6.QtWidgets import QApplication
print(f"Qt {qVersion()} on {QApplication([]).platformName()}")
"""


def doctor(arguments: argparse.Namespace) -> int:
    """Tell what works. Exit code 0; 2 where build code cannot be run."""
    try:
        abilities = (*diagnose(progress()), _window())
    finally:
        end_progress()
    if arguments.format == "json":
        print(json.dumps(diagnosis_to_json(abilities), indent=2))
    else:
        for line in diagnosis_lines(abilities):
            say(line)
    return exit_code(abilities)


def _window() -> Ability:
    """Whether Qt opens a window here: tried in a process of its own, which Qt ends where it cannot."""
    platform = [] if has_display() else ["-platform", "offscreen"]
    script = _TRY.replace("[]", repr(["reviewer", *platform]))
    try:
        tried = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.SubprocessError) as error:
        return Ability("window", State.MISSING, f"Qt does not start ({error})")
    if tried.returncode != 0:
        told = (tried.stderr.strip().splitlines() or ["Qt said nothing"])[-1][:300]
        cure = "`make setup` names or installs the system libraries that Qt needs"
        return Ability("window", State.MISSING, f"Qt does not start: {told}", cure)
    version = tried.stdout.strip()
    if platform:
        cure = "set DISPLAY or WAYLAND_DISPLAY, or draw pictures with --screenshot FILE"
        return Ability("window", State.MISSING, f"there is no display ({version})", cure)
    return Ability("window", State.WORKS, version)
