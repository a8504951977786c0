"""Ada observes a step and saves what she saw with the project; Grace, on another machine, sees that Ada says so, and nothing more."""

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.errors import ReviewerError
from reviewer.lock.decision import Verdict
from reviewer.model.graph import Evidence, Step
from reviewer.model.observation import MAX_ACTS, Act, Observation, observation_from_json, observation_to_json
from reviewer.progress import Progress
from reviewer.review.observations import Known, Observations, keep_observation
from reviewer.review.observed import about, beside
from reviewer.review.open import open_review
from reviewer.review.review import Review
from reviewer.review.shared_observations import FOLDER, MAX_BYTES, MAX_FILES, save_observation, saved_observations
from reviewer.review.since import changed_since
from reviewer.upgrade.consequences import Effect

SUPER = "zig:super@1.0.0#deps/super"
ADA = "Ada <ada@example.org>"
KEY = Act("read", "[home]/.ssh/id_ed25519", "fs.read.sensitive")
CALL = Act("connect", "203.0.113.9:443", "net.out", refused="ENETUNREACH")


@pytest.fixture(autouse=True)
def another_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REVIEWER_STATE_DIR", str(tmp_path / "state of Grace"))


def opened(project: Path) -> Review:
    return open_review(project, Progress(), evidence=Evidence.READ)


def hidden_step(review: Review) -> Step:
    return next(step for step in review.graph.run_steps if step.package == SUPER)


def own_step(review: Review) -> Step:
    return next(step for step in review.graph.run_steps if step.name == "run exe own")


def seen(review: Review, *acts: Act, at: str = "2026-11-24T12:00:00Z") -> Observation:
    step = hidden_step(review)
    assert step.run is not None
    package = review.graph.package[step.run.executes or step.package]
    return Observation(
        step.id, step.run.fingerprint, package.id, package.digest, at, "zig 0.17.1", "exit code 0", 0.1, acts
    )


def test_what_a_colleague_saw_is_told_as_her_word_and_is_no_evidence_of_ones_own(demo: Path) -> None:
    review = opened(demo)
    saved = save_observation(demo, seen(review, KEY), ADA)
    assert saved.parent == demo / FOLDER
    known = opened(demo).observations.of(hidden_step(review).id)
    assert known.now is None
    (told,) = known.told
    assert (told.by, told.remarkable) == (ADA, (KEY,))


def test_ones_own_run_is_compared_with_hers(demo: Path) -> None:
    review = opened(demo)
    save_observation(demo, seen(review, KEY), ADA)
    review = opened(demo)
    review.observations.take(seen(review, KEY, CALL))
    lines = beside(review.observations.of(hidden_step(review).id), review.graph)
    assert lines[0] == f"as {ADA} says to have seen on 2026-11-24: something else"
    assert "seen here and not there: connect 203.0.113.9:443" in lines[1]
    assert len(lines) == 2


def test_a_colleague_who_says_too_much_fills_no_page(demo: Path) -> None:
    review = opened(demo)
    many = [KEY._replace(what=f"{number}" + "x" * 9000) for number in range(300)]
    for number in range(10):
        told = seen(review, *many, at=f"2026-11-2{number}T00:00:00Z")._replace(stdout="y" * 100_000 + "\n" * 9000)
        save_observation(demo, told, ADA).rename(demo / FOLDER / f"{number}.json")
    review = opened(demo)
    step = hidden_step(review)
    told = review.observations.of(step.id).told[0]
    review.observations.take(seen(review, CALL))
    lines = (*beside(review.observations.of(step.id), review.graph), *about(told, review.graph))
    assert len(lines) < 2200
    assert max(map(len, lines)) < 2100
    assert "seen there and not here: 280 more" in lines[21]


def test_what_one_saved_oneself_is_not_told_as_somebody_elses(demo: Path) -> None:
    review = opened(demo)
    own = seen(review, KEY)
    keep_observation(review.graph, own)
    save_observation(demo, own, ADA)
    known = opened(demo).observations.of(hidden_step(review).id)
    assert (known.now, known.told) == (own, ())


def test_of_the_projects_own_steps_a_run_is_known_until_their_code_changes(demo: Path) -> None:
    build = demo / "build.zig"
    begin = "pub fn build(b: *std.Build) void {\n"
    assert begin in build.read_text()
    added = """    const own = b.addExecutable(.{ .name = "own", .root_module = b.createModule(.{
        .root_source_file = b.path("tool.zig"),
        .target = b.graph.host,
    }) });
    b.getInstallStep().dependOn(&b.addRunArtifact(own).step);
"""
    build.write_text(build.read_text().replace(begin, begin + added))
    (demo / "tool.zig").write_text("pub fn main() void {}\n")

    def known() -> Known:
        review = opened(demo)
        return review.observations.of(own_step(review).id)

    review = opened(demo)
    step = own_step(review)
    assert step.run is not None
    own = seen(review, KEY)._replace(step=step.id, fingerprint=step.run.fingerprint, package=step.package, digest=None)
    kept = keep_observation(review.graph, own)
    assert kept.digest is not None
    assert known().now == kept
    (demo / "tool.zig").write_text("pub fn main() void { _ = 1; }\n")
    assert (known().now, known().before) == (None, kept)


