"""What it costs a run step that a launcher asks for it, and that it runs in a sandbox of its own."""

import array
import os
import socket
import statistics
import struct
import subprocess
import tempfile
import time
from pathlib import Path

from benchmarks.ratio import Budget
from reviewer.sandbox.broker import SOCKET, Allowed, Broker, Refused, RunRequest
from reviewer.sandbox.narrow import narrow
from reviewer.sandbox.outputs import check_outputs
from reviewer.sandbox.policy import Bind, Limits, Policy
from reviewer.sandbox.result import RunResult

_AIM = 15.0
_RUNS = 40
_INPUTS = 4
_COMMAND = ("/bin/true",)


class _Project:
    """A program, a few inputs and an output folder, as a code generator has them. Serves the broker."""

    def __init__(self, root: Path) -> None:
        self._root = root
        (root / "src").mkdir()
        (root / "out").mkdir()
        self._inputs = [root / "src" / f"{number}.txt" for number in range(_INPUTS)]
        for path in self._inputs:
            path.touch()
        self._outer = Policy(read_only=(Bind(root, root),), writable=(Bind(root / "out", root / "out"),))

    def run(self, request: RunRequest, asker: int) -> Allowed | Refused:  # noqa: ARG002 -- there is one
        policy = narrow(
            self._outer,
            read=self._inputs,
            write=[self._root / "out"],
            workdir=self._root,
            environment={},
            limits=Limits(),
        )
        return Allowed(policy, request.command, after=self._after)

    def _after(self, result: RunResult) -> str:
        check_outputs(self._root / "out")
        return "" if result.exit_code == 0 else "it failed"

    def failed(self, why: str) -> None:
        """There is nobody to tell."""

    def configured(self) -> bool:
        return False

    def listener(self, what: str, listener: int) -> bool:
        return bool(what) and listener < 0


def one_step() -> Budget:
    """The program in a sandbox of its own, from request to answer, against the program alone, in turn."""
    fields = ["run", "0", "/", "0", str(len(_COMMAND)), *_COMMAND]
    data = b"".join(os.fsencode(field) + b"\0" for field in fields)
    message = struct.pack("<I", len(data)) + data
    more = []
    with tempfile.TemporaryDirectory(prefix="reviewer-benchmark-") as name, open(os.devnull, "r+b") as nothing:  # noqa: PTH123
        folder = Path(name)
        (folder / "project").mkdir()
        given = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [nothing.fileno()] * 3))]
        with Broker(folder, _Project(folder / "project")):

            def ask() -> None:
                with socket.socket(socket.AF_UNIX) as client:
                    client.connect(str(folder / SOCKET))
                    client.sendmsg([b"R"], given)
                    client.sendall(message)
                    if client.recv(4) != bytes(4):
                        raise RuntimeError("the step did not run")

            def alone() -> None:
                subprocess.run(_COMMAND, check=True)

            for _ in range(_RUNS + 1):
                times = []
                for call in (ask, alone):
                    start = time.perf_counter()
                    call()
                    times.append(time.perf_counter() - start)
                more.append(times[0] - times[1])
    return Budget("a run step, more than its program", statistics.median(more[1:]) * 1000, "ms", _AIM)
