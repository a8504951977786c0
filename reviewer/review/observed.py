"""An observation in a reviewer's words: the rows of a summary, and what was done beside what was declared and feared."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from reviewer.model.graph import Graph
from reviewer.model.observation import Act, Observation, new_acts
from reviewer.review.observations import Known
from reviewer.review.queue import UNANALYZED

_ROWS = (
    ("read", ("read", "secret in")),
    ("network", ("connect", "listen", "unix socket")),
    ("wrote", ("write", "make executable", "delete")),
    ("started", ("start", "file in memory", "signal", "look into a process")),
)

_TOLD, _LISTED, _LINE, _PRINTED = 5, 20, 2000, 2000
"""Others' observations compared, acts listed, characters of a line, and printed lines: all of them may be an attacker's."""

HOME_NOTE = "[home] is a home folder of decoys in the sandbox: nothing of yours was there"


class ObservedRow(NamedTuple):
    """One row of `What it did in the sandbox`: remarkable acts of one sort, and how many ordinary ones there were beside them."""

    label: str
    remarkable: tuple[Act, ...]
    ordinary: int


def observed_rows(acts: Sequence[Act]) -> tuple[ObservedRow, ...]:
    """The four rows, always in the same order."""
    return tuple(
        ObservedRow(
            label,
            tuple(act for act in acts if act.kind in kinds and act.capability),
            sum(1 for act in acts if act.kind in kinds and not act.capability),
        )
        for label, kinds in _ROWS
    )


def happened(act: Act) -> str:
    """How it went: `refused (EROFS), after the command had ended, 3 times`; empty where it was simply done, once."""
    words = [f"refused ({act.refused})"] if act.refused else []
    if act.late:
        words.append("after the command had ended")
    if act.times > 1:
        words.append(f"{act.times} times")
    return ", ".join(words)


def place_in_words(act: Act, graph: Graph) -> str:
    """`super evil.zig:12`, the line that did it; empty where it could not be followed."""
    if act.place is None:
        return ""
    package = graph.package.get(act.place.package)
    return f"{package.name if package else act.place.package} {act.place}"


def act_in_words(act: Act, graph: Graph) -> str:
    """`read [home]/.ssh/id_ed25519 (a decoy): fs.read.sensitive; super evil.zig:12`."""
    words = f"{act.kind} {act.what}" + (f" ({act.detail})" if act.detail else "")
    words += f": {act.capability}" if act.capability else ""
    words += f", {how}" if (how := happened(act)) else ""
    if where := place_in_words(act, graph):
        words += f"; {where}"
    elif act.by:
        words += f"; by {' → '.join(act.by)}"
    return words


class Compared(NamedTuple):
    """What static findings feared and what was seen, as capability ids. `only_feared` proves nothing: another run may do it."""

    foreseen: tuple[str, ...]
    unforeseen: tuple[str, ...]
    only_feared: tuple[str, ...]


def compared(graph: Graph, observation: Observation) -> Compared:
    """The capabilities of the step's code by its findings, beside those that were seen; places that were not followed are no capability."""
    step = graph.step.get(observation.step)
    reach = step.run.reach if step is not None and step.run is not None else None
    reached = set(reach.code) if reach is not None else set()
    feared = {
        finding.capability
        for finding in graph.findings
        if finding.capability != UNANALYZED
        and (finding.step == observation.step or (finding.package, finding.file) in reached)
    }
    seen = {act.capability for act in observation.remarkable}
    return Compared(tuple(sorted(seen & feared)), tuple(sorted(seen - feared)), tuple(sorted(feared - seen)))


def beside(known: Known, graph: Graph) -> tuple[str, ...]:
    """Lines that compare what was seen here with another version, and with what others say that they saw of the same."""
    now, before = known.now, known.before
    lines: list[str] = []
    if now is None:
        return ()
    if before is not None:
        acts = new_acts(before, now)
        of = f"another version of it, {seen_by(before)}"
        lines.append(f"not seen of {of}:" if acts else f"nothing was seen that was not seen of {of}")
        lines += _listed(acts, "", graph)
    for told in known.told[:_TOLD]:
        more, less = new_acts(now, told), new_acts(told, now)
        lines.append(f"{seen_by(told)}: {'something else' if more or less else 'the same'}")
        lines += _listed(more, "seen there and not here: ", graph)
        lines += _listed(less, "seen here and not there: ", graph)
    return tuple(lines)


def _listed(acts: Sequence[Act], before: str, graph: Graph) -> Iterator[str]:
    yield from (f"  {before}{_cut(act_in_words(act, graph))}" for act in acts[:_LISTED])
    if len(acts) > _LISTED:
        yield f"  {before}{len(acts) - _LISTED} more"


def _cut(text: str) -> str:
    return text if len(text) <= _LINE else f"{text[:_LINE]}\u2026"


def seen_by(observation: Observation) -> str:
    """`as seen here on 2026-11-24`, or whose word it is."""
    when = observation.at[:10]
    if not observation.by:
        return f"as seen here on {when}"
    return f"as {observation.by} says to have seen on {when}"


def about(observation: Observation, graph: Graph) -> tuple[str, ...]:
    """Lines to be said below the acts: what was declared, what findings feared, what nobody could see, and what it printed."""
    step = graph.step.get(observation.step)
    run = step.run if step is not None else None
    found = compared(graph, observation)
    sets = (
        ("declared inputs", run.inputs if run else ()),
        ("declared outputs", run.outputs if run else ()),
        ("declared and never touched", observation.unused),
        ("done, as findings in its code said", found.foreseen),
        ("done, and no finding in its code said so", found.unforeseen),
        ("feared by findings, not seen in this run (another may)", found.only_feared),
    )
    lines = [_cut(f"{name}: {', '.join(words) or 'none'}") for name, words in sets]
    if observation.cut:
        lines.append("it did more than is kept: the list is not whole")
    if any("[home]" in act.what for act in observation.remarkable):
        lines.append(HOME_NOTE)
    lines += [f"not seen this way: {blind}" for blind in observation.blind]
    for name, text in (("stdout", observation.stdout), ("stderr", observation.stderr)):
        if text:
            lines += [f"it printed to {name}:", *(f"  {_cut(line)}" for line in text.split("\n")[:_PRINTED])]
    return tuple(lines)
