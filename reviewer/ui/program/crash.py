"""When Reviewer fails: what was written is saved, and a report is kept that holds nothing of a project.

Two kinds of end are caught. An error of Python code reaches `sys.excepthook`; the program goes on after it. An end of the whole process
(a fault in native code) leaves what `faulthandler` wrote, which the next start finds.
"""

import contextlib
import faulthandler
import os
import re
import sys
import time
import traceback
from collections import deque
from pathlib import Path
from types import TracebackType
from typing import TextIO

import PySide6
from PySide6.QtCore import QMessageLogContext, QObject, QtMsgType, Signal, qInstallMessageHandler
from PySide6.QtGui import QGuiApplication

from reviewer import __version__
from reviewer.places import state_dir

_MOST_REPORTS = 10
_PLAIN_MESSAGE = re.compile(r"Q\w+(::~?\w+)?:? [A-Za-z0-9 ,.'():=-]{1,120}\Z")
"""A message of Qt's own that can hold nothing of a project: no path, no quoted text."""

_FRAME = re.compile(r'File "([^"]*)", line (\d+) in (\S+)')


class Crash(QObject):
    """Watches over the process from its making on. `happened` with the report of an error, in the windows' thread."""

    happened = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._messages: deque[str] = deque(maxlen=20)
        self._dump = _open_dump()
        if self._dump is not None:
            faulthandler.enable(self._dump)
        sys.excepthook = self._caught
        qInstallMessageHandler(self._said)

    def close(self) -> None:
        """The program ends as it should: nothing is left to find."""
        qInstallMessageHandler(None)
        sys.excepthook = sys.__excepthook__
        if self._dump is not None:
            faulthandler.disable()
            self._dump.close()
            Path(self._dump.name).unlink(missing_ok=True)

    def _caught(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        sys.__excepthook__(kind, error, trace)
        if issubclass(kind, Exception):
            frames = traceback.extract_tb(trace)
            told = [f"{_own(frame.filename)}:{frame.lineno} in {frame.name}" for frame in frames[-40:]]
            report = _report([kind.__name__, *told], self._messages)
            _keep(report)
            self.happened.emit(report)

    def _said(self, kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
        if kind in (QtMsgType.QtDebugMsg, QtMsgType.QtInfoMsg):
            return
        category = context.category or "default"
        plain = _PLAIN_MESSAGE.match(message)
        self._messages.append(f"{category}: {message if plain else '(not kept)'}")
        sys.stderr.write(f"reviewer: {message}\n")


def found_reports() -> list[Path]:
    """Reports that nobody has seen yet, oldest first; `seen` takes one out."""
    folder = _folder()
    with contextlib.suppress(OSError):
        for dump in folder.glob("running-*.txt"):
            if not _alive(dump.stem.removeprefix("running-")):
                text = dump.read_text("utf-8", "replace")[:100_000]
                dump.unlink()
                if text.strip():
                    _keep(_report([_scrubbed(text)], ()))
    return sorted(folder.glob("report-*.txt"))


def seen(report: Path) -> Path:
    """Mark a report as told; where it is now."""
    target = report.with_name(report.name.replace("report-", "seen-", 1))
    with contextlib.suppress(OSError):
        report.replace(target)
        for old in sorted(report.parent.glob("seen-*.txt"))[:-_MOST_REPORTS]:
            old.unlink()
    return target


def _report(what: list[str], messages: deque[str] | tuple[str, ...]) -> str:
    import platform  # slow to load, and hardly ever needed

    where = f"{platform.system()} {platform.release()} {platform.machine()}"
    versions = f"Reviewer {__version__}, Python {platform.python_version()}, PySide6 {PySide6.__version__}"
    head = [versions, f"{where}, {QGuiApplication.platformName()}", time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())]
    said = ["", "Qt said:", *messages] if messages else []
    return "\n".join([*head, "", *what, *said, ""])


def _scrubbed(dump: str) -> str:
    """What faulthandler wrote, without the folders that the program lies in."""
    lines = (line for line in dump.splitlines()[:200] if line.isprintable())
    return "\n".join(_FRAME.sub(lambda match: f"{_own(match[1])}:{match[2]} in {match[3]}", line) for line in lines)


def _own(file: str) -> str:
    """A source file below the folder that modules are found in; of any other only its name."""
    for folder in sorted(sys.path, key=len, reverse=True):
        if folder and Path(file).is_relative_to(folder):
            return Path(file).relative_to(folder).as_posix()
    return Path(file).name


def _keep(report: str) -> None:
    with contextlib.suppress(OSError):
        folder = _folder()
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        (folder / f"report-{time.time_ns()}.txt").write_text(report, "utf-8")
        for old in sorted(folder.glob("report-*.txt"))[:-_MOST_REPORTS]:
            old.unlink()


def _open_dump() -> TextIO | None:
    try:
        _folder().mkdir(parents=True, exist_ok=True, mode=0o700)
        return (_folder() / f"running-{os.getpid()}.txt").open("w", encoding="utf-8")
    except OSError:
        return None


def _folder() -> Path:
    return state_dir() / "crashes"


def _alive(process: str) -> bool:
    try:
        os.kill(int(process), 0)
    except (OSError, ValueError):
        return False
    return True
