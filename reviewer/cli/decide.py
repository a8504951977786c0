"""`trust`, `reject`, `defer`, `forget`, `init`: show what would change in review.lock, ask, and write it."""

import argparse
from collections.abc import Mapping

from reviewer.cli.names import find_among, find_package
from reviewer.cli.project import load_review, say_verdict
from reviewer.cli.terminal import complain, confirm, end_progress, progress, say
from reviewer.errors import ReviewerError
from reviewer.lock.decision import Criteria, Decision, Grants, Verdict
from reviewer.lock.status import Status
from reviewer.lock.voices import by_person, person, voices
from reviewer.review.granting import granted_already
from reviewer.review.review import Review

CAPABILITIES = frozenset(
    [
        *("fs.read", "fs.read.sensitive", "fs.write", "fs.write.exec", "fs.write.source", "fs.delete"),
        *("net.out", "net.download", "net.listen", "ipc.unix"),
        *("proc.spawn", "proc.shell", "proc.download_exec", "env.read", "env.write", "sys.info"),
        "build.hook",
    ]
)
"""What a run step can be allowed (ids of CAPABILITIES.md that an operating system can hold it to); `build.hook` is to be held by the
sandbox of the whole build alone."""


def trust(arguments: argparse.Namespace) -> int:
    """Record that packages may run."""
    criteria = (Criteria.SHIP,) if arguments.criteria == "ship" else (Criteria.RUN,)
    return _decide(arguments, Verdict.TRUSTED, criteria)


def reject(arguments: argparse.Namespace) -> int:
    """Record that packages must not run."""
    return _decide(arguments, Verdict.REJECTED, (Criteria.RUN,))


def defer(arguments: argparse.Namespace) -> int:
    """Record that packages are left for later."""
    return _decide(arguments, Verdict.DEFERRED, (Criteria.RUN,))


def _decide(arguments: argparse.Namespace, verdict: Verdict, criteria: tuple[Criteria, ...]) -> int:
    review = load_review(arguments)
    packages = _packages(review, arguments.packages)
    if verdict is Verdict.TRUSTED:
        packages += _ready(review, packages, upgrades=arguments.upgrades)
    grants = _granted(review, packages, arguments) if verdict is Verdict.TRUSTED else {}
    for package in packages:
        entry = review.decision(package, verdict, criteria=criteria, note=arguments.note, grants=grants)
        say(f"{verdict.value}: {package}")
        say(f"    {entry.digest}, for {', '.join(entry.criteria)}, by {review.reviewer}")
        _tell_others(review.lock.decisions.get(package), entry, review.reviewer)
        if verdict is Verdict.TRUSTED and review.is_upgrade(package) and not _confirmed(review, package, arguments):
            say("nothing was changed")
            return 0
        for step in entry.steps.values():
            granted = "".join(f", {capability} {' '.join(what)}".rstrip() for capability, what in step.grants.items())
            say(f"    ▶ {step.name} ({step.created}){granted}")
    if not confirm(f"Write this to {review.lock_path}?", yes=arguments.yes):
        say("nothing was changed")
        return 0
    review.decide(packages, verdict, criteria=criteria, note=arguments.note, grants=grants)
    if verdict is Verdict.TRUSTED:
        _keep(review, packages)
        from reviewer.review.behind import left_to_do

        if left := left_to_do(review, packages, to_sign="reviewer lock sign"):
            say(left)
    say_verdict(review)
    return 0


def _tell_others(before: Decision | None, entry: Decision, name: str) -> None:
    """What becomes of what somebody else decided: it is confirmed, or replaced."""
    if before is None or before.digest != entry.digest:
        return
    others = [voice for voice in voices(before) if person(voice.by) != person(name)]
    kept = by_person(entry)
    for voice in others:
        told = f"{voice.verdict.value} for {', '.join(voice.criteria)} by {voice.by[:200]} at {voice.at}"
        if person(voice.by) in kept:
            say(f"    as {told}")
        else:
            why = "" if voice.verdict is not entry.verdict else ": with other criteria, run steps or grants"
            say(f"    instead of: {told}{why}")


def _granted(review: Review, packages: list[str], arguments: argparse.Namespace) -> Mapping[str, Grants]:
    """By fingerprint: to all steps of these packages, or to the steps that are named, what was asked for; to the others what they had."""
    asked = _grants(arguments.grant)
    found: dict[str, Grants] = {}
    for package in packages:
        found |= granted_already(review.graph, review.assessments[package])
    owned = {step.id: step for step in review.graph.run_steps if step.package in packages}
    named = [find_among(owned.values(), word) for word in arguments.step] or (list(owned) if asked else [])
    if asked and not named:
        what = "it has no run step that a grant could be for"
        raise ReviewerError(what, where=", ".join(packages), cure="leave out --grant")
    return {**found, **{run.fingerprint: asked for step in named if (run := owned[step].run) is not None}}


