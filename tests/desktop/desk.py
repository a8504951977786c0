"""A desk with a screen, a keyboard and a mouse: the real program on a display of its own, touched by nothing else."""

import os
import shutil
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Self, TypeVar

from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor, QImage

NEEDED = ("Xvfb", "xdotool")
PATIENCE = 30.0
"""Seconds after which waiting is given up; nothing here takes more than a few on an idle machine."""

T = TypeVar("T")


def lacking() -> tuple[str, ...]:
    """The programs that a desk is made of and that this machine does not have."""
    return tuple(name for name in NEEDED if shutil.which(name) is None)


def wait_for(what: str, question: Callable[[], T | None]) -> T:
    """The first answer that is neither None nor False; AssertionError that names `what` if none comes."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        answer = question()
        if answer is not None and answer is not False:
            return answer
        time.sleep(0.05)
    raise AssertionError(f"waited {PATIENCE:.0f} s in vain for {what}")


class Desk:
    """An X server without a window manager, and `reviewer` programs on it. A context manager that ends what it started."""

    def __init__(self, folder: Path, more: Mapping[str, str] = MappingProxyType({})) -> None:
        """Its files go to `folder`; `more` is added to the environment of its programs."""
        self.folder, self._more = folder, more
        self.display = ""
        self._programs: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        told, tells = os.pipe()
        screen = ("-screen", "0", "1440x900x24", "-fbdir", str(self.folder))
        argv = ("Xvfb", "-displayfd", str(tells), *screen, "-nolisten", "tcp", "-noreset")
        with (self.folder / "xvfb.log").open("wb") as log:
            self._programs.append(subprocess.Popen(argv, pass_fds=[tells], stdout=log, stderr=log))
        os.close(tells)
        with os.fdopen(told) as answer:  # a free display number, once the server is ready
            self.display = ":" + answer.readline().strip()
        assert self.display != ":", (self.folder / "xvfb.log").read_text()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        for program in reversed(self._programs):
            program.terminate()
            try:
                program.wait(timeout=10)
            except subprocess.TimeoutExpired:
                program.kill()
                program.wait()

    @property
    def environment(self) -> dict[str, str]:
        """This display, and nothing of the desktop that the tests were started from."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("QT_", "XDG_", "WAYLAND_"))}
        return kept | {"DISPLAY": self.display, "HOME": str(self.folder), "REVIEWER_THEME": "dark", **self._more}

    def reviewer(self, *arguments: str | Path) -> "Window":
        """Start `reviewer` and wait for its window, with the keyboard in it."""
        with (self.folder / "reviewer.log").open("wb") as log:
            program = subprocess.Popen(
                [Path(sys.executable).with_name("reviewer"), *arguments],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self._programs.append(program)
        return Window(self, program)

    def log(self) -> str:
        """What the program said."""
        return (self.folder / "reviewer.log").read_text(errors="replace")

    def xdotool(self, *words: str) -> str:
        """What xdotool answers; empty if it finds nothing."""
        done = subprocess.run(
            ["xdotool", *words],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.stdout.strip()

    def windows_of(self, window: "Window") -> list[str]:
        """The visible windows of the program that this window belongs to."""
        found = self.xdotool("search", "--onlyvisible", "--all", "--pid", str(window.process), "--name", ".")
        return found.splitlines()

    def picture(self) -> QImage:
        """The screen as it is now. Xvfb keeps it in a file in XWD format (X11/XWDFile.h): header, colour map, then BGRX pixels."""
        data = (self.folder / "Xvfb_screen0").read_bytes()
        header = struct.unpack_from(">25I", data)
        header_size, width, height, bytes_per_line, colours = header[0], header[4], header[5], header[12], header[19]
        pixels = data[header_size + colours * 12 :]
        return QImage(pixels, width, height, bytes_per_line, QImage.Format.Format_RGB32).convertToFormat(
            QImage.Format.Format_ARGB32
        )


class Window:
    """A running `reviewer` and its window."""

    def __init__(self, desk: Desk, program: subprocess.Popen[bytes]) -> None:
        self._desk = desk
        self._program = program
        self._id = wait_for("a window", self._look)
        desk.xdotool("windowfocus", "--sync", self._id)

    def _look(self) -> str | None:
        assert self._program.poll() is None, f"reviewer ended before it had a window:\n{self._desk.log()}"
        found = self._desk.windows_of(self)
        return found[-1] if found else None

    @property
    def process(self) -> int:
        """The program's process id."""
        return self._program.pid

    def signal(self, number: int) -> None:
        """What a system sends to end a session."""
        self._program.send_signal(number)

    @property
    def title(self) -> str:
        """What the window calls itself."""
        return self._desk.xdotool("getwindowname", self._id)

    def press(self, *keys: str) -> None:
        """Press keys one after the other, in xdotool's names: `t`, `ctrl+z`."""
        self._desk.xdotool("key", "--delay", "50", *keys)

    def click(self, colour: QColor) -> None:
        """Press the left mouse button on the topmost thing of this colour, once there is one on the screen."""

        def find() -> QPoint | None:
            picture = self._desk.picture()
            stretch = struct.pack("<I", colour.rgb()) * 24
            at = bytes(picture.constBits()).find(stretch) // 4
            return QPoint(at % picture.width() + 12, at // picture.width() + 4) if at >= 0 else None

        point = wait_for(f"something {colour.name()} to click on", find)
        self._desk.xdotool("mousemove", str(point.x()), str(point.y()), "click", "1")

    def exit_code(self) -> int:
        """Wait for the program to end by itself."""
        return wait_for("reviewer to end", self._program.poll)
