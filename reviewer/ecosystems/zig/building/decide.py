"""How a run step that is the approved one may run: with what it declares, what was granted to it, and nothing else.

After it has run, what it left is looked over before zig touches it. A step that failed is run once more under the observer, with the same
policy and an output folder of its own, so that what it was refused can be told.
"""

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from reviewer.content.text import visible
from reviewer.ecosystems import Refusal
from reviewer.ecosystems.zig.building.grants import Granted, Words, read_grants, remove_unused
from reviewer.ecosystems.zig.building.layout import INSIDE, LAUNCHER, Layout
from reviewer.ecosystems.zig.building.match import Matched
from reviewer.ecosystems.zig.packages.table import PackageTable
from reviewer.errors import ReviewerError
from reviewer.model.graph import Graph, Step
from reviewer.progress import Progress
from reviewer.sandbox.broker import Allowed, Refused
from reviewer.sandbox.connect_gate import ConnectGate
from reviewer.sandbox.narrow import narrow, outside, shown
from reviewer.sandbox.outputs import check_outputs, remove_below
from reviewer.sandbox.policy import HOME, Bind, Limits, Network, Policy
from reviewer.sandbox.result import Outcome, RunResult

_LONG = 30 * 24 * 3600
_GIB = 1 << 30
LIMITS = Limits(wall_seconds=_LONG, cpu_seconds=_LONG, tmp_bytes=_GIB, home_bytes=_GIB, shm_bytes=_GIB)
"""Plain zig lets a step run as long as it wants."""
_LAUNCHER = INSIDE / LAUNCHER
_OWN_CACHE = "/tmp/zig"  # noqa: S108 -- inside, a folder of the step's own


class StepRules:
    """Decides for one build. `grants` by step id; `refused` words what a failed step was refused, on any thread."""

    def __init__(
        self,
        graph: Graph,
        table: PackageTable,
        grants: Mapping[str, Mapping[str, tuple[str, ...]]],
        refused: Callable[[Refusal], str],
        progress: Progress,
    ) -> None:
        """Raises ReviewerError for a grant that no sandbox could hold to."""
        self._graph, self._table, self._grants = graph, table, grants
        self._refused, self._progress = refused, progress
        self._tests: list[_Run] = []
        for given in grants.values():
            read_grants(given, {}, (Bind(Path("/"), Path("/")),))

    def decide(self, step: Step, matched: Matched, layout: Layout) -> Allowed | Refused:
        """The policy of one run. Callable from any thread."""
        words, base = portable_words(layout, self._table, step.package)
        granted = read_grants(self._grants.get(step.id, {}), words, base)
        try:
            policy = _outer(matched, layout) if granted.hook else _narrowed(matched, layout)
            policy, made = granted.widen(policy)
        except ReviewerError as error:
            return Refused(f"step “{visible(step.name)}” of {step.package}: {error}")
        policy = replace(policy, environment={**policy.environment, **granted.environment(os.environ)})
        connect = None
        if granted.network is Network.GATED and granted.places:
            connect = ConnectGate(str(_LAUNCHER), granted.places)
            policy = replace(policy, read_only=(*policy.read_only, shown(layout.policy, _LAUNCHER)))
        outputs = tuple(_output(folder, layout) for folder in matched.folders)
        run = _Run(self, layout, step, matched, granted, policy, made, outputs)
        if matched.listens:
            self._tests.append(run)
        return Allowed(policy, matched.command, connect, run.after)

    def tests(self) -> Iterator[str]:
        """What tests were refused, worded: to be asked for once a build has failed. They tell zig what fails and end well themselves."""
        for run in self._tests:
            if text := self.why(run):
                yield text

    def why(self, run: "_Run") -> str:
        """What a failed step was refused, worded; empty where that cannot be told."""
        if self._progress.cancelled:
            return ""
        from reviewer.ecosystems.zig.building.refused import (
            refused_acts,
        )  # what observes is not needed where all goes well

        try:
            with tempfile.TemporaryDirectory(prefix="reviewer-refused-") as folder:
                again = run.again(Path(folder))
                acts = refused_acts(
                    run.step, run.matched, again, run.granted, run.layout, self._graph, self._table, self._progress
                )
        except (ReviewerError, OSError):
            return ""  # the step failed, and says itself how
        return self._refused(Refusal(run.step.id, acts)) if acts else ""


