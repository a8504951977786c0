"""The map's four views show the truth, and never more than can be read."""

from pathlib import Path

from reviewer.lock.status import Status
from reviewer.model.graph import Package, PackageEdge
from reviewer.review.review import Review
from reviewer.ui.map.boxes import MOST_NODES, MapMaker, Tone, View
from tests.ui.sample import ROOT, package_id, sample_graph

HELPER = f"{package_id('super')}/helper"


def maker(review: Review) -> MapMaker:
    return MapMaker(review.graph, review.status)


def test_the_why_path_runs_from_the_project_to_the_run_step_and_its_program(review: Review) -> None:
    picture = maker(review).picture(View.WHY, package_id("super"), HELPER)
    assert picture.headline == (
        "Why does \u201crun exe helper\u201d run? install \u2192 app \u2192 module super \u2192 compile dummy \u2192 run exe helper"
    )
    label = {box.id: box.label for box in picture.boxes}
    path = [(label[arrow.source], label[arrow.target]) for arrow in picture.arrows if arrow.path]
    assert path == [
        ("install \u2192 app", "module super"),
        ("module super", "compile dummy"),
        ("compile dummy", "\u25b6 run exe helper"),
        ("\u25b6 run exe helper", "compile helper"),
    ]


def test_the_rest_of_the_project_is_dimmed_context(review: Review) -> None:
    picture = maker(review).picture(View.WHY, package_id("super"), HELPER)
    dim = {box.label: box.tone for box in picture.boxes if box.dim}
    assert dim["wayland-gen"] is Tone.CHANGED
    assert dim["unicode-tables"] is Tone.TRUSTED
    assert dim["5 other packages"] is Tone.PLAIN


def test_a_step_that_the_project_runs_by_itself_claims_no_packages(review: Review) -> None:
    graph = review.graph
    own = graph.step[HELPER]._replace(id=f"{ROOT}/run", package=ROOT, kind="top_level", name="run", run=None)
    run = graph.step[HELPER].run
    assert run is not None
    step = graph.step[HELPER]._replace(
        id=f"{ROOT}/run app", package=ROOT, run=run._replace(why=((own.id, f"{ROOT}/run app"),))
    )
    larger = graph._replace(steps=(*graph.steps, own, step))
    picture = MapMaker(larger, review.status).picture(View.WHY, ROOT, step.id)
    assert not any(box.dim for box in picture.boxes)


def test_a_package_that_runs_nothing_shows_what_brings_it_in(review: Review) -> None:
    picture = maker(review).picture(View.WHY, package_id("ring-buffer"), None)
    assert "ring-buffer has no run steps" in picture.headline
    assert {box.label for box in picture.boxes} == {"terminal_app", "event-loop", "ring-buffer"}


def test_packages_modules_and_steps_show_everything_of_a_small_project(review: Review) -> None:
    maps = maker(review)
    assert len(maps.picture(View.PACKAGES, ROOT, None).boxes) == len(review.graph.packages)
    assert len(maps.picture(View.MODULES, ROOT, None).boxes) == len(review.graph.modules)
    assert len(maps.picture(View.STEPS, ROOT, None).boxes) == len(review.graph.steps)


def test_steps_are_linked_through_modules(review: Review) -> None:
    arrows = maker(review).picture(View.STEPS, ROOT, None).arrows
    assert any("compile exe app" in arrow.source and "compile obj dummy" in arrow.target for arrow in arrows)


def test_a_large_project_shows_the_neighbourhood_of_the_selection(tmp_path: Path) -> None:
    graph = sample_graph(tmp_path)
    many = [
        Package(id=f"zig:p{i}@1#p{i}", ecosystem="zig", name=f"p{i}", version="1", digest=None, source="", root="")
        for i in range(2_000)
    ]
    edges = [PackageEdge(f"zig:p{i}@1#p{i}", f"zig:p{i + 1}@1#p{i + 1}") for i in range(1_999)]
    large = graph._replace(packages=(*graph.packages, *many), package_edges=tuple(edges))
    picture = MapMaker(large, lambda _: Status.TRUSTED).picture(View.PACKAGES, "zig:p900@1#p900", None)
    assert 1 < len(picture.boxes) <= MOST_NODES
    assert "nearest" in picture.headline
    assert any(box.chosen and box.label == "p900" for box in picture.boxes)


def test_without_a_selection_there_is_still_a_picture(review: Review) -> None:
    assert maker(review).picture(View.WHY, None, None).headline
