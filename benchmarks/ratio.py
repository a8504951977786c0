"""Measuring two things against each other."""

import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Ratio:
    """Median seconds of `ours` and of the `yardstick`, and how many times the yardstick we aim to stay below."""

    ours: str
    yardstick: str
    seconds: float
    yardstick_seconds: float
    aim: float

    @property
    def value(self) -> float:
        """How many times as long as the yardstick we take."""
        return self.seconds / self.yardstick_seconds

    def __str__(self) -> str:
        """One line of the report."""
        verdict = "ok" if self.value <= self.aim else "ABOVE THE AIM"
        times = f"{self.seconds * 1000:.1f} ms / {self.yardstick_seconds * 1000:.1f} ms"
        return f"{self.ours} : {self.yardstick} = {self.value:.2f} (aim <= {self.aim:g}, {times}) {verdict}"


@dataclass(frozen=True, slots=True)
class Budget:
    """A figure of ours that has to stay below a limit of its own."""

    ours: str
    value: float
    unit: str
    aim: float

    def __str__(self) -> str:
        """One line of the report."""
        verdict = "ok" if self.value <= self.aim else "ABOVE THE AIM"
        return f"{self.ours} = {self.value:.3g} {self.unit} (aim <= {self.aim:g}) {verdict}"


def seconds(call: Callable[[], object], runs: int = 5) -> float:
    """Median seconds of a call; the first is not counted."""
    taken = []
    for _ in range(runs + 1):
        start = time.perf_counter()
        call()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken[1:])


def compare(
    ours: tuple[str, Callable[[], object]], yardstick: tuple[str, Callable[[], object]], *, aim: float, runs: int = 15
) -> Ratio:
    """Call both in turn, so that a busy moment of the machine hits both; the first call of each is not counted."""
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(runs + 1):
        for call, taken in zip((ours[1], yardstick[1]), times, strict=True):
            start = time.perf_counter()
            call()
            taken.append(time.perf_counter() - start)
    seconds, yardstick_seconds = (statistics.median(taken[1:]) for taken in times)
    return Ratio(ours[0], yardstick[0], seconds, yardstick_seconds, aim)


def program(argv: Sequence[str | Path], *, env: Mapping[str, str], exit_code: int = 0) -> Callable[[], None]:
    """A call that runs a program to its end; raises RuntimeError with its messages if it crashes or ends with another exit code.

    Python keeps what it compiled, as it does for whoever installed the program.
    """
    env = {name: value for name, value in env.items() if name != "PYTHONDONTWRITEBYTECODE"}

    def call() -> None:
        done = subprocess.run(argv, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        if done.returncode != exit_code or "Traceback" in done.stderr:
            raise RuntimeError(f"{argv} exited {done.returncode}: {done.stdout}{done.stderr}")

    return call
