"""What a step was refused: it is run once more, watched, under the policy under which it failed."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from reviewer.ecosystems.zig.building.grants import Granted
from reviewer.ecosystems.zig.building.layout import Layout
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
    """The acts that would have been done without the sandbox. Raises ReviewerError where it cannot be watched."""
    command = tuple(word for word in matched.command if word != _LISTEN)
    observed = observe(
        replace(policy, limits=replace(policy.limits, wall_seconds=TIME_LIMIT)),
        command,
        progress,
        stacks=step.run is not None and may_have_lines(step.run),
    )
    allowed = {f"{place.host}:{place.port}" for place in granted.places}
    is_refused = _Refused(layout, allowed)
    worked = observed.result.exit_code == 0  # so that only a decoy can have been what was missing
    events = tuple(event for event in observed.events if _is_decoy(event) or (not worked and is_refused(event)))
    recorded = Recorded(command, matched.cwd, dict(matched.environment), None, layout.prefix)
    zig = replace(layout.zig, local=layout.local)
    acts = Acts(zig, recorded, graph, table, outside=lambda path: _host(layout, path))
    return tuple(act for act in acts.all(replace(observed, events=events)) if act.capability)


def _host(layout: Layout, path: str) -> Path:
    try:
        return outside(layout.policy, Path(path))[1]
    except ReviewerError:
        return Path(path)


def _is_decoy(event: Event) -> bool:
    """Whether a decoy was read: the step that failed met nothing there."""
    return not event.refused and event.kind is EventKind.READ and event.what.startswith(f"{HOME}/")


class _Refused:
    """Tells what failed because of the sandbox from what would have failed anyway."""

    def __init__(self, layout: Layout, allowed: set[str]) -> None:
        self._layout = layout
        self._allowed = allowed
        self._kinds: dict[EventKind, Callable[[Event], bool]] = {
            EventKind.READ: self._read,
            EventKind.START: self._read,
            EventKind.WRITE: self._changed,
            EventKind.DELETE: self._changed,
            EventKind.MAKE_EXECUTABLE: self._changed,
            EventKind.CONNECT: self._connected,
            EventKind.UNIX: self._read,
        }

    def __call__(self, event: Event) -> bool:
        decide = self._kinds.get(event.kind)
        return decide is not None and decide(event)

    def _read(self, event: Event) -> bool:
        return bool(event.refused) and os.path.lexists(self._outside(event.what))

    def _changed(self, event: Event) -> bool:
        if event.refused == _NOT_THERE:
            return os.path.lexists(self._outside(event.what).parent)
        return event.refused in ("EROFS", "EACCES", "EPERM", "EBUSY", "EXDEV")

    def _connected(self, event: Event) -> bool:
        return bool(event.refused or event.detail) and event.what not in self._allowed

    def _outside(self, path: str) -> Path:
        if path.startswith(f"{HOME}/"):
            return Path.home() / path[len(str(HOME)) + 1 :]
        return _host(self._layout, path)
