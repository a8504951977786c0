"""One sandboxed process from start to certain end: limits, output captured or handed on, time, cancellation, and nothing left behind.

How limits are set. `preexec_fn` is unsafe in a program with threads, and limits set on a child after its start may miss what it has
forked by then. So bubblewrap is told to wait once everything is set up (`--block-fd`) and to say which process waits (`--info-fd`):
limits are put on that process from here, and all that follow inherit them. Set inside, the limit on processes counts the sandbox's
and not the user's; and no helper program is needed.

How it starts. bubblewrap goes on when the pipe it waits for is closed, so also when Reviewer is killed at that moment; and what it
starts dies with it only once all is set up. Hence a second gate: a shell, started last, says on stdout that it is there, reads one line
from the same pipe, and becomes the command, or, at the pipe's end, nothing. So a command never starts without a Reviewer to end it, and
what fails before is bubblewrap's failure and not the command's. Where the command's own streams are given, the shell opens the two pipes
by their numbers; the command keeps them, dead, since a shell cannot close numbers above 9.

What is shown. Between looking at a path and mounting it, whoever may write there can put a link in its place. So before the command goes,
each bind that says which file it must be is looked up from outside through the namespace's own root. Until then nothing that the command
brings along has a say: its environment is held back (held_back.py).

Where there are no namespaces, the guard (landlock/guard.py) takes bubblewrap's place and behaves like it.

How it ends. Killing the first process of a pid namespace kills all others, however detached, and it is gone only when they are. The
guard ends all others when it sees that one end.
Known: where Reviewer is killed within the some 50 us in which bubblewrap's monitor is bound to it and has not yet told its child to go
on, that child waits, having started nothing, until the next Reviewer ends it (abandoned.py).
"""

import contextlib
import io
import json
import os
import select
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from reviewer.content.text import visible
from reviewer.errors import ReviewerError
from reviewer.progress import Progress
from reviewer.sandbox.held_back import ADOPT
from reviewer.sandbox.pidfd import kill_process, open_process, wait_for_end
from reviewer.sandbox.policy import Limits, Policy
from reviewer.sandbox.processes import descendants, shown_in, threads_of_user
from reviewer.sandbox.quota import Quota
from reviewer.sandbox.result import Outcome, RunResult
from reviewer.sandbox.start import Start

if sys.platform == "linux":
    import resource

GATE_WORDS = " || exit 125; "
"""In every gate: what tells Reviewer's bubblewraps from others."""
GATE = ("/bin/sh", "-c", f'echo; read -r _ || exit 125; {ADOPT}exec "$@" </dev/null')
TRACED_GATE = (  # its own stderr is the tracer's log, of which the command gets nothing; what it starts adopts the environment
    "/bin/sh",
    "-c",
    'echo; read -r _ || exit 125; exec 2>"/proc/self/fd/$1"; shift; exec "$@" </dev/null',
)
PASSING_GATE = (
    "/bin/sh",
    "-c",
    f'echo >"/proc/self/fd/$1"; read -r _ <"/proc/self/fd/$2" || exit 125; shift 2; {ADOPT}exec "$@"',
)
_TRACER = Path("/run/tracer")

_READY = b"\n"  # what the shell says first
_SET_UP = b".."  # bubblewrap takes one or two bytes, by version; what is left over goes to the shell, with the rest of the line
_GO = b"\n"

_POLL = 0.02
"""Seconds between looks at the clock and at `Progress.cancelled`."""
_CLOSING = 2
"""Seconds for a sandbox that was never let go to end by itself."""
_DYING = 30
"""Seconds for a killed one: longer only with a process stuck in the kernel, say on a dead network disk."""


class Streams(NamedTuple):
    """File descriptors of this process that the command gets as its own."""

    stdin: int
    stdout: int
    stderr: int
    others: tuple[int, ...] = ()
    """… and those that it keeps under their numbers."""


class Tracer(NamedTuple):
    """A program of the system that runs the command and writes what that does to its own stderr, the file descriptor `log`.

    Inside it is the first process, which nothing there can end, and its file cannot be read, so that the kernel shows nobody its memory and
    its file descriptors. `told` gives what else came out of the log: bubblewrap's words where the sandbox could not be set up.
    """

    program: Path
    options: tuple[str, ...]
    log: int
    told: Callable[[], bytes]


