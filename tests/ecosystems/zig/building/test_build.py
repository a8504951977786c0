"""One project that has every kind of run step, built for real by each version of zig, each step asked for from outside."""

import os
import shutil
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from reviewer.ecosystems.zig.building.build import Built, build_enforced
from reviewer.ecosystems.zig.building.layout import Layout
from reviewer.ecosystems.zig.building.match import Matched
from reviewer.ecosystems.zig.configured.kept import configured_graph
from reviewer.ecosystems.zig.packages.table import find_packages
from reviewer.ecosystems.zig.toolchains.find import Toolchain
from reviewer.model.graph import Step
from reviewer.progress import Progress
from reviewer.sandbox.broker import Allowed
from reviewer.sandbox.policy import Bind, Policy
from reviewer.sandbox.supervise import Streams

MADE = Path(__file__).parent / "made"


class Steps:
    """Lets each step run that is the approved one, with what it declares, and remembers it."""

    def __init__(self) -> None:
        self.ran: list[tuple[str, Matched]] = []

    def decide(self, step: Step, matched: Matched, layout: Layout) -> Allowed:
        self.ran.append((step.id, matched))

        def shown(paths: Sequence[Path]) -> tuple[Bind, ...]:
            hosts = ((layout.host(str(path)), path) for path in paths)
            return tuple(Bind(host, path) for host, path in hosts if host is not None and host.exists())

        program = () if matched.program is None or matched.program.is_relative_to("/bin") else (matched.program,)
        policy = Policy(
            read_only=tuple(dict.fromkeys(shown((layout.zig.root / "data", *program, *matched.inputs)))),
            writable=shown(matched.folders),
            workdir=matched.cwd,
            environment={n: v for n, v in matched.environment.items() if n not in ("HOME", "PWD", "TMPDIR")},
        )
        return Allowed(policy, matched.command)

    def names(self) -> list[str]:
        return sorted(name for name, _ in self.ran)


class Output:
    """What was printed, while it is printed: a pipe for a terminal's place."""

    def __init__(self) -> None:
        self._reading, self.writing = os.pipe()
        self._data = bytearray()
        self._thread = threading.Thread(target=self._read)
        self._thread.start()

    def _read(self) -> None:
        while chunk := os.read(self._reading, 1 << 16):
            self._data += chunk
        os.close(self._reading)

    def text(self) -> str:
        os.close(self.writing)
        self._thread.join()
        return self._data.decode("utf-8", "replace")


def build(
    project: Path, toolchain: Toolchain, steps: Steps, *words: str, arguments: Sequence[str] = ()
) -> tuple[Built, str]:
    """The build, and what it printed."""
    table = find_packages(project, Progress())
    graph = configured_graph(project, table, Progress(), zig=toolchain.zig)
    output, nothing = Output(), os.open("/dev/null", os.O_RDONLY)
    try:
        streams = Streams(nothing, output.writing, output.writing)
        built = build_enforced(
            graph, table, toolchain, words, steps.decide, Progress(), arguments=arguments, streams=streams
        )
    finally:
        os.close(nothing)
        told = output.text()
    return built, told


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One for all versions, as when a user changes zig."""
    folder = Path(shutil.copytree(MADE, tmp_path_factory.mktemp("enforced") / "made"))
    yield folder


def test_every_kind_of_step_runs_as_approved_and_makes_what_it_declares(project: Path, toolchain: Toolchain) -> None:
    shutil.rmtree(project / "zig-out", ignore_errors=True)
    steps = Steps()
    built, told = build(project, toolchain, steps, "install", "test")
    assert (built.result.exit_code, built.stopped) == (0, ()), told
    assert len(steps.ran) == 6
    out = project / "zig-out"
    assert (out / "made/deep/copy.txt").read_text() == (out / "tracked.txt").read_text() == "north\nsouth\n"
    assert (out / "words.txt").read_text() == "north\nsouth\n"
    assert b"east" in (out / "bin/app").read_bytes()

    again = Steps()
    built, told = build(project, toolchain, again, "install", "test")
    tests = [] if toolchain.has_maker else ["root/run test"]  # up to 0.16 their words hold a random seed
    assert (built.result.exit_code, built.stopped, again.names()) == (0, (), tests), told


def test_how_a_step_ends_is_how_zig_tells_it(project: Path, toolchain: Toolchain) -> None:
    built, told = build(project, toolchain, Steps(), "fail")
    assert built.result.exit_code == 1
    assert "it fails" in told
    assert "code 3" in told
    built, told = build(project, toolchain, Steps(), "die")
    assert built.result.exit_code == 1
    assert "signal" in told or "terminated" in told


def test_arguments_after_the_dashes_reach_the_program(project: Path, toolchain: Toolchain) -> None:
    steps = Steps()
    built, told = build(project, toolchain, steps, "run", arguments=("--flag", "two words"))
    assert (built.result.exit_code, built.stopped) == (0, ()), told
    (matched,) = [matched for name, matched in steps.ran if name.startswith("root/run") and "app" in name]
    assert matched.command[1:] == ("--flag", "two words")
