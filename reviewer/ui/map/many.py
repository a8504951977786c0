"""Where thousands of boxes go: layers left to right, each a block of rows. No Qt; for a worker."""

import math
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from reviewer.progress import Progress
from reviewer.ui.map.layers import layers, most_rows
from reviewer.ui.map.layout import Placed
from reviewer.ui.map.order import order

WIDE, HIGH = 150.0, 33.0
"""All boxes of a large picture have this size."""

_GAP_X, _GAP_Y = 24.0, 12.0
_LAYER_GAP = 120.0


def place_many(
    names: Sequence[str],
    pairs: Iterable[tuple[str, str]],
    *,
    before: Placed | None = None,
    unit: float = 1.0,
    progress: Progress | None = None,
) -> Placed:
    """Put boxes into layers so that edges point right; boxes that stood in `before` keep their order. Cycles are allowed.

    `unit` is how many pixels one of the design is. Raises CancelledError.
    """
    if not names:
        return Placed({}, {}, 0.0, 0.0, {})
    links = [(a, b) for a, b in pairs if a != b]
    number = {name: index for index, name in enumerate(names)}
    layer = layers(names, links)
    depth = np.fromiter((layer[name] for name in names), dtype=np.int64, count=len(names))
    edges = np.array([(number[a], number[b]) for a, b in links], dtype=np.int64).reshape(-1, 2)
    known = before.corner if before is not None else {}
    mostly = sum(name in known for name in names) * 2 > len(names)
    rank = _kept(names, known) if mostly else order(depth, edges, progress or Progress())
    sequence = np.lexsort((rank, depth))
    x, y = np.empty(len(names)), np.empty(len(names))
    rows, left = most_rows(len(names)), 0.0
    for column in np.split(sequence, np.flatnonzero(np.diff(depth[sequence])) + 1):
        beside = math.ceil(len(column) / rows)
        count = np.arange(len(column))
        x[column] = left + (count % beside) * (WIDE + _GAP_X)
        y[column] = (count // beside - math.ceil(len(column) / beside) / 2) * (HIGH + _GAP_Y)
        left += beside * (WIDE + _GAP_X) - _GAP_X + _LAYER_GAP
    y -= y.min()
    x, y = x * unit, y * unit
    corner = dict(zip(names, zip(x.tolist(), y.tolist(), strict=True), strict=True))
    return Placed(corner, {}, float(x.max()) + WIDE * unit, float(y.max()) + HIGH * unit, {})


def _kept(names: Sequence[str], known: Mapping[str, tuple[float, float]]) -> np.ndarray:
    """Places in the order of an earlier picture, row by row; what was not in it goes to the end, so that nothing else moves."""
    return np.array([known[name][1] + known[name][0] * 1e-6 if name in known else np.inf for name in names])