def _ready(review: Review, named: list[str], *, upgrades: bool) -> list[str]:
    """The upgrades that can be approved together; the others are told."""
    if not upgrades:
        if not named:
            raise ReviewerError("no package is named", cure="name PACKAGE, or --upgrades")
        return []
    from reviewer.cli.upgrades import compared_upgrades

    found = [stood for stood in compared_upgrades(review) if stood.package not in named]
    for stood in found:
        if not stood.ready:
            asked = stood.standing.questions[0] if stood.standing else stood.error
            say(f"left out: {stood.package} ({asked})")
    ready = [stood.package for stood in found if stood.ready]
    if not ready and not named:
        raise ReviewerError(
            "there is no upgrade that nothing follows from and that was viewed", cure="see `reviewer diff`"
        )
    return ready


def _confirmed(review: Review, package: str, arguments: argparse.Namespace) -> bool:
    """Tell what trusting an upgrade agrees to, so that nobody says yes to it unseen; a person is asked about each consequence."""
    from reviewer.review.since import changed_since
    from reviewer.review.upgrading import standing, upgrade_of

    decision = review.compared_with(package)
    assert decision is not None  # it would not be changed without one
    try:
        found = changed_since(review.observations, package, decision, progress())
        how = standing(review, upgrade_of(found))
    finally:
        end_progress()
    say(f"    {found.in_words}; `reviewer diff` shows them")
    for consequence in found.consequences:
        sign = "!" if consequence.asks else "\u2212"
        say(f"    {sign} {consequence.question}")
        for detail in consequence.details:
            say(f"        {detail}")
        if consequence.asks and not confirm("    Agree?", yes=arguments.yes):
            return False
    say(f"    {how.progress}")
    return how.viewed == how.changes or confirm("    Trust it without?", yes=arguments.yes)


def _keep(review: Review, packages: list[str]) -> None:
    """Keep what was trusted, to compare the next version with. The decision holds without it."""
    from reviewer.upgrade.since import keep_reviewed

    for package in packages:
        if review.graph.is_own(package):
            continue
        try:
            keep_reviewed(review.graph, package, progress())
        except ReviewerError as error:
            complain(str(error))
        finally:
            end_progress()


def forget(arguments: argparse.Namespace) -> int:
    """Remove entries, those of packages that the project no longer has included."""
    review = load_review(arguments)
    packages = _packages(review, arguments.packages, also=tuple(review.lock.decisions))
    listed = [package for package in packages if package in review.lock.decisions]
    if not listed:
        raise ReviewerError(
            "nothing was decided about it", where=", ".join(packages), cure="there is nothing to forget"
        )
    for package in listed:
        say(f"forget: {package} ({review.lock.decisions[package].verdict.value})")
    if not confirm(f"Remove this from {review.lock_path}?", yes=arguments.yes):
        say("nothing was changed")
        return 0
    review.forget(listed)
    say_verdict(review)
    return 0


def init(arguments: argparse.Namespace) -> int:
    """Defer every package that nobody decided about, and trust none. Exit code 0."""
    review = load_review(arguments)
    present = []
    for assessment in review.assessments.values():
        if assessment.status not in (Status.UNREVIEWED, Status.CHANGED):
            continue
        if assessment.decision is not None or assessment.package in review.lock.decisions:
            say(f"left as it is: {assessment.package} ({assessment.reason})")
        elif review.graph.package[assessment.package].digest is None:
            say(f"left as it is: {assessment.package} (there is no content to decide about: {assessment.reason})")
        else:
            present.append(assessment.package)
            say(f"deferred: {assessment.package}")
    if not present:
        say("there is no package to defer")
        return 0
    if not confirm(f"Write {len(present)} to {review.lock_path}?", yes=arguments.yes):
        say("nothing was changed")
        return 0
    review.decide(present, Verdict.DEFERRED, note="there when reviewing began; not read")
    say(f"{len(present)} deferred, none trusted: `reviewer check --only-new` fails on what comes later")
    return 0


def _packages(review: Review, typed: list[str], *, also: tuple[str, ...] = ()) -> list[str]:
    return list(dict.fromkeys(find_package(review.graph, word, also=also) for word in typed))


def _grants(words: list[str]) -> Grants:
    grants: dict[str, tuple[str, ...]] = {}
    for word in words:
        capability, _, what = word.partition("=")
        if capability not in CAPABILITIES:
            raise ReviewerError(
                f"“{capability}” is not a capability that can be granted",
                cure=f"one of: {', '.join(sorted(CAPABILITIES))}",
            )
        grants[capability] = (*grants.get(capability, ()), *([what] if what else []))
    return grants