def test_a_saved_graph_is_asked_for_no_observations_of_its_own(demo: Path) -> None:
    review = opened(demo)
    save_observation(demo, seen(review, KEY), ADA)
    assert Observations(review.graph, None).of(hidden_step(review).id).told == ()


@pytest.mark.parametrize("whose", ["kept here", "saved by a colleague"])
def test_an_upgrade_is_told_to_do_what_the_old_version_was_not_seen_to_do(demo: Path, whose: str) -> None:
    review = opened(demo)
    review.decide([SUPER], Verdict.TRUSTED)
    old = seen(review, KEY)
    if whose == "kept here":
        keep_observation(review.graph, old)
    else:
        save_observation(demo, old, ADA)
    (demo / "deps/super/evil.zig").write_text("// another\n" + (demo / "deps/super/evil.zig").read_text())
    review = opened(demo)
    decision = review.compared_with(SUPER)
    assert decision is not None

    def told() -> list[tuple[str, tuple[str, ...]]]:
        found = changed_since(review.observations, SUPER, decision, Progress())
        return [(each.text, each.details) for each in found.consequences if each.effect is Effect.SEEN]

    assert told() == [], "the new one was not observed"
    review.observations.take(seen(review, KEY))
    assert told() == [], "it did what the old one did"
    review.observations.take(seen(review, KEY, CALL, at="2026-11-25T12:00:00Z"))
    ((text, details),) = told()
    assert text.endswith("was seen to do what it was not seen to do before: 1")
    assert details[0].startswith("connect 203.0.113.9:443: net.out")
    by = "as seen here on" if whose == "kept here" else f"as {ADA} says to have seen on"
    assert details[-1] == f"the old one {by} 2026-11-24; the new one as seen here on 2026-11-25"


def test_nothing_that_an_attacker_commits_there_does_harm(demo: Path, tmp_path: Path) -> None:
    review = opened(demo)
    good = save_observation(demo, seen(review, KEY), ADA)
    folder = demo / FOLDER
    (tmp_path / "elsewhere.json").write_text(good.read_text())
    (folder / "a-link.json").symlink_to(tmp_path / "elsewhere.json")
    os.mkfifo(folder / "a-pipe.json")
    (folder / "a-folder.json").mkdir()
    (folder / "long.json").write_bytes(b" " * (MAX_BYTES + 1))
    (folder / "deep.json").write_text("[" * 100_000)
    value = json.loads(good.read_text())
    too_many: list[object] = [[]] * (MAX_ACTS + 1)
    wrongs: dict[str, list[object]] = {
        "at": ["now"],
        "acts": ["x", too_many],
        "seconds": [float("nan")],
        "by": [["Ada"]],
        "cut": [1],
        "step": [None],
    }
    for name, values in wrongs.items():
        for number, wrong in enumerate(values):
            (folder / f"{name}-{number}.json").write_text(json.dumps({**value, name: wrong}))
    (folder / "hidden.json").write_text(json.dumps({**value, "by": "Ada\u202e\x1b[2J", "at": "2026-11-25T00:00:00Z"}))
    assert [each.by for each in saved_observations(demo)] == ["Ada<U+202E><U+001B>[2J", ADA]


def test_a_folder_that_is_a_link_is_neither_read_nor_written(demo: Path, tmp_path: Path) -> None:
    review = opened(demo)
    save_observation(tmp_path, seen(review, KEY), ADA)
    (demo / FOLDER).symlink_to(tmp_path / FOLDER)
    assert saved_observations(demo) == ()
    with pytest.raises(ReviewerError, match="is a link"):
        save_observation(demo, seen(review, CALL), ADA)


def test_only_so_many_are_read(demo: Path) -> None:
    text = save_observation(demo, seen(opened(demo), KEY), ADA).read_text()
    for number in range(MAX_FILES + 5):
        (demo / FOLDER / f"{number}.json").write_text(text)
    assert len(saved_observations(demo)) == MAX_FILES


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from(Observation._fields), st.sampled_from(Act._fields), _JSON, st.booleans())
def test_whatever_a_file_says_it_is_an_observation_or_refused(
    field: str, of_act: str, value: object, inner: bool
) -> None:
    whole = observation_to_json(
        Observation("s", "f", "p", None, "2026-11-24T00:00:00Z", "zig", "exit code 0", 1, (KEY,))
    )
    if inner:
        whole["acts"][0][of_act] = value
    else:
        whole[field] = value
    try:
        found = observation_from_json(json.dumps(whole), where="x")
    except ReviewerError:
        return
    assert observation_from_json(json.dumps(observation_to_json(found)), where="x") == found
