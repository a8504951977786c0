"""Which programs the build's own sandbox may start once its graph is made: zig and what belongs to it, and nothing that was built there.

The kernel's rules (Landlock, set by the launcher) hold against programs in the caches, whatever this gate is told; here the few that those
rules allow are held to who may start them, and whatever is tried beside is told. Programs are named by their paths inside.
"""

import errno
import os
import threading
from collections.abc import Callable, Collection
from pathlib import Path

from reviewer.content.text import visible
from reviewer.sandbox.notify import Call, Listener
from reviewer.sandbox.seccomp import Machine

_EXECUTE_AT = {Machine.x86_64: 322, Machine.aarch64: 281}  # execveat
_CURRENT = 0xFFFFFF9C  # AT_FDCWD, -100, in 32 bits
_MOST_PARENTS = 16
_SYSTEM = ("/usr/", "/bin/", "/sbin/", "/lib/", "/lib64/")


class ExecGate:
    """Answers the `listener` of a filter that asks about execve and execveat; owns it. Everything may start until `tighten`.

    From then on `programs` may, and those of the system that `zig` itself starts, or programs of the system that it has started: it asks
    the C compiler where libraries are. `refused` hears, on a thread of the gate's, of all else, in words fit to be shown.
    """

    def __init__(
        self, listener: int, machine: Machine, *, zig: str, programs: Collection[str], refused: Callable[[str], None]
    ) -> None:
        self._execute_at = _EXECUTE_AT[machine]
        self._zig = zig
        self._programs = frozenset((zig, *programs))
        self._refused = refused
        self._strict = threading.Event()
        self._listener = Listener(listener, self._decide)

    def tighten(self) -> None:
        """The graph is made: nothing that it led to being built may start here any more."""
        self._strict.set()

    def close(self) -> None:
        """Nothing can be started any more."""
        self._listener.close()

    def _decide(self, listener: Listener, call: Call) -> None:
        if not self._strict.is_set():
            listener.let(call)
            return
        path = os.path.normpath(self._path(listener, call))
        caller = listener.program(call)
        system = self._is_system(path) and self._comes_from_zig(call.thread)
        # Looked for along PATH: the kernel says so. What is executed by its descriptor alone may have no name, and be there.
        named = call.number != self._execute_at and not path.startswith("/proc/")
        missing = named and not Path(f"/proc/{call.thread}/root{path}").exists()
        if system or missing or path in self._programs:
            listener.let(call)
        else:
            listener.refuse(call, errno.EACCES)
            self._refused(f"{visible(caller)} tried to start {visible(path)}")

    def _path(self, listener: Listener, call: Call) -> str:
        if call.number != self._execute_at:
            return listener.path(call, call.arguments[0])
        folder, address, *_ = call.arguments
        folder &= 0xFFFFFFFF
        return listener.path(call, address, None if folder == _CURRENT else folder)

    def _comes_from_zig(self, process: int) -> bool:
        """Whether only programs of the system lie between the process and zig: not so for what was left running when its parent ended."""
        for _ in range(_MOST_PARENTS):
            program = str(Path(f"/proc/{process}/exe").readlink())
            if program == self._zig or not self._is_system(program):
                return program == self._zig
            lines = Path(f"/proc/{process}/status").read_text("utf-8", "replace").splitlines()
            status = dict(line.split(":\t", 1) for line in lines if ":\t" in line)
            if status["NSpid"].split()[-1] == "1":  # the sandbox's first process, which takes over what is left
                return False
            process = int(status["PPid"])
        return False

    def _is_system(self, path: str) -> bool:
        return path.startswith(_SYSTEM)
