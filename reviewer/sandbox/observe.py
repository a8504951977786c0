"""Run a command under a policy and see what it does: with a decoy home, without a network, and with strace."""

import contextlib
import fcntl
import os
import stat
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from reviewer.errors import ReviewerError
from reviewer.progress import Progress
from reviewer.sandbox.canaries import DECOYS, Canaries
from reviewer.sandbox.events import Event, EventKind, Events, Process
from reviewer.sandbox.followable import MAX_PROGRAMS, followable
from reviewer.sandbox.held_back import ADOPT
from reviewer.sandbox.leaks import leak_of, leaks_left
from reviewer.sandbox.policy import HOME, Bind, Network, Policy
from reviewer.sandbox.probe import require_bubblewrap
from reviewer.sandbox.result import Outcome, RunResult
from reviewer.sandbox.seccomp import OBSERVED_DENY_LIST
from reviewer.sandbox.supervise import Tracer, supervise
from reviewer.sandbox.trace import MAX_LOG_BYTES, Call, Log, Start, find_tracer, trace_options

MAX_EVENTS = 200_000
_PIPE_BYTES = 1 << 20
_AT_ONCE = 8
"""Times _PIPE_BYTES, between two looks at the clock."""
_MAX_LINE_BYTES = 32 << 20
_MAX_SOCKETS = 100
_MAX_ENTRIES = 200_000

# The sandbox ends when nothing is left in it: what the command left running is given two seconds to show what it is for.
_WAIT = f"""{{ {ADOPT}exec "$@"; }} & wait $!; code=$?; n=0; PATH=/usr/bin:/bin
while [ $n -lt 20 ]; do set -- /proc/[0-9]*; [ $# -gt 2 ] || break; sleep 0.1; n=$((n+1)); done
kill -9 -1 2>/dev/null; exit $code"""
KEEPER = ("/bin/sh", "-c", _WAIT)

