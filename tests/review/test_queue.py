"""The queue: worst first, and each package with a sentence that says why it is there."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import pytest

from reviewer.lock.decision import Criteria, Verdict
from reviewer.model.graph import Evidence, Finding, Graph, Package, Run, Step
from reviewer.review.queue import neighbour
from reviewer.review.review import Review

ROOT = "zig:app@1.0.0#."


def package(name: str, digest: str | None = "1") -> Package:
    pin = "." if name == "app" else name
    return Package(
        id=f"zig:{name}@1.0.0#{pin}",
        ecosystem="zig",
        name=name,
        version="1.0.0",
        digest=digest and f"sha256:{digest * 64}"[:71],
        source=f"path:{name}",
        root="",
        fetched=digest is not None,
        lazy=digest is None,
    )


def step(owner: str, name: str, *, hidden: bool = False) -> Step:
    identity = f"zig:{owner}@1.0.0#{owner}"
    run = Run(command=(f"[{name}]",), fingerprint=f"sha256:{hashlib.sha256(name.encode()).hexdigest()}", hidden=hidden)
    return Step(f"{identity}/{name}", identity, "run", f"run exe {name}", Evidence.CONFIGURED, run=run)


def finding(owner: str, capability: str) -> Finding:
    return Finding(f"zig:{owner}@1.0.0#{owner}", capability, "build.zig", 3, 1, "reads the environment")


def graph(names: Sequence[str], *, steps: Sequence[Step] = (), findings: Sequence[Finding] = ()) -> Graph:
    packages = tuple(package(name) for name in ("app", *names))
    return Graph("/p", "zig", "0.17.1", Evidence.CONFIGURED, packages, steps=tuple(steps), findings=tuple(findings))


def at_digest(found: Graph, name: str, digest: str) -> Graph:
    """The project after the content of one package changed."""
    return found._replace(packages=tuple(package(name, digest) if p.name == name else p for p in found.packages))


def names(review: Review) -> list[str]:
    return [review.graph.package[identity].name for identity in review.queue]


@pytest.fixture
def mixed() -> Graph:
    return graph(
        ["plain", "late", "runner", "configures", "hider", "grown", "calm", "refused"],
        steps=[step("runner", "gen"), step("hider", "helper", hidden=True), step("grown", "tool")],
        findings=[
            finding("configures", "env.read"),
            finding("configures", "unanalyzed"),
            finding("plain", "unanalyzed"),
        ],
    )


@pytest.fixture
def review(mixed: Graph, tmp_path: Path) -> Review:
    """Trusted, rejected and deferred first; then three packages changed."""
    lock = tmp_path / "review.lock"
    before = Review(mixed, lock)
    ids = {p.name: p.id for p in mixed.packages}
    before.decide([ids["grown"], ids["calm"]], Verdict.TRUSTED, criteria=(Criteria.RUN,))
    before.decide([ids["refused"]], Verdict.REJECTED, note="mines coins")
    before.decide([ids["late"]], Verdict.DEFERRED)
    for name in ("grown", "calm", "refused"):
        mixed = at_digest(mixed, name, "2")
    return Review(mixed, lock)


def why(review: Review, name: str) -> str:
    return review.why_waiting(f"zig:{name}@1.0.0#{name}") or ""


def test_the_worst_comes_first_and_what_was_left_for_later_comes_last(review: Review) -> None:
    assert names(review) == ["refused", "grown", "hider", "configures", "runner", "plain", "calm", "late"]


def test_every_package_says_why_it_is_here(review: Review) -> None:
    assert "rejected" in why(review, "refused")
    assert "look again" in why(review, "refused")
    assert why(review, "grown") == "its content differs from what was trusted; executes 1 run step “run exe tool”"
    assert why(review, "hider") == "hides 1 run step “run exe helper” from the project's own build code"
    assert why(review, "configures") == "its build code can do env.read while it is configured"
    assert why(review, "runner") == "executes 1 run step “run exe gen”"
    assert why(review, "plain") == "no decision yet; no build code to read; 1 place could not be followed"
    assert why(review, "calm") == "its content differs from what was trusted; no build code to read"
    assert why(review, "late").startswith("left for later")


def test_what_is_decided_has_no_reason_to_be_here(review: Review) -> None:
    review.decide([review.queue[0]], Verdict.REJECTED, note="still")
    assert why(review, "refused") == ""
    assert "refused" not in names(review)


def test_a_rejected_package_that_changed_counts_once_in_the_verdict(review: Review) -> None:
    assert review.verdict_text == "build blocked: 1 rejected, 7 need review"


def test_what_is_only_read_says_so(mixed: Graph, tmp_path: Path) -> None:
    review = Review(mixed._replace(evidence=Evidence.READ), tmp_path / "review.lock")
    assert why(review, "runner") == "executes 1 run step “run exe gen”, as far as its source tells"


def test_a_hostile_step_name_is_shown_as_what_it_is(tmp_path: Path) -> None:
    evil = step("runner", "gen")._replace(name="run \u202e exe")
    review = Review(graph(["runner"], steps=[evil]), tmp_path / "review.lock")
    assert "\u202e" not in why(review, "runner")


def test_walking_goes_around_in_both_directions() -> None:
    assert [neighbour("abc", at, 1) for at in ("a", "c", None, "x")] == ["b", "a", "a", "a"]
    assert neighbour("abc", "a", -1) == "c"
    assert neighbour("", "a", 1) is None
