"""`observe`: run one step in the sandbox and tell what it does."""

import argparse
import json
import shlex
import signal
import sys
from pathlib import Path

from reviewer.cli.names import find_step
from reviewer.cli.project import load_review
from reviewer.cli.terminal import confirm, end_progress, progress, say
from reviewer.content.text import visible
from reviewer.ecosystems import ecosystem_named
from reviewer.errors import ReviewerError
from reviewer.model.graph import Evidence, Graph
from reviewer.model.observation import Observation, grants_for, observation_to_json
from reviewer.review.identity import reviewer_name
from reviewer.review.observations import keep_observation
from reviewer.review.observed import about, act_in_words, beside
from reviewer.review.shared_observations import place_of, save_observation


def observe(arguments: argparse.Namespace) -> int:
    """Observe one run step. Exit code 0 also where the step itself failed: that is what was observed."""
    arguments.evidence = (
        Evidence.CONFIGURED.value
    )  # to run a step is more than to configure, and is asked for by this command
    review = load_review(arguments)
    graph = review.graph
    step = graph.step[find_step(graph, arguments.step)]
    if step.run is None:
        raise ReviewerError(
            "it executes nothing, so there is nothing to observe", where=step.id, cure="name a run step"
        )
    report = progress()
    before = signal.signal(signal.SIGINT, lambda *_: report.cancel())  # what was seen so far is told
    try:
        observation = ecosystem_named(graph.ecosystem).observe(
            Path(graph.root), step.id, report, toolchain=arguments.toolchain, options=arguments.options
        )
    finally:
        signal.signal(signal.SIGINT, before)
        end_progress()
    observation = keep_observation(graph, observation)
    if arguments.format == "json":
        print(json.dumps(observation_to_json(observation), indent=2))
    else:
        _print(observation, graph)
        review.observations.take(observation)
        for line in beside(review.observations.of(step.id), graph):
            say(f"  {line}")
    if arguments.save:
        _save(Path(graph.root), observation, arguments)
    return 0


def _save(root: Path, observation: Observation, arguments: argparse.Namespace) -> None:
    place, name = place_of(root, observation).relative_to(root), reviewer_name(root)
    if not confirm(f"save it as {place}, as seen by {name}, for all who review this project?", yes=arguments.yes):
        return
    save_observation(root, observation, name)
    print(f"saved as {visible(str(place))}: commit it, and others see it as what {visible(name)} saw", file=sys.stderr)


def _print(observation: Observation, graph: Graph) -> None:
    say(
        f"{observation.step}: {observation.ended}, after {observation.seconds:.1f} s in the sandbox ({observation.toolchain})"
    )
    for act in observation.remarkable:
        say(f"  ! {act_in_words(act, graph)}")
    if not observation.remarkable:
        say("  it did nothing beyond what it declares")
    ordinary = len(observation.acts) - len(observation.remarkable)
    say(f"  and {ordinary} ordinary things: its declared files, its libraries (all of them with --format json)")
    for line in about(observation, graph):
        say(f"  {line}")
    if grants := grants_for(observation):
        package = graph.package[observation.package]
        words = [f"--grant {shlex.quote(f'{cap}={what}')}" for cap, all_ in grants.items() for what in all_]
        say("to allow just what it did, once you have read each line above:")
        say(f"  reviewer trust {shlex.quote(package.id)} {' '.join(words)}")
