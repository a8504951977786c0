"""What became of the decoys' secrets: in words of calls, in what was printed, and in the files that were written."""

from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from reviewer.sandbox.canaries import Canaries
from reviewer.sandbox.events import Event, EventKind, Process
from reviewer.sandbox.inside import read_inside
from reviewer.sandbox.policy import Policy
from reviewer.sandbox.result import RunResult
from reviewer.sandbox.trace import Call, strings

MAX_FILES = 5000
MAX_FILE_BYTES = 32 << 20
MAX_BYTES = 256 << 20
"""Of files that are looked into: the first bytes of each, and of all together."""

_HOW = {EventKind.START: "in its words", EventKind.CONNECT: "in what is sent", EventKind.UNIX: "in what is sent"}


def leak_of(call: Call, events: Iterable[Event], process: Process, canaries: Canaries) -> Iterator[Event]:
    """The secrets in the words of a call of which these events were told."""
    words = "\0".join(strings(" ".join(call.words))).encode("utf-8", "surrogateescape")
    if sources := canaries.found(words):
        told = next(iter(events), Event(EventKind.CONNECT, "a connection", call.error, process))
        how = _HOW.get(told.kind, "in its name")
        yield told._replace(kind=EventKind.LEAK, detail=f"{', '.join(sources)} {how}", refused="", stack=call.stack)


def leaks_left(policy: Policy, events: Iterable[Event], result: RunResult, canaries: Canaries) -> Iterator[Event]:
    """The secrets in what was printed and in what lies in the files that were written; to be called when nothing runs any more."""
    events = tuple(events)
    first = events[0].process if events else Process(1, 0, "")
    for name, printed in (("stdout", result.stdout), ("stderr", result.stderr)):
        if sources := canaries.found(printed):
            yield Event(EventKind.LEAK, name, "", first, f"{', '.join(sources)} in what is printed")
    written = {event.what: event for event in events if event.kind is EventKind.WRITE and not event.refused}
    left = MAX_BYTES
    for path, event in list(written.items())[:MAX_FILES]:
        data = read_inside(policy.writable, PurePosixPath(path), min(left, MAX_FILE_BYTES))
        left -= len(data)
        if sources := canaries.found(data):
            yield event._replace(kind=EventKind.LEAK, detail=f"{', '.join(sources)} in what is written")
