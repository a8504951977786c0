"""Real attacks against both kinds of sandbox, each as root and as an ordinary user."""

import functools
import os
import pickle
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar, cast

import pytest

from reviewer.errors import ReviewerError
from reviewer.sandbox import probe
from reviewer.sandbox.kinds import BubblewrapSandbox, LandlockSandbox, Sandbox
from reviewer.sandbox.policy import Bind, Limits, Policy
from reviewer.sandbox.run import RunResult, Streams, run
from tests.sandbox.table import table_lines

T = TypeVar("T")

NOBODY = 65534
PYTHON = "/usr/bin/python3"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """With -v: one table of all attacks."""
    lines = table_lines(terminalreporter.stats) if terminalreporter.verbosity > 0 else []
    if lines:
        terminalreporter.section("attacks against the sandbox")
        for line in lines:
            terminalreporter.write_line(line)


KINDS = (BubblewrapSandbox.kind, LandlockSandbox.kind)


@functools.cache
def sandbox_of(kind: str) -> Sandbox:
    """Skips where this machine does not have it: there is nothing to attack; why is said."""
    try:
        return probe.probe() if kind == BubblewrapSandbox.kind else probe.probe_landlock()
    except ReviewerError as refusal:
        pytest.skip(str(refusal))


@pytest.fixture(params=KINDS)
def sandbox(request: pytest.FixtureRequest) -> Sandbox:
    return sandbox_of(request.param)


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who uses a sandbox: `uid` None is whoever runs the tests. `room` holds `project`, `out` and `secret`."""

    room: Path
    uid: int | None
    sandbox: Sandbox

    @property
    def project(self) -> Path:
        return self.room / "project"

    @property
    def out(self) -> Path:
        return self.room / "out"

    @property
    def shares(self) -> bool:
        """Whether files and processes of the host are there, and out of reach, where bubblewrap shows none."""
        return isinstance(self.sandbox, LandlockSandbox)

    @property
    def is_root(self) -> bool:
        return self.uid is None and os.geteuid() == 0

    def policy(self, limits: Limits | None = None, environment: Mapping[str, str] | None = None) -> Policy:
        """The project read-only, `out` writable and current."""
        return Policy(
            read_only=(Bind(self.project, self.project),),
            writable=(Bind(self.out, self.out),),
            workdir=self.out,
            environment=environment or {},
            limits=limits or Limits(wall_seconds=60),
        )

    def run(self, *command: str, limits: Limits | None = None, streams: Streams | None = None) -> RunResult:
        return self.do(lambda: run(self.policy(limits), command, streams=streams, sandbox=self.sandbox))

    def python(self, script: str, *arguments: object, limits: Limits | None = None) -> RunResult:
        """Run a script by the system's Python, inside."""
        return self.run(PYTHON, "-I", "-c", script, *map(str, arguments), limits=limits)

    def do(self, work: Callable[[], T]) -> T:
        """Do it in a process of this user."""
        if self.uid is None:
            return work()
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            answer: object
            try:
                os.setgroups([])
                os.setgid(self.uid)
                os.setuid(self.uid)
                answer = work()
            except BaseException as error:
                answer = error
            with os.fdopen(writing, "wb") as pipe:
                pickle.dump(answer, pipe)
            os._exit(0)
        os.close(writing)
        with os.fdopen(reading, "rb") as pipe:
            answer = pickle.load(pipe)
        os.waitpid(child, 0)
        if isinstance(answer, BaseException):
            raise answer
        return cast(T, answer)


@pytest.fixture
def room() -> Iterator[Path]:
    """A folder that other users can reach, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="reviewer-room-"))
    folder.chmod(0o755)
    for name in ("project", "out"):
        (folder / name).mkdir()
    (folder / "project" / "build.zig").write_text("shown")
    (folder / "secret").write_text("key")
    yield folder
    shutil.rmtree(folder)


WHO = ("as root", "as a user")


@pytest.fixture(params=[f"{kind} {who}" for kind in KINDS for who in WHO])
def caller(request: pytest.FixtureRequest, room: Path) -> Caller:
    kind, who = request.param.split(" ", 1)
    return caller_of(kind, who, room)


def caller_of(kind: str, who: str, room: Path) -> Caller:
    """Skips where the tests do not run as root, for that half."""
    sandbox = sandbox_of(kind)
    if os.geteuid() != 0:
        if who == "as root":
            pytest.skip("the tests do not run as root")
        return Caller(room, None, sandbox)
    if who == "as root":
        return Caller(room, None, sandbox)
    for path in (room, *room.rglob("*")):
        os.chown(path, NOBODY, NOBODY)
    if isinstance(sandbox, LandlockSandbox) and not Caller(room, NOBODY, sandbox).do(_python_is_reachable):
        sandbox = replace(sandbox, landlock=replace(sandbox.landlock, python=Path(PYTHON)))
    return Caller(room, NOBODY, sandbox)


def _python_is_reachable() -> bool:
    return os.access(sys.executable, os.X_OK)


def processes_with(marker: str) -> list[int]:
    """Ids of this machine's processes that have the marker on their command line."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                words = (folder / "cmdline").read_bytes()
            except OSError:
                continue
            if marker.encode() in words:
                found.append(int(folder.name))
    return found
