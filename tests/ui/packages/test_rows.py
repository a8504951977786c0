"""The dependency list: what needs review first, nested where it belongs, and badges that say why."""

from pathlib import Path

from reviewer.lock.decision import Verdict
from reviewer.model.graph import Evidence, Package, PackageEdge
from reviewer.review.filter import parse
from reviewer.review.review import Review
from reviewer.ui.packages.rows import Chip, Dependencies, Row, header_counts
from tests.ui.sample import package_id, sample_graph


def rows(review: Review, chip: Chip = Chip.ALL, search: str = "") -> tuple[Row, ...]:
    return Dependencies(review.graph).rows(review, chip, parse(search))


def names(found: tuple[Row, ...]) -> list[str]:
    return [row.name for row in found]


def test_what_needs_review_comes_first_then_what_is_trusted(review: Review) -> None:
    found = names(rows(review))
    assert found[:3] == ["wayland-gen", "super", "sqlite-amalgam"]
    assert found[3] == "Trusted"
    assert found[-2:] == ["Not fetched", "x11-fallback"]
    assert "terminal_app" not in found


def test_nested_dependencies_stand_below_what_needs_them(review: Review) -> None:
    found = rows(review)
    at = names(found).index("ring-buffer")
    assert (found[at - 1].name, found[at].depth) == ("event-loop", 1)


def test_badges_tell_hidden_runs_changes_and_what_is_not_here(review: Review) -> None:
    badges = {row.name: [badge.text for badge in row.badges] for row in rows(review)}
    assert badges["super"] == ["\u25b6 hidden run"]
    assert badges["wayland-gen"] == ["changed", "\u25b6 2"]
    assert badges["x11-fallback"] == ["lazy, not fetched"]
    assert badges["toml-parser"] == []


def test_the_chips_count_what_they_show(review: Review) -> None:
    counts = Dependencies(review.graph).counts(review)
    assert counts == {Chip.NEEDS_REVIEW: 3, Chip.RUNS_CODE: 3, Chip.CHANGED: 1, Chip.ALL: 12}
    for chip, count in counts.items():
        assert len([row for row in rows(review, chip) if row.package]) == count


def test_what_waits_says_why_and_what_is_trusted_does_not(review: Review) -> None:
    why = {row.name: row.why for row in rows(review)}
    assert "hides 1 run step" in why["super"]
    assert "differs from what was trusted" in why["wayland-gen"]
    assert why["toml-parser"] == ""


def test_search_finds_parts_of_names_and_versions(review: Review) -> None:
    assert "unicode-tables" in names(rows(review, search="unic"))
    assert "harfbuzz-build" in names(rows(review, search="11.0"))
    assert rows(review, search="no-such-thing") == ()


def test_rejected_packages_have_a_group_and_a_word(review: Review) -> None:
    review.decide([package_id("super")], Verdict.REJECTED)
    found = rows(review)
    at = names(found).index("Rejected")
    assert found[at + 1].name == "super"
    assert "rejected" in found[at + 1].spoken


def test_packages_that_depend_on_each_other_are_all_listed_once(tmp_path: Path) -> None:
    graph = sample_graph(tmp_path)
    first, second = package_id("ring-buffer"), package_id("harfbuzz-build")
    edges = (PackageEdge(first, second), PackageEdge(second, first))
    review = Review(graph._replace(package_edges=edges), tmp_path / "review.lock")
    listed = [row.package for row in rows(review) if row.package]
    assert sorted(listed) == sorted(p.id for p in graph.packages[1:])


def test_a_hostile_name_stays_one_harmless_line(tmp_path: Path) -> None:
    graph = sample_graph(tmp_path)
    evil = Package(
        id="zig:<b>x</b>\u202e\n@1#y",
        ecosystem="zig",
        name="<b>x</b>\u202e\n",
        version="1",
        digest="sha256:" + "0" * 64,
        source="path:y",
        root="",
        direct=True,
    )
    review = Review(graph._replace(packages=(*graph.packages, evil)), tmp_path / "review.lock")
    row = next(row for row in rows(review) if row.package == evil.id)
    assert row.name == "<b>x</b>\u27e6RLO\u27e7 "


def test_the_header_counts_packages_and_run_steps(review: Review) -> None:
    counts = "zig 0.17.1 \u00b7 12 packages \u00b7 4 run steps"
    assert header_counts(review.graph._replace(evidence=Evidence.READ)) == counts
    assert header_counts(review.graph._replace(evidence=Evidence.CONFIGURED)) == f"{counts} \u00b7 default options"
    assert header_counts(review.graph._replace(evidence=Evidence.CONFIGURED, options=("-Dfoo",))) == counts
