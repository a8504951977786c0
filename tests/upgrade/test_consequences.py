"""What follows from an upgrade, told from what is known of both contents."""

from reviewer.upgrade.consequences import Effect, consequences, unchanged_reaches
from reviewer.upgrade.facts import Ability, Facts, Ran, facts_from_json, facts_to_json

TERMS = ("read",)
STEP = Ran("run gen", "build.zig:7", "sha256:1", whole=True, command=("[gen]",), reach={"p/gen.zig": "sha256:a"})


def told(old: Facts, new: Facts) -> list[tuple[Effect, str]]:
    return [(found.effect, found.text) for found in consequences(old, new, ())]


def test_the_same_facts_have_no_consequences_and_say_which_files_were_compared() -> None:
    facts = Facts(TERMS, steps=(STEP,))
    assert told(facts, facts) == []
    assert [(same.step, same.files) for same in unchanged_reaches(facts, facts)] == [("run gen", ("p/gen.zig",))]


def test_an_equal_reach_with_gaps_proves_nothing() -> None:
    facts = Facts(TERMS, steps=(STEP._replace(gaps=("p:gen.zig:3: an import that is computed",)),))
    assert [effect for effect, _ in told(facts, facts)] == [Effect.UNKNOWN]
    assert unchanged_reaches(facts, facts) == ()


def test_a_step_that_moved_to_another_line_is_the_same_step() -> None:
    moved = STEP._replace(created="build.zig:90", fingerprint="sha256:2")
    assert told(Facts(TERMS, steps=(STEP,)), Facts(TERMS, steps=(moved,))) == []


def test_another_command_input_or_variable_is_told_with_both() -> None:
    now = STEP._replace(command=("[gen]", "--all"), env=("PATH=/x",), fingerprint="sha256:2")
    (found,) = consequences(Facts(TERMS, steps=(STEP,)), Facts(TERMS, steps=(now,)), ())
    assert found.effect is Effect.STEP_ALTERED
    assert found.details == ("command: [gen] \u2192 [gen] --all", "env: none \u2192 PATH=/x")


def test_steps_that_nothing_reaches_are_told_together() -> None:
    idle = [
        Ran(f"run test {number}", f"build.zig:{number}", f"sha256:{number}", whole=True, idle=True)
        for number in range(9)
    ]
    (found,) = consequences(Facts(TERMS), Facts(TERMS, steps=tuple(idle)), ())
    assert (found.effect, len(found.details)) == (Effect.STEP_ADDED, 7)
    assert found.text.endswith("is seen to reach: 9")


def test_more_of_what_it_could_do_already_is_told_too_and_less_asks_for_nothing() -> None:
    one = Ability("net.out", "when built", "connects", "gen.zig:3")
    old, new = Facts(TERMS, abilities=(one,)), Facts(TERMS, abilities=(one, one._replace(place="gen.zig:9")))
    assert told(old, new) == [(Effect.GAINED, "net.out when built, in more places than before")]
    (lost,) = consequences(old, Facts(TERMS), ())
    assert (lost.effect, lost.asks) == (Effect.LOST, False)


def test_what_was_learned_in_different_ways_is_said_to_be() -> None:
    assert [effect for effect, _ in told(Facts(("read",)), Facts(("configured",)))] == [Effect.UNKNOWN]


def test_facts_survive_being_kept_and_nonsense_counts_as_not_known() -> None:
    facts = Facts(
        TERMS,
        steps=(STEP,),
        lent=(STEP,),
        abilities=(Ability("net.out", "when built", "connects", "a:1"),),
        declarative=True,
    )
    import json

    assert facts_from_json(json.loads(json.dumps(facts_to_json(facts)))) == facts
    assert facts_from_json({"steps": 3}) is None


def test_two_steps_of_one_name_are_two_questions_and_what_cannot_be_told_apart_is_one_with_both_details() -> None:
    there, elsewhere = STEP, STEP._replace(created="build.zig:9", fingerprint="sha256:2")
    twin = STEP._replace(command=("[gen]", "--evil"), fingerprint="sha256:3")
    found = consequences(Facts(TERMS), Facts(TERMS, steps=(there, elsewhere, twin)), ())
    assert [each.question for each in found] == [
        "Runs \u201crun gen\u201d, which it did not before (build.zig:7)",
        "Runs \u201crun gen\u201d, which it did not before (build.zig:9)",
    ]
    assert [detail for detail in found[0].details if detail.startswith("command")] == [
        "command: [gen]",
        "command: [gen] --evil",
    ]


def test_what_another_package_runs_of_it_is_told_too() -> None:
    gen = STEP._replace(name="run gen of app", reach={"p/lib.zig": "sha256:a"})
    other = gen._replace(reach={"p/lib.zig": "sha256:b"})
    (found,) = consequences(Facts(TERMS, lent=(gen,)), Facts(TERMS, lent=(other,)), ())
    assert (found.effect, found.text) == (
        Effect.REACH_ALTERED,
        "What \u201crun gen of app\u201d runs of it is other code or data",
    )
    assert found.details == ("altered: p/lib.zig",)
    assert told(Facts(TERMS, lent=(gen,)), Facts(TERMS, lent=(gen,))) == []
    assert [effect for effect, _ in told(Facts(TERMS), Facts(TERMS, lent=(gen,)))] == [Effect.REACH_ALTERED]
    assert told(Facts(TERMS, lent=(gen,)), Facts(TERMS)) == []
