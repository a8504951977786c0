"""`python -m benchmarks.killed [ROUNDS]`: Reviewer is killed (SIGKILL) at random moments of a build and of observing a step, 100 times,
and after each time it is looked what it left behind: no process, no mount, no half-written lock, and a next build that works."""

import contextlib
import ctypes
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from reviewer.lock.storage import load
from reviewer.resources import resource

_SUBREAPER = 36  # prctl(2): whoever loses its parent becomes our child, and so can be counted
_GONE_WITHIN = 10.0
_NAMES = ("super", "unicode-tables", "event-loop", "ring-buffer")


def _take_orphans(value: int) -> None:
    ctypes.CDLL(None).prctl(_SUBREAPER, value, 0, 0, 0)


class Victim:
    """A trusted copy of the demo, with caches of its own in `folder`; `left` looks for what an end of Reviewer left."""

    def __init__(self, folder: Path, env: Mapping[str, str]) -> None:
        _take_orphans(1)
        self.root = Path(shutil.copytree(resource("demo"), folder / "terminal-app"))
        self._env = {**env, "TMPDIR": str(folder / "tmp")}
        (folder / "tmp").mkdir()
        self._run("trust", *_NAMES, "--project", str(self.root), "--evidence", "configured", "--yes")
        self._run("build", str(self.root))
        self._lock = (self.root / "review.lock").read_bytes()
        self._mounts = _mounts()
        self._before = _descendants()
        self.verbs = {
            "build": ("build", str(self.root)),
            "observe": ("observe", "run exe helper", "--project", str(self.root)),
        }
        self.seconds = {verb: self._time(words) for verb, words in self.verbs.items()}

    def _argv(self, words: tuple[str, ...]) -> list[str]:
        return [sys.executable, "-m", "reviewer", *words]

    def _run(self, *words: str) -> None:
        done = subprocess.run(
            self._argv(words), env=self._env, stdin=subprocess.DEVNULL, capture_output=True, text=True
        )
        if done.returncode != 0:
            raise RuntimeError(f"{words} exited {done.returncode}: {done.stdout}{done.stderr}")

    def _time(self, words: tuple[str, ...]) -> float:
        start = time.monotonic()
        self._run(*words)
        return time.monotonic() - start

    def kill(self, verb: str, at: float, *, clean: bool = False) -> list[str]:
        """Begin, kill after `at` seconds; what was left, in words. `clean`: with everything to be built."""
        if clean:
            for made in Path(self._env["REVIEWER_CACHE_DIR"]).glob("projects/*/local-*"):
                shutil.rmtree(made)
        process = subprocess.Popen(
            self._argv(self.verbs[verb]),
            env=self._env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(at)
        process.send_signal(signal.SIGKILL)
        process.wait()
        return self.left()

    def left(self) -> list[str]:
        """What is there that should not be; nothing where all is well."""
        deadline = time.monotonic() + _GONE_WITHIN
        while (running := _descendants(self._before).items() - self._before.items()) and time.monotonic() < deadline:
            time.sleep(0.02)
        found = [f"process {pid}: {command}" for pid, command in running]
        found += [f"mount {line}" for line in _mounts() - self._mounts]
        if (self.root / "review.lock").read_bytes() != self._lock:
            found.append("review.lock was changed")
        load(self.root / "review.lock")
        found += [f"file {path.name}" for path in self.root.iterdir() if ".tmp" in path.name]
        return found

    def close(self) -> None:
        """Let others take orphans again."""
        _take_orphans(0)

    def works(self) -> None:
        """Build once more, to the end. Raises RuntimeError."""
        self._run("build", str(self.root))


def _descendants(known: Mapping[int, str] = MappingProxyType({})) -> dict[int, str]:
    """The command lines of all processes below this one, by id; those that have ended and are not `known` are buried."""
    found: dict[int, str] = {}
    pending = [os.getpid()]
    while pending:
        for task in Path(f"/proc/{pending.pop()}/task").glob("*/children"):
            with contextlib.suppress(OSError):
                for child in map(int, task.read_text().split()):
                    with contextlib.suppress(OSError):
                        if Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                            if child not in known:
                                with contextlib.suppress(ChildProcessError):
                                    os.waitpid(child, os.WNOHANG)
                            continue
                        words = Path(f"/proc/{child}/cmdline").read_bytes().replace(b"\0", b" ")
                        found[child] = words.decode(errors="replace")
                        pending.append(child)
    return found


def _mounts() -> set[str]:
    lines = Path("/proc/self/mountinfo").read_text().splitlines()
    return {line for line in lines if "reviewer" in line}


def main(rounds: int) -> None:
    """Print what each kind of round left, and end with 1 where it left anything."""
    seed = random.randrange(1 << 32)  # noqa: S311 - not for secrets
    chance = random.Random(seed)  # noqa: S311
    bad = 0
    with tempfile.TemporaryDirectory(prefix="reviewer-killed-") as name:
        folder = Path(name)
        own = {"REVIEWER_CACHE_DIR": "cache", "REVIEWER_STATE_DIR": "state", "ZIG_GLOBAL_CACHE_DIR": "zig"}
        victim = Victim(folder, {**os.environ, **{key: str(folder / value) for key, value in own.items()}})
        for number in range(rounds):
            verb, clean = chance.choice(list(victim.verbs)), chance.random() < 0.3
            at = chance.random() * victim.seconds[verb] * (4 if clean else 1.1)
            if left := victim.kill(verb, at, clean=clean):
                bad += 1
                print(f"round {number} (seed {seed}): {verb} killed after {at:.2f} s left {left}", flush=True)
            if number % 10 == 9:
                victim.works()
                print(f"{number + 1} rounds, {bad} of which left something", flush=True)
        victim.works()
    sys.exit(bool(bad))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
