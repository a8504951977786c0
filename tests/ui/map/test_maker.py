"""The map's four views show the truth, and never more than can be read."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from reviewer.lock.status import Status
from reviewer.model.graph import Evidence, Graph, Package, PackageEdge, Step
from reviewer.review.review import Review
from reviewer.ui.map.maker import MapMaker
from reviewer.ui.map.picture import Box, Kind, Picture, Scope, Sign, Tone, View
from reviewer.ui.map.whole import MOST_BOXES, group_id
from reviewer.ui.map.why import FOLD, OTHERS
from tests.ui.sample import ROOT, package_id, sample_graph

HELPER = f"{package_id('super')}/helper"
WHY_HELPER = Scope(View.WHY, package_id("super"), HELPER)


def picture(review: Review, scope: Scope) -> Picture:
    return MapMaker(review.graph).picture(scope, {p: a.status for p, a in review.assessments.items()})


def of_graph(graph: Graph, scope: Scope) -> Picture:
    return MapMaker(graph).picture(scope, {package.id: Status.TRUSTED for package in graph.packages})


def labels(shown: Picture) -> set[str]:
    return {box.label for box in shown.boxes}


def box(shown: Picture, label: str) -> Box:
    return next(box for box in shown.boxes if box.label == label)


# Why path


def test_the_why_path_runs_from_the_project_to_the_run_step_and_its_program(review: Review) -> None:
    shown = picture(review, WHY_HELPER)
    assert shown.headline == (
        "Why does \u201crun exe helper\u201d run? install \u2192 app \u2192 module super \u2192 compile dummy \u2192 run exe helper"
    )
    label = {box.id: box.label for box in shown.boxes}
    assert [(label[arrow.source], label[arrow.target]) for arrow in shown.arrows if arrow.path] == [
        ("install \u2192 app", "module super"),
        ("module super", "compile dummy"),
        ("compile dummy", "run exe helper"),
        ("run exe helper", "compile helper"),
    ]


def test_colour_is_never_the_only_sign(review: Review) -> None:
    shown = picture(review, WHY_HELPER)
    assert box(shown, "run exe helper").sign is Sign.HIDDEN
    assert box(shown, "module super").sign is Sign.UNREVIEWED
    assert box(shown, "wayland-gen").sign is Sign.CHANGED
    assert box(shown, "unicode-tables").sign is Sign.TRUSTED


def test_the_rest_of_the_project_is_dimmed_context_that_unfolds(review: Review) -> None:
    shown = picture(review, WHY_HELPER)
    dim = {box.label: box.tone for box in shown.boxes if box.dim}
    assert dim["wayland-gen"] is Tone.CHANGED
    assert dim["unicode-tables"] is Tone.TRUSTED
    assert dim["5 other packages"] is Tone.PLAIN

    unfolded = picture(review, replace(WHY_HELPER, toggled=frozenset({OTHERS})))
    assert {"toml-parser", "png-decoder"} <= labels(unfolded)
    assert "5 other packages" not in labels(unfolded)


def test_a_long_path_is_folded_in_its_middle_until_it_is_opened(tmp_path: Path) -> None:
    graph = chained(sample_graph(tmp_path), 20)
    scope = Scope(View.WHY, package_id("super"), "link 19")
    folded = of_graph(graph, scope)
    assert box(folded, "16 more").dashed
    assert {"install \u2192 app", "compile dummy", "link 19"} <= labels(folded)
    assert "link 10" not in labels(folded)
    path = [arrow for arrow in folded.arrows if arrow.path]
    assert all(a.target == b.source for a, b in pairwise(path)), "the fold is a link of the chain"

    opened = of_graph(graph, replace(scope, toggled=frozenset({FOLD})))
    assert {f"link {i}" for i in range(20)} <= labels(opened)


def test_other_chains_to_the_same_run_step_are_there_but_not_stressed(tmp_path: Path) -> None:
    graph = sample_graph(tmp_path)
    test = Step(f"{ROOT}/test", ROOT, "top_level", "test", Evidence.CONFIGURED)
    helper = graph.step[HELPER]
    assert helper.run is not None
    chains = (*helper.run.why, (test.id, *helper.run.why[0][2:]))
    helper = helper._replace(run=helper.run._replace(why=chains))
    graph = graph._replace(steps=(*(s for s in graph.steps if s.id != HELPER), test, helper))
    shown = of_graph(graph, WHY_HELPER)
    label = {box.id: box.label for box in shown.boxes}
    assert [(label[a.source], label[a.target]) for a in shown.arrows if a.also] == [
        ("test \u2192 app", "module super"),
    ]


def test_opening_a_box_shows_its_neighbours(review: Review) -> None:
    entry = f"{ROOT}/compile exe app"
    assert "run exe scanner.xml" not in {b.label for b in picture(review, WHY_HELPER).boxes if not b.dim}
    opened = picture(review, replace(WHY_HELPER, toggled=frozenset({entry})))
    assert {"run exe scanner.xml", "run exe protocol", "module app"} <= {b.label for b in opened.boxes if not b.dim}


def test_a_step_that_the_project_runs_by_itself_claims_no_packages(review: Review) -> None:
    graph = review.graph
    own = graph.step[HELPER]._replace(id=f"{ROOT}/run", package=ROOT, kind="top_level", name="run", run=None)
    run = graph.step[HELPER].run
    assert run is not None
    step = graph.step[HELPER]._replace(
        id=f"{ROOT}/run app", package=ROOT, run=run._replace(why=((own.id, f"{ROOT}/run app"),))
    )
    larger = graph._replace(steps=(*graph.steps, own, step))
    assert not any(box.dim for box in of_graph(larger, Scope(View.WHY, ROOT, step.id)).boxes)


def test_a_package_that_runs_nothing_shows_only_what_brings_it_in(review: Review) -> None:
    shown = picture(review, Scope(View.WHY, package_id("ring-buffer")))
    assert "ring-buffer has no run steps" in shown.headline
    assert labels(shown) == {"terminal_app", "event-loop", "ring-buffer"}


def test_without_a_selection_the_map_asks_for_one(review: Review) -> None:
    shown = picture(review, Scope(View.WHY))
    assert not shown.boxes
    assert shown.hint.startswith("Select a package or step")


def test_a_project_without_steps_says_that_nothing_runs(review: Review) -> None:
    assert of_graph(review.graph._replace(steps=()), Scope(View.STEPS, ROOT)).headline.startswith("Nothing runs here")


# Packages, modules, steps


def test_packages_modules_and_steps_show_everything_of_a_small_project(review: Review) -> None:
    assert len(picture(review, Scope(View.PACKAGES, ROOT)).boxes) == len(review.graph.packages)
    assert len(picture(review, Scope(View.MODULES, ROOT)).boxes) == len(review.graph.modules)
    assert len(picture(review, Scope(View.STEPS, ROOT)).boxes) == len(review.graph.steps)


def test_steps_are_linked_through_modules(review: Review) -> None:
    arrows = picture(review, Scope(View.STEPS, ROOT)).arrows
    assert any("compile exe app" in arrow.source and "compile obj dummy" in arrow.target for arrow in arrows)


def test_the_steps_of_a_large_project_are_grouped_by_package_and_groups_open_and_close(tmp_path: Path) -> None:
    graph = chained(sample_graph(tmp_path), 60)
    scope = Scope(View.STEPS, ROOT)
    closed = of_graph(graph, scope)
    group = next(box for box in closed.boxes if box.kind is Kind.GROUP)
    assert (group.package, group.more) == (package_id("super"), 63)
    assert "63 steps" in group.label
    assert {"install", "compile app"} <= labels(closed), "the selected package is open"
    assert any(arrow.target == group.id for arrow in closed.arrows), "arrows to members end at the group"

    opened = of_graph(graph, replace(scope, toggled=frozenset({group.id})))
    assert {"link 0", "link 59"} <= labels(opened)
    collapsed = of_graph(graph, replace(scope, toggled=frozenset({group_id(ROOT)})))
    assert "install" not in labels(collapsed)


def test_a_large_project_shows_the_neighbourhood_of_the_selection_and_everything_on_demand(tmp_path: Path) -> None:
    large = many_packages(sample_graph(tmp_path), 2_000)
    scope = Scope(View.PACKAGES, "zig:p900@1#p900")
    shown = of_graph(large, scope)
    assert 1 < len(shown.boxes) <= MOST_BOXES
    assert "nearest" in shown.headline
    assert box(shown, "p900").chosen
    assert sum(box.more for box in shown.boxes) == 2, "both ends of the chain tell that it goes on"

    end = next(box for box in shown.boxes if box.more)
    wider = of_graph(large, replace(scope, toggled=frozenset({end.id})))
    assert len(wider.boxes) == len(shown.boxes) + 1
    assert len(of_graph(large, replace(scope, whole=True)).boxes) == len(large.packages)


def test_cycles_are_shown_as_they_are(tmp_path: Path) -> None:
    graph = sample_graph(tmp_path)
    back = PackageEdge(package_id("ring-buffer"), package_id("event-loop"))
    graph = graph._replace(package_edges=(*graph.package_edges, back))
    shown = of_graph(graph, Scope(View.PACKAGES, ROOT))
    assert (back.source, back.target) in {(arrow.source, arrow.target) for arrow in shown.arrows}
    assert "event-loop" in labels(of_graph(graph, Scope(View.WHY, package_id("ring-buffer"))))


def test_hostile_names_are_plain_visible_and_cut(tmp_path: Path) -> None:
    graph = sample_graph(tmp_path)
    name = "<b>a</b>\u202e&amp;" + "x" * 5_000
    hostile = graph.packages[1]._replace(name=name)
    shown = of_graph(
        graph._replace(packages=(graph.packages[0], hostile, *graph.packages[2:])), Scope(View.PACKAGES, ROOT)
    )
    label = next(box.label for box in shown.boxes if box.id == hostile.id)
    assert len(label) <= 60
    assert "RLO" in label
    assert "\u202e" not in label


def chained(graph: Graph, length: int) -> Graph:
    """The sample with a chain of steps of super behind its module; the last one runs."""
    links = [
        Step(f"link {i}", package_id("super"), "custom", f"link {i}", Evidence.CONFIGURED, (f"link {i + 1}",))
        for i in range(length - 1)
    ]
    helper = graph.step[HELPER]
    assert helper.run is not None
    why = (*helper.run.why[0][:-1], *(f"link {i}" for i in range(length)))
    last = helper._replace(
        id=f"link {length - 1}", name=f"link {length - 1}", depends_on=(), run=helper.run._replace(why=(why,))
    )
    dummy = f"{package_id('super')}/compile obj dummy"
    steps = [
        step._replace(depends_on=(*step.depends_on, "link 0")) if step.id == dummy else step for step in graph.steps
    ]
    return graph._replace(steps=(*steps, *links, last))


def many_packages(graph: Graph, count: int) -> Graph:
    """The sample with a chain of so many further packages."""
    many = [
        Package(id=f"zig:p{i}@1#p{i}", ecosystem="zig", name=f"p{i}", version="1", digest=None, source="", root="")
        for i in range(count)
    ]
    edges = [PackageEdge(f"zig:p{i}@1#p{i}", f"zig:p{i + 1}@1#p{i + 1}") for i in range(count - 1)]
    return graph._replace(packages=(*graph.packages, *many), package_edges=tuple(edges))
