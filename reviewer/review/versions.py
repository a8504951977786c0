"""Which contents of a package are here to be compared, whether the project uses them or not."""

from pathlib import Path
from typing import NamedTuple

from reviewer.content.text import visible
from reviewer.ecosystems import ecosystem_named
from reviewer.errors import ReviewerError
from reviewer.review.review import Review

_LISTED = 12


class Version(NamedTuple):
    """A content of a package. `word` is what a comparison takes (a digest or a folder); `name` and `told` say which it is, and from where.

    `pin` is the build system's own, empty where it is not known.
    """

    word: str
    name: str
    told: str
    pin: str = ""


def versions_of(review: Review, package: str) -> tuple[Version, ...]:
    """The present one, those that were decided about and are kept (newest decision first), and those that the build system has."""
    from reviewer.upgrade.store import Store

    graph = review.graph
    now, store = graph.package[package], Store()
    found = [Version(now.root, now.version, "in this project", now.pin)] if now.digest else []
    for decision in review.decisions_about(package):
        if decision.digest != now.digest and decision.digest in store:
            name, _, pin = decision.package.partition("#")
            by = visible(decision.by.partition("<")[0].strip())
            told = f"{decision.verdict.value} {decision.at[:10]} by {by or 'nobody named'}"
            found.append(Version(decision.digest, visible(name.rpartition("@")[2]), told, pin))
    known = {version.pin for version in found}
    fetched = ecosystem_named(graph.ecosystem).kept_versions(Path(graph.root), now.name)
    others = (kept for kept in fetched if kept.pin not in known)
    told = "fetched, \u2026{}"
    return (*found, *(Version(str(kept.folder), kept.version, told.format(kept.pin[-8:]), kept.pin) for kept in others))


def find_version(review: Review, package: str, typed: str) -> str:
    """What a comparison takes for what a person typed: a digest or path as it is, else the one version that it names.

    Raises ReviewerError with the candidates.
    """
    if typed.startswith("sha256:") or Path(typed).exists():
        return typed
    known = versions_of(review, package)
    fitting = [version for version in known if version.name == typed]
    fitting = fitting or [version for version in known if version.pin and typed in version.pin]
    if len(fitting) == 1:
        return fitting[0].word
    listed = ", ".join(f"{version.pin or version.name} ({version.told})" for version in (fitting or known)[:_LISTED])
    text = f"fits {len(fitting)} versions" if fitting else "there is no such folder, archive or version"
    raise ReviewerError(
        text, where=visible(typed), cure=f"say which: {listed}" if listed else "name a folder or an archive"
    )
