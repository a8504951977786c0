"""The command line starts fast because it does not load what only the window needs."""

import json
import subprocess
import sys

import pytest

ASK = """
import importlib, json, pkgutil, sys
import reviewer.cli
for module in pkgutil.iter_modules(reviewer.cli.__path__, "reviewer.cli."):
    importlib.import_module(module.name)
print(json.dumps(list(sys.modules)))
"""


@pytest.fixture(scope="module")
def loaded() -> set[str]:
    """The top-level packages that a fresh interpreter has loaded after importing every module of the command line."""
    done = subprocess.run([sys.executable, "-c", ASK], capture_output=True, text=True, timeout=60, check=True)
    return {name.partition(".")[0] for name in json.loads(done.stdout)}


@pytest.mark.parametrize("package", ["PySide6", "shiboken6", "networkx", "pygments", "numpy"])
def test_importing_the_command_line_does_not_load(package: str, loaded: set[str]) -> None:
    assert "reviewer" in loaded
    assert package not in loaded
