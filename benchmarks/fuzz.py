"""`python -m benchmarks.fuzz COUNT [--seed N] [--corpus FOLDER…]`: damaged zig files, read by every reader that takes them.

A reader may refuse a text only with the error that it promises, and has to be done within SECONDS of processor time. Each
input follows from its seed and number alone. Failures are written to the current folder, as `fuzz-SEED-NUMBER.zig` or `.zon`;
the exit code tells whether there were any.
"""

import argparse
import os
import random
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import FrameType
from typing import NamedTuple

from reviewer.ecosystems.zig.packages.manifest import parse_manifest
from reviewer.ecosystems.zig.packages.table import PackageTable, ZigPackage
from reviewer.ecosystems.zig.packages.zon import parse_zon
from reviewer.ecosystems.zig.reading.graph import read_graph
from reviewer.ecosystems.zig.reading.link_lines import find_link_lines
from reviewer.ecosystems.zig.reading.options import read_options
from reviewer.errors import ReviewerError
from reviewer.model.graph import Package
from reviewer.progress import Progress

SECONDS = 10
"""Of processor time for one input; a plain one takes some milliseconds."""
SEED_FILES = Path(__file__).parents[1]
MAX_SEED_BYTES = 20_000
"""Larger files would make most of the inputs slow and alike."""

_TOKENS: tuple[str, ...] = (
    *"{}()[];,.=&*|!?@\"'\\/-+ \n\t\r\0",
    *(".{", "};", "++", "orelse", "catch", "|x|", "fn ", "pub ", "const ", "var ", "comptime ", "inline for (", "while ("),
    *("switch (", "=>", "b.", "b.step(", "b.addRunArtifact(", "b.dependency(", "std.Build.", "@import(\"", "@field("),
    *("return ", "defer ", "struct {", "else ", ".dependencies = .{", ".path = \"", ".hash = \"", "\\\\", "//", "0x"),
    *("\u202e", "\ufeff", "\u2028", "é", "\U0001f600", "'\\u{110000}'"),
)  # fmt: skip


class Failure(NamedTuple):
    """An input that a reader failed at, and how."""

    number: int
    suffix: str
    text: str
    error: str


class _TooSlowError(BaseException):
    """Not an Exception, so that no reader can take it for one of its own."""


def seeds(folders: Sequence[Path] = ()) -> dict[str, list[str]]:
    """Texts to start from, by suffix: the project's own fixtures, and files of other folders."""
    found: dict[str, list[str]] = {".zig": [], ".zon": []}
    for folder in (SEED_FILES / "tests", SEED_FILES / "resources", *folders):
        for path in sorted(folder.rglob("*.z[io][gn]")):
            if path.is_file() and path.stat().st_size <= MAX_SEED_BYTES:
                found[path.suffix].append(path.read_text(encoding="utf-8", errors="replace"))
    return found


def damaged(texts: Sequence[str], chance: random.Random) -> str:
    """One of the texts with one to eight changes."""
    text = chance.choice(texts)
    for _ in range(chance.choice((1, 1, 2, 3, 5, 8))):
        change = chance.choice(_CHANGES)
        text = change(text, chance, texts)[: 4 * MAX_SEED_BYTES]
    return text


def _span(text: str, chance: random.Random, most: int = 200) -> tuple[int, int]:
    start = chance.randrange(len(text) + 1)
    return start, min(len(text), start + chance.randrange(1, most))


def _remove(text: str, chance: random.Random, _: Sequence[str]) -> str:
    start, end = _span(text, chance)
    return text[:start] + text[end:]


def _repeat(text: str, chance: random.Random, _: Sequence[str]) -> str:
    start, end = _span(text, chance, 40)
    return text[:start] + text[start:end] * chance.choice((2, 3, 300)) + text[end:]


def _insert(text: str, chance: random.Random, _: Sequence[str]) -> str:
    at = chance.randrange(len(text) + 1)
    return text[:at] + chance.choice(_TOKENS) * chance.choice((1, 1, 1, 2, 500)) + text[at:]


