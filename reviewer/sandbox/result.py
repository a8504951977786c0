"""What a sandboxed run came to."""

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """How a run ended: by itself, or stopped by its limits or the user."""

    FINISHED = "finished"
    TIMED_OUT = "timed_out"
    OUTPUT_FLOOD = "output_flood"
    TOO_MUCH_WRITTEN = "too_much_written"
    TOO_MANY_PROCESSES = "too_many_processes"
    MACHINE_FULL = "machine_full"
    CANCELLED = "cancelled"


STOPPED = {
    Outcome.TIMED_OUT: "was stopped at its time limit",
    Outcome.OUTPUT_FLOOD: "was stopped: it did or printed more than can be kept",
    Outcome.TOO_MUCH_WRITTEN: "was stopped: it wrote more than its output folders may hold, or hid what it wrote",
    Outcome.TOO_MANY_PROCESSES: "was stopped: it started more processes than it may have at a time",
    Outcome.MACHINE_FULL: "was stopped: this machine was about to run out of memory or of room on disk",
    Outcome.CANCELLED: "was stopped by you",
}
"""What to say of a run that did not end by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResult:
    """`exit_code` is None where a signal ended the command or the run was stopped; `signal` is the number, None for none.

    `stdout` and `stderr` are hostile bytes, at most `Limits.output_bytes` each. An exit code above 128 that stands for a signal (128 +
    number, as shells have it) is reported as that signal: from outside the two look the same. `duration` is in seconds.
    """

    exit_code: int | None
    signal: int | None
    stdout: bytes
    stderr: bytes
    outcome: Outcome
    duration: float
