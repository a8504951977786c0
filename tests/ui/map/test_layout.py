"""Boxes never overlap, arrows point right, and the why path is straight."""

from hypothesis import given
from hypothesis import strategies as st

from reviewer.ui.map.layout import Link, place

Pairs = list[tuple[int, int]]


def layout(count: int, pairs: Pairs) -> tuple[dict[str, tuple[float, float]], dict[str, tuple[float, float]]]:
    sizes = {f"n{i}": (60.0 + 7 * (i % 5), 30.0) for i in range(count)}
    placed = place(sizes, [Link(f"n{a % count}", f"n{b % count}") for a, b in pairs], gap_x=30, gap_y=10)
    return sizes, dict(placed.corner)


graphs = st.tuples(st.integers(1, 24), st.lists(st.tuples(st.integers(0, 23), st.integers(0, 23)), max_size=60))


@given(graphs)
def test_boxes_never_overlap_even_with_cycles(graph: tuple[int, Pairs]) -> None:
    sizes, corner = layout(*graph)
    names = list(sizes)
    for i, a in enumerate(names):
        for b in names[:i]:
            apart_x = (
                corner[a][0] + sizes[a][0] <= corner[b][0] + 0.01 or corner[b][0] + sizes[b][0] <= corner[a][0] + 0.01
            )
            apart_y = (
                corner[a][1] + sizes[a][1] <= corner[b][1] + 0.01 or corner[b][1] + sizes[b][1] <= corner[a][1] + 0.01
            )
            assert apart_x or apart_y


@given(graphs)
def test_without_cycles_every_arrow_points_right(graph: tuple[int, Pairs]) -> None:
    count, pairs = graph
    downhill = [(min(a % count, b % count), max(a % count, b % count)) for a, b in pairs]
    _, corner = layout(count, downhill)
    for a, b in downhill:
        if a != b:
            assert corner[f"n{a}"][0] < corner[f"n{b}"][0]


def test_a_heavy_path_is_straight() -> None:
    sizes = dict.fromkeys(("up", "root", "a", "b", "c", "down"), (80.0, 30.0))
    links = [Link("root", "a", 12), Link("a", "b", 12), Link("b", "c", 12), Link("root", "up"), Link("root", "down")]
    corner = place(sizes, links, gap_x=30, gap_y=10).corner
    assert max(corner[n][1] for n in "abc") - min(corner[n][1] for n in "abc") < 0.5
    assert abs(corner["root"][1] - corner["a"][1]) < 0.5


def test_an_edge_over_several_columns_goes_around_the_boxes_between() -> None:
    sizes = dict.fromkeys("abcd", (80.0, 30.0))
    placed = place(sizes, [Link("a", "b"), Link("b", "c"), Link("c", "d"), Link("a", "d")], gap_x=30, gap_y=10)
    bends = placed.bends["a", "d"]
    assert len(bends) == 4
    for name, (x, y), (right, after) in zip("bc", bends[::2], bends[1::2], strict=True):
        left, top = placed.corner[name]
        assert (x, right) == (left, left + 80)
        assert y == after, "level beside the box"
        assert not top <= y <= top + 30


def test_nothing_gives_nothing() -> None:
    assert place({}, (), gap_x=1, gap_y=1).corner == {}


def test_a_box_with_many_targets_has_them_in_several_columns() -> None:
    sizes = dict.fromkeys(("root", *(f"n{i}" for i in range(60))), (90.0, 30.0))
    placed = place(sizes, [Link("root", f"n{i}") for i in range(60)], gap_x=30, gap_y=10)
    assert len({x for x, _ in placed.corner.values()}) > 4
    assert placed.width > placed.height


def test_boxes_keep_their_order_when_another_one_comes() -> None:
    sizes = dict.fromkeys(("root", *"abcdef"), (90.0, 30.0))
    links = [Link("root", name) for name in "abcdef"]
    upside_down = {name: -y for name, y in place(sizes, links, gap_x=30, gap_y=10).order.items()}
    after = place({**sizes, "new": (90.0, 30.0)}, [*links, Link("root", "new")], gap_x=30, gap_y=10, before=upside_down)
    assert sorted("abcdef", key=lambda name: after.corner[name][1]) == sorted("abcdef", key=upside_down.__getitem__)
