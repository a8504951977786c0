"""`graph`, `why` and `check`: what is known, and what the lock says about it."""

import argparse
import json

from reviewer.cli.names import find_step
from reviewer.cli.project import load_review, say_verdict
from reviewer.cli.terminal import complain, say, say_command
from reviewer.gate.check import APPROVED, NEEDS_REVIEW, Check, check_to_json, needs_review
from reviewer.gate.check import check as run_check
from reviewer.gate.enforced.exceptions import exceptions_in_force
from reviewer.lock.grants import grants_in_force
from reviewer.lock.status import Status
from reviewer.model.graph import Graph, Problem, Reach, Severity, Step
from reviewer.model.questions import takes_part
from reviewer.review.review import Review


def graph(arguments: argparse.Namespace) -> int:
    """Print everything that is known. Exit code 0."""
    known = load_review(arguments).graph
    if arguments.format == "json":
        from reviewer.model.json import graph_to_json

        print(json.dumps(graph_to_json(known), indent=2))
    elif arguments.format == "dot":
        from reviewer.cli.dot import graph_to_dot

        print(graph_to_dot(known))
    else:
        _print_graph(known)
    return 0


def _print_graph(known: Graph) -> None:
    toolchain = f"{known.ecosystem} {known.toolchain}" if known.toolchain else known.ecosystem
    counts = f"{len(known.packages)} packages, {len(known.modules)} modules, {len(known.steps)} steps, {len(known.run_steps)} run steps"
    say(f"{known.root}: {toolchain}, {known.evidence.value} evidence for {known.options_text}; {counts}")
    for option in known.declared_options:
        say(f"    -D{option.name}={'|'.join(option.choices) or option.type}  {option.description}")
    for package in known.packages:
        absent = "" if package.fetched else " (lazy, not fetched)" if package.lazy else " (not fetched)"
        own = " (this project)" if known.is_own(package.id) else ""
        say()
        say(f"{package.id}{own}{absent}")
        _print_build_code(known, package.id)
        for step in known.steps:
            if step.package == package.id:
                _print_step(step)
        for finding in known.findings_of(package.id):
            say(f"    {finding.file}:{finding.line}:{finding.column}: {finding.capability}: {finding.text}")
    _print_problems(known.problems)


def _print_build_code(known: Graph, package: str) -> None:
    code = known.build_code_of.get(package)
    if code is not None and code.declarative:
        say(f"    declarative: {code.basis}")
    elif code is not None and code.hindrances:
        say(f"    not declarative: {code.hindrances[0]}")


def _print_step(step: Step) -> None:
    created = f"  {step.created_at[0]}" if step.created_at else ""
    if step.run is None:
        say(f"      {step.name}{created}")
        return
    say(f"    ▶ {step.name}{created}{'  hidden' if step.run.hidden else ''}")
    say(f"        runs {' '.join(step.run.command)}")
    say(f"        declares {', '.join(step.run.inputs) or 'no inputs'} → {', '.join(step.run.outputs) or 'no outputs'}")
    if step.run.reach is not None:
        say(f"        reach    {_counted(step.run.reach)}")


def _counted(reach: Reach) -> str:
    gaps = f", {len(reach.gaps)} {'place' if len(reach.gaps) == 1 else 'places'} not followed" if reach.gaps else ""
    return f"{len(reach.code)} code, {len(reach.data)} data files{gaps}"


def _print_reach(known: Graph, reach: Reach) -> None:
    say(f"  what it does is decided by {_counted(reach)} ({reach.digest})")
    for kind, files in (("code", reach.code), ("data", reach.data)):
        for package, file in files:
            say(f"    {kind}  {known.package[package].name}/{file}")
    for gap in reach.gaps:
        say(f"    not followed: {gap}")


def why(arguments: argparse.Namespace) -> int:
    """Print the chains that make a step run, and the files that decide what it does. Exit code 0."""
    known = load_review(arguments).graph
    step = known.step[find_step(known, arguments.step)]
    created = (
        f", created at {step.created_at[0]} of {known.package[step.created_at[0].package].name}"
        if step.created_at
        else ""
    )
    say(f"{step.id}{created}")
    if step.run is None:
        say("  it executes nothing itself: chains are kept for run steps")
    elif not step.run.why:
        say("  no top-level step was found to reach it")
    else:
        for chain in step.run.why:
            say("  " + " → ".join(chain))
    if step.run is not None and step.run.reach is not None:
        _print_reach(known, step.run.reach)
    elif step.run is not None and step.run.why and not takes_part(known, step):
        say("  it runs the project's own program, which is not part of building it")
    return 0


def check(arguments: argparse.Namespace) -> int:
    """Compare with review.lock and print the verdict. Exit code: the verdict's."""
    review = load_review(arguments)
    for warning in review.warnings:
        complain(f"warning: {warning}")
    result = run_check(review.graph, review.assessments, only_new=arguments.only_new)
    if arguments.format == "json":
        print(json.dumps(check_to_json(result, review.graph), indent=2))
    elif arguments.format == "sarif":
        from reviewer.cli.annotations import check_to_sarif

        print(json.dumps(check_to_sarif(result, review.graph), indent=2))
    elif arguments.format == "github":
        from reviewer.cli.annotations import check_to_github

        for line in check_to_github(result, review.graph):
            say_command(line)
    else:
        _print_check(review, result)
    return result.exit_code


def _print_check(review: Review, result: Check) -> None:
    shown = review.graph
    for assessment in result.packages:
        if assessment.status is Status.OWN:
            continue
        package = shown.package[assessment.package]
        say(f"{assessment.status.value:<11}{package.name} {package.version}: {assessment.reason}")
        if assessment.status in (Status.TRUSTED, Status.POLICY):
            continue
        for step in shown.runs_of(package.id):
            hidden = "hidden run step" if step.run and step.run.hidden else "run step"
            created = f", created at {_place(step, shown)}" if step.created_at else ""
            say(f"           ▶ {hidden} “{step.name}”{created}")
    _print_problems(result.problems)
    for exception in exceptions_in_force(shown, grants_in_force(shown, review.assessments)):
        say(f"exception  {exception}")
    if result.only_new:
        _print_backlog(review, result)
    else:
        say_verdict(review)
    if result.exit_code != APPROVED and review.queue:
        say("read and decide with `reviewer open`, or `reviewer trust PACKAGE`")


def _print_backlog(review: Review, result: Check) -> None:
    """What was put off, with its lines left to read, then the verdict on everything else."""
    lines = {assessment.package: review.lines_left(assessment.package) for assessment in result.backlog}
    for package, count in sorted(lines.items(), key=lambda item: (-item[1], item[0])):
        say(
            f"backlog    {review.graph.package[package].name}: {count:,} {'line' if count == 1 else 'lines'} left to read"
        )
    if result.exit_code in (APPROVED, NEEDS_REVIEW):
        new = sum(needs_review(review.graph, a) for a in result.packages) - len(result.backlog)
        told = f"{new} new or changed {'needs' if new == 1 else 'need'} review" if new else "nothing new needs review"
    else:
        told = review.verdict_text
    say(
        f"{told}; backlog: {len(lines)} deferred, {sum(lines.values()):,} lines left to read (for {review.graph.options_text})"
    )


def _place(step: Step, shown: Graph) -> str:
    location = step.created_at[0]
    return f"{shown.package[location.package].name}/{location.file}:{location.line}:{location.column}"


def _print_problems(problems: tuple[Problem, ...]) -> None:
    for problem in problems:
        tell = complain if problem.severity is Severity.ERROR else say
        tell(f"{problem.severity.value}: {problem.where}: {problem.text}")
