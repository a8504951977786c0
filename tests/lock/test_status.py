"""What the lock says about each package and run step: nothing is trusted that was not decided on."""

import pytest

from reviewer.lock.decision import Criteria, Decision, ListedStep, Lock, Verdict, allows
from reviewer.lock.status import Assessment, Status, StepAssessment, assess, listed_steps
from reviewer.model.graph import Evidence, Graph, Location, Package, Run, Step

ROOT = "zig:app@1.0.0#."
PARSER = "zig:parser@1.2.0#deps/parser"
HELPER = "zig:helper@0.1.0#deps/helper"


def digest(letter: str) -> str:
    return "sha256:" + letter * 64


def package(package_id: str, content: str | None = "a", *, lazy: bool = False, fetched: bool = True) -> Package:
    ecosystem, _, rest = package_id.partition(":")
    name, _, version = rest.partition("#")[0].partition("@")
    return Package(
        id=package_id,
        ecosystem=ecosystem,
        name=name,
        version=version,
        digest=None if content is None else digest(content),
        source="path:deps/" + name,
        root="/p/" + name,
        lazy=lazy,
        fetched=fetched,
    )


def run_step(
    step_id: str, owner: str, *, fingerprint: str = digest("f"), line: int = 11, executes: str | None = None
) -> Step:
    return Step(
        id=step_id,
        package=owner,
        kind="run",
        name="run exe helper",
        evidence=Evidence.CONFIGURED,
        run=Run(command=("[helper]",), executes=executes or owner, fingerprint=fingerprint),
        created_at=(Location(owner, "build.zig", line, 9), Location(ROOT, "build.zig", 3)),
    )


def graph(*packages: Package, steps: tuple[Step, ...] = (), evidence: Evidence = Evidence.CONFIGURED) -> Graph:
    return Graph(
        root="/p",
        ecosystem="zig",
        toolchain="0.17.1",
        evidence=evidence,
        packages=(package(ROOT), *packages),
        steps=(Step(id="install", package=ROOT, kind="top_level", name="install", evidence=evidence), *steps),
    )


def decided(
    package_id: str,
    verdict: Verdict = Verdict.TRUSTED,
    content: str = "a",
    *,
    at: str = "2026-01-01T00:00:00Z",
    criteria: tuple[Criteria, ...] = (Criteria.RUN,),
    steps: dict[str, ListedStep] | None = None,
) -> Decision:
    return Decision(
        package=package_id,
        digest=digest(content),
        verdict=verdict,
        by="Ada <ada@example.org>",
        at=at,
        criteria=criteria,
        steps=steps or {},
    )


def assessed(facts: Graph, *decisions: Decision, of: str = PARSER) -> Assessment:
    return assess(facts, Lock().with_decisions(decisions))[of]


def test_every_package_in_the_order_of_the_graph() -> None:
    facts = graph(package(PARSER), package(HELPER))
    assert list(assess(facts, Lock())) == [ROOT, PARSER, HELPER]


def test_the_project_itself_is_own_whatever_the_lock_says() -> None:
    facts = graph(steps=(run_step("s", ROOT),))
    expected = Assessment(
        ROOT, Status.OWN, "part of this project", None, (StepAssessment("s", Status.OWN, "part of this project"),)
    )
    assert assessed(facts, of=ROOT) == expected
    assert assessed(facts, decided(ROOT, Verdict.REJECTED), of=ROOT) == expected


def test_without_a_decision_it_is_unreviewed_and_so_are_its_steps() -> None:
    found = assessed(graph(package(PARSER), steps=(run_step("s", PARSER),)))
    assert (found.status, found.reason, found.decision) == (Status.UNREVIEWED, "no decision yet", None)
    assert found.steps == (StepAssessment("s", Status.UNREVIEWED, "no decision yet"),)


@pytest.mark.parametrize(
    ("verdict", "content", "status", "reason"),
    [
        (Verdict.TRUSTED, "a", Status.TRUSTED, "trusted to run by Ada"),
        (Verdict.REJECTED, "a", Status.REJECTED, "rejected by Ada"),
        (Verdict.DEFERRED, "a", Status.DEFERRED, "deferred by Ada"),
        (Verdict.TRUSTED, "b", Status.CHANGED, "its content differs from what was trusted"),
        (
            Verdict.REJECTED,
            "b",
            Status.REJECTED,
            "rejected, but its content differs from what was rejected: look again",
        ),
        (Verdict.DEFERRED, "b", Status.UNREVIEWED, "its content differs from what was deferred"),
    ],
)
@pytest.mark.parametrize("evidence", list(Evidence))
def test_a_decision_holds_for_its_digest(
    evidence: Evidence, verdict: Verdict, content: str, status: Status, reason: str
) -> None:
    decision = decided(PARSER, verdict, content)
    found = assessed(graph(package(PARSER), evidence=evidence), decision)
    assert (found.status, found.reason, found.decision) == (status, reason, decision)


