"""Which grants count: those of a decision made here, about this content, for this very step."""

from reviewer.lock.decision import Criteria, Grants, ListedStep, Lock, Verdict
from reviewer.lock.demands import Rule
from reviewer.lock.grants import grants_in_force
from reviewer.lock.imports import Imported
from reviewer.lock.policy import Policy
from reviewer.lock.signing import Signature, Signed
from reviewer.lock.status import assess
from reviewer.model.fingerprint import READ_PREFIX
from tests.lock.test_status import PARSER, ROOT, decided, digest, graph, package, run_step

NET: Grants = {"net.out": ("example.org:443",)}
STEP, OWN = run_step("parser/run", PARSER), run_step("app/run", ROOT, fingerprint=digest("e"))
FACTS = graph(package(PARSER), steps=(STEP, OWN))


def listed(fingerprint: str, created: str = "build.zig:11", grants: Grants = NET) -> dict[str, ListedStep]:
    return {fingerprint: ListedStep("run exe helper", created, grants)}


def test_a_listed_step_has_what_it_was_granted() -> None:
    lock = Lock().with_decisions([decided(PARSER, steps=listed(digest("f")))])
    assert grants_in_force(FACTS, assess(FACTS, lock)) == {STEP.id: NET}


def test_a_step_that_was_granted_something_when_it_was_read_has_it_by_its_line() -> None:
    lock = Lock().with_decisions([decided(PARSER, steps=listed(READ_PREFIX + digest("c")))])
    assert grants_in_force(FACTS, assess(FACTS, lock)) == {STEP.id: NET}


def test_nothing_carries_over_to_another_content_another_step_or_a_package_that_is_not_trusted() -> None:
    for decision in (
        decided(PARSER, content="b", steps=listed(digest("f"))),
        decided(PARSER, steps=listed(digest("d"))),
        decided(PARSER, Verdict.DEFERRED, steps=listed(digest("f"))),
        decided("zig:parser@1.1.0#deps/parser", steps=listed(digest("f"))),
    ):
        assert grants_in_force(FACTS, assess(FACTS, Lock().with_decisions([decision]))) == {}


def test_what_another_project_grants_does_not_count_here() -> None:
    imported = Imported(trusts={PARSER: (("elsewhere", decided(PARSER, steps=listed(digest("f")))),)}, rejects={})
    assessments = assess(FACTS, Lock(), imported=imported)
    assert assessments[PARSER].imported == "elsewhere"
    assert grants_in_force(FACTS, assessments) == {}


def test_a_step_of_the_project_itself_is_granted_something_by_an_entry_of_its_own_whatever_the_version() -> None:
    for own in (ROOT, "zig:app@0.9.0#."):
        lock = Lock().with_decisions([decided(own, steps=listed(digest("e")))])
        assert grants_in_force(FACTS, assess(FACTS, lock)) == {OWN.id: NET}


def test_of_the_project_itself_too_only_what_was_signed_counts_where_that_is_demanded() -> None:
    lock = Lock().with_decisions([decided(ROOT, steps=listed(digest("e")))])
    policy = Policy(rules=(Rule(signed=(Criteria.RUN,)),))
    good, altered = ({ROOT: [Signature(state, "key")]} for state in (Signed.GOOD, Signed.ALTERED))
    assert grants_in_force(FACTS, assess(FACTS, lock, policy)) == {}
    assert grants_in_force(FACTS, assess(FACTS, lock, policy, signatures=good)) == {OWN.id: NET}
    assert grants_in_force(FACTS, assess(FACTS, lock, signatures=altered)) == {}
