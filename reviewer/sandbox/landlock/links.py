"""Shows something in another place than its own where nothing can be mounted: by a link, for as long as the run lasts.

A link lies in a folder that the run may write, so it could put something of its own there. It cannot be kept from that; but the kernel
tells of it (inotify, race-free), and then nothing of the run is believed.
"""

import contextlib
import ctypes
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from reviewer.content.text import visible
from reviewer.errors import ReviewerError
from reviewer.sandbox.landlock.removal import remove
from reviewer.sandbox.policy import Bind

# linux/inotify.h. IN_ATTRIB of a link: among others that one of its names is gone.
_ATTRIB, _DELETE_SELF, _MOVE_SELF, _DONT_FOLLOW, _ONLY_DIRECTORY = 0x4, 0x400, 0x800, 0x02000000, 0x01000000


@contextlib.contextmanager
def linked(binds: Sequence[tuple[Bind, Path]]) -> Iterator[None]:
    """Links at `inside` to `host`, each with the writable folder that it lies in; afterwards empty folders, as they were.

    Raises ReviewerError at the end if a link did not stay as it was.
    """
    if not binds:
        yield
        return
    watch = ctypes.CDLL(None, use_errno=True)
    told = watch.inotify_init1(os.O_CLOEXEC | os.O_NONBLOCK)
    if told < 0:
        raise ReviewerError(f"the sandbox cannot watch its links ({os.strerror(ctypes.get_errno())})")
    try:
        for bind, top in binds:
            _put(bind)
            for path in (bind.inside, *bind.inside.parents):
                if path == top:
                    break
                events = (
                    _MOVE_SELF | _DELETE_SELF | (_ATTRIB | _DONT_FOLLOW if path == bind.inside else _ONLY_DIRECTORY)
                )
                if watch.inotify_add_watch(told, os.fsencode(path), events) < 0:
                    reason = os.strerror(ctypes.get_errno())
                    raise ReviewerError(f"the sandbox cannot watch it ({reason})", where=visible(str(path)))
        yield
        with contextlib.suppress(BlockingIOError):
            os.read(told, 1 << 12)
            shown = ", ".join(sorted(str(bind.inside) for bind, _ in binds)[:3])
            raise ReviewerError(
                f"the sandboxed run replaced what it was only shown, in one of {visible(shown)}",
                cure="nothing of it was used",
            )
    finally:
        os.close(told)
        for bind, _ in binds:
            _take_away(bind)


def _put(bind: Bind) -> None:
    if not bind.inside.is_dir():
        raise ReviewerError("only a folder can be shown in another place here", where=visible(str(bind.inside)))
    remove(str(bind.inside))
    bind.inside.symlink_to(bind.host)


def _take_away(bind: Bind) -> None:
    with contextlib.suppress(OSError):
        if bind.inside.is_symlink():
            bind.inside.unlink()
            bind.inside.mkdir()