def test_to_ship_includes_to_run() -> None:
    ship, run = decided(PARSER, criteria=(Criteria.SHIP,)), decided(PARSER)
    assert allows(ship, Criteria.RUN)
    assert allows(ship, Criteria.SHIP)
    assert allows(run, Criteria.RUN)
    assert not allows(run, Criteria.SHIP)
    assert not allows(decided(PARSER, Verdict.REJECTED, criteria=(Criteria.SHIP,)), Criteria.RUN)
    assert assessed(graph(package(PARSER)), ship).reason == "trusted to ship by Ada"


@pytest.mark.parametrize(("lazy", "absence"), [(True, "lazy, not fetched"), (False, "not fetched")])
def test_what_is_not_fetched_says_so(lazy: bool, absence: str) -> None:
    facts = graph(package(PARSER, None, lazy=lazy, fetched=False))
    assert assessed(facts).status is Status.UNREVIEWED
    assert assessed(facts).reason == absence
    for verdict in Verdict:
        found = assessed(facts, decided(PARSER, verdict))
        assert found.status == verdict.value
        assert found.reason.endswith(absence)


def test_content_that_cannot_be_read_is_never_trusted() -> None:
    facts = graph(package(PARSER, None))
    assert assessed(facts, decided(PARSER)).status is Status.UNREVIEWED
    assert assessed(facts, decided(PARSER)).reason == "its content could not be read"
    assert assessed(facts, decided(PARSER, Verdict.REJECTED)).status is Status.REJECTED
    assert assessed(facts).reason == "its content could not be read"


def test_an_upgrade_of_a_trusted_package_is_changed_since_the_newest() -> None:
    older = decided("zig:parser@1.0.0#x", at="2026-01-01T00:00:00Z")
    newer = decided("zig:parser@1.1.0#y", at="2026-02-01T00:00:00Z")
    found = assessed(graph(package(PARSER), steps=(run_step("s", PARSER),)), newer, older)
    assert (found.status, found.decision) == (Status.CHANGED, newer)
    assert found.reason == "trusted at 1.1.0, now 1.2.0"
    assert found.steps[0].status is Status.CHANGED


def test_an_upgrade_of_a_rejected_package_is_unreviewed() -> None:
    old = decided("zig:parser@1.1.0#y", Verdict.REJECTED)
    found = assessed(graph(package(PARSER)), old)
    assert (found.status, found.reason, found.decision) == (Status.UNREVIEWED, "rejected at 1.1.0, now 1.2.0", old)


def test_a_rejected_version_in_between_is_mentioned() -> None:
    trusted = decided("zig:parser@1.0.0#x", at="2026-01-01T00:00:00Z")
    rejected = decided("zig:parser@1.1.0#y", Verdict.REJECTED, at="2026-02-01T00:00:00Z")
    found = assessed(graph(package(PARSER)), trusted, rejected)
    assert (found.status, found.decision) == (Status.CHANGED, trusted)
    assert found.reason == "trusted at 1.0.0, now 1.2.0; rejected at 1.1.0"


def test_the_same_version_under_another_pin_is_changed() -> None:
    found = assessed(graph(package(PARSER)), decided("zig:parser@1.2.0#vendor/parser"))
    assert (found.status, found.reason) == (Status.CHANGED, "trusted at 1.2.0, now with another pin")


def test_a_package_that_tells_no_version_is_told_by_its_pin() -> None:
    bare = "zig:tracy@#N-V-__8AAOncKwEm1F9c"
    found = assessed(graph(package(bare)), decided("zig:tracy@#N-V-__8AAMeOlQEipHjc"), of=bare)
    assert (found.status, found.reason) == (Status.CHANGED, "trusted at another pin")
    found = assessed(graph(package(bare)), decided("zig:tracy@0.1.0#x"), of=bare)
    assert found.reason == "trusted at 0.1.0, now without a version"


@pytest.mark.parametrize("other", ["zig:parser2@1.0.0#x", "npm:parser@1.0.0#x", "zig:pars@er@1.0.0#x", HELPER])
def test_another_package_or_one_still_in_use_is_no_older_version(other: str) -> None:
    found = assessed(graph(package(PARSER), package(HELPER)), decided(other))
    assert (found.status, found.decision) == (Status.UNREVIEWED, None)


def test_a_second_version_still_in_use_is_no_older_version() -> None:
    second = "zig:parser@1.0.0#deps/old"
    assert assessed(graph(package(PARSER), package(second)), decided(second)).reason == "no decision yet"