def _character(text: str, chance: random.Random, _: Sequence[str]) -> str:
    at = chance.randrange(len(text) + 1)
    return text[:at] + chr(chance.choice((chance.randrange(128), chance.randrange(0xD800)))) + text[at + 1 :]


def _move(text: str, chance: random.Random, _: Sequence[str]) -> str:
    start, end = _span(text, chance)
    rest = text[:start] + text[end:]
    at = chance.randrange(len(rest) + 1)
    return rest[:at] + text[start:end] + rest[at:]


def _splice(text: str, chance: random.Random, texts: Sequence[str]) -> str:
    other = chance.choice(texts)
    start, end = _span(other, chance, 1000)
    at = chance.randrange(len(text) + 1)
    return text[:at] + other[start:end] + text[at:]


def _cut(text: str, chance: random.Random, _: Sequence[str]) -> str:
    return text[: chance.randrange(len(text) + 1)]


_CHANGES: tuple[Callable[[str, random.Random, Sequence[str]], str], ...] = (
    _remove, _repeat, _insert, _insert, _character, _character, _move, _splice, _cut,
)  # fmt: skip


_MANIFEST_READERS: tuple[Callable[[str, str], object], ...] = (parse_zon, parse_manifest)


class Readers:
    """Everything that reads a zig file's text; build files in a `folder` of their own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        package = Package("zig:app@1.0.0#.", "zig", "app", "1.0.0", None, "path:.", str(folder), direct=True)
        self._table = PackageTable((ZigPackage(package, folder, (), ""),), (), (), None)

    def read(self, suffix: str, text: str) -> None:
        """Raises what a reader fails with."""
        if suffix == ".zon":
            for parse in _MANIFEST_READERS:
                try:
                    parse(text, "build.zig.zon")
                except ReviewerError:
                    continue
            return
        (self._folder / "build.zig").write_text(text, encoding="utf-8", errors="surrogatepass")
        read_graph(self._folder, self._table, Progress())
        read_options(text)
        find_link_lines(text, text.count("\n", 0, len(text) // 2) + 1)


def run(count: int, seed: int, texts: dict[str, list[str]], folder: Path) -> Iterator[Failure]:
    """The inputs 0 to `count`, three manifests to each build file; only in the main thread, because of the time limit."""
    readers = Readers(folder)

    def stop(_: int, __: FrameType | None) -> None:
        raise _TooSlowError(f"not done within {SECONDS} s")

    before = signal.signal(signal.SIGVTALRM, stop)
    try:
        for number in range(count):
            chance = random.Random(f"{seed} {number}")  # noqa: S311 - the same inputs for the same seed are the point
            suffix = ".zon" if number % 4 else ".zig"
            text = damaged(texts[suffix], chance)
            signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
            try:
                readers.read(suffix, text)
            except (Exception, _TooSlowError):
                yield Failure(number, suffix, text, traceback.format_exc(limit=-3))
            finally:
                signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    finally:
        signal.signal(signal.SIGVTALRM, before)


def main() -> int:
    """The exit code: 1 if a reader failed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fuzz", description=__doc__.partition("\n")[0])
    parser.add_argument("count", type=int)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--corpus", type=Path, action="append", default=[], metavar="FOLDER")
    arguments = parser.parse_args()
    texts = seeds(arguments.corpus)
    print(
        f"seed {arguments.seed}, from {' and '.join(f'{len(of)} {suffix}' for suffix, of in texts.items())} files",
        flush=True,
    )
    started, failures = time.monotonic(), 0
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None) as folder:  # noqa: S108
        for failure in run(arguments.count, arguments.seed, texts, Path(folder)):
            failures += 1
            file = Path(f"fuzz-{arguments.seed}-{failure.number}{failure.suffix}")
            file.write_text(failure.text, encoding="utf-8", errors="surrogatepass")
            print(f"{file}: {failure.error}", flush=True)
    print(f"{arguments.count} inputs in {time.monotonic() - started:.0f} s, {failures} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
