"""Observe one run step of a configured project."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from reviewer.content.text import visible
from reviewer.ecosystems.zig.configured.alone import alone
from reviewer.ecosystems.zig.configured.kept import configured_graph
from reviewer.ecosystems.zig.configured.sandboxed import SandboxedZig, sandboxed_zig
from reviewer.ecosystems.zig.observing.acts import Acts, may_have_lines
from reviewer.ecosystems.zig.observing.record import Recorded, record_step, require_same
from reviewer.ecosystems.zig.options import package_sources
from reviewer.ecosystems.zig.packages.table import PackageTable, find_packages
from reviewer.ecosystems.zig.toolchains.find import find_toolchain
from reviewer.errors import ReviewerError
from reviewer.model.graph import Graph, Step
from reviewer.model.observation import Act, Observation
from reviewer.progress import Progress
from reviewer.sandbox.observe import BLIND_SPOTS, Observed, observe
from reviewer.sandbox.policy import Bind, Limits, Policy
from reviewer.sandbox.probe import require_bubblewrap
from reviewer.sandbox.result import STOPPED, Outcome

MAX_PRINTED = 32 << 10
"""Bytes of each of stdout and stderr that are kept."""

_NOT_FOLLOWED = "which line did it: strace cannot follow the stack of a program that it started"

TIME_LIMIT = 600
"""Seconds for the step itself, which is traced."""


def observe_step(
    root: Path,
    step_id: str,
    progress: Progress,
    *,
    zig: Path | None = None,
    options: tuple[str, ...] = (),
    listener: Callable[[Act], None] | None = None,
) -> Observation:
    """Build what the step needs, run it in the sandbox, and tell what it did; `listener` hears of each act at once.

    Cancelling `progress` while the step runs ends it, and keeps what was seen. Raises ReviewerError or CancelledError.
    """
    require_bubblewrap("observing a step")
    table = find_packages(root, progress, sources=package_sources(options))
    graph = configured_graph(root, table, progress, zig=zig, options=options)
    index = next((number for number, step in enumerate(graph.steps) if step.id == step_id), None)
    step = None if index is None else graph.steps[index]
    if step is None or step.run is None or index is None:
        raise ReviewerError("zig's own graph has no such run step", where=step_id, cure="list them: `reviewer graph`")
    if step.kind == "custom":
        what = "a custom step runs inside zig's own build process and cannot be observed on its own"
        raise ReviewerError(what, where=step_id, cure="read its function")
    with alone(root, progress):
        toolchain = find_toolchain(table.minimum_zig_version, zig)
        sandboxed = sandboxed_zig(root, table, toolchain, progress, observing=True)
        with record_step(sandboxed, index, options, progress) as recorded:
            require_same(recorded, step.run, sandboxed.local)
            progress.report("Running the step in the sandbox")
            return _run(sandboxed, recorded, graph, table, step, progress, listener)


def _run(
    zig: SandboxedZig,
    recorded: Recorded,
    graph: Graph,
    table: PackageTable,
    step: Step,
    progress: Progress,
    listener: Callable[[Act], None] | None,
) -> Observation:
    assert step.run is not None
    acts = Acts(zig, recorded, graph, table)
    for folder in acts.output_folders():
        folder.mkdir(parents=True, exist_ok=True)
    recorded.prefix.mkdir(parents=True, exist_ok=True)
    writable = (Bind(zig.local, zig.local), Bind(recorded.prefix, recorded.prefix))
    shown = [bind for bind in zig.read_only if bind.host.exists()]
    if recorded.input is not None:
        shown.append(Bind(recorded.input, recorded.input))
    policy = Policy(
        read_only=tuple(dict.fromkeys((*shown, Bind(zig.shared, zig.shown_shared)))),
        writable=writable,
        workdir=recorded.cwd,
        environment={
            name: value for name, value in recorded.environment.items() if name not in ("HOME", "PWD", "TMPDIR")
        },
        limits=Limits(wall_seconds=TIME_LIMIT),
    )
    command = recorded.command
    if recorded.input is not None:
        command = ("/bin/sh", "-c", 'exec "$@" <"$0"', str(recorded.input), *command)
    stacks = may_have_lines(step.run)
    observed = observe(
        policy,
        command,
        progress,
        listener=None if listener is None else lambda event: listener(acts.act(event, follow=False)),
        homes=(Path.home(),),
        stacks=stacks,
    )
    ended = _ended(observed)
    try:
        zig.look_over()
    except ReviewerError as refusal:
        ended += f"; {refusal}"
    found = acts.all(observed)
    executes = graph.package.get(step.run.executes or step.package)
    return Observation(
        step=step.id,
        fingerprint=step.run.fingerprint,
        package=executes.id if executes else step.package,
        digest=executes.digest if executes else None,
        at=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        toolchain=f"zig {zig.toolchain.version}",
        ended=ended,
        seconds=round(observed.result.duration, 3),
        acts=found,
        unused=acts.unused(observed),
        cut=observed.cut,
        blind=BLIND_SPOTS if observed.followed or not stacks else (*BLIND_SPOTS, _NOT_FOLLOWED),
        stdout=_printed(observed.result.stdout),
        stderr=_printed(observed.result.stderr),
    )


def _printed(output: bytes) -> str:
    lines = output[:MAX_PRINTED].decode("utf-8", "replace").split("\n")
    more = [f"and {len(output) - MAX_PRINTED} bytes more"] if len(output) > MAX_PRINTED else []
    return "\n".join([*map(visible, lines), *more]).rstrip("\n")


def _ended(observed: Observed) -> str:
    result = observed.result
    if result.outcome is not Outcome.FINISHED:
        return STOPPED[result.outcome]
    return f"ended by signal {result.signal}" if result.signal else f"exit code {result.exit_code}"
