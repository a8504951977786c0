"""`open` and `demo`: the window."""

import argparse
import gc
import os
import re
import sys
from pathlib import Path

from reviewer.cli.terminal import complain, say
from reviewer.errors import ReviewerError
from reviewer.model.graph import Evidence


def open_project(arguments: argparse.Namespace) -> int:
    """The window on a project, by default the current folder if it is one."""
    path = arguments.project
    if path is None and (arguments.screenshot or _is_project(Path())):
        path = Path()
    evidence = None if arguments.evidence is None else Evidence(arguments.evidence)
    return _show(path, evidence, arguments.screenshot, arguments.toolchain, arguments.options)


def _is_project(folder: Path) -> bool:
    from reviewer.ecosystems import ecosystem_of

    try:
        ecosystem_of(folder)
    except ReviewerError:
        return False
    return True


def demo(arguments: argparse.Namespace) -> int:
    """The window on a fresh copy of the sample. Its build scripts are our own, so they are configured without asking."""
    from reviewer.ecosystems import ecosystem_named
    from reviewer.review.sample import fresh_demo

    project, evidence = fresh_demo()
    if evidence is Evidence.READ:
        complain(f"showing what the source tells: {ecosystem_named('zig').configure_refusal(project)}")
    screenshot = arguments.screenshot
    if screenshot is None and not has_display():
        screenshot = Path("reviewer-demo.png")
        complain(f"there is no display: drawing {screenshot} instead")
    return _show(project, evidence, screenshot)


def _show(
    path: Path | None,
    evidence: Evidence | None,
    screenshot: Path | None,
    toolchain: Path | None = None,
    options: tuple[str, ...] = (),
) -> int:
    if screenshot is None and not has_display():
        raise ReviewerError(
            "there is no display to open a window on", cure="set DISPLAY, or draw it with --screenshot FILE"
        )
    if screenshot is None and _taken_over(path, evidence, toolchain, options):
        return 0
    gc.disable()  # what is loaded stays; the window turns it on again once it is there
    try:
        from reviewer.ui.app import run_window
    except ImportError as error:  # Qt names the system library that it lacks
        raise ReviewerError(
            f"Qt cannot be loaded ({error})", cure="`make setup` names or installs the system libraries it needs"
        ) from error
    code = run_window(path, evidence=evidence, screenshot=screenshot, toolchain=toolchain, options=options)
    if screenshot is not None and code == 0:
        say(f"drew {screenshot}")
    return code


def _taken_over(path: Path | None, evidence: Evidence | None, toolchain: Path | None, options: tuple[str, ...]) -> bool:
    """Whether a Reviewer that runs already opened the project in a window of its own."""
    from reviewer.ui.program.handover import Request, hand_over

    places = [None if place is None else place.absolute() for place in (path, toolchain)]
    return hand_over(Request(places[0], evidence, places[1], options, os.environ.get("XDG_ACTIVATION_TOKEN", "")))


def has_display() -> bool:
    """Only X11 and Wayland systems can be without one; QT_QPA_PLATFORM says that the user knows better."""
    if sys.platform in ("win32", "darwin") or os.environ.get("QT_QPA_PLATFORM"):
        return True
    return bool(os.environ.get("WAYLAND_DISPLAY")) or _x_server_answers(os.environ.get("DISPLAY", ""))


def _x_server_answers(display: str) -> bool:
    """Qt would end the process where nobody listens. Only local displays are tried; of others the name is taken for the thing."""
    import socket

    local = re.fullmatch(r"(?:unix)?:(\d+)(?:\.\d+)?", display)
    if local is None:
        return bool(display)
    for prefix in ("", "\0"):  # a file, or Linux's abstract name
        with socket.socket(socket.AF_UNIX) as probe:
            try:
                probe.connect(f"{prefix}/tmp/.X11-unix/X{local[1]}")  # noqa: S108 - where X servers listen
            except OSError:
                continue
            return True
    return False
