"""`python -m benchmarks.big_map`: draws a map of 20,000 steps and 36,000 arrows offscreen, 1440 by 900, and prints what it took as JSON."""

import json
import os
import random
import resource
import statistics
import sys
import time
from collections.abc import Callable

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from PySide6.QtCore import QPointF, QTimer
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QApplication, QWidget

from reviewer.model.graph import Evidence, Graph, Package, Step
from reviewer.review.review import Review
from reviewer.ui.look.theme import Look
from reviewer.ui.map.pane import MapPane
from reviewer.ui.map.picture import View
from reviewer.ui.state.actions import Actions
from reviewer.ui.state.garbage import tidy_when_nobody_looks
from reviewer.ui.state.session import Session

STEPS, ARROWS, PACKAGES = 20_000, 36_000, 400
ROOT = "zig:big@1#."


def big_graph(steps: int = STEPS, arrows: int = ARROWS, packages: int = PACKAGES) -> Graph:
    """A dependency-shaped graph: most steps wait for one or two others that come later, some twenty layers deep."""
    chance = random.Random(1)  # noqa: S311 - the same graph each time
    names = [ROOT, *(f"zig:p{i}@1#p{i}" for i in range(1, packages))]
    needs: list[list[str]] = [[] for _ in range(steps)]
    for i in range(1, steps):
        needs[chance.randrange(i // 3, max(i // 3 + 1, i // 2))].append(f"s{i}")
    for _ in range(arrows - steps + 1):
        i = chance.randrange(1, steps)
        needs[chance.randrange(max(1, i // 2 + 1))].append(f"s{i}")
    return Graph(
        root="/nowhere/big",
        ecosystem="zig",
        toolchain=None,
        evidence=Evidence.CONFIGURED,
        packages=tuple(Package(name, "zig", name[4:].partition("@")[0], "1", None, "", "") for name in names),
        steps=tuple(
            Step(f"s{i}", names[i % packages], "compile", f"compile obj thing{i}", Evidence.CONFIGURED, tuple(needs[i]))
            for i in range(steps)
        ),
    )


class _Watch:
    """The longest time for which the window did not answer."""

    def __init__(self) -> None:
        self.longest = 0.0
        self._last = time.perf_counter()
        self._timer = QTimer()
        self._timer.timeout.connect(self._tick)
        self._timer.start(0)

    def _tick(self) -> None:
        now = time.perf_counter()
        self.longest, self._last = max(self.longest, now - self._last), now


def measure() -> dict[str, float]:
    """Seconds, and megabytes at the most."""
    application = QApplication(sys.argv[:1])
    tidy_when_nobody_looks(application)
    session = Session(Review(big_graph(), None))
    window = QWidget()
    pane = MapPane(session, Look(application, fixed="dark"), Actions(window))
    pane.resize(1440, 900)
    pane.show()
    _until(lambda: bool(pane.map.scene.boxes) or not pane.busy)
    watch = _Watch()
    start = time.perf_counter()
    pane.show_view(View.STEPS)
    pane.show_everything()
    _until(lambda: len(pane.map.scene.boxes) == STEPS and pane.map.is_sharp)
    first = time.perf_counter() - start
    longest = watch.longest
    view = pane.map
    pans = _frames(lambda i: view.pan(QPointF(9 if i % 120 < 60 else -9, 5 if i % 60 < 30 else -5)), view)
    _until(lambda: view.is_sharp)
    zooms = _frames(lambda i: view.zoom(1.04 if i % 100 < 50 else 1 / 1.04), view)
    _until(lambda: view.is_sharp)
    still = _Still(view)
    still.show()
    return {
        "first": first,
        "pan": _p95(pans),
        "zoom": _p95(zooms),
        "longest": longest,
        "usual": statistics.median(pans),
        "still": statistics.median(_frames(lambda _: None, still)),
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def _until(done: Callable[[], bool]) -> None:
    while not done():
        QApplication.processEvents()


def _frames(move: Callable[[int], None], view: QWidget) -> list[float]:
    taken = []
    for number in range(300):
        start = time.perf_counter()
        move(number)
        view.repaint()
        taken.append(time.perf_counter() - start)
        QApplication.processEvents()
    return taken


class _Still(QWidget):
    """The yardstick: a widget that shows one picture of its size."""

    def __init__(self, view: QWidget) -> None:
        super().__init__()
        self.resize(view.size())
        self._picture = QPixmap(view.size())
        self._picture.fill()

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        QPainter(self).drawPixmap(0, 0, self._picture)


def _p95(taken: list[float]) -> float:
    return sorted(taken)[int(len(taken) * 0.95)]


if __name__ == "__main__":
    print(json.dumps(measure()))
