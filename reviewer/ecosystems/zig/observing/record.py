"""What zig would start for one run step: recorded in the sandbox instead of run, so that it can be observed on its own."""

import contextlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from reviewer.content.text import visible
from reviewer.ecosystems.zig.configured.report import MAX_BYTES
from reviewer.ecosystems.zig.configured.sandboxed import SandboxedZig
from reviewer.ecosystems.zig.packages.kept import project_cache
from reviewer.errors import ReviewerError
from reviewer.model.graph import Run
from reviewer.progress import Progress
from reviewer.sandbox.policy import Limits

TIME_LIMIT = 1800
"""Seconds. Everything that the step needs is built first."""

_TARGET = "reviewer-observe"
_LISTEN = "--listen=-"
"""Zig's way to talk with a test program; without it the program runs all its tests by itself."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """The command as zig would start it, every path as it is in the sandbox. `input`: a file for its stdin, None for nothing.

    `prefix` stands for the folder that the project is installed into.
    """

    command: tuple[str, ...]
    cwd: Path
    environment: dict[str, str]
    input: Path | None
    prefix: Path


@contextlib.contextmanager
def record_step(zig: SandboxedZig, index: int, options: tuple[str, ...], progress: Progress) -> Iterator[Recorded]:
    """Build what the step needs, and learn what it would run. `index` is the step's place in the configured graph.

    Steps that it waits for are run, in the sandbox. To be called `alone`; its folder is gone afterwards. Raises ReviewerError where the
    step was not reached, or CancelledError.
    """
    folder = project_cache(zig.root) / "record"
    shutil.rmtree(folder, ignore_errors=True)  # of a Reviewer that was killed
    folder.mkdir(parents=True)
    try:
        yield _record(zig, folder, index, options, progress)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _record(zig: SandboxedZig, folder: Path, index: int, options: tuple[str, ...], progress: Progress) -> Recorded:
    progress.report("Building what the step needs, in the sandbox")
    result = zig.build(
        (_TARGET, "--prefix", str(folder / "prefix"), *options),
        environment={
            "REVIEWER_REPORT": str(folder / "report.json"),
            "REVIEWER_OBSERVE": str(index),
            "REVIEWER_RECORD": str(folder),
        },
        output=folder,
        limits=Limits(wall_seconds=TIME_LIMIT, output_bytes=MAX_BYTES),
        progress=progress,
    )
    progress.check()
    try:
        cwd, *command = _words(folder / "command")
        if not command:
            raise ValueError("no command")
        environment = dict(word.split("=", 1) for word in _words(folder / "environment") if "=" in word)
    except (OSError, ValueError) as error:
        told = _errors(result.stderr.decode("utf-8", "replace"))
        raise ReviewerError(
            f"zig did not come to the step: {told or error}", where="observe", cure="build the project as it is first"
        ) from error
    return Recorded(
        command=tuple(word for word in command if word != _LISTEN),
        cwd=Path(cwd),
        environment={name: value for name, value in environment.items() if not name.startswith("REVIEWER_")},
        prefix=folder / "prefix",
        input=recorded_input(folder),
    )


def _errors(stderr: str) -> str:
    """What zig and the build script called errors, else the end of what they said."""
    lines = [line for line in stderr.splitlines() if "error:" in line][:4]
    return visible(" / ".join(lines)[:600] or " ".join(stderr.split())[-600:])


def require_same(recorded: Recorded, run: Run, cache: Path) -> None:
    """Raises ReviewerError where what was recorded is another command than that of the graph: build code could write the record itself, to
    have something harmless observed in the step's place.

    Only words that are written alike everywhere are compared, in their order; a program that is built must be one of the `cache`.
    """
    told = "what build code left as the step's command is not what the graph says"
    cure = "read its build code: it writes into the folder of the observation"
    first = run.command[0] if run.command else ""
    built = first.startswith("[") and run.program_source is not None
    if built and not Path(os.path.normpath(recorded.cwd / recorded.command[0])).is_relative_to(cache):
        raise ReviewerError(told, where="observe", cure=cure)
    rest = iter(recorded.command)
    for word in run.command:
        plain = word.isascii() and word.isprintable() and not any(char in word for char in "[]:<>")
        if plain and word != _LISTEN and word not in rest:
            raise ReviewerError(f"{told}: “{visible(word[:80])}” is missing", where="observe", cure=cure)


def recorded_input(folder: Path) -> Path | None:
    """The file for the step's stdin. Raises ReviewerError for a link: it would show the step what is outside."""
    given = folder / "input"
    if given.is_symlink():
        raise ReviewerError("what the step reads from stdin is a link", where="observe", cure="read its build code")
    return given if given.is_file() and given.stat().st_size else None


def _words(path: Path) -> list[str]:
    """Written by untrusted code: only a plain file of bounded size is read."""
    if path.is_symlink() or not path.is_file() or path.stat().st_size > MAX_BYTES:
        raise ValueError("no record")
    return path.read_bytes().decode("utf-8", "surrogateescape").split("\0")[:-1]
