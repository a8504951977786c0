"""Run a command under a policy, or not at all."""

from collections.abc import Callable, Sequence

from reviewer.progress import Progress
from reviewer.sandbox.bubblewrap import arguments
from reviewer.sandbox.devices import own_devices
from reviewer.sandbox.policy import Policy
from reviewer.sandbox.probe import require_sandbox
from reviewer.sandbox.result import Outcome, RunResult
from reviewer.sandbox.seccomp import build_filter, deny_list
from reviewer.sandbox.supervise import Streams, supervise

__all__ = ["Outcome", "RunResult", "Streams", "run"]


def run(
    policy: Policy,
    command: Sequence[str],
    progress: Progress | None = None,
    *,
    streams: Streams | None = None,
    until: int | None = None,
    look: Callable[[], bool] | None = None,
) -> RunResult:
    """Run `command` (its paths are those inside) and wait. Callable from any thread; blocks the calling one.

    With `streams` it gets these file descriptors, and nothing is captured. Cancelling `progress`, or `until` becoming readable,
    ends it within 0.1 s with `Outcome.CANCELLED`. A command that is not there exits with 127, one that cannot
    be executed with 126. `look` is called now and then; False from it ends the run as a flood of output. Raises ReviewerError
    where there is no sandbox, or none can be set up for this policy: then nothing was run.
    """
    sandbox = require_sandbox()
    with own_devices() as devices:
        return supervise(
            sandbox.bubblewrap.program,
            arguments(sandbox.bubblewrap, policy, devices),
            build_filter(sandbox.machine, deny_list(policy)),
            command,
            policy,
            progress,
            streams=streams,
            until=until,
            look=look,
        )
