"""One message for a refused access: which step, of which package, wanted what, declared what, and the two ways on."""

from reviewer.ecosystems import Refusal
from reviewer.gate.enforced.refusals import refused_in_words
from reviewer.model.graph import Location
from reviewer.model.observation import Act
from tests.lock.test_status import PARSER, ROOT, graph, package, run_step

STEP = run_step("parser/run", PARSER)
FACTS = graph(package(PARSER), steps=(STEP, run_step("app/run", ROOT)))
CONNECT = Act("connect", "example.org:443", "net.out", place=Location(PARSER, "gen.zig", 7))


def test_the_message_says_all_and_how_to_go_on() -> None:
    text = refused_in_words(Refusal(STEP.id, (CONNECT,)), FACTS, {"fs.read": ("/etc/os-release",)})
    given = ["--grant fs.read=/etc/os-release", "--grant net.out=example.org:443"]
    assert text.split("\n") == [
        "step “run exe helper” of parser 1.2.0 was refused what it does not declare:",
        "  connect example.org:443 (net.out), at parser/gen.zig:7",
        "  it declares no inputs → no outputs",
        f"  to allow just this: reviewer trust '{PARSER}' --step parser/run {' '.join(given)}",
        f"  or to refuse the package: reviewer reject '{PARSER}'",
    ]


def test_a_line_that_was_observed_before_is_told_and_else_how_to_see_it() -> None:
    unknown = Refusal(STEP.id, (CONNECT._replace(place=None),))
    assert "(net.out), at parser/gen.zig:7" in refused_in_words(unknown, FACTS, {}, (CONNECT,))
    text = refused_in_words(unknown, FACTS, {})
    assert "(net.out)\n" in text
    assert "  which line does it: reviewer observe parser/run" in text


def test_keys_are_never_offered() -> None:
    key = Act("read", "[home]/.ssh/id_ed25519", "fs.read.sensitive", place=Location(PARSER, "gen.zig", 7))
    text = refused_in_words(Refusal(STEP.id, (key,)), FACTS, {})
    assert "read [home]/.ssh/id_ed25519 (fs.read.sensitive), at parser/gen.zig:7" in text
    assert "--grant" not in text
    assert "to refuse the package: reviewer reject" in text


def test_the_project_itself_cannot_be_rejected() -> None:
    text = refused_in_words(Refusal("app/run", (CONNECT,)), FACTS, {})
    assert "of this project was refused" in text
    assert "reviewer reject" not in text


def test_hostile_names_steer_no_terminal() -> None:
    act = CONNECT._replace(what="\x1b[2Jevil\nreviewer: all is well\u202e:1")
    text = refused_in_words(Refusal(STEP.id, (act,)), FACTS, {})
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "\nreviewer: all is well" not in text


def test_a_flood_is_cut() -> None:
    acts = tuple(CONNECT._replace(what=f"host{number}:1") for number in range(100))
    assert "  and 80 more" in refused_in_words(Refusal(STEP.id, acts), FACTS, {})
