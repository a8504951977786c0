"""Real attacks against the real sandbox, each as root and as an ordinary user."""

import os
import pickle
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar, cast

import pytest

from reviewer.sandbox.policy import Bind, Limits, Policy
from reviewer.sandbox.probe import find_sandbox
from reviewer.sandbox.run import RunResult, run

T = TypeVar("T")

NOBODY = 65534
PYTHON = "/usr/bin/python3"


@pytest.fixture(scope="session", autouse=True)
def sandbox() -> None:
    """Without a sandbox there is nothing to attack; why is said."""
    found = find_sandbox()
    if found.kind is None:
        pytest.skip(f"{found.reason}; {found.cure}")


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who uses the sandbox: `uid` None is whoever runs the tests. `room` holds `project`, `out` and `secret`."""

    room: Path
    uid: int | None

    @property
    def project(self) -> Path:
        return self.room / "project"

    @property
    def out(self) -> Path:
        return self.room / "out"

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

    def run(self, *command: str, limits: Limits | None = None) -> RunResult:
        return self.do(lambda: run(self.policy(limits), command))

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


@pytest.fixture(params=["as root", "as a user"])
def caller(request: pytest.FixtureRequest, room: Path) -> Caller:
    if os.geteuid() != 0:
        if request.param == "as root":
            pytest.skip("the tests do not run as root")
        return Caller(room, None)
    if request.param == "as root":
        return Caller(room, None)
    for path in (room, *room.rglob("*")):
        os.chown(path, NOBODY, NOBODY)
    return Caller(room, NOBODY)


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
