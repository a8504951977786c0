"""A second start hands its project over to the program that runs already. No Qt: this is asked before anything slow is loaded.

The two meet at a socket in a folder that only this user can enter; one line of JSON goes there, `ok` comes back. Where there is no such
folder, or on systems without such sockets, every start is a program of its own.
"""

import json
import os
import socket
import stat
import tempfile
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

from reviewer.model.graph import Evidence
from reviewer.places import state_dir

MAX_BYTES = 64 * 1024
"""The longest request that is read."""

_PATIENCE = 3.0
_ANSWER = b"ok\n"


class Request(NamedTuple):
    """What to open, as the command line named it: `path` absolute, or None for an empty window."""

    path: Path | None
    evidence: Evidence | None = None
    toolchain: Path | None = None
    options: tuple[str, ...] = ()
    token: str = ""
    """What a Wayland desktop gave the second start, to let the window come to the front."""


def hand_over(request: Request) -> bool:
    """Whether a running Reviewer with the same folders and display took the request."""
    place = meeting_place()
    if place is None:
        return False
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(_PATIENCE)
        try:
            line.connect(place)
            line.sendall(written(request))
            return line.recv(len(_ANSWER)) == _ANSWER
        except OSError:  # nobody runs, or it does not answer: then this start does the work
            return False


def meeting_place() -> str | None:
    """The socket's path: one for each user, display and state folder. None where it could not be kept to this user."""
    if not hasattr(socket, "AF_UNIX") or not hasattr(os, "getuid"):
        return None
    base = os.environ.get("XDG_RUNTIME_DIR")
    folder = Path(base, "reviewer") if base else Path(tempfile.gettempdir(), f"reviewer-{os.getuid()}")
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
    except OSError:
        return None
    private = stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o077
    names = (str(state_dir()), os.environ.get("WAYLAND_DISPLAY", ""), os.environ.get("DISPLAY", ""))
    place = str(folder / f"{crc32(os.fsencode(chr(0).join(names))):08x}")
    return place if private and len(os.fsencode(place)) < 100 else None


def written(request: Request) -> bytes:
    """A request as it is sent."""
    value = {
        "path": None if request.path is None else os.fspath(request.path),
        "evidence": request.evidence,
        "toolchain": None if request.toolchain is None else os.fspath(request.toolchain),
        "options": request.options,
        "token": request.token,
    }
    return json.dumps(value).encode() + b"\n"


def understood(line: bytes) -> Request | None:
    """The request of a line; None for anything that no `hand_over` sends."""
    try:
        value = json.loads(line)
        path, evidence, toolchain = value["path"], value["evidence"], value["toolchain"]
        options, token = value["options"], value["token"]
        texts = [text for text in (path, toolchain) if text is not None]
        if not all(isinstance(text, str) and Path(text).is_absolute() and "\0" not in text for text in texts):
            return None
        if not isinstance(options, list) or not all(isinstance(option, str) for option in options):
            return None
        if not isinstance(token, str) or not token.isascii() or not token.isprintable():
            return None
        return Request(
            None if path is None else Path(path),
            None if evidence is None else Evidence(evidence),
            None if toolchain is None else Path(toolchain),
            tuple(options),
            token,
        )
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
