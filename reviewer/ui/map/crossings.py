"""In which order the boxes of each layer stand, so that few arrows cross: igraph's Sugiyama. No Qt.

igraph holds Python's lock while it works, seconds for a large graph, and would stop the window from any thread; so the graph is given to
a process of its own, which can also be cancelled.
"""

import io
import subprocess
import sys
import tempfile
from collections.abc import Sequence

import numpy as np

from reviewer.progress import Progress

_SWEEPS = 10
_SPAN = 4
"""Arrows over more layers than this have no say in the order: every layer that they pass would cost another node."""

Ranks = np.ndarray
"""A place for each node; only the order within a layer means anything."""


def ranks(layer: Sequence[int], edges: Sequence[tuple[int, int]], progress: Progress) -> Ranks:
    """The places of nodes in these layers (from 0). Raises CancelledError within a tenth of a second once cancelled."""
    layers = np.asarray(layer, dtype=np.int32)
    pairs = np.asarray(edges, dtype=np.int32).reshape(-1, 2)
    pairs = pairs[np.abs(layers[pairs[:, 0]] - layers[pairs[:, 1]]) <= _SPAN]
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as answer:
        np.save(given, layers, allow_pickle=False)
        np.save(given, pairs, allow_pickle=False)
        given.seek(0)
        # -P: no module is ever taken from the folder that the window was started in, which may be an attacker's.
        argv = [sys.executable, "-P", "-m", __name__]
        with subprocess.Popen(argv, stdin=given, stdout=answer, stderr=subprocess.DEVNULL) as process:
            while not _ended(process):
                if progress.cancelled:
                    process.kill()
            progress.check()
        if process.returncode != 0:
            return np.arange(len(layers), dtype=np.float64)
        answer.seek(0)
        return np.load(answer, allow_pickle=False)  # type: ignore[no-any-return]


def _ended(process: subprocess.Popen[bytes]) -> bool:
    try:
        process.wait(0.1)
    except subprocess.TimeoutExpired:
        return False
    return True


def _sugiyama(layers: np.ndarray, pairs: np.ndarray) -> Ranks:
    import igraph  # type: ignore[import-untyped]  # here: only the other process needs it, and it loads slowly

    if not len(pairs):
        return np.arange(len(layers), dtype=np.float64)
    graph = igraph.Graph(n=len(layers), edges=pairs, directed=True)
    layout = graph.layout_sugiyama(layers=layers.tolist(), maxiter=_SWEEPS)
    return np.asarray(layout.coords, dtype=np.float64)[: len(layers), 0]


def _serve() -> None:
    given = io.BytesIO(sys.stdin.buffer.read())
    layers, pairs = np.load(given, allow_pickle=False), np.load(given, allow_pickle=False)
    np.save(sys.stdout.buffer, _sugiyama(layers, pairs), allow_pickle=False)


if __name__ == "__main__":
    _serve()
