"""How the command line speaks: plain lines, nothing hostile passed on, progress only where a person watches."""

import os
import re
import sys

from reviewer.content.text import visible
from reviewer.progress import Progress


def prepare_streams() -> None:
    """A terminal that cannot show a character gets an escape instead of a crash."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


_SERVICES = ("CI", "GITHUB_ACTIONS", "TF_BUILD", "TEAMCITY_VERSION")
_COMMAND = re.compile(r"^(?=\s*::)|(?<=#)(?=#(?:\[|vso\[|teamcity\[))", re.IGNORECASE)
"""What build services take for a command to themselves in the output of a program: `::stop-commands::` at the start of a line, `##[…]`
anywhere in it (GitHub's runner, ActionCommand.cs), `##vso[…]` (Azure Pipelines), `##teamcity[…]`."""


def shown(text: str, *, keep: str = "") -> str:
    """One line of a project's text, so that it can steer neither the terminal nor the service that runs this: there a command is broken
    by a backslash."""
    line = visible(text, keep=keep)
    return _COMMAND.sub(r"\\", line) if any(name in os.environ for name in _SERVICES) else line


def say(text: str = "") -> None:
    """One line on stdout."""
    print(shown(text))


def say_command(text: str) -> None:
    """A line that is meant as a command to GitHub's runner, which then looks for no other in it."""
    print(visible(text))


def complain(text: str) -> None:
    """One line on stderr."""
    print(f"reviewer: {shown(text)}", file=sys.stderr)


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
