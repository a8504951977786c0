"""Who stands behind what is said of a package: each reviewer, whose decision it is, and what the signatures show."""

from collections.abc import Iterable
from typing import NamedTuple

from reviewer.lock.decision import Decision, Verdict
from reviewer.lock.demands import short_name
from reviewer.lock.signing import Signature, Signed
from reviewer.lock.voices import by_person, person, voices
from reviewer.review.review import Review


class Behind(NamedTuple):
    """One sentence without a full stop, whose names may be an attacker's; `alarm` where somebody must look into it."""

    text: str
    note: str = ""
    alarm: bool = False


_STATES = {
    Signed.GOOD: "signed",
    Signed.UNKNOWN: "signed by a key that review.signers does not list for this address",
    Signed.ALTERED: "but that is not what was signed",
}


def behind(review: Review, package: str) -> tuple[Behind, ...]:
    """About the decision that a package's status rests on, then about imports that reject it."""
    assessment = review.assessments[package]
    decision = assessment.decision
    found = []
    if decision is not None:
        signatures = () if assessment.imported else review.signatures.get(decision.package, ())
        made = voices(decision)
        for voice, signature in zip(made, [*signatures, *[None] * len(made)], strict=False):
            found.append(_behind(voice, signature, assessment.imported, demanded=review.policy.signed))
    for key in dict.fromkeys((package, review.graph.package[package].digest or "")):
        for name, decision in review.imported.rejects.get(key, ()):
            if name in assessment.refused_by:
                found.append(Behind(f"{decision_words(decision)}, in import {name}", decision.note, alarm=True))
    return tuple(dict.fromkeys(found))


def _behind(voice: Decision, signature: Signature | None, imported: str, *, demanded: bool) -> Behind:
    text = decision_words(voice)
    if imported:
        return Behind(f"{text}, imported from {imported}", voice.note)
    if signature is None:
        return Behind(f"{text}, not signed" if demanded else text, voice.note)
    return Behind(f"{text}, {_STATES[signature.state]}", voice.note, alarm=signature.state is not Signed.GOOD)


def left_to_do(review: Review, packages: Iterable[str], *, to_sign: str) -> str:
    """What trust that was just given still needs before it counts, in a sentence; `to_sign` says how. Empty where nothing."""
    waiting = [review.assessments[package] for package in packages if review.assessments[package].lacks]
    if not waiting:
        return ""
    mine = [
        voice
        for assessment in waiting
        if assessment.decision is not None and (voice := by_person(assessment.decision).get(person(review.reviewer)))
    ]
    parts = (
        [f"it counts once it is signed ({to_sign})"]
        if review.policy.signed and any(not v.signature for v in mine)
        else []
    )
    if any("reviewers" in assessment.lacks for assessment in waiting):
        parts.append("another reviewer has to trust it too")
    return f"Trusted; {', and '.join(parts)}." if parts else ""


def decision_words(decision: Decision) -> str:
    """`Trusted to run at 1.0.0 by Ada, 2026-11-23`."""
    what = decision.verdict.value.capitalize()
    if decision.verdict is Verdict.TRUSTED:
        what += f" to {', '.join(criterion.value for criterion in decision.criteria)}"
    version = decision.package.partition("#")[0].rpartition("@")[2]
    at = f" at {version}" if version else ""
    return f"{what}{at} by {short_name(decision.by)}, {decision.at[:10]}"
