"""What works on this machine, what does not, and what to do about it: found out by trying."""

import os
import shutil
import subprocess
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple

from reviewer.ecosystems import ecosystem_named
from reviewer.errors import ReviewerError
from reviewer.places import cache_dir, state_dir
from reviewer.progress import Progress
from reviewer.sandbox.probe import find_sandbox, require_bubblewrap
from reviewer.sandbox.trace import find_tracer

_ECOSYSTEM = "zig"
_MAX_FILES = 1_000_000


class State(StrEnum):
    """Whether something works."""

    WORKS = "works"
    MISSING = "missing"


class Ability(NamedTuple):
    """Something that Reviewer does with this machine. `details`: a line each, for example what the sandbox is known not to stop."""

    name: str
    state: State
    text: str
    cure: str = ""
    details: tuple[str, ...] = ()
    runs_code: bool = False
    """Whether build code cannot be run without it."""


def diagnose(progress: Progress) -> tuple[Ability, ...]:
    """Everything but the window, which only what has one can try. Raises CancelledError."""
    progress.report("Trying the sandbox")
    sandbox = _sandbox()
    found = [sandbox, _observing(sandbox)]
    progress.report("Asking the toolchains for their versions")
    found += [_toolchains(), _git()]
    for name, folder, text in (
        ("cache", cache_dir(), "can be made again; may be removed while no Reviewer runs"),
        ("state", state_dir(), "what was allowed, observed and remembered"),
    ):
        found.append(_folder(name, folder, text, progress))
    return tuple(found)


def exit_code(abilities: tuple[Ability, ...]) -> int:
    """2 where build code cannot be run, else 0."""
    return 2 if any(ability.runs_code and ability.state is State.MISSING for ability in abilities) else 0


def diagnosis_to_json(abilities: tuple[Ability, ...]) -> dict[str, Any]:
    """The document `reviewer.doctor/1`."""
    return {
        "schema": "reviewer.doctor/1",
        "ok": all(ability.state is State.WORKS for ability in abilities),
        "exit": exit_code(abilities),
        "abilities": [
            {
                "name": ability.name,
                "state": ability.state.value,
                "text": ability.text,
                "cure": ability.cure,
                "details": list(ability.details),
            }
            for ability in abilities
        ],
    }


def diagnosis_lines(abilities: tuple[Ability, ...]) -> list[str]:
    """For people."""
    lines = []
    for ability in abilities:
        lines.append(f"{ability.name:<10}{ability.state.value:<9}{ability.text}")
        lines += [f"{'':<19}{detail}" for detail in ability.details]
        if ability.cure:
            lines.append(f"{'':<19}what to do: {ability.cure}")
    return lines


def _sandbox() -> Ability:
    found = find_sandbox()
    if found.kind is None:
        return Ability("sandbox", State.MISSING, f"no build code is run: {found.reason}", found.cure, runs_code=True)
    details = [f"known hole: {hole}" for hole in found.holes]
    if found.reason:
        details.insert(0, f"the second best kind, since {found.reason}")
    if found.lacks:
        details.insert(1, f"it cannot serve: {', '.join(found.lacks)}")
    text = f"{found.kind}, which held when it was tried just now"
    return Ability("sandbox", State.WORKS, text, found.cure, tuple(details), runs_code=True)


def _observing(sandbox: Ability) -> Ability:
    if sandbox.state is State.MISSING:
        return Ability("observing", State.MISSING, "steps are observed in the sandbox", "see the sandbox")
    try:
        require_bubblewrap("observing a step")
        strace = find_tracer()
    except ReviewerError as error:
        return Ability("observing", State.MISSING, error.what, error.cure)
    return Ability("observing", State.WORKS, f"by {strace}")


def _toolchains() -> Ability:
    found = ecosystem_named(_ECOSYSTEM).found_toolchains()
    if found.missing is None:
        text = "the first that fits a project builds it"
        return Ability(_ECOSYSTEM, State.WORKS, text, details=found.lines, runs_code=True)
    return Ability(_ECOSYSTEM, State.MISSING, found.missing.what, found.missing.cure, runs_code=True)


def _git() -> Ability:
    cure = "install git; without it decisions bear your login name"
    git = shutil.which("git")
    if git is None:
        return Ability("git", State.MISSING, "there is no git, which says who decides", cure)
    try:
        answer = subprocess.run([git, "--version"], capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError) as error:
        return Ability("git", State.MISSING, f"git does not run ({error})", cure)
    return Ability("git", State.WORKS, f"{answer.stdout.strip()[:100]} at {git}")


def _folder(name: str, folder: Path, text: str, progress: Progress) -> Ability:
    """Its size on disk, and whether it can be written."""
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    if not os.access(existing, os.W_OK | os.X_OK):
        variable = f"REVIEWER_{name.upper()}_DIR"
        return Ability(name, State.MISSING, f"{folder} cannot be written", f"set {variable} to a folder that can be")
    files = occupied = 0
    waiting = [str(folder)] if folder.exists() else []
    while waiting and files < _MAX_FILES:
        progress.report(f"Measuring {folder}", files)
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    files += 1
                    status = entry.stat(follow_symlinks=False)
                    occupied += getattr(status, "st_blocks", status.st_size // 512) * 512
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
        except OSError:  # gone since, or another user's
            continue
    more = "more than " if waiting else ""
    return Ability(
        name, State.WORKS, f"{folder}: {more}{occupied / 1e6:,.0f} MB in {files:,} files and folders; {text}"
    )
