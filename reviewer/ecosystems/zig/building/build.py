"""The user's real `zig build`, in the outer sandbox, with every run step asked for from the broker.

What holds whatever build code does: no program that was built runs outside of its step's sandbox, and each step is given its approved
command, its inputs, its folders and its grants alone. Up to zig 0.16 the process that runs build code also makes the steps and writes zig's
caches. So there, build code of any package, all of it approved, could put another program in the place of one that zig built for a step,
and have that step's grants used by it; from 0.17 on it can write nothing but its report (resources/zig/enforce_confine.zig).
"""

import contextlib
import tempfile
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from reviewer.content.text import visible
from reviewer.ecosystems.zig.building.launcher import compiled_launcher
from reviewer.ecosystems.zig.building.layout import INSIDE, LAUNCHER, Layout, lay_out
from reviewer.ecosystems.zig.building.match import Matched, MismatchError, match
from reviewer.ecosystems.zig.building.story import Story, read_report
from reviewer.ecosystems.zig.configured.configure import configure
from reviewer.ecosystems.zig.configured.known import known_program, place_in_cache
from reviewer.ecosystems.zig.configured.report import Report
from reviewer.ecosystems.zig.configured.sandboxed import SandboxedZig, known_frames, sandboxed_zig
from reviewer.ecosystems.zig.packages.table import PackageTable
from reviewer.ecosystems.zig.toolchains.find import Toolchain
from reviewer.errors import ReviewerError
from reviewer.model.graph import Graph, Step
from reviewer.progress import Progress
from reviewer.sandbox.asker import is_started_by
from reviewer.sandbox.broker import Allowed, Broker, Refused, RunRequest
from reviewer.sandbox.exec_gate import ExecGate
from reviewer.sandbox.landlock.system import landlock_version
from reviewer.sandbox.probe import require_bubblewrap, require_sandbox
from reviewer.sandbox.result import RunResult
from reviewer.sandbox.run import run
from reviewer.sandbox.supervise import Streams

Decide = Callable[[Step, Matched, Layout], Allowed | Refused]
"""How a step that is the approved one may run; called on the broker's threads."""


_LANDLOCK = 3
"""The version from which on it also tells of files that are cut to nothing."""

_USR = ("bin", "sbin", "lib", "lib32", "lib64", "libexec", "local/bin", "local/lib", "local/libexec")
_SYSTEM = ("/bin", "/sbin", "/lib", "/lib32", "/lib64", *(f"/usr/{name}" for name in _USR))
"""Where the system's programs are: not all of /usr, for a project may lie there."""

OWN = Streams(0, 1, 2)
"""Reviewer's own stdin, stdout and stderr."""


class Built(NamedTuple):
    """`result` of zig itself. `stopped`: why the build was not let go on, empty where zig ended by itself."""

    result: RunResult
    stopped: tuple[str, ...]


def build_enforced(
    approved: Graph,
    table: PackageTable,
    toolchain: Toolchain,
    words: Sequence[str],
    decide: Decide,
    progress: Progress,
    *,
    prefix: Path | None = None,
    arguments: Sequence[str] = (),
    shown: Sequence[Path] = (),
    approve: Callable[[], str] = str,
    streams: Streams = OWN,
) -> Built:
    """Build the project that `approved` is the configured graph of. `words` are those for `zig build`, `arguments` what follows `--`.

    `prefix`: where the project is installed to, by default zig-out; `shown`: files and folders that the words name, to be read. `approve`
    is asked once the graph is made; a text from it stops the build.
    Cancelling `progress` ends the build. Raises ReviewerError where it cannot begin, or CancelledError.
    """
    require_bubblewrap("the enforced build")
    _require_landlock()
    root = Path(approved.root)
    zig = sandboxed_zig(root, table, toolchain, progress)
    if not zig.overlay.enforces:
        what = f"zig {toolchain.version} was not recognised: its run steps cannot be enforced"
        raise ReviewerError(what, where=str(toolchain.zig), cure="build it in another sandbox, or with another zig")
    launcher = compiled_launcher(toolchain, progress)
    runner = _runner(zig, table, approved, progress)
    with tempfile.TemporaryDirectory(prefix="reviewer-build-") as folder:
        layout = lay_out(zig, Path(folder), launcher, prefix or root / "zig-out", shown)
        building = _Building(approved, table, layout, decide, arguments, approve, runner, progress)
        command = [str(INSIDE / LAUNCHER), "outer", *building.programs, *_SYSTEM, "--"]
        command += [str(toolchain.zig), "build", *zig.overlay.arguments, *zig.package_words, *words]
        command += ["--", *arguments] if arguments else []
        progress.report("")  # what follows is told by zig
        with Broker(layout.broker, building), contextlib.closing(building):
            result = run(layout.policy, command, building.progress, streams=streams)
        zig.look_over()
    progress.check()
    if not building.guarded:
        raise ReviewerError("the build was not begun: nothing would have kept programs from being started in it")
    if result.exit_code != 0 and not building.was_configured:
        known_frames(zig).unlink(
            missing_ok=True
        )  # perhaps it is another program that configures: found out anew next time
    return Built(result, tuple(building.stopped))


