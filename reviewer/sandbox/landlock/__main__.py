"""Starts the guard: the one file of it that Python has to compile each time."""

import os
import sys

# Without site-packages and any other place that a project or user could write.
sys.path.insert(0, os.path.abspath(f"{__file__}/../../../.."))  # noqa: PTH100 -- pathlib takes as long as all else

from reviewer.sandbox.landlock.guard import main

os._exit(main(sys.argv[1:]))
