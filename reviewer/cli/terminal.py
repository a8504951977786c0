"""How the command line speaks: plain lines, nothing hostile passed on, progress only where a person watches."""

import sys

from reviewer.content.text import visible
from reviewer.progress import Progress


def prepare_streams() -> None:
    """A terminal that cannot show a character gets an escape instead of a crash."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def say(text: str = "") -> None:
    """One line on stdout. Text of a project is made visible, so that it cannot steer the terminal."""
    print(visible(text))


def complain(text: str) -> None:
    """One line on stderr."""
    print(f"reviewer: {visible(text)}", file=sys.stderr)


def confirm(question: str, *, yes: bool) -> bool:
    """Whether to go ahead: `--yes` and no terminal on stdin mean yes (DESIGN.md, Command line)."""
    if yes or not sys.stdin.isatty():
        return True
    print(f"{visible(question)} [y/N] ", end="", flush=True, file=sys.stderr)
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def progress() -> Progress:
    """Shown on one line of stderr, and only where that is a terminal."""
    if not sys.stderr.isatty():
        return Progress()

    def show(text: str, done: int, total: int) -> None:
        counted = f" {done}/{total}" if total else ""
        print(f"\r\033[K{visible(text)[:100]}{counted}", end="", flush=True, file=sys.stderr)

    return Progress(show)


def end_progress() -> None:
    """Wipe the progress line."""
    if sys.stderr.isatty():
        print("\r\033[K", end="", flush=True, file=sys.stderr)
