"""A fresh copy of the bundled sample, to try things on."""

import shutil
from pathlib import Path

from reviewer.ecosystems import ecosystem_named
from reviewer.model.graph import Evidence
from reviewer.places import cache_dir
from reviewer.resources import resource


def fresh_demo() -> tuple[Path, Evidence]:
    """A copy of the sample without decisions, and the best evidence that it can be loaded with here.

    Its build scripts are our own, so they are configured without asking. Raises OSError where the copy cannot be made.
    """
    project = cache_dir() / "demo" / "terminal-app"
    shutil.rmtree(project, ignore_errors=True)
    shutil.copytree(resource("demo"), project)
    refused = ecosystem_named("zig").configure_refusal(project) is not None
    return project, Evidence.READ if refused else Evidence.CONFIGURED