def supervise(
    start: Start,
    command: Sequence[str],
    policy: Policy,
    progress: Progress | None = None,
    *,
    tracer: Tracer | None = None,
    look: Callable[[], bool] | None = None,
    streams: Streams | None = None,
    until: int | None = None,
) -> RunResult:
    """Run `command` as `start` says. No process is left when this returns or raises.

    `look` is called every _POLL seconds at least; False from it ends the run as a flood of output. With `streams` nothing is captured.
    `until`: a file descriptor that becomes readable when nobody wants the run any more, which then ends as cancelled.

    Raises ReviewerError where the sandbox cannot be set up, in bubblewrap's own words.
    """
    started = time.monotonic()
    with contextlib.ExitStack() as stack:
        run = _Run(stack, start, command, policy, tracer, streams)
        outcome = run.watch(started + policy.limits.wall_seconds, progress, look, until)
        run.end()
        if run.drain() and outcome is Outcome.FINISHED:
            outcome = Outcome.OUTPUT_FLOOD
        stdout, stderr = run.told
        if outcome is Outcome.FINISHED and not run.began:
            told = _last_line(tracer.told() if tracer else stderr)
            told = "bubblewrap said why on the command's stderr" if streams else told
            raise ReviewerError(f"the sandbox could not be set up: {told}")
        code, ended_by = _exit(run.returncode) if outcome is Outcome.FINISHED else (None, None)
        return RunResult(
            exit_code=code,
            signal=ended_by,
            stdout=stdout,
            stderr=stderr,
            outcome=outcome,
            duration=time.monotonic() - started,
        )


class _Capture:
    """What came out of one pipe, up to the cap."""

    def __init__(self, fd: int, cap: int) -> None:
        self.fd = fd
        self.data = bytearray()
        self.open = True
        self._cap = cap

    def read(self) -> bool:
        """Take what is there; True if it is too much."""
        chunk = os.read(self.fd, 1 << 16)
        self.open = bool(chunk)
        room = self._cap - len(self.data)
        self.data += chunk[:room]
        return len(chunk) > room