class _Output(NamedTuple):
    """A folder that a run writes, outside, below the cache's `top`, and inside, with the folders that zig made in it."""

    top: Path
    host: Path
    inside: Path
    folders: tuple[Path, ...]


class _Run(NamedTuple):
    """One run of a step. `made`: files that were made for its grants, empty."""

    rules: StepRules
    layout: Layout
    step: Step
    matched: Matched
    granted: Granted
    policy: Policy
    made: tuple[Path, ...]
    outputs: tuple[_Output, ...]

    def after(self, result: RunResult) -> str:
        """What to tell once it has run."""
        remove_unused(self.made)
        for output in self.outputs:
            try:
                check_outputs(output.host)
            except ReviewerError as error:
                remove_below(output.top, output.host)
                return f"step “{visible(self.step.name)}” of {self.step.package}: {error}"
        failed = result.outcome is Outcome.FINISHED and result.exit_code != 0
        return self.rules.why(self) if failed and not self.granted.hook else ""

    def again(self, folder: Path) -> Policy:
        """The policy with output folders of its own in `folder`, as zig would have made them."""
        writable = {bind.inside: bind for bind in self.policy.writable}
        for number, output in enumerate(self.outputs):
            fresh = folder / str(number)
            for relative in (Path(), *output.folders):
                (fresh / relative).mkdir(parents=True, exist_ok=True)
            writable[output.inside] = Bind(fresh, output.inside)
        return replace(self.policy, writable=tuple(writable.values()))


def _narrowed(matched: Matched, layout: Layout) -> Policy:
    toolchain = layout.zig.toolchain
    read = [*matched.inputs, *([matched.program] if matched.program else [])]
    environment = dict(matched.environment)
    if toolchain.zig in read:
        read += [toolchain.zig.parent, toolchain.lib]
        environment |= {"ZIG_GLOBAL_CACHE_DIR": _OWN_CACHE, "ZIG_LOCAL_CACHE_DIR": _OWN_CACHE}
    system = [path for path in read if path.is_relative_to("/usr") or path.parts[1:2] in (("bin",), ("sbin",))]
    return narrow(
        layout.policy,
        read=[path for path in read if path not in system],
        write=matched.folders,
        workdir=matched.cwd,
        environment=environment,
        limits=LIMITS,
    )


def _outer(matched: Matched, layout: Layout) -> Policy:
    """What the whole build sees, but for Reviewer's own."""
    outer = layout.policy
    own = str(INSIDE)  # and what begins so: the report's folder
    return Policy(
        read_only=tuple(bind for bind in outer.read_only if not str(bind.inside).startswith(own)),
        writable=tuple(bind for bind in outer.writable if not str(bind.inside).startswith(own)),
        workdir=matched.cwd,
        environment=matched.environment,
        limits=LIMITS,
    )


def _output(folder: Path, layout: Layout) -> _Output:
    bind, host = outside(layout.policy, folder)
    return _Output(bind.host, host, folder, tuple(path.relative_to(host) for path in host.rglob("*") if path.is_dir()))


def portable_words(layout: Layout, table: PackageTable, owner: str) -> tuple[Words, tuple[Bind, ...]]:
    """What the words of an observation stand for in this build, and where the package lies that owns the step. Of packages with one name
    it is this one that is meant."""
    zig = layout.zig
    words: dict[str, tuple[Bind, ...]] = {
        "[project]": (Bind(zig.root, zig.root),),
        "[prefix]": (Bind(outside(layout.policy, layout.prefix)[1], layout.prefix),),
        "[zig]": (Bind(zig.toolchain.lib, zig.toolchain.lib),),
        "[home]": (Bind(Path.home(), HOME), Bind(Path.home(), Path.home())),
    }
    base = words["[project]"]
    for package in table.packages:
        folder = package.folder
        if folder is None or package.package.pin == ".":
            continue
        places = [folder]
        if not package.package.is_path and package.table_name:
            places.append(zig.shown_shared / "p" / package.table_name)
        binds = tuple(Bind(folder, place) for place in dict.fromkeys(places))
        if package.package.id == owner:
            base = words[f"{package.package.name}:"] = binds
        else:
            words.setdefault(f"{package.package.name}:", binds)
    return words, base