def _require_landlock() -> None:
    """Raises ReviewerError where the kernel cannot keep what was built from being executed, and build code from writing."""
    if landlock_version() < _LANDLOCK:
        raise ReviewerError(
            "the enforced build needs Landlock, which this kernel lacks or which is switched off",
            cure="use Linux 6.2 or later, with `landlock` among the security modules that its `lsm=` names",
        )


def _runner(zig: SandboxedZig, table: PackageTable, approved: Graph, progress: Progress) -> str:
    """The program that configures, by its place in the cache: compiled before the build begins, since nothing that is compiled later can be
    executed in it."""
    place = place_in_cache(known_program(known_frames(zig)))
    if not place or not any((cache / "o" / place).is_file() for cache in (zig.local, zig.shared)):
        configure(zig.root, table, zig.toolchain, progress, options=approved.options)
        place = place_in_cache(known_program(known_frames(zig)))
    return place


def _programs(layout: Layout, runner: str) -> list[str]:
    """What may be executed in the outer sandbox, beside the system's own."""
    zig = str(layout.zig.toolchain.zig)
    return list(dict.fromkeys((zig, str(INSIDE / LAUNCHER), *_runners(layout, runner), *_makers(layout, runner))))


def _runners(layout: Layout, runner: str) -> list[str]:
    return [str(cache / "o" / runner) for cache in (layout.local, layout.zig.shown_shared)]


def _makers(layout: Layout, runner: str) -> list[str]:
    """What spawns run steps: from zig 0.17 on its maker, and before what configures."""
    makers = [str(bind.inside / "maker") for bind in layout.zig.read_only if (bind.host / "maker").is_file()]
    return makers or _runners(layout, runner)


class _Building:
    """Answers the broker (reviewer.sandbox.broker.Serving)."""

    def __init__(
        self,
        approved: Graph,
        table: PackageTable,
        layout: Layout,
        decide: Decide,
        arguments: Sequence[str],
        approve: Callable[[], str],
        runner: str,
        progress: Progress,
    ) -> None:
        self._approved = approved
        self._table = table
        self._layout = layout
        self._decide = decide
        self._arguments = arguments
        self._approve = approve
        self.programs = _programs(layout, runner)
        self._makers = _makers(layout, runner)
        self._lock = threading.Lock()
        self._story = Story(approved, table, layout)
        self._data: bytes | None = None
        self._report: Report | None = None
        self._gate: ExecGate | None = None
        self.progress = _Stoppable(progress)
        self.stopped: list[str] = []

    @property
    def guarded(self) -> bool:
        """Whether every start of a program was asked about."""
        return self._gate is not None

    @property
    def was_configured(self) -> bool:
        """Whether zig came so far."""
        return self._data is not None

    def close(self) -> None:
        if self._gate is not None:
            self._gate.close()

    def listener(self, what: str, listener: int) -> bool:
        """Ask about every program that is started in the outer sandbox."""
        if what != "outer" or self._gate is not None:
            return False
        machine = require_sandbox().machine
        zig = str(self._layout.zig.toolchain.zig)
        self._gate = ExecGate(listener, machine, zig=zig, programs=self.programs, refused=self._stop)
        return True

    def configured(self) -> bool:
        """The graph is made: whether it is what was approved. From here on nothing else is started."""
        with self._lock:
            try:
                if self._data is not None or self._gate is None:
                    raise ReviewerError("the build was configured twice")
                data = read_report(self._layout.report)
                printed = self._layout.configuration
                self._story.require_same(data, None if printed is None else read_report(printed))
                if why := self._approve():
                    raise ReviewerError(why)
                self._data = data
                self._gate.tighten()
            except ReviewerError as error:
                self._stop(str(error))
                return False
            return True

    def run(self, request: RunRequest, asker: int) -> Allowed | Refused:
        """What to do for a launcher."""
        if self._data is None:
            return self._refuse("a step was asked for before the build was configured")
        if not is_started_by(asker, str(INSIDE / LAUNCHER), self._makers):
            return self._refuse("a program that build code left running asked for a step")
        with self._lock:
            self._report = self._report or self._story.report(self._data)
        try:
            matched = match(request, self._report, self._table, self._layout, self._arguments)
        except MismatchError as error:
            steps = self._approved.steps
            step = steps[request.step] if request.step < len(steps) else None
            name = f"step “{visible(step.name)}” of {step.package}" if step else f"step {request.step}"
            return self._refuse(f"the configuration changed between showing and building: {name} {error}")
        return self._decide(self._approved.steps[request.step], matched, self._layout)

    def failed(self, why: str) -> None:
        """Whoever puts links in the way of what is mounted has one try."""
        self._stop(why)

    def _refuse(self, text: str) -> Refused:
        self._stop(text)
        return Refused(text)

    def _stop(self, text: str) -> None:
        """End the whole build."""
        self.stopped.append(text)
        self.progress.cancel()


class _Stoppable(Progress):
    """Cancelled with the user's, or by itself."""

    def __init__(self, outer: Progress) -> None:
        super().__init__()
        self._outer = outer

    @property
    def cancelled(self) -> bool:
        """Whether either was."""
        return self._cancelled or self._outer.cancelled
