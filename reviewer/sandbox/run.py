"""Run a command under a policy, or not at all."""

from collections.abc import Callable, Sequence

from reviewer.progress import Progress
from reviewer.sandbox.kinds import Sandbox
from reviewer.sandbox.policy import Policy
from reviewer.sandbox.probe import require_sandbox
from reviewer.sandbox.result import Outcome, RunResult
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
    sandbox: Sandbox | None = None,
) -> RunResult:
    """Run `command` (its paths are those inside) and wait. Callable from any thread; blocks the calling one.

    With `streams` it gets these file descriptors, and nothing is captured. Cancelling `progress`, or `until` becoming readable,
    ends it within 0.1 s with `Outcome.CANCELLED`. A command that is not there exits with 127, one that cannot
    be executed with 126. `look` is called now and then; False from it ends the run as a flood of output. `sandbox`: by default the best
    that works here. Raises ReviewerError where there is none, or none can be set up for this policy: then nothing was run.
    """
    with (sandbox or require_sandbox()).start(policy) as start:
        return supervise(start, command, policy, progress, streams=streams, until=until, look=look)
