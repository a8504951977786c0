"""Takes away what untrusted code wrote. Imported by the guard, which must start fast."""

import contextlib
import os
import sys

_DEEPEST = 10_000
"""Folders inside each other that can be removed: more than a path has room for."""


def remove(folder: str) -> None:
    """Remove a folder that untrusted code wrote into, as far as that is possible."""
    with contextlib.suppress(OSError):  # most have written nothing there
        for name in os.listdir(folder):  # noqa: PTH208
            os.rmdir(os.path.join(folder, name))  # noqa: PTH106, PTH118
        os.rmdir(folder)  # noqa: PTH106
        return
    import shutil  # for which a command need not wait

    sys.setrecursionlimit(max(sys.getrecursionlimit(), _DEEPEST))
    for top, folders, _ in os.walk(folder):
        for name in folders:
            path = os.path.join(top, name)  # noqa: PTH118 -- deeper than pathlib likes
            if not os.path.islink(path):  # noqa: PTH114
                with contextlib.suppress(OSError):
                    os.chmod(path, 0o700)  # noqa: PTH101
    shutil.rmtree(folder, ignore_errors=True)
