"""Which column each box stands in: its longest path from where it all begins, and wide columns wrapped. No Qt."""

import math
from collections.abc import Iterable, Mapping, Sequence


def layers(names: Sequence[str], pairs: Iterable[tuple[str, str]]) -> dict[str, int]:
    """Longest path from a source, counted from 0; edges that close a cycle have no say."""
    out = _without_cycles(names, pairs)
    waiting: dict[str, int] = dict.fromkeys(names, 0)
    for children in out.values():
        for child in children:
            waiting[child] += 1
    layer = dict.fromkeys(names, 0)
    ready = [name for name in names if not waiting[name]]
    while ready:
        name = ready.pop()
        for child in out[name]:
            layer[child] = max(layer[child], layer[name] + 1)
            waiting[child] -= 1
            if not waiting[child]:
                ready.append(child)
    return layer


def columns(layer: Mapping[str, int]) -> list[list[str]]:
    """The names of each layer."""
    found: list[list[str]] = [[] for _ in range(max(layer.values(), default=-1) + 1)]
    for name, number in layer.items():
        found[number].append(name)
    return found


def most_rows(count: int) -> int:
    """How high a column may be in a picture of so many boxes, for the whole to be about twice as wide as high.

    In steps of a quarter, so that one box more or less rarely moves everything.
    """
    rows = 8
    while rows < 1.2 * math.sqrt(count):
        rows = math.ceil(rows * 1.25)
    return rows


def wrapped(ordered: Iterable[Sequence[str]], rows: int) -> list[list[str]]:
    """Columns higher than `rows` as several, filled row by row, so that what stood high still does."""
    found: list[list[str]] = []
    for column in ordered:
        beside = math.ceil(len(column) / rows) or 1
        found += [list(column[start::beside]) for start in range(beside)]
    return found


def _without_cycles(names: Sequence[str], pairs: Iterable[tuple[str, str]]) -> Mapping[str, list[str]]:
    """Successors, leaving out the edges that close a cycle."""
    out: dict[str, list[str]] = {name: [] for name in names}
    for source, target in pairs:
        out[source].append(target)
    kept: dict[str, list[str]] = {name: [] for name in names}
    state: dict[str, int] = {}
    for start in names:
        if start in state:
            continue
        state[start] = 1
        stack = [(start, iter(out[start]))]
        while stack:
            name, rest = stack[-1]
            child = next(rest, None)
            if child is None:
                state[name] = 2
                stack.pop()
            elif state.get(child) != 1:
                kept[name].append(child)
                if child not in state:
                    state[child] = 1
                    stack.append((child, iter(out[child])))
    return kept