def test_a_run_step_that_the_decision_does_not_list_makes_the_package_changed() -> None:
    listed = {digest("f"): ListedStep("run exe helper", "build.zig:11")}
    seen, new = run_step("seen", PARSER), run_step("new", PARSER, fingerprint=digest("e"), line=20)
    facts = graph(package(PARSER), steps=(seen, new))
    found = assessed(facts, decided(PARSER, steps=listed))
    reason = 'runs "run exe helper" (build.zig:20), which the decision does not list'
    assert (found.status, found.reason) == (Status.CHANGED, reason)
    assert found.steps == (
        StepAssessment("seen", Status.TRUSTED, "trusted to run by Ada"),
        StepAssessment("new", Status.CHANGED, reason),
    )
    assert assessed(facts, decided(PARSER)).reason.endswith("does not list, and 1 more")


def test_what_listed_steps_gives_covers_the_package() -> None:
    steps = (run_step("one", PARSER), run_step("two", PARSER, fingerprint=digest("e"), line=20))
    facts = graph(package(PARSER), package(HELPER), steps=(*steps, run_step("other", HELPER, fingerprint=digest("d"))))
    listed = dict(listed_steps(facts, PARSER))
    assert listed == {
        digest("f"): ListedStep("run exe helper", "build.zig:11"),
        digest("e"): ListedStep("run exe helper", "build.zig:20"),
    }
    found = assessed(facts, decided(PARSER, steps=listed))
    assert [found.status, *(step.status for step in found.steps)] == [Status.TRUSTED] * 3


def test_read_evidence_needs_only_the_same_content() -> None:
    step = run_step("s", PARSER, fingerprint="read:" + digest("f"))
    found = assessed(graph(package(PARSER), steps=(step,), evidence=Evidence.READ), decided(PARSER))
    assert (found.status, found.steps[0].status) == (Status.TRUSTED, Status.TRUSTED)


def test_a_step_that_was_read_at_its_line_is_covered_when_it_is_configured() -> None:
    facts = graph(package(PARSER), steps=(run_step("s", PARSER, line=11),))
    read = {"read:" + digest("0"): ListedStep("run helper", "build.zig:11")}
    assert assessed(facts, decided(PARSER, steps=read)).status is Status.TRUSTED
    elsewhere = {"read:" + digest("0"): ListedStep("run helper", "build.zig:1")}
    assert assessed(facts, decided(PARSER, steps=elsewhere)).status is Status.CHANGED
    configured = {digest("0"): ListedStep("run helper", "build.zig:11")}
    assert assessed(facts, decided(PARSER, steps=configured)).status is Status.CHANGED


def test_the_same_line_of_another_packages_file_is_not_the_line_that_was_read() -> None:
    step = run_step("s", PARSER)._replace(created_at=(Location(HELPER, "build.zig", 11),))
    read = {"read:" + digest("0"): ListedStep("run helper", "build.zig:11")}
    found = assessed(graph(package(PARSER), package(HELPER), steps=(step,)), decided(PARSER, steps=read))
    assert found.status is Status.CHANGED


def test_the_creating_line_is_the_owners_even_if_a_helper_of_another_package_made_the_step() -> None:
    stack = (Location(HELPER, "build.zig", 5), Location(PARSER, "build.zig", 8), Location(ROOT, "build.zig", 3))
    facts = graph(package(PARSER), steps=(run_step("s", PARSER)._replace(created_at=stack),))
    assert [step.created for step in listed_steps(facts, PARSER).values()] == ["build.zig:8"]
    assert "(build.zig:8)" in assessed(facts, decided(PARSER)).reason


def test_a_step_answers_under_its_owner_only() -> None:
    root_runs_parser = run_step("own", ROOT, executes=PARSER)
    helper_runs_parser = run_step("foreign", HELPER, fingerprint=digest("e"), executes=PARSER)
    facts = graph(package(PARSER), package(HELPER), steps=(root_runs_parser, helper_runs_parser))
    found = assess(facts, Lock().with_decisions([decided(PARSER), decided(HELPER)]))
    assert (found[PARSER].status, found[PARSER].steps) == (Status.TRUSTED, ())
    assert [(step.step, step.status) for step in found[ROOT].steps] == [("own", Status.OWN)]
    assert found[HELPER].status is Status.CHANGED
    assert [(step.step, step.status) for step in found[HELPER].steps] == [("foreign", Status.CHANGED)]


def test_reasons_and_listed_steps_carry_no_hostile_text() -> None:
    hostile = "evil\x1b[2J\u202e\n" + "x" * 10_000
    step = run_step("s", PARSER)._replace(name=hostile, created_at=(Location(PARSER, hostile, 1),))
    facts = graph(package(PARSER), steps=(step,))
    old = decided("zig:helper@" + hostile + "#x")._replace(by=hostile)
    reasons = [
        assessed(facts, decided(PARSER)).reason,
        assessed(graph(package(HELPER)), old, of=HELPER).reason,
        assessed(graph(package(PARSER)), decided(PARSER)._replace(by=hostile)).reason,
    ]
    for text in [
        *reasons,
        *(text for listed in listed_steps(facts, PARSER).values() for text in (listed.name, listed.created)),
    ]:
        assert text.isprintable()
        assert "<U+202E>" in text
        assert len(text) < 600
