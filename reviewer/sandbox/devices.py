"""Device files for a sandbox that root starts.

To the kernel root stays the owner of the host's /dev/null, whatever its number inside, and could chmod it for everybody.
bubblewrap cannot make devices read-only and leave them usable, so root's sandboxes get files of their own, which are nobody's.
"""

import contextlib
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

DEVICES = ("null", "zero", "full", "random", "urandom", "tty")
"""What bubblewrap's --dev binds from the host."""

_NOBODY = 65534
_PREFIX = "reviewer-"


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
    _remove_abandoned()
    try:
        folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir="/dev"))
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


def _remove_abandoned() -> None:
    """What a Reviewer that was killed could not take away itself."""
    for folder in Path("/dev").glob(f"{_PREFIX}*-*"):
        owner = folder.name.removeprefix(_PREFIX).split("-")[0]
        if owner.isdigit() and not Path("/proc", owner).exists():
            shutil.rmtree(folder, ignore_errors=True)
