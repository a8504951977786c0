"""A picture that was laid out, as arrays: what is where, and what is beside it."""

from collections.abc import Mapping

import numpy as np
from PySide6.QtCore import QRectF

from reviewer.ui.map.layout import Placed
from reviewer.ui.map.picture import Picture

FEW = 200
"""A picture with at most so many boxes is laid out and painted with care, at once; a larger one in the background and by parts."""

_MOST_NAMED = 6

LEFT, RIGHT, UP, DOWN = (-1, 0), (1, 0), (0, -1), (0, 1)


class Scene:
    """Boxes of a picture by their index. `rect` has a row of x, y, right, bottom for each; `source` and `target` are the arrows' ends.

    Arrows whose ends are missing are left out, `arrow` tells which are there.
    """

    def __init__(self, picture: Picture, placed: Placed, sizes: Mapping[str, tuple[float, float]]) -> None:
        self.picture = picture
        self.placed = placed
        self.boxes = picture.boxes
        self.width, self.height = placed.width, placed.height
        self.index = {box.id: number for number, box in enumerate(picture.boxes)}
        corner = np.array([placed.corner[box.id] for box in picture.boxes], dtype=np.float64).reshape(-1, 2)
        size = np.array([sizes[box.id] for box in picture.boxes], dtype=np.float64).reshape(-1, 2)
        self.rect = np.hstack([corner, corner + size])
        self.arrows = tuple(a for a in picture.arrows if a.source in self.index and a.target in self.index)
        ends = [(self.index[a.source], self.index[a.target]) for a in self.arrows]
        self.source, self.target = np.array(ends, dtype=np.int32).reshape(-1, 2).T
        self.lines = self._lines()

    @property
    def many(self) -> bool:
        """Whether there is too much for painting everything at once."""
        return len(self.boxes) > FEW

    def _lines(self) -> np.ndarray:
        """For each arrow x, y of its beginning and x, y of its end, from side to side."""
        a, b = self.rect[self.source], self.rect[self.target]
        forward = (a[:, 0] + a[:, 2]) <= (b[:, 0] + b[:, 2])
        start, end = np.where(forward, a[:, 2], a[:, 0]), np.where(forward, b[:, 0], b[:, 2])
        return np.column_stack([start, (a[:, 1] + a[:, 3]) / 2, end, (b[:, 1] + b[:, 3]) / 2])

    def boxes_in(self, x: float, y: float, right: float, bottom: float) -> np.ndarray:
        """Indices of boxes that are at least partly in an area."""
        r = self.rect
        return np.flatnonzero((r[:, 0] <= right) & (r[:, 2] >= x) & (r[:, 1] <= bottom) & (r[:, 3] >= y))

    def arrows_in(self, x: float, y: float, right: float, bottom: float) -> np.ndarray:
        """Indices of arrows that may pass an area."""
        line = self.lines
        low_x, high_x = np.minimum(line[:, 0], line[:, 2]), np.maximum(line[:, 0], line[:, 2])
        low_y, high_y = np.minimum(line[:, 1], line[:, 3]), np.maximum(line[:, 1], line[:, 3])
        return np.flatnonzero((low_x <= right) & (high_x >= x) & (low_y <= bottom) & (high_y >= y))

    def place(self, box_id: str) -> QRectF:
        """Where a box is."""
        x, y, right, bottom = self.rect[self.index[box_id]].tolist()
        return QRectF(x, y, right - x, bottom - y)

    def at(self, x: float, y: float) -> int | None:
        """The box at a point."""
        found = self.boxes_in(x, y, x, y)
        return int(found[0]) if len(found) else None

    def arrows_of(self, index: int) -> np.ndarray:
        """Indices of the arrows that begin or end at a box."""
        return np.flatnonzero((self.source == index) | (self.target == index))

    def in_words(self, index: int) -> str:
        """`waits for 2: a, b; 1 waits for it: c`."""
        parts = []
        for near, one, many in (
            (self.target[self.source == index], "waits for {}: {}", "waits for {}: {}"),
            (self.source[self.target == index], "{} waits for it: {}", "{} wait for it: {}"),
        ):
            if len(near):
                names = ", ".join(self.boxes[other].label for other in near[:_MOST_NAMED].tolist())
                more = ", \u2026" if len(near) > _MOST_NAMED else ""
                parts.append((one if len(near) == 1 else many).format(len(near), names + more))
        return "; ".join(parts) or "nothing leads to it or from it"

    def beside(self, index: int, direction: tuple[int, int]) -> int:
        """Where an arrow key leads: along an arrow to the right or left where there is one, else to the nearest box that way."""
        if direction in (LEFT, RIGHT):
            ends = self.target[self.source == index] if direction == RIGHT else self.source[self.target == index]
            if len(ends):
                stressed = [i for i in self.arrows_of(index).tolist() if self.arrows[i].path]
                on_path = {int(self.target[i] if direction == RIGHT else self.source[i]) for i in stressed} - {index}
                wanted = [end for end in ends.tolist() if end in on_path] or ends.tolist()
                return int(min(wanted, key=lambda other: (abs(self._middle(other)[1] - self._middle(index)[1]), other)))
        middles = np.column_stack([self.rect[:, 0] + self.rect[:, 2], self.rect[:, 1] + self.rect[:, 3]]) / 2
        away = middles - middles[index]
        along = away @ np.array(direction, dtype=np.float64)
        across = np.abs(away[:, 0] * direction[1]) + np.abs(away[:, 1] * direction[0])
        cost = np.where(along > 1, along + 2 * across, np.inf)
        best = int(np.argmin(cost))
        return best if np.isfinite(cost[best]) else index

    def _middle(self, index: int) -> tuple[float, float]:
        x, y, right, bottom = self.rect[index].tolist()
        return (x + right) / 2, (y + bottom) / 2