BLIND_SPOTS = (
    "reading an environment variable, unless its value turns up in what is printed, started, sent, or written and left",
    "what is computed, and what is read through memory that is shared with a file",
    "system calls that the sandbox refuses outright (mounts, namespaces, kernel modules)",
    "what the program would do if the network answered",
)
"""What an observation cannot see, to be said beside it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """What came of it. `events` in their order, at most MAX_EVENTS; `cut` whether there were more; `followed` whether they have stacks."""

    result: RunResult
    events: tuple[Event, ...]
    processes: tuple[Process, ...]
    cut: bool
    followed: bool


def observe(
    policy: Policy,
    command: Sequence[str],
    progress: Progress,
    *,
    listener: Callable[[Event], None] | None = None,
    homes: Sequence[Path] = (),
    stacks: bool = True,
) -> Observed:
    """Run `command` and tell each event as it happens. `homes`: where else, beside the sandbox's own home, the decoys are to be seen.
    Without `stacks` no event has one, and a run that starts many programs takes not much longer than unobserved. They are left out too
    where the tracer cannot follow one of the programs: then `command` is run again, once or more.

    Cancelling `progress` ends it with what was seen so far. Raises ReviewerError where nothing can be observed; then nothing was run.
    """
    programs = {os.path.normpath(policy.workdir / command[0])}
    seen, whole = _observe(policy, command, progress, listener, homes, programs if stacks else None)
    while not whole and stacks:
        known = len(programs)
        programs |= {event.what for event in seen.events if event.kind is EventKind.START and not event.refused}
        stacks = known < len(programs) <= MAX_PROGRAMS
        again, whole = _observe(policy, command, progress, listener, homes, programs if stacks else None)
        seen = _together(seen, again)
    if not whole:
        raise ReviewerError("strace ended before the step did, so not all of what it did is known", where="observe")
    return seen


def _together(first: Observed, second: Observed) -> Observed:
    """Two runs of one command as one: what the first did counts too, or a program that ends the tracer could mend its ways then. Of what
    both did that is told which could be followed further."""
    known = len(first.processes)
    followed = [_followed(run.events) for run in (first, second)]

    def after(process: Process) -> Process:
        return process._replace(number=process.number + known, parent=process.parent and process.parent + known)

    return replace(
        second,
        events=(
            *(event for event in first.events if followed[0][_key(event)] > followed[1].get(_key(event), -1)),
            *(
                event._replace(process=after(event.process))
                for event in second.events
                if followed[1][_key(event)] >= followed[0].get(_key(event), -1)
            ),
        ),
        processes=(*first.processes, *map(after, second.processes)),
        cut=first.cut or second.cut,
    )


def _followed(events: Iterable[Event]) -> dict[tuple[EventKind, str, str], int]:
    """How many frames are known of each thing that was done."""
    found: dict[tuple[EventKind, str, str], int] = {}
    for event in events:
        found[_key(event)] = max(len(event.stack), found.get(_key(event), 0))
    return found


def _key(event: Event) -> tuple[EventKind, str, str]:
    return event.kind, event.what, event.refused


def _observe(
    policy: Policy,
    command: Sequence[str],
    progress: Progress,
    listener: Callable[[Event], None] | None,
    homes: Sequence[Path],
    programs: Collection[str] | None,
) -> tuple[Observed, bool]:
    """With stacks, but where `programs` is None; these are made such that they can be followed. And whether it is whole: the tracer ends
    before the command does where it reads, to follow stacks, what it is not made for."""
    stacks = programs is not None
    sandbox = require_bubblewrap("observing a step")
    canaries = Canaries()
    with tempfile.TemporaryDirectory(prefix="reviewer-observe-") as folder, _Pipe() as pipe:
        decoys = tuple(_decoys(Path(folder), canaries, (HOME, *homes)))
        policy = replace(
            policy,
            read_only=(*policy.read_only, *decoys, *_masks(policy)),
            environment={**policy.environment, **canaries.environment},
            network=Network.NONE,
        )
        policy = followable(policy, programs or (), Path(folder))
        reader = _Reader(pipe, str(policy.workdir), canaries, listener)
        with sandbox.start(policy, OBSERVED_DENY_LIST) as start:
            result = supervise(
                start,
                (*KEEPER, "sh", *command),
                policy,
                progress,
                tracer=Tracer(find_tracer(), trace_options(stacks=stacks), pipe.writing, lambda: bytes(reader.rest)),
                look=reader.look,
            )
        reader.finish()
        reader.tell(leaks_left(policy, reader.events, result, canaries))
    seen = Observed(
        result=result,
        events=tuple(reader.events),
        processes=tuple(reader.told.processes.values()),
        cut=reader.cut,
        followed=stacks,
    )
    return seen, reader.is_whole or result.outcome is not Outcome.FINISHED


class _Pipe(contextlib.ExitStack):
    """What the tracer writes into, which waits when it is full: so nothing of a log is ever kept on disk."""

    def __init__(self) -> None:
        super().__init__()
        self.reading, self.writing = os.pipe()
        self.callback(os.close, self.reading)
        self.callback(os.close, self.writing)
        os.set_blocking(self.reading, False)
        with contextlib.suppress(OSError):  # a user who has many pipes is refused large ones
            fcntl.fcntl(self.writing, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)


class _Reader:
    """Follows the log while it is written. `rest` is what came last and is no whole line."""

    def __init__(self, pipe: _Pipe, cwd: str, canaries: Canaries, listener: Callable[[Event], None] | None) -> None:
        self.events: list[Event] = []
        self.told = Events(cwd, self._leaks)
        self.cut = False
        self.rest = b""
        self._pipe = pipe
        self._canaries = canaries
        self._listener = listener
        self._leaky = False
        self._size = 0
        self._log = Log()
        self._start = Start(KEEPER)

    @property
    def is_whole(self) -> bool:
        """Whether the log goes on to the end of the last process."""
        return self._start.all_has_ended

    def look(self) -> bool:
        """Take in some of what the log has grown by: who fills it must not keep the run from being ended. False if it is too much."""
        for _ in range(_AT_ONCE):
            if not self._read():
                break
        return not self.cut

    def _read(self) -> bool:
        """Take in a part of the log; False where there is none, or too much."""
        try:
            chunk = os.read(self._pipe.reading, _PIPE_BYTES)
        except BlockingIOError:
            return False
        self._size += len(chunk)
        data = self.rest + chunk
        *lines, self.rest = data.split(b"\n")
        self.cut |= self._size > MAX_LOG_BYTES or len(self.rest) > _MAX_LINE_BYTES
        self._leaky |= self._canaries.may_be_traced(data)  # and from then on, for a call may end much later
        self._take(self._log.read(line.decode("utf-8", "surrogateescape") for line in lines))
        return not self.cut

    def finish(self) -> None:
        """Take in the rest; no more will come."""
        while self._read():
            pass
        self._take(self._log.end())
        self.tell(self.told.end())

    def _take(self, calls: Iterable[Call]) -> None:
        for call in calls:
            if self._start.is_past(call):
                self.tell(self.told.of(call, late=self._start.command_has_ended))
            elif not self.told.processes and self._start.command is not None:
                self.tell(self.told.begin(self._start.command))

    def _leaks(self, call: Call, events: Sequence[Event], process: Process) -> Iterator[Event]:
        if self._leaky:
            yield from leak_of(call, events, process, self._canaries)

    def tell(self, events: Iterable[Event]) -> None:
        """Keep events and tell them to the listener; no more than MAX_EVENTS."""
        for event in events:
            if len(self.events) >= MAX_EVENTS:
                self.cut = True
                return
            self.events.append(event)
            if self._listener is not None:
                self._listener(event)


def _decoys(folder: Path, canaries: Canaries, homes: Sequence[Path]) -> Iterator[Bind]:
    for name in DECOYS:
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(canaries.file(name))
    for home in dict.fromkeys(homes):
        for top in sorted({name.split("/")[0] for name in DECOYS}):
            yield Bind(folder / top, home / top)


def _masks(policy: Policy) -> Iterator[Bind]:
    """Unix sockets that lie in what is shown: a connection to one would leave the sandbox, whatever is read-only."""
    found = 0
    for bind in (*policy.read_only, *policy.writable):
        for path in _sockets(bind.host):
            found += 1
            if found > _MAX_SOCKETS:
                raise ReviewerError(f"there are more than {_MAX_SOCKETS} unix sockets in it", where=str(bind.host))
            yield Bind(Path("/dev/null"), bind.inside / path.relative_to(bind.host))


def _sockets(top: Path) -> Iterator[Path]:
    seen = 0
    for folder, _, names in os.walk(top):
        for name in names:
            seen += 1
            if seen > _MAX_ENTRIES:
                raise ReviewerError("there is too much in it to look for unix sockets", where=str(top))
            path = Path(folder, name)
            if stat.S_ISSOCK(path.lstat().st_mode):
                yield path
