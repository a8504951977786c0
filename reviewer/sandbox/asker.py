"""Who it is that speaks through a unix socket: in a sandbox everything that runs there can."""

import os
import socket
import struct
from collections.abc import Collection
from pathlib import Path

from reviewer.sandbox.pidfd import open_process, wait_for_end

_CREDENTIALS = struct.Struct("=iII")  # struct ucred: pid, uid, gid


def asker_of(connection: socket.socket) -> int:
    """The process that connected, as it is seen from here; 0 where it is not seen."""
    return int(_CREDENTIALS.unpack(connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size))[0])


def is_started_by(process: int, program: str, starters: Collection[str]) -> bool:
    """Whether a process executes `program`, and its parent is one of `starters`; programs by their paths in the sandbox.

    Of a process whose parent has ended the sandbox's first one is the parent.
    """
    try:
        held = open_process(process)
    except OSError:
        return False
    try:
        folder = Path("/proc", str(process))
        parent = next(
            line for line in (folder / "status").read_text("utf-8", "replace").splitlines() if "PPid:" in line
        )
        fits = _program(folder) == program and _program(Path("/proc", parent.split()[1])) in starters
        return fits and not wait_for_end(held, 0)  # else its number may be another's by now
    except (OSError, StopIteration):
        return False
    finally:
        os.close(held)


def _program(folder: Path) -> str:
    return str((folder / "exe").readlink())
