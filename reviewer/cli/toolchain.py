"""`toolchain install`: a zig of Reviewer's own, beside whatever the system has."""

import argparse
from pathlib import Path

from reviewer.cli.terminal import end_progress, progress, say
from reviewer.ecosystems import ecosystem_named


def install(arguments: argparse.Namespace) -> int:
    """Install a zig, unless it is there. Exit code 0."""
    zig = bring(arguments.version)
    say(f"zig is at {zig}")
    return 0


def bring(version: str) -> Path:
    """Install a zig, unless it is there, with progress; where it is."""
    try:
        return ecosystem_named("zig").install_toolchain(version, progress())
    finally:
        end_progress()