class _Run:
    """bubblewrap, the pipes to it, and the first process of its namespace."""

    def __init__(
        self,
        stack: contextlib.ExitStack,
        start: Start,
        command: Sequence[str],
        policy: Policy,
        tracer: Tracer | None,
        streams: Streams | None,
    ) -> None:
        self._policy = policy
        self._guarded = start.guarded
        self._quota = Quota(policy, start.temporary)
        self._first: int | None = None  # pidfd of the namespace's first process, once known
        self._root = ""  # its root folder, as seen from here
        self._info = bytearray()
        self.began = False
        self._passing = streams is not None
        self._gate, self._gate_end = _pipe(stack)
        ready, ready_end = _pipe(stack)
        errors, errors_end = _pipe(stack)
        self._info_end, info_end = _pipe(stack)
        with contextlib.ExitStack() as given:
            # Open for reading too: without a reader, Reviewer being gone, the write would end bubblewrap before what it has started.
            info = os.open(f"/proc/self/fd/{info_end.fileno()}", os.O_RDWR)
            info_end.close()
            given.callback(os.close, info)
            block = os.dup(self._gate.fileno())
            given.callback(os.close, block)
            filter_fd = _holding(given, start.seccomp)
            options = ["--info-fd", str(info), "--block-fd", str(block), "--seccomp", str(filter_fd)]
            kept: tuple[int, ...] = ()
            gate: tuple[str, ...] = (*GATE, "sh")
            stderr = streams.stderr if streams else errors_end.fileno()
            if tracer is not None:
                program_fd = os.open(tracer.program, os.O_RDONLY | os.O_CLOEXEC)
                given.callback(os.close, program_fd)
                options += ["--as-pid-1", "--perms", "0111", "--ro-bind-data", str(program_fd), str(_TRACER)]
                kept, stderr = (program_fd, errors_end.fileno()), tracer.log
                gate = (str(_TRACER), *tracer.options, *TRACED_GATE, "sh", str(errors_end.fileno()))
            options += start.arguments
            # By file, not on the command line: that one can be read by all users, and inside as /proc/1/cmdline.
            options_fd = _holding(given, b"".join(os.fsencode(option) + b"\0" for option in options))
            if streams is not None:
                kept = (ready_end.fileno(), self._gate.fileno(), *streams.others)
                gate = (*PASSING_GATE, "sh", str(ready_end.fileno()), str(self._gate.fileno()))
            try:
                self._process = subprocess.Popen(
                    [*start.words, "--args", str(options_fd), "--", *gate, *command],
                    stdin=streams.stdin if streams else self._gate,
                    stdout=streams.stdout if streams else ready_end,
                    stderr=stderr,
                    bufsize=0,
                    cwd="/",
                    env={},  # --clearenv alone leaves it readable inside, as /proc/1/environ
                    pass_fds=(info, block, filter_fd, options_fd, *kept),
                    start_new_session=True,  # Ctrl-C is for Reviewer, which then ends the run
                )
            except (OSError, ValueError) as error:
                raise ReviewerError(f"the sandbox could not be started: {error}") from error
        ready_end.close()
        errors_end.close()
        self._handles = stack.enter_context(contextlib.ExitStack())
        stack.callback(self.end)  # runs before the handles that it needs are closed
        self._captures = [_Capture(end.fileno(), policy.limits.output_bytes) for end in (ready, errors)]

    @property
    def told(self) -> tuple[bytes, bytes]:
        """What was captured of stdout and stderr."""
        stdout, stderr = (bytes(capture.data) for capture in self._captures)
        return stdout, stderr

    @property
    def returncode(self) -> int:
        """bubblewrap's own, after `end`."""
        return self._process.returncode

    def watch(
        self, deadline: float, progress: Progress | None, look: Callable[[], bool] | None, until: int | None
    ) -> Outcome:
        """Let the command go when all is ready, and read its output until it ends or has to be stopped."""
        ended = open_process(self._process.pid)
        self._handles.callback(os.close, ended)
        with selectors.DefaultSelector() as selector:
            selector.register(ended, selectors.EVENT_READ)
            selector.register(self._info_end, selectors.EVENT_READ)
            if until is not None:
                selector.register(until, selectors.EVENT_READ)
            for capture in self._captures:
                selector.register(capture.fd, selectors.EVENT_READ, capture)
            while True:
                if progress is not None and progress.cancelled:
                    return Outcome.CANCELLED
                if look is not None and not look():
                    return Outcome.OUTPUT_FLOOD
                if (full := self._quota.look()) is not None:
                    return full
                left = deadline - time.monotonic()
                if left <= 0:
                    return Outcome.TIMED_OUT
                for key, _ in selector.select(min(left, _POLL)):
                    if key.fd == ended:
                        return Outcome.FINISHED
                    if key.fd == until:
                        return Outcome.CANCELLED
                    if key.fileobj is self._info_end:
                        if self._learn():
                            selector.unregister(key.fd)
                        continue
                    if key.data is self._captures[0] and not self.began:
                        self._open_gate()
                    elif key.data.read():
                        return Outcome.OUTPUT_FLOOD
                    if not key.data.open:
                        selector.unregister(key.fd)

    def end(self) -> None:
        """Kill what still runs and wait until it is gone. Raises ReviewerError if it does not go."""
        if self._process.returncode is not None:
            return
        if self._first is None:
            # A bubblewrap killed this early may leave a child that waits for it for ever; with the gate closed it ends by itself.
            self._gate_end.close()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(_CLOSING)
        else:
            kill_process(self._first)
            with contextlib.suppress(
                subprocess.TimeoutExpired
            ):  # for the guard to end the rest; bubblewrap has no more to do
                self._process.wait(_DYING)
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        if self._first is not None and not wait_for_end(self._first, _DYING):
            raise ReviewerError(
                "a sandboxed process does not die: it is stuck in the kernel", where=f"pid {self._process.pid}"
            )

    def drain(self) -> bool:
        """Read what is left in the pipes; True if it is too much."""
        for capture in self._captures:
            ready = select.poll()  # its numbers may be any
            ready.register(capture.fd, select.POLLIN)
            while capture.open and ready.poll(0):
                if capture.read():
                    return True
        return False

    def _learn(self) -> bool:
        """Read which process bubblewrap sets up; once known, limit it and let it go on. True when there is no more to learn."""
        chunk = self._info_end.read(1 << 12) or b""
        self._info += chunk
        if chunk and b"}" not in chunk:
            return False
        if not chunk:
            return True
        pid = int(json.loads(self._info)["child-pid"])
        with contextlib.suppress(ProcessLookupError):  # dead already: bubblewrap will say why
            self._first = open_process(pid)
            self._handles.callback(os.close, self._first)
            self._root = f"/proc/{pid}/root"
            _limit(pid, self._policy.limits, others=threads_of_user() if self._guarded else 0)
            if self._guarded:
                self._quota.count_processes(lambda: descendants(self._process.pid))
            elif os.geteuid() == 0:  # for whom the kernel's limit means nothing
                self._quota.count_processes(lambda: shown_in(f"/proc/{pid}/root/proc"))
            self._gate_end.write(_SET_UP)
        return True

    def _open_gate(self) -> None:
        """Let the shell become the command, now that it says that it is there."""
        ready = self._captures[0]
        began = os.read(ready.fd, len(_READY)) == _READY
        ready.open = began and not self._passing
        if began:
            self._require_same()
            self.began = True
            self._gate_end.write(_GO)

    def _require_same(self) -> None:
        """Raises ReviewerError where something else is shown than what was looked at. No link that is mounted can mislead this: it is the
        mounted file itself that is asked."""
        for bind in (*self._policy.read_only, *self._policy.writable):
            if bind.same is None:
                continue
            try:
                seen = Path(f"{self._root}{bind.inside}").lstat()
            except OSError:
                seen = None
            if seen is None or (seen.st_dev, seen.st_ino) != bind.same:
                raise ReviewerError("was changed while the sandbox was set up", where=visible(str(bind.inside)))


