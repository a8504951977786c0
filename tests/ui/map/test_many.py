"""Thousands of boxes: in layers, never on top of each other, and where they were when the project is loaded again."""

import random

import pytest

from reviewer.progress import CancelledError, Progress
from reviewer.ui.map.many import HIGH, WIDE, place_many


def project(count: int) -> tuple[list[str], list[tuple[str, str]]]:
    chance = random.Random(7)
    names = [f"n{i}" for i in range(count)]
    return names, [(names[chance.randrange(i // 3, i)], names[i]) for i in range(1, count)]


def test_arrows_point_right_and_no_boxes_overlap() -> None:
    names, pairs = project(2_000)
    placed = place_many(names, pairs)
    assert all(placed.corner[a][0] + WIDE <= placed.corner[b][0] for a, b in pairs)
    places = sorted(placed.corner.values())
    cells = {(round(x / 6), round(y / 6)) for x, y in places}
    assert len(cells) == len(names)
    assert all(0 <= x <= placed.width - WIDE and 0 <= y <= placed.height - HIGH for x, y in places)


def test_wide_layers_wrap() -> None:
    names = ["root", *(f"n{i}" for i in range(3_000))]
    placed = place_many(names, [("root", name) for name in names[1:]])
    assert 0.3 < placed.width / placed.height < 6


def test_the_same_graph_gives_the_same_picture() -> None:
    names, pairs = project(800)
    assert place_many(names, pairs).corner == place_many(names, pairs).corner


def test_a_new_box_moves_the_others_little() -> None:
    names, pairs = project(2_000)
    before = place_many(names, pairs)
    after = place_many([*names, "new"], [*pairs, ("n5", "new")], before=before)
    moved = [n for n in names if after.corner[n][1] - before.corner[n][1]]
    assert len(moved) <= len(names) / 10
    assert "new" in after.corner


def test_cycles_are_tolerated() -> None:
    names, pairs = project(500)
    assert len(place_many(names, [*pairs, ("n499", "n0"), ("n7", "n7")]).corner) == 500


def test_cancelling_ends_the_work() -> None:
    names, pairs = project(5_000)
    progress = Progress()
    progress.cancel()
    with pytest.raises(CancelledError):
        place_many(names, pairs, progress=progress)


def test_nothing_gives_nothing() -> None:
    assert place_many([], []).corner == {}
