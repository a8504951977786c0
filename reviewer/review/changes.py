"""What is different between a project as it was loaded and as it is loaded again, in one sentence."""

from collections.abc import Sequence

from reviewer.review.review import Review

_NAMED = 4


def what_changed(before: Review, after: Review) -> str:
    """`Changed content: super. New: zlib.` or that nothing of it changed. Packages are compared by their digests."""
    old = {p.id: p for p in before.graph.packages}
    new = {p.id: p for p in after.graph.packages}
    parts = {
        "Changed content": [new[p].name for p in new if p in old and new[p].digest != old[p].digest],
        "New": [new[p].name for p in new if p not in old],
        "Gone": [old[p].name for p in old if p not in new],
    }
    told = [f"{what}: {_named(names)}." for what, names in parts.items() if names]
    if before.graph.evidence is not after.graph.evidence:
        told.append(f"Now {after.graph.evidence.value}, before {before.graph.evidence.value}.")
    elif not told and len(before.graph.steps) != len(after.graph.steps):
        told.append(f"{len(after.graph.steps):,} build steps, before {len(before.graph.steps):,}.")
    return " ".join(told) or "Nothing of it has changed."


def _named(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_NAMED])
    return f"{shown} and {len(names) - _NAMED} more" if len(names) > _NAMED else shown
