"""Work in a forked process: one that may be killed, give up its rights, or run beside another."""

import os
import signal
from collections.abc import Callable
from contextlib import suppress

from reviewer.errors import ReviewerError


def start(work: Callable[[], object]) -> tuple[int, int]:
    """Process id, and a pipe that gets `ok` or the ReviewerError once the work is done."""
    reading, writing = os.pipe()
    process = os.fork()
    if process:
        os.close(writing)
        return process, reading
    try:
        try:
            work()
            said = "ok"
        except ReviewerError as error:
            said = str(error)
        except BaseException as error:
            said = f"crashed: {error!r}"
        os.write(writing, said.encode())
    finally:
        os._exit(0)


def finish(child: tuple[int, int]) -> str:
    """What it said; empty if it was killed before that."""
    process, reading = child
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read().decode()
    os.waitpid(process, 0)
    return said


def in_child(work: Callable[[], object]) -> str:
    return finish(start(work))


def kill(child: tuple[int, int]) -> str:
    with suppress(ProcessLookupError):
        os.kill(child[0], signal.SIGKILL)
    return finish(child)
