"""What a step was refused: it is run once more, watched, without a network and unable to write but where it may."""

import os
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from reviewer.ecosystems.zig.building.grants import Granted
from reviewer.ecosystems.zig.building.layout import INSIDE, Layout
from reviewer.ecosystems.zig.building.match import Matched
from reviewer.ecosystems.zig.observing.acts import Acts, may_have_lines
from reviewer.ecosystems.zig.observing.record import Recorded
from reviewer.ecosystems.zig.packages.table import PackageTable
from reviewer.errors import ReviewerError
from reviewer.model.graph import Graph, Step
from reviewer.model.observation import Act
from reviewer.progress import Progress
from reviewer.sandbox.events import Event, EventKind
from reviewer.sandbox.narrow import outside
from reviewer.sandbox.observe import observe
from reviewer.sandbox.policy import HOME, Policy

TIME_LIMIT = 60.0
"""Seconds for the run that is watched."""

_LISTEN = "--listen=-"
_NOT_THERE = "ENOENT"
_LOOKED_FOR = tuple(
    f"/etc/{name}"
    for name in ("nsswitch.conf", "passwd", "group", "resolv.conf", "host", "gai.conf", "ld.so", "locale", "ssl/")
)
"""What libraries look for by themselves and can do without."""
_KEPT = ("EROFS", "EACCES", "EPERM", "EBUSY", "EXDEV")


def refused_acts(
    step: Step,
    matched: Matched,
    policy: Policy,
    granted: Granted,
    layout: Layout,
    graph: Graph,
    table: PackageTable,
    progress: Progress,
) -> tuple[Act, ...]:
    """What the step does that `policy` does not let it do. Raises ReviewerError where it cannot be watched."""
    command = tuple(word for word in matched.command if word != _LISTEN)
    observed = observe(
        replace(
            _looking_around(policy, layout, matched.folders), limits=replace(policy.limits, wall_seconds=TIME_LIMIT)
        ),
        command,
        progress,
        stacks=step.run is not None and may_have_lines(step.run),
    )
    wanted = _Wanted(policy, granted, layout)
    events = tuple(event for event in map(wanted.told, observed.events) if event is not None)
    recorded = Recorded(command, matched.cwd, dict(matched.environment), None, layout.prefix)
    zig = replace(layout.zig, local=layout.local)
    acts = Acts(zig, recorded, graph, table, outside=lambda path: _host(layout, path))
    return tuple(act for act in acts.all(replace(observed, events=events)) if act.capability)


def _looking_around(policy: Policy, layout: Layout, outputs: Collection[Path]) -> Policy:
    """The same, with all of the project and its packages to be read: else a step ends at the first file that it misses, and the next one
    would be told by the next build only. For what it sees more it can change less: nothing but outputs that nobody uses, or it would carry
    what it must not see to where it was granted to write.
    """
    shown = (*layout.policy.read_only, *layout.policy.writable)
    readable = {bind.inside: bind for bind in shown if not str(bind.inside).startswith(str(INSIDE))}
    readable |= {bind.inside: bind for bind in (*policy.read_only, *policy.writable) if not bind.host.is_socket()}
    return replace(
        policy,
        read_only=tuple(bind for inside, bind in readable.items() if inside not in outputs),
        writable=tuple(bind for bind in policy.writable if bind.inside in outputs),
    )


def _host(layout: Layout, path: str) -> Path:
    try:
        return outside(layout.policy, Path(path))[1]
    except ReviewerError:
        return Path(path)


class _Wanted:
    """Tells what a policy stands in the way of from what it allows, and from what would fail anyway."""

    def __init__(self, policy: Policy, granted: Granted, layout: Layout) -> None:
        self._layout = layout
        self._writable = {bind.inside for bind in policy.writable}
        self._readable = {bind.inside for bind in policy.read_only} | self._writable
        self._places = {f"{place.host}:{place.port}" for place in granted.places}

    def told(self, event: Event) -> Event | None:
        """The event, as what it needs to be granted as; None where it needs nothing."""
        match event.kind:
            case EventKind.READ | EventKind.UNIX:
                if not self._is_hidden(event) or event.what.startswith(_LOOKED_FOR):
                    return None
                return event._replace(refused="") if event.what.startswith("/etc/") else event
            case EventKind.START:  # what may be read may be started
                return event._replace(kind=EventKind.READ) if self._is_hidden(event) else None
            case EventKind.WRITE | EventKind.DELETE | EventKind.MAKE_EXECUTABLE:
                return event if self._is_kept_from_change(event) else None
            case EventKind.CONNECT:
                return event if event.refused and event.what not in self._places else None
        return None

    def _is_hidden(self, event: Event) -> bool:
        """A decoy is read where the step that failed met nothing; what is missed is told if it is there outside."""
        if _is_below(event.what, self._readable):
            return False
        return not event.refused or os.path.lexists(self._outside(event.what))

    def _is_kept_from_change(self, event: Event) -> bool:
        if _is_below(event.what, self._writable):
            return False
        if event.refused == _NOT_THERE:
            return os.path.lexists(self._outside(event.what).parent)
        return event.refused in _KEPT

    def _outside(self, path: str) -> Path:
        if path.startswith(f"{HOME}/"):
            return Path.home() / path[len(str(HOME)) + 1 :]
        return _host(self._layout, path)


def _is_below(path: str, folders: Collection[Path]) -> bool:
    place = Path(path)
    return place in folders or any(above in folders for above in place.parents)