def _pipe(stack: contextlib.ExitStack) -> tuple[io.FileIO, io.FileIO]:
    """The end to read and the end to write; both closed with the stack."""
    reading, writing = os.pipe()
    return stack.enter_context(io.FileIO(reading)), stack.enter_context(io.FileIO(writing, "w"))


def _holding(stack: contextlib.ExitStack, data: bytes) -> int:
    """A file descriptor from which `data` can be read. A file rather than a pipe, which holds 64 KiB."""
    file = stack.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 -- the stack closes it
    file.write(data)
    file.seek(0)
    return file.fileno()


def _limit(pid: int, limits: Limits, others: int) -> None:
    """`others`: what the kernel counts as this user's beside the run's own processes."""
    wanted = {
        resource.RLIMIT_CPU: limits.cpu_seconds,
        resource.RLIMIT_AS: limits.address_space_bytes,
        resource.RLIMIT_FSIZE: limits.file_bytes,
        resource.RLIMIT_NOFILE: limits.open_files,
        resource.RLIMIT_NPROC: limits.processes + others,
        resource.RLIMIT_CORE: 0,
    }
    for kind, value in wanted.items():
        if value is None:
            continue
        _, hardest = resource.prlimit(pid, kind)
        # SIGXCPU at the soft limit says why; the hard one, a second later, ends those who ignore it.
        pair = (value, value + 1 if kind == resource.RLIMIT_CPU else value)
        if hardest != resource.RLIM_INFINITY:
            pair = (min(pair[0], hardest), min(pair[1], hardest))
        resource.prlimit(pid, kind, pair)


def _exit(returncode: int) -> tuple[int | None, int | None]:
    """Exit code and signal from bubblewrap's, which reports a command ended by a signal as shells do, as 128 + number."""
    ended_by = -returncode if returncode < 0 else returncode - 128
    return (None, ended_by) if ended_by in signal.valid_signals() else (returncode, None)


def _last_line(output: bytes) -> str:
    lines = output.decode("utf-8", "replace").strip().splitlines()
    return visible(lines[-1][:300]) if lines else "bubblewrap said nothing"
