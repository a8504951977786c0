"""Device files for a sandbox that root starts.

To the kernel root stays the owner of the host's /dev/null, whatever its number inside, and could chmod it for everybody.
bubblewrap cannot make devices read-only and leave them usable, so root's sandboxes get files of their own, which are nobody's.
"""

import contextlib
import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from reviewer.sandbox.abandoned import abandoned, make_own

DEVICES = ("null", "zero", "full", "random", "urandom", "tty")
"""What bubblewrap's --dev binds from the host."""

_NOBODY = 65534
_DEV, _KIND = Path("/dev"), "devices"


@contextlib.contextmanager
def own_devices() -> Iterator[Path | None]:
    """A folder with the sandbox's own DEVICES while it runs; None where none are needed, or root may not make any.

    In /dev, for devices do not work in folders such as /tmp where these are mounted `nodev`.
    """
    folder = _make() if os.geteuid() == 0 else None
    try:
        yield folder
    finally:
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)


def _make() -> Path | None:
    for left in abandoned(_DEV, _KIND):
        shutil.rmtree(left, ignore_errors=True)
    try:
        folder = make_own(_DEV, _KIND)
    except OSError:
        return None
    try:
        for name in DEVICES:
            os.mknod(folder / name, stat.S_IFCHR, Path("/dev", name).stat().st_rdev)
            os.chown(folder / name, _NOBODY, _NOBODY)
            (folder / name).chmod(0o666)
            with (folder / name).open("rb") if name != "tty" else contextlib.nullcontext():
                pass  # a container may let us make devices and not open them
    except OSError:
        shutil.rmtree(folder, ignore_errors=True)
        return None
    return folder
