"""What to tell of a run step that was refused something: who, what it wanted, what it declares, and the two ways on."""

import shlex
from collections.abc import Sequence

from reviewer.content.text import visible
from reviewer.ecosystems import Refusal
from reviewer.lock.decision import Grants
from reviewer.model.graph import Graph, Step
from reviewer.model.observation import Act

_MOST = 20
_NEVER_OFFERED = "fs.read.sensitive"


def refused_in_words(refusal: Refusal, graph: Graph, granted: Grants, observed: Sequence[Act] = ()) -> str:
    """Lines, fit to be shown. `granted` is what the step has already; `observed` what it was seen to do before, with the lines that did it.

    A program as zig builds it is not always one whose stack can be followed; for observing it is built so that it can.
    """
    step = graph.step[refusal.step]
    package = graph.package[step.package]
    whose = "this project" if graph.is_own(package.id) else f"{package.name} {package.version}".strip()
    lines = [f"step “{visible(step.name)}” of {visible(whose)} was refused what it does not declare:"]
    places = {(act.kind, act.what): act.place for act in observed if act.place is not None}
    acts = [act._replace(place=act.place or places.get((act.kind, act.what))) for act in refusal.acts]
    lines += [f"  {_wanted(act, graph)}" for act in acts[:_MOST]]
    if len(refusal.acts) > _MOST:
        lines.append(f"  and {len(refusal.acts) - _MOST} more")
    lines.append(f"  it declares {_declared(step)}")
    if step.run is not None and step.run.executes is not None and not any(act.place for act in acts):
        lines.append(visible(f"  which line does it: reviewer observe {shlex.quote(step.id)}"))
    lines += _ways_on(step, refusal, graph, granted)
    return "\n".join(lines)


def _wanted(act: Act, graph: Graph) -> str:
    where = ""
    if act.place is not None:
        package = graph.package.get(act.place.package)
        where = f", at {package.name if package else act.place.package}/{act.place.file}:{act.place.line}"
    return visible(f"{act.kind} {act.what} ({act.capability}){where}")


def _declared(step: Step) -> str:
    run = step.run
    inputs, outputs = (run.inputs, run.outputs) if run is not None else ((), ())
    return visible(f"{', '.join(inputs) or 'no inputs'} → {', '.join(outputs) or 'no outputs'}")


def _ways_on(step: Step, refusal: Refusal, graph: Graph, granted: Grants) -> list[str]:
    wanted: dict[str, dict[str, None]] = {capability: dict.fromkeys(what) for capability, what in granted.items()}
    offered = [act for act in refusal.acts if act.capability and act.capability != _NEVER_OFFERED]
    for act in offered:
        wanted.setdefault(act.capability, {})[act.what] = None
    package = shlex.quote(step.package)
    ways = []
    if offered:
        words = [
            shlex.quote(f"{cap}={what}" if what else cap) for cap, all_ in wanted.items() for what in all_ or ("",)
        ]
        given = " ".join(f"--grant {word}" for word in words)
        ways.append(f"  to allow just this: reviewer trust {package} --step {shlex.quote(step.id)} {given}")
    if not graph.is_own(step.package):
        ways.append(f"  {'or to' if ways else 'to'} refuse the package: reviewer reject {package}")
    return [visible(way) for way in ways]
