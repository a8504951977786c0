"""`toolchain install`: a zig of Reviewer's own, beside whatever the system has."""

import argparse

from reviewer.cli.terminal import end_progress, progress, say
from reviewer.ecosystems.zig.toolchains.install import install_toolchain


def install(arguments: argparse.Namespace) -> int:
    """Install a zig, unless it is there. Exit code 0."""
    try:
        toolchain = install_toolchain(arguments.version, progress())
    finally:
        end_progress()
    say(f"zig {toolchain.version} is at {toolchain.zig}")
    return 0
