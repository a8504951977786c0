"""Files of a sandbox read from outside, where untrusted code could write: no link is followed, and nothing waited for."""

import contextlib
import os
import stat
from collections.abc import Sequence
from pathlib import PurePosixPath

from reviewer.sandbox.policy import Bind


def read_inside(binds: Sequence[Bind], path: PurePosixPath, most: int) -> bytes:
    """The beginning of the plain file that these binds show as `path`; empty where there is none."""
    around = [bind for bind in binds if path.is_relative_to(bind.inside)]
    if not around or most <= 0 or ".." in path.parts:
        return b""
    bind = max(around, key=lambda bind: len(bind.inside.parts))
    parts = path.relative_to(bind.inside).parts
    try:
        with contextlib.ExitStack() as stack:
            at = _open(stack, str(bind.host), os.O_PATH if parts else os.O_RDONLY, None)
            for number, part in enumerate(parts, 1):
                at = _open(stack, part, os.O_PATH if number < len(parts) else os.O_RDONLY, at)
            return os.read(at, most) if stat.S_ISREG(os.fstat(at).st_mode) else b""
    except OSError:
        return b""


def _open(stack: contextlib.ExitStack, path: str, how: int, folder: int | None) -> int:
    file = os.open(path, how | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
    stack.callback(os.close, file)
    return file
